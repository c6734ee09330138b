// Overrides: which fields, and what is different for them.
import { h, replace } from "../../../lib/dom.js";
import { icon } from "../../../lib/icons.js";
import { menu } from "../../../lib/overlay.js";
import { overrideProperties, readPath, writePath } from "../../../models/panelOptions.js";
import { reducerChoices } from "../../../models/reduce.js";
import { controlList, jsonControl } from "./controls.js";

const matchers = [["byName", "Field with name"], ["byRegexp", "Fields whose name matches"], ["byType", "Fields of a type"], ["byFrameRefID", "Fields of a query"], ["byValue", "Fields by their values"], ["byNames", "Fields of a list"]];
const types = [["number", "Numbers"], ["time", "Times"], ["string", "Texts"], ["boolean", "Booleans"]];
const comparisons = [["gt", ">"], ["gte", "≥"], ["lt", "<"], ["lte", "≤"], ["eq", "="], ["neq", "≠"]];
const startOf = { byName: () => "", byRegexp: () => "/.*/", byType: () => "number", byFrameRefID: () => "A", byValue: () => ({ reducer: "lastNotNull", op: "gte", value: 0 }), byNames: () => ({ mode: "include", names: [], readOnly: false, prefix: "All except:" }) };

const select = (label, choices, current, change) => { const element = h("select.select.small", { "aria-label": label, onchange: () => change(element.value) }, choices.map(([value, name]) => h("option", { value, selected: value === current }, name))); return element; };

/** The fields that an override means. */
function matcherControl(override, panel, form, draw) {
  const { matcher } = override, change = (options) => { matcher.options = options; form.changed(); };
  const text = (label, value, save, properties = {}) => { const element = h("input.input.small", { value, "aria-label": label, spellcheck: "false", ...properties, onchange: () => save(element.value) }); return element; };
  const known = matchers.some(([id]) => id === matcher.id) ? matchers : [...matchers, [matcher.id, matcher.id]];
  const kind = select("Fields to override", known, matcher.id, (id) => { Object.assign(matcher, { id, options: startOf[id]?.() ?? matcher.options }); form.changed(); draw(); });
  switch (matcher.id) {
    case "byName": return [kind, text("Name of the field", matcher.options ?? "", change, { list: "field-names" })];
    case "byRegexp": return [kind, text("Pattern", matcher.options ?? "", change)];
    case "byType": return [kind, select("Type", types, matcher.options, change)];
    case "byFrameRefID": return [kind, select("Query", (panel.targets ?? []).map(({ refId }) => [refId, refId]), matcher.options, change)];
    case "byValue": {
      const options = matcher.options ?? startOf.byValue();
      return [kind, h("div.row", select("Calculation", reducerChoices, options.reducer, (reducer) => change({ ...matcher.options, reducer })), select("Comparison", comparisons, options.op, (op) => change({ ...matcher.options, op })),
        text("Limit", options.value ?? "", (value) => change({ ...matcher.options, value: Number(value) || 0 }), { inputmode: "decimal" }))];
    }
    case "byNames": return [kind, text("Names, separated by commas", (matcher.options?.names ?? []).join(", "), (value) => change({ ...matcher.options, names: value.split(",").map((name) => name.trim()).filter(Boolean) }))];
    default: return [kind, jsonControl("Matcher", { read: () => matcher.options, write: (_, value) => { matcher.options = value; } }, "options", null, form.changed)];
  }
}

/** Options of a property read and write parts of its value: "custom.stacking.mode" the `mode`. */
function propertyHolder(property) {
  const rest = (path) => path.slice(property.id.length + 1);
  return {
    read: (path) => (path === property.id ? property.value : path.startsWith(property.id + ".") ? readPath(property.value, rest(path)) : undefined),
    write: (path, value) => {
      if (path === property.id) { property.value = value; return; }
      property.value = property.value && typeof property.value === "object" ? { ...property.value } : {};
      writePath(property.value, rest(path), value);
    },
  };
}

function propertyControl(override, property, known, form, draw) {
  const remove = h("button.button.plain.square.small", { type: "button", "aria-label": `Remove ${known?.label ?? property.id}`, onclick: () => { override.properties.splice(override.properties.indexOf(property), 1); form.changed(); draw(); } }, icon("close"));
  const content = known ? controlList(known.options, propertyHolder(property), form) : jsonControl(property.id, { read: () => property.value, write: (_, value) => { property.value = value; } }, "value", null, form.changed);
  // One control needs no label beside the property's own.
  return h("div.override-property", { class: known?.options.length === 1 ? "single" : "" }, h("div.row.spread", h("span.small.soft.cut", known?.label ?? property.id), remove), content);
}

/** All overrides of a panel; `form` as the controls want it. */
export function overridesControl(panel, form) {
  const box = h("div.stack"), list = panel.fieldConfig.overrides, properties = overrideProperties(panel.type);
  const addProperty = (override) => {
    const button = h("button.button.small", { type: "button", "aria-haspopup": "menu", onclick: () => menu(button, properties.filter(({ id }) => !override.properties.some((one) => one.id === id)).map(({ id, label }) => ({ text: label, run: () => { override.properties.push({ id, value: undefined }); draw(); } }))) }, icon("plus"), "Property");
    return button;
  };
  function draw() {
    replace(box, list.map((override, at) => {
      override.properties ??= [];
      override.matcher ??= { id: "byName", options: "" };
      return h("div.list-card-row", { role: "group", "aria-label": `Override ${at + 1}` },
        h("div.row.spread", h("strong", `Override ${at + 1}`), h("span.row",
          h("button.button.plain.square.small", { type: "button", "aria-label": "Move override up", disabled: at === 0, onclick: () => { list.splice(at - 1, 0, ...list.splice(at, 1)); form.changed(); draw(); } }, icon("up")),
          h("button.button.plain.square.small", { type: "button", "aria-label": "Remove override", onclick: () => { list.splice(at, 1); form.changed(); draw(); } }, icon("trash")))),
        matcherControl(override, panel, form, draw), override.properties.map((property) => propertyControl(override, property, properties.find(({ id }) => id === property.id), form, draw)), addProperty(override));
    }), h("button.button.small", { type: "button", onclick: () => { list.push({ matcher: { id: "byName", options: "" }, properties: [] }); draw(); } }, icon("plus"), "Override"));
  }
  draw();
  return box;
}
