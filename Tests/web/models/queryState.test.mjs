import assert from "node:assert/strict";
import { test } from "node:test";
import { matrixColumns, newPanel, panelsFromQuery, panelsToQuery, parseInput, stepSeconds } from "../../../Sources/WebAssets/web/models/queryState.js";

test("the address keeps the panels", () => {
  const panels = [{ ...newPanel('rate(up{job="a&b"}[5m])'), tab: "graph", end: Date.UTC(2026, 10, 25, 10), range: 7200e3, step: 15, stacked: true }, newPanel("up")];
  assert.deepEqual(panelsFromQuery(new URLSearchParams(panelsToQuery(panels))), panels);
});

test("links of older Prometheus and of Alertmanager open", () => {
  const [panel] = panelsFromQuery(new URLSearchParams("g0.expr=up%20%3D%3D%200&g0.tab=1&g0.stacked=1&g0.range_input=2h&g0.step_input=30"));
  assert.equal(panel.expr, "up == 0");
  assert.equal(panel.tab, "table");
  assert.equal(panel.stacked, true);
  assert.equal(panel.range, 7200e3);
  assert.equal(panel.step, 30);
  assert.equal(panelsFromQuery(new URLSearchParams("g0.expr=up&g0.tab=0"))[0].tab, "graph");
});

test("malformed values are left out", () => {
  const [panel] = panelsFromQuery(new URLSearchParams("g0.expr=up&g0.tab=evil&g0.range_input=-5&g0.end_input=x&g0.res_step=0&g0.res_density=huge"));
  assert.deepEqual(panel, newPanel("up"));
  assert.deepEqual(panelsFromQuery(new URLSearchParams("")), [newPanel()]);
  assert.equal(parseInput("2026-11-25 10:00:00"), Date.UTC(2026, 10, 25, 10));
  assert.equal(parseInput("tomorrow"), null);
});

test("steps follow range and resolution", () => {
  assert.equal(stepSeconds(newPanel()), 14);
  assert.equal(stepSeconds({ ...newPanel(), range: 60e3 }), 1);
  assert.equal(stepSeconds({ ...newPanel(), density: "low" }), 36);
  assert.equal(stepSeconds({ ...newPanel(), step: 7 }), 7);
});

test("a matrix becomes columns with gaps", () => {
  const { times, series } = matrixColumns([{ metric: { a: "1" }, values: [[10, "1"], [30, "+Inf"], [40, "3"]] }], 10, 40, 10);
  assert.deepEqual(times, [10000, 20000, 30000, 40000]);
  assert.deepEqual(series[0].values, [1, null, null, 3]);
});
