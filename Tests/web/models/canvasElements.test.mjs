// Where elements of a canvas stand, and what they say.
import { test } from "node:test";
import assert from "node:assert/strict";
import { colorOf, connectionsOf, placed, sizeOf, textOf } from "../../../Sources/WebAssets/web/models/canvasElements.js";
import { applyFieldConfig } from "../../../Sources/WebAssets/web/models/fieldConfig.js";

const only = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
const frames = applyFieldConfig([{ meta: {}, length: 2, fields: [{ name: "load", type: "number", config: {}, values: [10, 75] }] }], { defaults: { unit: "percent", min: 0, max: 100, thresholds: { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 50, color: "red" }] } } });
const replace = (text) => text.replace("$host", "web-1");

test("constraints decide from which edges a place counts", () => {
  const placement = { top: 10, left: 20, right: 30, bottom: 40, width: 100, height: 50 };
  assert.deepEqual(only(placed({ placement })), { left: "20px", width: "100px", top: "10px", height: "50px" });
  assert.deepEqual(only(placed({ placement, constraint: { horizontal: "right", vertical: "bottom" } })), { right: "30px", width: "100px", bottom: "40px", height: "50px" });
  assert.deepEqual(only(placed({ placement, constraint: { horizontal: "leftright", vertical: "scale" } })), { left: "20px", right: "30px", top: "10%", bottom: "40%" });
  assert.deepEqual(only(placed({ placement: { ...placement, rotation: 45 }, constraint: { horizontal: "center", vertical: "center" } })), { left: "calc(50% + -30px)", width: "100px", top: "calc(50% + -15px)", height: "50px", transform: "rotate(45deg)" });
  assert.deepEqual(only(placed({ placement: { left: "<x>", width: null }, constraint: null })), { left: "0px", width: "100px", top: "0px", height: "40px" });
});
test("texts, colours and sizes are fixed or follow a field", () => {
  assert.equal(textOf({ mode: "fixed", fixed: "on $host" }, frames, replace), "on web-1");
  assert.equal(textOf({ mode: "field", field: "load" }, frames, replace), "75%");
  assert.equal(textOf({ mode: "field", field: "gone" }, frames, replace), "No data");
  assert.equal(textOf(null, frames, replace), "");
  assert.equal(colorOf({ field: "load", fixed: "blue" }, frames, "dark"), "#F2495C");
  assert.equal(colorOf({ field: "gone", fixed: "blue" }, frames, "dark"), "#5794F2");
  assert.equal(colorOf(undefined, frames, "dark"), undefined);
  assert.equal(sizeOf({ field: "load", min: 10, max: 30 }, frames, 2), 25);
  assert.equal(sizeOf({ fixed: 5 }, frames, 2), 5);
  assert.equal(sizeOf(undefined, frames, 2), 2);
});
test("connections name their elements", () => assert.deepEqual(connectionsOf([{ name: "a", connections: [{ source: { x: 1, y: 0 }, target: { x: -1, y: 0 }, targetName: "b" }, null] }, { name: "b", connections: "no" }]).map(({ from, to, start, end }) => [from, to, start, end]), [["a", "b", { x: 1, y: 0 }, { x: -1, y: 0 }]]));
