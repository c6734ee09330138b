import { test } from "node:test";
import assert from "node:assert/strict";
import { expand, moveItem, pixelHeight, toggleRow } from "../../../Sources/WebAssets/web/models/grid.js";

const panel = (id, x, y, w, h, rest = {}) => ({ id, type: "stat", gridPos: { x, y, w, h }, ...rest });
const places = (items) => Object.fromEntries(items.map(({ key, x, y, w, h }) => [key, [x, y, w, h].join()]));

test("pixels", () => assert.equal(pixelHeight(3), 106));
test("collapsed rows hide their panels, open ones own what follows", () => {
  const panels = [panel(1, 0, 0, 24, 3), { id: 2, type: "row", collapsed: true, gridPos: { x: 0, y: 3, w: 24, h: 1 }, panels: [panel(3, 0, 4, 12, 8)] }, { id: 4, type: "row", gridPos: { x: 0, y: 4, w: 24, h: 1 } }, panel(5, 0, 5, 12, 8)];
  assert.deepEqual(places(expand(panels)), { 1: "0,0,24,3", "row-2": "0,3,24,1", "row-4": "0,4,24,1", 5: "0,5,12,8" });
  const opened = toggleRow(panels, panels[1]);
  assert.deepEqual(places(expand(opened)), { 1: "0,0,24,3", "row-2": "0,3,24,1", 3: "0,4,12,8", "row-4": "0,12,24,1", 5: "0,13,12,8" });
  const closed = toggleRow(opened, opened.find(({ id }) => id === 2));
  assert.deepEqual(places(expand(closed)), places(expand(panels)));
});
test("panels repeat across, wrap, and push what is below", () => {
  const panels = [panel(1, 0, 0, 6, 4, { repeat: "n", maxPerRow: 2 }), panel(2, 0, 4, 24, 2)];
  const values = () => ["a", "b", "c"].map((value) => ({ text: value, value }));
  assert.deepEqual(places(expand(panels, values)), { 1: "0,0,12,4", "1-clone-1": "12,0,12,4", "1-clone-2": "0,4,12,4", 2: "0,8,24,2" });
});
test("rows repeat with their panels", () => {
  const panels = [{ id: 1, type: "row", repeat: "n", gridPos: { x: 0, y: 0, w: 24, h: 1 } }, panel(2, 0, 1, 24, 4)];
  const items = expand(panels, () => [{ text: "a", value: "a" }, { text: "b", value: "b" }]);
  assert.deepEqual(places(items), { "row-1": "0,0,24,1", 2: "0,1,24,4", "row-1-row-1": "0,5,24,1", "2-row-1": "0,6,24,4" });
  assert.equal(items[3].scoped.n.value, "b");
});
test("moving pushes down and compacts", () => {
  const items = expand([panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4), panel(3, 0, 4, 24, 4)]);
  assert.deepEqual(places(moveItem(items, { key: "1", x: 12, y: 0, w: 12, h: 4 })), { 1: "12,0,12,4", 2: "12,4,12,4", 3: "0,8,24,4" });
});
test("hostile positions are held within the grid", () => {
  const items = expand([panel(1, -5, NaN, 999, -2), panel(2, "x", 1e99, null, 1e9), null, 7]);
  assert.ok(items.every(({ x, w, h }) => x >= 0 && x + w <= 24 && h >= 1 && h <= 1000));
});
