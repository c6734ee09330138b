// What heatmaps and state timelines draw, before it is drawn.
import { test } from "node:test";
import assert from "node:assert/strict";
import { colorShare, heatmapCells } from "../../../Sources/WebAssets/web/models/heatmap.js";
import { stateRows } from "../../../Sources/WebAssets/web/models/states.js";
import { regionTimes } from "../../../Sources/WebAssets/web/models/timeRegions.js";
import { sizedGrid, wrappedLines } from "../../../Sources/WebAssets/web/panels/layout.js";

const frame = (values, labels = {}, custom = {}) => ({ fields: [{ name: "Time", type: "time", config: { interval: 10 }, values: values.map((_, at) => at * 10) }, { name: "Value", type: "number", labels, config: { custom }, values }] });
const spans = (values, custom, options) => stateRows([frame(values, {}, custom)], options)[0].spans.map(({ from, to, value }) => [from, to, value]);

test("nulls end a state, unless they are to be spanned", () => {
  assert.deepEqual(spans([1, null, null, 1, 2]), [[0, 10, 1], [30, 40, 1], [40, 50, 2]]);
  assert.deepEqual(spans([1, null, null, 1, 2], { spanNulls: true }), [[0, 40, 1], [40, 50, 2]]);
  assert.deepEqual(spans([1, null, null, 1, null, 2], { spanNulls: 20 }), [[0, 10, 1], [30, 50, 1], [50, 60, 2]]);
});
test("a heatmap keeps the rows between the limits of its axis", () => {
  const buckets = ["1", "2", "4", "8", "+Inf"].map((le) => frame([1, 2], { le }));
  const rows = (yAxis) => heatmapCells(buckets, { yAxis }, { from: 0, to: 20 }).rows.map(({ label }) => label);
  assert.deepEqual(rows({ min: 1, max: 4 }), ["2", "4"]);
  assert.deepEqual(rows({ min: 100, max: 200 }), ["+Inf"]);
  assert.equal(rows({}).length, 5);
});
test("buckets may be named for their lower ends", () => {
  const rows = (layout) => heatmapCells(["1", "2", "4"].map((le) => frame([1, 2], { le })), { rowsFrame: { layout } }, { from: 0, to: 20 }).rows.map(({ low, high }) => [low, high]);
  assert.deepEqual(rows("ge"), [[1, 2], [2, 4], [4, Infinity]]);
  assert.deepEqual(rows("auto"), [[null, 1], [1, 2], [2, 4]]);
});
test("raw values are counted into buckets by time texts and by logarithms", () => {
  const values = [1, 2, 3, 4, 8, 0];
  const plain = heatmapCells([frame(values)], { calculate: true, calculation: { xBuckets: { mode: "size", value: "20ms" }, yBuckets: { mode: "size", value: "2" } } }, { from: 0, to: 60 });
  assert.equal(plain.step, 20);
  assert.deepEqual(plain.rows.map(({ low }) => low), [0, 2, 4, 6, 8]);
  const logs = heatmapCells([frame(values)], { calculate: true, calculation: { xBuckets: { mode: "count", value: "1" }, yBuckets: { scale: { type: "log", log: 2 } } } }, { from: 0, to: 60 });
  assert.deepEqual(logs.rows.map(({ low, high }) => [low, high]), [[1, 2], [2, 4], [4, 8], [8, 16]]);
  assert.deepEqual(logs.values, [[1], [2], [1], [1]]);
});
test("colours of a scheme are linear, only opacity has an exponent", () => {
  const cells = { min: 0, max: 100 };
  assert.equal(colorShare(25, cells, { mode: "scheme", scale: "exponential", exponent: .5 }), .25);
  assert.equal(colorShare(25, cells, { mode: "opacity", scale: "exponential", exponent: .5 }), .5);
  assert.equal(colorShare(25, cells, { mode: "opacity", scale: "linear" }), .25);
});
test("tiles of a least size take more rows than fit", () => {
  assert.deepEqual(sizedGrid(6, 320, 200, { aspect: 1, gap: 0, minWidth: 150, minHeight: 120 }), { columns: 2, rows: 3, width: 160, height: 120 });
  assert.deepEqual(sizedGrid(6, 320, 200, { orientation: "vertical", gap: 0, minWidth: 150 }), { columns: 6, rows: 1, width: 150, height: 200 });
});
test("lines of a text that wraps", () => {
  const widthOf = (text) => text.length;
  assert.equal(wrappedLines("one two three", 7, widthOf), 2);
  assert.equal(wrappedLines("one two three", 13, widthOf), 1);
  assert.equal(wrappedLines("abcdefghij", 4, widthOf), 3);
  assert.equal(wrappedLines("a\nb\n\nc", 10, widthOf), 4);
  assert.equal(wrappedLines("", 10, widthOf), 1);
});
test("of many exemplars the highest of each part of the range is shown", async () => {
  const { chosenExemplars } = await import("../../../Sources/WebAssets/web/models/exemplars.js");
  const list = [[5, 1], [7, 3], [95, 2], [50, NaN], [200, 9], [15, 2]].map(([time, value]) => ({ time, value }));
  assert.deepEqual(chosenExemplars(list, { from: 0, to: 100 }, 10), [{ time: 7, value: 3 }, { time: 15, value: 2 }, { time: 95, value: 2 }]);
});
test("regions of the week within a range", () => {
  // 2026-11-30 is a Monday.
  const range = { from: Date.UTC(2026, 10, 29), to: Date.UTC(2026, 11, 2) }, text = (time) => new Date(time).toISOString().slice(5, 16);
  const times = (region) => regionTimes(region, range, "utc").map(({ from, to }) => `${text(from)} ${text(to)}`);
  assert.deepEqual(times({ from: "09:00", to: "17:30" }), ["11-29T09:00 11-29T17:30", "11-30T09:00 11-30T17:30", "12-01T09:00 12-01T17:30"]);
  assert.deepEqual(times({ from: "22:00", to: "06:00" }), ["11-28T22:00 11-29T06:00", "11-29T22:00 11-30T06:00", "11-30T22:00 12-01T06:00", "12-01T22:00 12-02T06:00"]);
  assert.deepEqual(times({ fromDayOfWeek: 6, toDayOfWeek: 7 }), ["11-28T00:00 11-29T23:59"]);
  assert.deepEqual(times({ fromDayOfWeek: 1 }), ["11-30T00:00 11-30T23:59"]);
  assert.deepEqual(times({}), []);
});
test("a scatter chart pairs fields by itself, by matchers and by names of old", async () => {
  const { scatterSeries } = await import("../../../Sources/WebAssets/web/models/scatter.js");
  const field = (name, type = "number") => ({ name, displayName: name, type, config: {}, values: [] }), frames = [{ fields: [field("t", "time"), field("a"), field("b"), field("c")] }];
  const pairs = (options) => scatterSeries(frames, options).map(({ x, y, size }) => [x.name, y.name, size?.name].filter(Boolean).join());
  assert.deepEqual(pairs({}), ["a,b", "a,c"]);
  assert.deepEqual(pairs({ seriesMapping: "auto", dims: { x: "b", exclude: ["c"] } }), ["b,a"]);
  const by = (options) => ({ matcher: { id: "byName", options } });
  assert.deepEqual(pairs({ mapping: "manual", series: [{ x: by("c"), y: by("a"), size: by("b") }, { x: by("a"), y: by("gone") }] }), ["c,a,b"]);
  assert.deepEqual(pairs({ seriesMapping: "manual", series: [{ x: "b", y: "c" }] }), ["b,c"]);
});
