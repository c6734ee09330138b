// Curves, running means, counts in cells, and rows that become fields.
import { test } from "node:test";
import assert from "node:assert/strict";
import { heatmapCells } from "../../../Sources/WebAssets/web/models/heatmap.js";
import { fitPolynomial } from "../../../Sources/WebAssets/web/models/numericTransformations.js";
import { transform } from "../../../Sources/WebAssets/web/models/transformations.js";

const start = 1.7e12;
const frame = (columns, refId = "A") => ({ refId, meta: {}, length: Object.values(columns)[0].length, fields: Object.entries(columns).map(([name, values]) => ({ name, type: name === "Time" ? "time" : typeof values[0], config: {}, values })) });
const round = (values) => values.map((value) => Number(value.toFixed(6)));

test("curves go through points that lie on one", () => {
  assert.deepEqual(round(fitPolynomial([0, 1, 2, 3], [1, 3, 5, 7], 1)), [1, 2]);
  assert.deepEqual(round(fitPolynomial([0, 1, 2, 3], [1, 2, 5, 10], 2)), [1, 0, 1]);
  assert.deepEqual(round(fitPolynomial([5], [7], 2)), [7]);
  assert.equal(fitPolynomial([], [], 1), null);
});
test("a regression comes as another frame over the same times", () => {
  const frames = [frame({ Time: [0, 1, 2, 3].map((at) => start + at * 60e3), Value: [1, 3, 5, 7] })];
  const [first, curve] = transform(frames, [{ id: "regression", options: { modelType: "linear", predictionCount: 3 } }]);
  assert.equal(first.length, 4);
  assert.deepEqual(curve.fields.map(({ name, type }) => [name, type]), [["Time", "time"], ["Linear regression", "number"]]);
  assert.deepEqual([curve.fields[0].values, round(curve.fields[1].values)], [[start, start + 90e3, start + 180e3], [1, 4, 7]]);
  const [, square] = transform([frame({ a: [1, 2, 3, 4], b: [1, 4, 9, 16] })], [{ id: "regression", options: { modelType: "polynomial", degree: 2, xFieldName: "a", yFieldName: "b", predictionCount: 4 } }]);
  assert.deepEqual(round(square.fields[1].values), [1, 4, 9, 16]);
  assert.equal(transform([frame({ text: ["a"] })], [{ id: "regression", options: {} }]).length, 1);
});
test("smoothing keeps times, gaps and tables without a time", () => {
  const frames = [frame({ Time: [0, 1, 2, 3, 4, 5], Value: [0, 6, 0, null, 0, 6] }), frame({ a: [1, 9] })];
  const [smooth, other] = transform(frames, [{ id: "smoothing", options: { resolution: 3 } }]);
  assert.deepEqual(smooth.fields[1].values, [3, 2, 3, null, 3, 3]);
  assert.equal(smooth.fields[1].config.displayName, "Value (smoothed)");
  assert.deepEqual(other.fields[0].values, [1, 9]);
});
test("cells that were counted are drawn as a heatmap", () => {
  const frames = [frame({ Time: [0, 10, 20, 29], Value: [1, 1, 5, 7] })];
  const cells = transform(frames, [{ id: "heatmap", options: { xBuckets: { mode: "size", value: "20ms" }, yBuckets: { mode: "size", value: "4" } } }]);
  assert.deepEqual(cells[0].fields.map(({ name, values }) => [name, values]), [["xMin", [0, 20]], ["yMin", [0, 4]], ["yMax", [4, 8]], ["Count", [2, 2]]]);
  const drawn = heatmapCells(cells, {}, { from: 0, to: 40 });
  assert.deepEqual([drawn.times, drawn.step, drawn.rows.map(({ low, high }) => [low, high]), drawn.values], [[0, 20], 20, [[0, 4], [4, 8]], [[2, null], [null, 2]]]);
  assert.equal(transform([frame({ a: [1] })], [{ id: "heatmap", options: {} }])[0].fields[0].name, "a");
});
test("rows become fields with settings and labels, by name or as somebody chose", () => {
  const rows = frame({ Name: ["cpu", "disk"], Amount: [1, 2], Max: [10, 20], host: ["a", "b"] });
  const [auto] = transform([rows], [{ id: "rowsToFields", options: {} }]);
  assert.deepEqual(auto.fields.map(({ name, values, config, labels }) => [name, values, config.max, labels]), [["cpu", [1], 10, { host: "a" }], ["disk", [2], 20, { host: "b" }]]);
  const mappings = [{ fieldName: "host", handlerKey: "field.name" }, { fieldName: "Max", handlerKey: "field.value" }, { fieldName: "Name", handlerKey: "__ignore" }];
  const [chosen] = transform([rows], [{ id: "rowsToFields", options: { mappings } }]);
  assert.deepEqual(chosen.fields.map(({ name, values, labels }) => [name, values, labels]), [["a", [10], {}], ["b", [20], {}]]);
});
test("a calculation with all numbers makes a column each", () => {
  const binary = { left: { matcher: { id: "byType", options: "number" } }, operator: "*", right: { fixed: "2" } };
  const [doubled] = transform([frame({ a: [1], t: ["x"], b: [3] })], [{ id: "calculateField", options: { mode: "binary", binary, replaceFields: true } }]);
  assert.deepEqual(doubled.fields.map(({ name, values }) => [name, values]), [["a * 2", [2]], ["b * 2", [6]]]);
});
