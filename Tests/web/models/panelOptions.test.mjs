import { test } from "node:test";
import assert from "node:assert/strict";
import { hasFields, optionGroups, overrideProperties, propertyOf, readPath, standardOptions, writePath } from "../../../Sources/WebAssets/web/models/panelOptions.js";
import { transformationForm } from "../../../Sources/WebAssets/web/models/transformationForms.js";
import { transformationChoices } from "../../../Sources/WebAssets/web/models/transformations.js";
import { mappingRows, mappingsOfRows } from "../../../Sources/WebAssets/web/models/valueMappings.js";
import { applyFieldConfig, applyMappings } from "../../../Sources/WebAssets/web/models/fieldConfig.js";
import { transform } from "../../../Sources/WebAssets/web/models/transformations.js";
import { colorSeries } from "../../../Sources/WebAssets/web/models/seriesOverride.js";
import { makeFrame } from "../../../Sources/WebAssets/web/models/frames.js";
import { panelTypes } from "../../../Sources/WebAssets/web/panels/registry.js";

test("every type of the picker has options, and no option twice in a group", () => {
  for (const [type] of panelTypes) {
    const groups = optionGroups(type);
    assert.ok(groups?.length, type);
    for (const [title, options] of groups) {
      assert.ok(options.length, `${type}: ${title}`);
      // A path may come twice where a condition tells the two apart.
      const plain = options.filter((option) => !option.when).map(({ path }) => path);
      assert.equal(new Set(plain).size, plain.length, `${type}: ${title}`);
      for (const { path, label } of options) assert.match(path, hasFields(type) ? /^(options|custom)\.\w/ : /^options\.\w/, `${type}: ${label}`);
    }
  }
});
test("what the parity list names can be set", () => {
  const paths = (type) => [...optionGroups(type).flatMap(([, options]) => options), ...standardOptions(type)].map(({ path }) => path);
  const wanted = {
    timeseries: ["custom.drawStyle", "custom.lineInterpolation", "custom.lineStyle.fill", "custom.spanNulls", "custom.insertNulls", "custom.stacking.mode", "custom.stacking.group", "custom.barAlignment", "custom.axisGridShow", "custom.axisColorMode", "custom.scaleDistribution.log", "custom.thresholdsStyle.mode", "options.legend.width", "options.tooltip.hideZeros", "unit", "fieldMinMax", "color.seriesBy"],
    stat: ["options.justifyMode", "options.wideLayout", "options.percentChangeColorMode", "options.text.titleSize", "options.reduceOptions.limit"],
    gauge: ["options.showThresholdLabels", "options.orientation", "options.text.valueSize"], bargauge: ["options.namePlacement", "options.minVizHeight", "options.maxVizHeight", "options.valueMode"],
    table: ["custom.width", "custom.minWidth", "custom.align", "custom.cellOptions.mode", "custom.cellOptions.applyToRow", "options.footer.reducer", "options.footer.countRows", "custom.inspect"],
  };
  for (const [type, list] of Object.entries(wanted)) for (const path of list) assert.ok(paths(type).includes(path), `${type}: ${path}`);
});
test("overrides: options of one property belong together, panel options are none", () => {
  const properties = overrideProperties("timeseries"), of = (id) => properties.find((one) => one.id === id);
  assert.equal(propertyOf("custom.stacking.mode"), "custom.stacking");
  assert.deepEqual(of("custom.stacking").options.map(({ path }) => path), ["custom.stacking.mode", "custom.stacking.group"]);
  assert.deepEqual(of("color").options.map(({ path }) => path), ["color.mode", "color.fixedColor", "color.seriesBy"]);
  for (const id of ["unit", "decimals", "min", "max", "displayName", "links", "mappings", "thresholds", "custom.lineStyle", "custom.transform", "custom.fillBelowTo", "custom.hideFrom", "custom.axisPlacement"]) assert.ok(of(id), id);
  assert.equal(properties.some(({ id }) => id.startsWith("options")), false);
  assert.equal(of("custom.barAlignment").options[0].when, undefined, "a condition on another property does not hide it");
  assert.ok(overrideProperties("table").some(({ id }) => id === "custom.hidden"));
});
test("paths are read and written", () => {
  const object = { a: { b: 1 } };
  writePath(object, "a.c.d", 2);
  writePath(object, "sort.0.field", "x");
  writePath(object, "a.b", "");
  assert.deepEqual(object, { a: { c: { d: 2 } }, sort: [{ field: "x" }] });
  assert.equal(readPath(object, "sort.0.field"), "x");
  assert.equal(readPath(object, "no.way"), undefined);
  writePath(object, "a", false);
  assert.equal(object.a, false);
});
test("mappings become rows and come back the same", () => {
  const mappings = [{ type: "value", options: { b: { text: "B", color: "red", index: 0 }, a: { text: "A", index: 1 } } }, { type: "range", options: { from: 1, to: null, result: { color: "green", index: 2 } } },
    { type: "regex", options: { pattern: "/x(.*)/", result: { text: "$1", index: 3 } } }, { type: "special", options: { match: "null+nan", result: { text: "-", index: 4 } } }];
  const rows = mappingRows(mappings);
  assert.deepEqual(rows.map(({ type }) => type), ["value", "value", "range", "regex", "special"]);
  assert.deepEqual(rows[0], { type: "value", value: "b", text: "B", color: "red" }, "in the order of their index");
  assert.deepEqual(mappingsOfRows(rows), mappings);
  assert.deepEqual(mappingsOfRows([{ type: "value", value: "" }, { type: "regex", pattern: "" }]), [], "no condition, no mapping");
  const twice = mappingsOfRows([{ type: "value", value: "1", text: "first" }, { type: "value", value: "1", text: "second" }]);
  assert.equal(applyMappings(twice, 1).text, "first");
});
test("every transformation of the picker has a form", () => {
  for (const [id] of transformationChoices) {
    const form = transformationForm(id);
    if (id !== "timeSeriesTable") assert.ok(Array.isArray(form), id);
  }
  assert.equal(transformationForm("constructor"), null);
});
test("a legend's colour goes into the override that names the series", () => {
  const panel = {};
  colorSeries(panel, "a", "red");
  colorSeries(panel, "b", "#123456");
  colorSeries(panel, "a", "blue");
  assert.deepEqual(panel.fieldConfig.overrides, [{ matcher: { id: "byName", options: "a" }, properties: [{ id: "color", value: { mode: "fixed", fixedColor: "blue" } }] }, { matcher: { id: "byName", options: "b" }, properties: [{ id: "color", value: { mode: "fixed", fixedColor: "#123456" } }] }]);
  const kept = { fieldConfig: { overrides: [{ matcher: { id: "byName", options: "a" }, properties: [{ id: "unit", value: "s" }] }, { __systemRef: "hideSeriesFrom", matcher: { id: "byName", options: "a" }, properties: [] }] } };
  colorSeries(kept, "a", "green");
  assert.deepEqual(kept.fieldConfig.overrides.map(({ properties }) => properties.map(({ id }) => id)), [["unit", "color"], []]);
});
test("an override means the name that a transformation gave", () => {
  const frame = makeFrame([{ name: "host", type: "string", config: {}, values: ["a"] }, { name: "Value", type: "number", config: {}, values: [1] }]);
  const [out] = applyFieldConfig(transform([frame], [{ id: "organize", options: { renameByName: { Value: "Load" } } }]), { defaults: {}, overrides: [{ matcher: { id: "byName", options: "Load" }, properties: [{ id: "unit", value: "percent" }] }] });
  assert.equal(out.fields[1].displayName, "Load");
  assert.equal(out.fields[1].config.unit, "percent");
});
