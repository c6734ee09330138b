// What is shown under conditions.
import { test } from "node:test";
import assert from "node:assert/strict";
import { asksForData, isShown } from "../../../Sources/WebAssets/web/models/conditions.js";
import { expand } from "../../../Sources/WebAssets/web/models/grid.js";

const group = (items, rest = {}) => ({ kind: "ConditionalRenderingGroup", spec: { visibility: "show", condition: "and", items, ...rest } });
const variable = (operator, value, name = "env") => ({ kind: "ConditionalRenderingVariable", spec: { variable: name, operator, value } });
const range = (value) => ({ kind: "ConditionalRenderingTimeRangeSize", spec: { value } });
const data = (value) => ({ kind: "ConditionalRenderingData", spec: { value } });
const context = (hasData = null) => ({ values: (name) => (name === "env" ? ["prod", "test"] : null), range: { from: 0, to: 3600e3 }, hasData });
const shown = (items, rest, hasData) => isShown(group(items, rest), context(hasData));

test("variables, the time range and data decide, together or one of them", () => {
  assert.deepEqual([shown([variable("equals", "prod")]), shown([variable("equals", "dev")]), shown([variable("notEquals", "prod")]), shown([variable("matches", "^te")]), shown([variable("notMatches", "/^x/")])], [true, false, false, true, true]);
  assert.deepEqual([shown([range("1h")]), shown([range("30m")])], [true, false]);
  assert.deepEqual([shown([data(true)], {}, false), shown([data(true)], {}, true), shown([data(false)], {}, true), shown([data(true)])], [false, true, false, true]);
  assert.deepEqual([shown([range("1h"), variable("equals", "dev")]), shown([range("1h"), variable("equals", "dev")], { condition: "or" }), shown([range("1h")], { visibility: "hide" })], [false, true, false]);
  assert.equal(shown([group([variable("equals", "dev"), range("1d")], { condition: "or" })]), true);
});
test("what is not understood hides nothing", () => {
  assert.deepEqual([isShown(undefined, context()), isShown({}, context()), shown([]), shown([variable("equals", "x", "gone")]), shown([{ kind: "New" }]), shown([variable("matches", "(")]), shown([null])], [true, true, true, true, true, true, true]);
  assert.deepEqual([asksForData(group([range("1h")])), asksForData(group([group([data(true)])])), asksForData(null)], [false, true, false]);
});
test("hidden panels leave no gap, hidden rows take their panels along", () => {
  const at = (id, y, rest = {}) => ({ id, type: "stat", gridPos: { x: 0, y, w: 24, h: 4 }, ...rest });
  const panels = [at(1, 0), at(2, 4), at(3, 8), { id: 4, type: "row", gridPos: { x: 0, y: 12, w: 24, h: 1 }, panels: [] }, at(5, 13)];
  assert.deepEqual(expand(panels, () => [], (row) => row.collapsed, ({ id }) => id === 2 || id === 4).map(({ panel, y }) => [panel.id, y]), [[1, 0], [3, 4]]);
});
