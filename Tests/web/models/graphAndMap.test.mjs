// Graphs of nodes, and places on the earth.
import { test } from "node:test";
import assert from "node:assert/strict";
import { fitting, fromGeohash, graticuleStep, pointsOf, project, unproject } from "../../../Sources/WebAssets/web/models/geo.js";
import { placeNodes, readGraph } from "../../../Sources/WebAssets/web/models/nodeGraph.js";

const frame = (columns) => ({ length: Object.values(columns)[0].length, fields: Object.entries(columns).map(([name, values]) => ({ name, type: typeof values[0], config: {}, values })) });

test("nodes and edges come from two tables, or from edges alone", () => {
  const graph = readGraph([frame({ id: ["a", "b"], title: ["A", "B"], mainStat: [1, 2], arc__ok: [.9, 1], arc__bad: [.1, 0], detail__zone: ["x", ""] }), frame({ id: ["1"], source: ["a"], target: ["b"], mainstat: ["5 req/s"], strokeDasharray: ["url(x)"] })]);
  assert.deepEqual(graph.nodes.map(({ id, title, main, arcs, details }) => [id, title, main, arcs.map(({ share }) => share), details]), [["a", "A", "1", [.9, .1], [["zone", "x"]]], ["b", "B", "2", [1, 0], []]]);
  assert.deepEqual(graph.edges.map(({ source, target, main, dash }) => [source, target, main, dash]), [["a", "b", "5 req/s", null]]);
  assert.deepEqual(readGraph([frame({ source: ["x", "x", null], target: ["y", "z", "q"] })]).nodes.map(({ id }) => id), ["x", "y", "z"]);
  assert.deepEqual(readGraph([frame({ value: [1] })]), { nodes: [], edges: [] });
});
test("nodes stand in layers along the edges, circles end somewhere", () => {
  const graph = (edges) => ({ nodes: [...new Set(edges.flat())].map((id) => ({ id })), edges: edges.map(([source, target]) => ({ source, target })) });
  const layers = (edges) => Object.fromEntries([...placeNodes(graph(edges), 1, 1)].map(([id, { x }]) => [id, x]));
  assert.deepEqual(layers([["a", "b"], ["b", "c"], ["a", "c"]]), { a: 0, b: 1, c: 2 });
  assert.deepEqual(layers([["a", "b"], ["b", "a"], ["b", "b"]]), { a: 0, b: 1 });
  const places = placeNodes(graph([["a", "x"], ["b", "y"], ["a", "y"], ["b", "x"], ["c", "z"]]), 1, 1);
  assert.equal(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size, 6);
  assert.deepEqual([...placeNodes({ nodes: [{ id: "a" }, { id: "b" }], edges: [] }, 10, 10).values()], [{ x: 0, y: 0 }, { x: 10, y: 0 }]);
});
test("places come from coordinates and geohashes", () => {
  assert.deepEqual(fromGeohash("u4pruydqqvj").map((value) => Number(value.toFixed(3))), [10.407, 57.649]);
  assert.deepEqual([fromGeohash("a!"), fromGeohash(""), fromGeohash(5)], [null, null, null]);
  const points = (columns, location) => pointsOf([frame(columns)], location)?.map(({ longitude, latitude }) => [longitude, latitude]) ?? null;
  assert.deepEqual(points({ Latitude: [50, null, 200], lon: [8, 9, 10] }), [[8, 50]]);
  assert.deepEqual(points({ n: [50], e: ["8.5"] }, { mode: "coords", latitude: "n", longitude: "e" }), [[8.5, 50]]);
  assert.equal(points({ geohash: ["u4pruydqqvj"] }).length, 1);
  assert.deepEqual([points({ value: [1] }), points({ lat: [1], lon: [1] }, { mode: "lookup" })], [null, null]);
});
test("the map is Mercator's, views hold what they are to show", () => {
  assert.deepEqual(project(0, 0), [128, 128]);
  assert.deepEqual(unproject(...project(8.5, 50)).map((value) => Number(value.toFixed(6))), [8.5, 50]);
  assert.ok(project(0, 90)[1] >= -1e-3);
  const { x, y, scale } = fitting([{ x: 10, y: 20 }, { x: 30, y: 60 }], 280, 480);
  assert.deepEqual([x, y, scale], [20, 40, 10]);
  assert.deepEqual([graticuleStep(360), graticuleStep(40), graticuleStep(.001)], [60, 5, .01]);
});
