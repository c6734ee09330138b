// What candlesticks and lists of log lines draw, before it is drawn.
import { test } from "node:test";
import assert from "node:assert/strict";
import { candleFields, candles, leastStep } from "../../../Sources/WebAssets/web/models/candles.js";
import { commonLabels, logLevel, logLines, pretty, sortedLines, withoutRepeats } from "../../../Sources/WebAssets/web/models/logs.js";

const number = (name, values = [1]) => ({ name, displayName: name, type: "number", config: {}, values });
const names = (fields) => Object.fromEntries(Object.entries(fields).filter(([, field]) => field).map(([role, { name }]) => [role, name]));

test("fields of candles are chosen, named, or the close", () => {
  const frames = ["Open", "high", "l", "close", "other", "volume"].map((name) => ({ fields: [number(name)] }));
  assert.deepEqual(names(candleFields(frames)), { open: "Open", high: "high", low: "l", close: "close", volume: "volume" });
  assert.deepEqual(names(candleFields(frames, { close: "other", volume: "nowhere" })), { open: "Open", high: "high", low: "l", close: "other" });
  assert.deepEqual(names(candleFields([{ fields: [number("Value")] }])), { close: "Value" });
  assert.deepEqual(names(candleFields([{ fields: [] }])), {});
});
test("candles complete each other, and their way goes by open or by the close before", () => {
  const whole = { times: [0, 10, 20], open: [1, 3, 5], high: [4, 6, 5], low: [0, 2, 2], close: [3, 2, 5], volume: [7, null, 9] };
  assert.deepEqual(candles(whole).map(({ way, high, low, volume }) => [way, high, low, volume]), [[1, 4, 0, 7], [-1, 6, 2, null], [0, 5, 2, 9]]);
  assert.deepEqual(candles(whole, "close-close").map(({ way }) => way), [1, -1, 1]);
  assert.deepEqual(candles({ times: [0, 10, 20], close: [2, 5, undefined] }).map(({ open, high, low, close }) => [open, high, low, close]), [[2, 2, 2, 2], [2, 5, 2, 5]]);
  assert.deepEqual(candles({ times: [0, 10], open: [2, 5] }).map(({ open, close }) => [open, close]), [[2, 5], [5, 5]]);
  assert.equal(leastStep([{ time: 0 }, { time: 10 }, { time: 14 }]), 4);
  assert.equal(leastStep([{ time: 0 }]), 0);
});

const frame = (...fields) => ({ fields, length: fields[0].values.length });
const strings = (name, values) => ({ name, type: "string", config: {}, values });
const times = (values) => ({ name: "Time", type: "time", config: {}, values });

test("lines have a level by label, by key or by word", () => {
  assert.equal(logLevel("all is well", { level: "WARN" }), "warning");
  assert.equal(logLevel('ts=1 level=error msg="info"'), "error");
  assert.equal(logLevel('{"severity":"debug"}'), "debug");
  assert.equal(logLevel("FATAL: no disk"), "critical");
  assert.equal(logLevel("informative terror"), "unknown");
});
test("the line is the column that is named for it, others are fields, labels stay labels", () => {
  const labels = { name: "labels", type: "other", config: {}, values: [{ app: "a", pod: "1" }, { app: "a", pod: "2" }] };
  const lines = logLines([frame(times([1, 2]), strings("host", ["x", "y"]), strings("Line", ["\u001b[31mred\u001b[0m", "two"]), labels, strings("id", ["1", "2"]))]);
  assert.deepEqual(lines.map(({ time, text, fields, labels: own }) => [time, text, fields, own]), [[1, "red", [["host", "x"]], { app: "a", pod: "1" }], [2, "two", [["host", "y"]], { app: "a", pod: "2" }]]);
  assert.deepEqual(commonLabels(lines), { app: "a" });
  assert.deepEqual(logLines([frame(times([1]), number("Value"))]), []);
  assert.deepEqual(logLines([frame(strings("job", ["up"]), number("Value", [1]))]).map(({ time, text }) => [time, text]), [[null, "up"]]);
});
test("lines are sorted by time, those like their neighbour count", () => {
  const lines = [[1, "a 1"], [3, "a 2"], [2, "b"], [3, "a 3"]].map(([time, text]) => ({ time, text }));
  const texts = (order) => sortedLines(lines, order).map(({ text }) => text);
  assert.deepEqual(texts("Descending"), ["a 2", "a 3", "b", "a 1"]);
  assert.deepEqual(texts("Ascending"), ["a 1", "b", "a 2", "a 3"]);
  assert.deepEqual(withoutRepeats(sortedLines(lines), "numbers").map(({ text, count }) => [text, count]), [["a 2", 2], ["b", 1], ["a 1", 1]]);
  assert.equal(withoutRepeats(sortedLines(lines), "exact").length, 4);
  assert.equal(pretty('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(pretty("[no"), "[no");
});
