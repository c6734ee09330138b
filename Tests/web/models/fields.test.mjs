import { test } from "node:test";
import assert from "node:assert/strict";
import { applyFieldConfig, applyMappings, displayText, fieldMatcher, thresholdStep } from "../../../Sources/WebAssets/web/models/fieldConfig.js";
import { decodeFrames, frameToCSV, joinColumns, spanShortGaps, withGaps } from "../../../Sources/WebAssets/web/models/frames.js";
import { fieldValues } from "../../../Sources/WebAssets/web/models/fieldValues.js";
import { reduceValues } from "../../../Sources/WebAssets/web/models/reduce.js";
import { decimate } from "../../../Sources/WebAssets/web/models/decimate.js";
import { stackColumns } from "../../../Sources/WebAssets/web/models/stack.js";
import { contrast, interpolateStops, legible, resolveColor } from "../../../Sources/WebAssets/web/models/colors.js";
import { paletteColor } from "../../../Sources/WebAssets/web/models/palette.js";

const frame = (name, values) => ({ refId: "A", meta: {}, length: values.length, fields: [{ name: "Time", type: "time", config: {}, values: values.map((_, at) => at * 1000) }, { name: "Value", type: "number", labels: { job: name }, config: { displayNameFromDS: name }, values }] });

test("names, defaults and overrides, the later winning", () => {
  const [a, b] = applyFieldConfig([frame("a", [1, 2]), frame("b", [3, 4])], { defaults: { unit: "bytes", custom: { lineWidth: 2 } }, overrides: [
    { matcher: { id: "byName", options: "b" }, properties: [{ id: "unit", value: "percent" }, { id: "custom.fillOpacity", value: 20 }] },
    { matcher: { id: "byRegexp", options: "/^B$/i" }, properties: [{ id: "displayName", value: "${__field.labels.job}!" }, { id: "custom.__proto__.x", value: 1 }] }] }, { replace: (text, scoped) => text.replace("${__field.labels.job}", scoped.__field.value.labels.job) });
  assert.equal(a.fields[1].displayName, "a");
  assert.equal(b.fields[1].displayName, "b!");
  assert.equal(displayText(a.fields[1].display(2048)), "2 KiB");
  assert.equal(displayText(b.fields[1].display(12.34)), "12.3%");
  assert.deepEqual([b.fields[1].config.custom.lineWidth, b.fields[1].config.custom.fillOpacity], [2, 20]);
  assert.equal({}.x, undefined);
});
test("overrides that are no objects are passed over", () => {
  const [a] = applyFieldConfig([frame("a", [1])], { overrides: [null, { matcher: { id: "byName", options: "a" }, properties: [null, { id: "unit", value: "percent" }] }] });
  assert.equal(displayText(a.fields[1].display(12.34)), "12.3%");
});
test("the demo's figures", () => {
  const [stat] = fieldValues(applyFieldConfig([frame("x", [4.7, 4.768])], { defaults: { unit: "none" } }), { calcs: ["mean"] });
  assert.equal(displayText(stat.shown), "4.73");
  const [memory] = fieldValues(applyFieldConfig([frame("x", [393, 393.93])], { defaults: { unit: "mbytes" } }), { calcs: ["lastNotNull"] });
  assert.deepEqual([memory.shown.text, memory.shown.suffix], ["394", " MiB"]);
});
test("matchers", () => {
  const field = { name: "Value", displayName: "x", type: "number", values: [1, 9] };
  assert.ok(fieldMatcher({ id: "byNames", options: { mode: "exclude", names: ["y"] } })(field, {}));
  assert.ok(fieldMatcher({ id: "byValue", options: { reducer: "max", op: "gte", value: 9 } })(field, {}));
  assert.ok(fieldMatcher({ id: "byFrameRefID", options: "B" })(field, { refId: "B" }));
  assert.ok(!fieldMatcher({ id: "byRegexp", options: "/(/" })(field, {}));
  assert.ok(!fieldMatcher({ id: "unheard" })(field, {}));
  assert.ok(!fieldMatcher(null)(field, {}));
});
test("thresholds", () => {
  const steps = [{ value: null, color: "green" }, { value: 50, color: "orange" }, { value: 80, color: "red" }];
  assert.equal(thresholdStep({ steps }, 50).color, "orange");
  assert.equal(thresholdStep({ steps }, -1).color, "green");
  assert.equal(thresholdStep({ mode: "percentage", steps }, 9, { min: 0, max: 10 }).color, "red");
});
test("mappings", () => {
  const mappings = [{ type: "value", options: { 1: { text: "Up", color: "green" } } }, { type: "range", options: { from: 2, to: null, result: { text: "Many" } } }, { type: "special", options: { match: "null+nan", result: { text: "N/A" } } }, { type: "regex", options: { pattern: "/^v(.*)/", result: { text: "version $1" } } }];
  assert.equal(applyMappings(mappings, 1).text, "Up");
  assert.equal(applyMappings(mappings, 1e9).text, "Many");
  assert.equal(applyMappings(mappings, null).text, "N/A");
  assert.equal(applyMappings(mappings, NaN).text, "N/A");
  assert.equal(applyMappings(mappings, "v2").text, "version 2");
  assert.equal(applyMappings(mappings, 0), null);
  assert.equal(applyMappings([{ type: "value", options: {} }], "constructor"), null);
});
test("frames from the wire, with entities", () => {
  const [decoded] = decodeFrames({ frames: [{ schema: { refId: "A", fields: [{ name: "Time", type: "time" }, { name: "Value", type: "number", labels: {} }] }, data: { values: [[1, 2, 3], [null, 5, null]], entities: [null, { NaN: [0], Inf: [2], NegInf: [] }] } }] });
  assert.deepEqual(decoded.fields[1].values, [NaN, 5, Infinity]);
  assert.deepEqual(decodeFrames({}), []);
});
test("joins, gaps and spans", () => {
  const joined = joinColumns([{ times: [1, 3], values: [10, 30] }, { times: [2, 3], values: [20, 33] }]);
  assert.deepEqual(joined, { times: [1, 2, 3], values: [[10, undefined, 30], [undefined, 20, 33]] });
  assert.deepEqual(withGaps([0, 10, 30], [1, 2, 3], 10), { times: [0, 10, 20, 30], values: [1, 2, null, 3] });
  assert.deepEqual(withGaps([0, 10, 40], [1, 2, 3], 10, 0), { times: [0, 10, 20, 30, 40], values: [1, 2, 0, 0, 3] });
  assert.deepEqual(spanShortGaps([0, 1, 2, 3, 9, 10], [1, null, 2, null, null, 3], 2), [1, undefined, 2, null, null, 3]);
});
test("decimation keeps extremes and gaps", () => {
  const times = Array.from({ length: 1000 }, (_, at) => at), values = times.map((at) => (at === 500 ? 99 : at === 777 ? -99 : at < 100 ? null : 0));
  const small = decimate(times, [values], 100);
  assert.equal(small.times.length, 100);
  assert.ok(small.columns[0].includes(99) && small.columns[0].includes(-99) && small.columns[0].includes(null));
});
test("stacks: positives and negatives apart, percent", () => {
  const { columns, below } = stackColumns([{ values: [1, 2], stack: "A" }, { values: [3, 4], stack: "A" }, { values: [-1, -1], stack: "A" }, { values: [9, 9], stack: null }]);
  assert.deepEqual(columns, [[1, 2], [4, 6], [-1, -1], [9, 9]]);
  assert.deepEqual(below, [-1, 0, -1, -1]);
  assert.deepEqual(stackColumns([{ values: [1], stack: "A", percent: true }, { values: [3], stack: "A", percent: true }]).columns, [[.25], [1]]);
});
test("reducers", () => {
  const values = [1, 2, null, 4];
  const of = (id) => reduceValues(values, id);
  assert.deepEqual(["lastNotNull", "current", "last", "min", "max", "mean", "avg", "sum", "total", "count", "range", "diff", "diffperc", "median", "changeCount", "distinctCount", "p50"].map(of), [4, 4, 4, 1, 4, 7 / 3, 7 / 3, 7, 7, 4, 3, 3, 3, 2, 3, 4, 2]);
  assert.equal(reduceValues([5, 1, 3], "delta"), 3);
  assert.equal(reduceValues([], "mean"), null);
  assert.equal(reduceValues([null], "lastNotNull"), null);
  assert.equal(reduceValues([1], "constructor"), null);
});
test("palette and colours", () => {
  assert.deepEqual([0, 1, 6, 12, 18, 64].map(paletteColor), ["green", "yellow", "dark-green", "super-light-green", "#447EBC", "green"]);
  assert.equal(resolveColor("green"), "#73BF69");
  assert.equal(resolveColor("green", "light"), "#56A64B");
  assert.equal(resolveColor("url(x)"), "#808080");
  assert.equal(interpolateStops(["#000000", "#ffffff"], .5), "rgb(128, 128, 128)");
});
test("CSV quotes, and defuses formulas", () => {
  const text = frameToCSV({ length: 2, fields: [{ name: "a,b", type: "string", values: ['x"y', "=cmd()"] }, { name: "t", type: "time", values: [0, null] }] });
  assert.equal(text, '"a,b",t\r\n"x""y",1970-01-01T00:00:00.000Z\r\n\'=cmd(),');
});
test("text in a colour of data can be read on the panel of either theme", () => {
  assert.equal(contrast("#000000", "#fff").toFixed(1), "21.0");
  assert.equal(legible("#73BF69", "dark"), "#73BF69");
  for (const name of ["green", "yellow", "dark-blue", "super-light-orange", "purple"]) for (const [theme, panel] of [["dark", "#181b1f"], ["light", "#ffffff"]]) {
    assert.ok(contrast(legible(resolveColor(name, theme), theme), panel) >= 4.5, `${name} ${theme}`);
    assert.ok(contrast(legible(resolveColor(name, theme), theme, 40), panel) >= 3, `${name} ${theme} large`);
  }
  assert.equal(legible("transparent?", "light"), "transparent?");
});
test("times of less than a minute have milliseconds", () => {
  const shown = (values) => { const [{ fields: [field] }] = applyFieldConfig([{ meta: {}, length: values.length, fields: [{ name: "Time", type: "time", config: {}, values }] }], {}, { timeZone: "utc" }); return field.display(values[0]).text; };
  assert.equal(shown([1e12, 1e12 + 59_999]), "2001-09-09 01:46:40.000");
  assert.equal(shown([1e12, 1e12 + 60_000]), "2001-09-09 01:46:40");
  assert.equal(shown([1e12]), "2001-09-09 01:46:40");
});
