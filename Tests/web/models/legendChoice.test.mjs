// What legends leave visible, and panels beside an earlier time.
import { test } from "node:test";
import assert from "node:assert/strict";
import { applyFieldConfig, legendChoice } from "../../../Sources/WebAssets/web/models/fieldConfig.js";
import { inTree } from "../../../Sources/WebAssets/web/models/folderTree.js";
import { keepChoice } from "../../../Sources/WebAssets/web/models/seriesOverride.js";
import { sparkPath } from "../../../Sources/WebAssets/web/models/sparkline.js";
import { compareDistance, inPairs, moved } from "../../../Sources/WebAssets/web/models/timeCompare.js";
import { planSeries } from "../../../Sources/WebAssets/web/panels/timeseries.js";

test("a legend's choice is one override, the others stay", () => {
  const panel = { fieldConfig: { defaults: { unit: "s" }, overrides: [{ matcher: { id: "byName", options: "a" }, properties: [] }] } };
  assert.equal(keepChoice(panel, ["a", "b"]), '["a","b"]');
  assert.deepEqual(legendChoice(panel.fieldConfig), ["a", "b"]);
  keepChoice(panel, ["b"]);
  assert.deepEqual(panel.fieldConfig.overrides.map(({ matcher }) => matcher.id), ["byName", "byNames"]);
  assert.deepEqual(panel.fieldConfig.overrides[1], { __systemRef: "hideSeriesFrom", matcher: { id: "byNames", options: { mode: "exclude", names: ["b"], prefix: "All except:", readOnly: true } }, properties: [{ id: "custom.hideFrom", value: { legend: false, tooltip: true, viz: true } }] });
  assert.equal(keepChoice(panel, null), "null");
  assert.equal(legendChoice(panel.fieldConfig), null);
  assert.equal(panel.fieldConfig.overrides.length, 1);
  const bare = {};
  keepChoice(bare, null);
  assert.deepEqual(bare, {});
});

const frame = (name, values = [1, 2]) => ({ refId: "A", name, length: values.length, fields: [{ name: "Time", type: "time", config: { interval: 10 }, values: values.map((_, at) => 1000 + at * 10) }, { name: "Value", type: "number", config: { displayNameFromDS: name }, values }] });

test("the same queries of an earlier time come with the present ones", () => {
  const range = { from: 1000, to: 2000 };
  assert.deepEqual(["__previousPeriod", "1s", "1w", "__noPeriod", ""].map((text) => compareDistance(text, range)), [1000, 1000, 604800e3, 0, 0]);
  const work = { range, view: { panel: { type: "timeseries" } }, errors: [] };
  const [now, then] = inPairs(work, "__previousPeriod");
  assert.deepEqual([now.range, then.range], [range, { from: 0, to: 1000 }]);
  assert.equal(now.pair(then, { frames: [frame("a")], errors: [{ message: "slow" }] }), null);
  const whole = now.pair(now, { frames: [frame("a")], errors: [], range });
  assert.deepEqual(whole.frames.map(({ refId, fields }) => [refId, fields[0].values]), [["A", [1000, 1010]], ["A-compare", [2000, 2010]]]);
  assert.deepEqual(whole.errors, [{ message: "slow (comparison)" }]);
  assert.equal(inPairs({ ...work, view: { panel: { type: "stat" } } }, "1d").length, 1);
});
test("a comparison has the colour of the present series, dashed and without a fill", () => {
  const frames = applyFieldConfig([frame("a"), frame("b"), ...moved([frame("b"), frame("gone")], 0)], { defaults: { custom: { fillOpacity: 50, stacking: { mode: "normal" } } } }, { defaultColorMode: "palette-classic" });
  const names = frames.map(({ fields }) => fields[1].displayName), [, b, before] = frames.map(({ fields }) => fields[1].color);
  assert.deepEqual(names, ["a", "b", "b (comparison)", "gone (comparison)"]);
  assert.equal(b, "#FADE2A");
  assert.equal(before, "rgba(250, 222, 42, 0.6)");
  const { series } = planSeries({ frames, range: { from: 0, to: 2000 }, theme: "dark" }, () => false);
  assert.deepEqual(series.map(({ dash, fill }) => [dash, fill]), [[null, .5], [null, .5], [[5, 5], 0], [[5, 5], 0]]);
  assert.notEqual(series[0].stack, series[2].stack);
});
test("thresholds colour a series", () => {
  const config = { defaults: { thresholds: { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 2, color: "red" }] }, custom: { thresholdsStyle: { mode: "series" } } } };
  const { series, thresholds } = planSeries({ frames: applyFieldConfig([frame("a")], config), range: { from: 0, to: 2000 }, theme: "dark" }, () => false);
  assert.deepEqual(series[0].colorSteps, [{ value: null, color: "#73BF69" }, { value: 2, color: "#F2495C" }]);
  assert.equal(series[0].gradient, "scheme");
  assert.deepEqual(thresholds, []);
});
test("folders as a tree, in which a lost parent and a circle lose nobody", () => {
  const folders = [["c", "C", "b"], ["b", "B", "a"], ["a", "A", ""], ["x", "X", "hidden"]].map(([uid, title, parent]) => ({ uid, title, parent }));
  assert.deepEqual(inTree(folders).map(({ path, depth }) => [path, depth]), [["A", 0], ["A / B", 1], ["A / B / C", 2], ["X", 0]]);
});
test("a small line has gaps and ends with the last value", () => {
  assert.equal(sparkPath([1, 3], 10, 20), "M0.0 20.0L10.0 0.0");
  assert.equal(sparkPath([1, null, 1, 1], 30, 10), "M0.0 5.0M20.0 5.0L30.0 5.0");
  assert.equal(sparkPath([null], 10, 10), "");
  assert.equal(sparkPath(Array.from({ length: 1000 }, (_, at) => at), 100, 10).split("L").length, 78);
});
