// Thresholds, value mappings and data links: lists of rows.
import { h, replace } from "../../../lib/dom.js";
import { icon } from "../../../lib/icons.js";
import { mappingRows, mappingsOfRows } from "../../../models/valueMappings.js";
import { colorButton } from "./colorField.js";

const removeButton = (label, run) => h("button.button.plain.square.small", { type: "button", "aria-label": label, onclick: run }, icon("close"));
const addButton = (text, run) => h("button.button.small", { type: "button", onclick: run }, icon("plus"), text);
const select = (label, choices, current, change) => { const element = h("select.select.small", { "aria-label": label, onchange: () => change(element.value) }, choices.map(([value, name]) => h("option", { value, selected: value === current }, name))); return element; };
const field = (label, value, change, properties = {}) => { const element = h("input.input.small", { value: value ?? "", "aria-label": label, placeholder: label, spellcheck: "false", ...properties, onchange: () => change(element.value) }); return element; };

const defaultSteps = [{ value: null, color: "green" }, { value: 80, color: "red" }];

/** Steps from low to high; the lowest has no limit. */
export function thresholdsControl(option, holder, form) {
  const box = h("div.stack"), thresholds = () => holder.read(option.path) ?? { mode: "absolute", steps: defaultSteps };
  const save = (next) => { holder.write(option.path, { ...thresholds(), ...next }); form.changed(); draw(); };
  const steps = () => (thresholds().steps ?? []).map((step) => ({ ...step }));
  const change = (at, part) => { const next = steps(); Object.assign(next[at], part); save({ steps: next.sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity)) }); };
  function draw() {
    const list = steps();
    replace(box, list.map((step, at) => h("div.row.list-line", colorButton("Colour", step.color, (color) => change(at, { color }), form.theme),
      step.value == null ? h("span.soft.small.base-step", "Base") : field("From", step.value, (value) => { if (value.trim() !== "" && Number.isFinite(Number(value))) change(at, { value: Number(value) }); else draw(); }, { inputmode: "decimal" }),
      step.value == null ? null : removeButton("Remove threshold", () => save({ steps: list.filter((one) => one !== step) })))),
    addButton("Threshold", () => save({ steps: [...list, { value: (list[list.length - 1]?.value ?? 0) + 10, color: "red" }] })),
    select("Thresholds are", [["absolute", "Absolute"], ["percentage", "Percentage of min to max"]], thresholds().mode ?? "absolute", (mode) => save({ mode })));
  }
  draw();
  return box;
}

const mappingTypes = [["value", "Value"], ["range", "Range"], ["regex", "Regex"], ["special", "Special"]];
const specials = [["null", "Null"], ["nan", "NaN"], ["null+nan", "Null and NaN"], ["true", "True"], ["false", "False"], ["empty", "Empty"]];

/** One condition a row, with the text and the colour that it gives. */
export function mappingsControl(option, holder, form) {
  const box = h("div.stack");
  const rows = mappingRows(holder.read(option.path));
  const save = () => { const next = mappingsOfRows(rows); holder.write(option.path, next.length ? next : undefined); form.changed(); };
  const condition = (row) => {
    const bind = (key, label, properties) => field(label, row[key], (value) => { row[key] = value; save(); }, properties);
    switch (row.type) {
      case "range": return [bind("from", "From", { inputmode: "decimal" }), bind("to", "To", { inputmode: "decimal" })];
      case "regex": return bind("pattern", "Pattern");
      case "special": return select("Special value", specials, row.match ?? "null", (match) => { row.match = match; save(); });
      default: return bind("value", "Value");
    }
  };
  function draw() {
    replace(box, rows.map((row, at) => h("div.list-card-row", { role: "group", "aria-label": `Mapping ${at + 1}` },
      h("div.row", select("Type of condition", mappingTypes, row.type, (type) => { row.type = type; save(); draw(); }), condition(row), removeButton("Remove mapping", () => { rows.splice(at, 1); save(); draw(); })),
      h("div.row", field("Shown text", row.text, (text) => { row.text = text; save(); }), colorButton("Colour", row.color, (color) => { row.color = color; save(); }, form.theme)))),
    addButton("Value mapping", () => { rows.push({ type: "value", value: "", text: "", color: "" }); draw(); }));
  }
  draw();
  return box;
}

/** Titles and addresses; both may hold variables of the field and the dashboard. */
export function linksControl(option, holder, form) {
  const box = h("div.stack"), links = (holder.read(option.path) ?? []).map((link) => ({ ...link }));
  const save = () => { holder.write(option.path, links.length ? links : undefined); form.changed(); };
  function draw() {
    replace(box, links.map((link, at) => h("div.list-card-row", { role: "group", "aria-label": `Link ${at + 1}` },
      h("div.row", field("Title", link.title, (title) => { link.title = title; save(); }), removeButton("Remove link", () => { links.splice(at, 1); save(); draw(); })),
      field("URL", link.url, (url) => { link.url = url; save(); }, { list: "link-variables" }),
      h("label.check", h("input", { type: "checkbox", "aria-label": "Open in a new tab", checked: Boolean(link.targetBlank), onchange: (event) => { link.targetBlank = event.target.checked; save(); } }), "Open in a new tab"))),
    links.length ? h("span.hint.soft.small", "${__value.raw}, ${__value.time}, ${__field.name}, ${__field.labels.NAME}, ${__url_time_range}, ${__all_variables}") : null,
    addButton("Link", () => { links.push({ title: "", url: "" }); draw(); }));
  }
  draw();
  return box;
}
