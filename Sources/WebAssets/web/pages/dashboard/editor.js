// Panel editor: preview, queries, transformations, and the options of the panel. Works on the panel in place;
// "Discard" puts back what was there.
import { h, replace } from "../../lib/dom.js";
import { debounce } from "../../lib/events.js";
import { icon } from "../../lib/icons.js";
import { menu, notice } from "../../lib/overlay.js";
import { schemeNames } from "../../models/colors.js";
import { reducerChoices } from "../../models/reduce.js";
import { transformationChoices } from "../../models/transformations.js";
import { unitGroups } from "../../models/units.js";
import { hints } from "../../models/queryBuilder.js";
import { panelTypes } from "../../panels/registry.js";
import { queryEditor } from "../queryEditor.js";
import { session } from "../session.js";
import { PanelView } from "./panelView.js";

const set = (object, path, value) => {
  const parts = path.split(".");
  let at = object;
  for (const part of parts.slice(0, -1)) at = at[part] ??= {};
  if (value === undefined || value === "") delete at[parts[parts.length - 1]]; else at[parts[parts.length - 1]] = value;
};
const get = (object, path) => path.split(".").reduce((at, part) => at?.[part], object);

export class PanelEditor {
  constructor(page, panel) {
    Object.assign(this, { page, panel, before: JSON.stringify(panel), editors: [] });
    const { runtime } = page;
    this.view = new PanelView(runtime, { key: "edit-" + panel.id, panel, scoped: {} }, { inspect: (view, tab) => page.inspect(view, tab), onData: () => this.drawFaults() });
    this.view.element.classList.add("panel-large");
    this.tabs = h("div.tabs", { role: "tablist" });
    this.lower = h("div.editor-lower");
    this.faults = h("div.stack");
    this.side = h("aside.editor-side", { "aria-label": "Panel options" });
    this.element = h("div.editor", h("div.editor-bar", h("strong.cut", "Edit panel"), h("div.row", h("button.button.small", { type: "button", onclick: () => this.discard() }, "Discard"), h("button.button.small", { type: "button", onclick: () => page.save() }, "Save dashboard"), h("button.button.small.primary", { type: "button", onclick: () => page.back() }, icon("left"), "Back to dashboard"))),
      h("div.editor-main", h("div.editor-preview", this.view.element), h("div.editor-bottom", this.tabs, this.faults, this.lower)), this.side);
    this.redraw = debounce(60, () => { page.touch(); this.view.setPanel(panel, { query: false }); });
    this.requery = debounce(250, () => { page.touch(); this.view.setPanel(panel); });
  }

  start() {
    this.view.setVisible(true);
    this.drawTabs("queries");
    this.drawSide();
  }

  discard() {
    const old = JSON.parse(this.before);
    for (const key of Object.keys(this.panel)) if (!(key in old)) delete this.panel[key];
    Object.assign(this.panel, old);
    this.page.touch();
    this.page.back();
  }

  drawFaults() { replace(this.faults, (this.view.result?.errors ?? []).map((error) => notice("error", `${error.refId ? error.refId + ": " : ""}${error.message}`))); }

  drawTabs(chosen) {
    const count = this.panel.transformations?.length ?? 0;
    replace(this.tabs, [["queries", `Queries (${this.panel.targets?.length ?? 0})`], ["transformations", `Transformations (${count})`]].map(([id, text]) => h("button.tab", { type: "button", role: "tab", "aria-selected": String(id === chosen), onclick: () => this.drawTabs(id) }, text)));
    for (const one of this.editors) one.destroy();
    this.editors = [];
    if (chosen === "queries") this.drawQueries(); else this.drawTransformations();
  }

  drawQueries() {
    const { panel } = this, targets = (panel.targets ??= []);
    const uid = () => this.page.runtime.source(panel.datasource)?.uid ?? session.defaultSource?.uid;
    const source = h("select.select.small", { "aria-label": "Data source", onchange: () => { const found = session.findSource(source.value); panel.datasource = found ? { type: found.type, uid: found.uid } : source.value; for (const target of targets) target.datasource = panel.datasource; this.requery(); } },
      session.dataSources.map((one) => h("option", { value: one.uid, selected: one.uid === uid() }, one.name)), this.page.runtime.variables.list.filter((one) => one.type === "datasource").map((one) => h("option", { value: "${" + one.name + "}", selected: panel.datasource?.uid === "${" + one.name + "}" || panel.datasource?.uid === "$" + one.name }, "$" + one.name)));
    const field = (label, object, key, placeholder, run = this.requery, number = false) => { const input = h("input.input.small", { value: object[key] ?? "", placeholder, "aria-label": label, onchange: () => { set(object, key, number ? (input.value === "" ? undefined : Number(input.value)) : input.value); run(); } }); return h("label.field.inline", h("span.label", label), input); };
    const rows = targets.map((target, at) => {
      const hint = h("div.row.query-hints"), drawHints = () => replace(hint, hints(target.expr).map((one) => h("button.badge.info", { type: "button", onclick: () => { target.expr = one.apply(target.expr); editor.value = target.expr; drawHints(); this.requery(); } }, one.text)));
      const editor = queryEditor({ value: target.expr ?? "", uid, label: `Query ${target.refId}`, onChange: (text) => { target.expr = text; drawHints(); }, onRun: () => this.requery() });
      editor.element.addEventListener("change", () => this.requery());
      this.editors.push(editor);
      const kind = h("select.select.small", { "aria-label": "Type", onchange: () => { target.range = kind.value !== "instant"; target.instant = kind.value !== "range"; this.requery(); } }, [["range", "Range"], ["instant", "Instant"], ["both", "Both"]].map(([value, text]) => h("option", { value, selected: (target.instant ? (target.range ? "both" : "instant") : "range") === value }, text)));
      const format = h("select.select.small", { "aria-label": "Format", onchange: () => { target.format = format.value; this.requery(); } }, [["time_series", "Time series"], ["table", "Table"], ["heatmap", "Heatmap"]].map(([value, text]) => h("option", { value, selected: (target.format ?? "time_series") === value }, text)));
      drawHints();
      return h("div.query-row", h("div.row", h("span.badge", target.refId), h("span.grow"), h("button.button.plain.square.small", { type: "button", "aria-label": "Duplicate query", onclick: () => { targets.splice(at + 1, 0, { ...structuredClone(target), refId: this.nextRef() }); this.drawTabs("queries"); this.requery(); } }, icon("copy")), h("button.button.plain.square.small", { type: "button", "aria-label": target.hide ? "Show query" : "Hide query", onclick: () => { target.hide = !target.hide; this.drawTabs("queries"); this.requery(); } }, icon(target.hide ? "eyeOff" : "eye")), h("button.button.plain.square.small", { type: "button", "aria-label": "Remove query", onclick: () => { targets.splice(at, 1); this.drawTabs("queries"); this.requery(); } }, icon("trash"))),
        editor.element, hint, h("div.row.wrap.query-options", field("Legend", target, "legendFormat", "{{label}} or __auto"), field("Min step", target, "interval", "auto"), h("label.field.inline", h("span.label", "Type"), kind), h("label.field.inline", h("span.label", "Format"), format)));
    });
    replace(this.lower, h("div.row.wrap.query-options", h("label.field.inline", h("span.label", "Data source"), source), field("Max data points", panel, "maxDataPoints", "auto", this.requery, true), field("Min interval", panel, "interval", "15s"), field("Relative time", panel, "timeFrom", "1h"), field("Time shift", panel, "timeShift", "1d")), rows,
      h("button.button.small", { type: "button", onclick: () => { targets.push({ refId: this.nextRef(), datasource: panel.datasource, expr: "", range: true }); this.drawTabs("queries"); } }, icon("plus"), "Add query"));
  }

  nextRef() {
    const used = new Set(this.panel.targets.map((target) => target.refId));
    for (let at = 0; at < 26; at++) { const name = String.fromCharCode(65 + at); if (!used.has(name)) return name; }
    return "Q" + used.size;
  }

  drawTransformations() {
    const { panel } = this, list = (panel.transformations ??= []);
    const add = h("button.button.small", { type: "button", onclick: () => menu(add, transformationChoices.map(([id, text]) => ({ text, run: () => { list.push({ id, options: {} }); this.drawTabs("transformations"); this.redraw(); } }))) }, icon("plus"), "Add transformation");
    const names = new Map(transformationChoices);
    replace(this.lower, list.map((one, at) => h("div.query-row", h("div.row", h("span.badge", String(at + 1)), h("strong.grow", names.get(one.id) ?? one.id), h("button.button.plain.square.small", { type: "button", "aria-label": one.disabled ? "Enable" : "Disable", onclick: () => { one.disabled = !one.disabled; this.drawTabs("transformations"); this.redraw(); } }, icon(one.disabled ? "eyeOff" : "eye")), h("button.button.plain.square.small", { type: "button", "aria-label": "Move up", disabled: at === 0, onclick: () => { list.splice(at - 1, 0, ...list.splice(at, 1)); this.drawTabs("transformations"); this.redraw(); } }, icon("up")), h("button.button.plain.square.small", { type: "button", "aria-label": "Remove", onclick: () => { list.splice(at, 1); this.drawTabs("transformations"); this.redraw(); } }, icon("trash"))), this.json("Options", one, "options"))), list.length ? null : h("div.empty", "Transformations change what the queries found before it is drawn: join, rename, filter, calculate."), add);
  }

  /** A part of the panel as editable JSON. */
  json(label, object, key, fallback = {}) {
    const fault = h("span.fault"), text = h("textarea.textarea.json-part", { value: JSON.stringify(object[key] ?? fallback, null, 2), spellcheck: "false", "aria-label": label, onchange: () => { try { object[key] = JSON.parse(text.value); fault.textContent = ""; this.redraw(); } catch (error) { fault.textContent = error.message; } } });
    return h("div.field", text, fault);
  }

  drawSide() {
    const { panel } = this, defaults = ((panel.fieldConfig ??= { defaults: {}, overrides: [] }).defaults ??= {}), options = (panel.options ??= {});
    panel.fieldConfig.overrides ??= [];
    const redraw = () => this.redraw();
    const text = (label, object, path, { number = false, placeholder = "", multiline = false } = {}) => { const control = h(multiline ? "textarea.textarea.plain" : "input.input.small", { value: get(object, path) ?? "", placeholder, "aria-label": label, oninput: () => { const { value } = control; set(object, path, number ? (value.trim() === "" || Number.isNaN(Number(value)) ? undefined : Number(value)) : value); redraw(); } }); return h("div.field", h("span.label", label), control); };
    const pick = (label, object, path, choices, { fallback = choices[0][0], then } = {}) => { const control = h("select.select.small", { "aria-label": label, onchange: () => { const found = choices.find(([value]) => String(value) === control.value); set(object, path, found?.[0]); redraw(); then?.(); } }, choices.map(([value, name]) => h("option", { value: String(value), selected: String(get(object, path) ?? fallback) === String(value) }, name))); return h("div.field", h("span.label", label), control); };
    const tick = (label, object, path, fallback = false) => h("label.check", h("input.switch", { type: "checkbox", checked: get(object, path) ?? fallback, onchange: (event) => { set(object, path, event.target.checked); redraw(); } }), label);
    const slide = (label, object, path, low, high, fallback) => { const shown = h("span.soft.small", String(get(object, path) ?? fallback)), control = h("input", { type: "range", min: low, max: high, value: get(object, path) ?? fallback, "aria-label": label, oninput: () => { set(object, path, Number(control.value)); shown.textContent = control.value; redraw(); } }); return h("div.field", h("span.label.row.spread", label, shown), control); };
    const group = (title, ...content) => h("details.option-group", { open: true }, h("summary", title), h("div.stack", content));
    const units = h("datalist", { id: "unit-list" }, unitGroups.flatMap(([name, list]) => list.map(([id, label]) => h("option", { value: id }, `${name}: ${label}`))));
    const unit = text("Unit", defaults, "unit", { placeholder: "none, bytes, percent, s, …" });
    unit.querySelector("input").setAttribute("list", "unit-list");
    const calcs = (label, object, path) => { const button = h("button.button.outline.small", { type: "button", onclick: () => menu(button, reducerChoices.slice(0, 22).map(([id, name]) => ({ text: name, checked: (get(object, path) ?? []).includes(id), run: () => { const now = new Set(get(object, path) ?? []); if (now.has(id)) now.delete(id); else now.add(id); set(object, path, [...now]); redraw(); this.drawSide(); } }))) }, (get(object, path) ?? []).join(", ") || "None", icon("down")); return h("div.field", h("span.label", label), button); };
    const type = panel.type, isGraph = type === "timeseries", isValue = ["stat", "gauge", "bargauge", "piechart"].includes(type);
    const typeOptions = isGraph ? [
      group("Legend", tick("Show legend", options, "legend.showLegend", true), pick("Mode", options, "legend.displayMode", [["list", "List"], ["table", "Table"]]), pick("Placement", options, "legend.placement", [["bottom", "Bottom"], ["right", "Right"]]), calcs("Values", options, "legend.calcs")),
      group("Tooltip", pick("Mode", options, "tooltip.mode", [["single", "Single"], ["multi", "All"], ["none", "Hidden"]]), pick("Order", options, "tooltip.sort", [["none", "None"], ["asc", "Ascending"], ["desc", "Descending"]])),
      group("Graph", pick("Style", defaults, "custom.drawStyle", [["line", "Lines"], ["bars", "Bars"], ["points", "Points"]]), pick("Interpolation", defaults, "custom.lineInterpolation", [["linear", "Linear"], ["smooth", "Smooth"], ["stepBefore", "Step before"], ["stepAfter", "Step after"]]), slide("Line width", defaults, "custom.lineWidth", 0, 10, 1), slide("Fill opacity", defaults, "custom.fillOpacity", 0, 100, 0), pick("Gradient", defaults, "custom.gradientMode", [["none", "None"], ["opacity", "Opacity"], ["hue", "Hue"], ["scheme", "Scheme"]]), pick("Points", defaults, "custom.showPoints", [["auto", "Auto"], ["always", "Always"], ["never", "Never"]]), slide("Point size", defaults, "custom.pointSize", 1, 40, 5), tick("Connect gaps", defaults, "custom.spanNulls"), pick("Stack", defaults, "custom.stacking.mode", [["none", "Off"], ["normal", "Normal"], ["percent", "100 %"]])),
      group("Axis", text("Label", defaults, "custom.axisLabel"), pick("Placement", defaults, "custom.axisPlacement", [["auto", "Auto"], ["left", "Left"], ["right", "Right"], ["hidden", "Hidden"]]), pick("Scale", defaults, "custom.scaleDistribution.type", [["linear", "Linear"], ["log", "Logarithmic"], ["symlog", "Symlog"]]), text("Soft min", defaults, "custom.axisSoftMin", { number: true }), text("Soft max", defaults, "custom.axisSoftMax", { number: true }), tick("Centre on zero", defaults, "custom.axisCenteredZero")),
      group("Threshold lines", pick("Show", defaults, "custom.thresholdsStyle.mode", [["off", "Off"], ["line", "Lines"], ["dashed", "Dashed"], ["area", "Areas"], ["line+area", "Lines and areas"], ["dashed+area", "Dashed and areas"]])),
    ] : isValue ? [
      group("Value", pick("Show", options, "reduceOptions.values", [[false, "Calculate"], [true, "All values"]]), calcs("Calculation", options, "reduceOptions.calcs"), text("Fields", options, "reduceOptions.fields", { placeholder: "numeric fields" }), pick("Orientation", options, "orientation", [["auto", "Auto"], ["horizontal", "Horizontal"], ["vertical", "Vertical"]])),
      type === "stat" ? group("Stat", pick("Text", options, "textMode", [["auto", "Auto"], ["value", "Value"], ["value_and_name", "Value and name"], ["name", "Name"], ["none", "None"]]), pick("Colour", options, "colorMode", [["value", "Value"], ["background", "Background gradient"], ["background_solid", "Background"], ["none", "None"]]), pick("Graph", options, "graphMode", [["area", "Area"], ["none", "None"]]), tick("Percent change", options, "showPercentChange")) : null,
      type === "gauge" ? group("Gauge", tick("Threshold markers", options, "showThresholdMarkers", true), tick("Threshold labels", options, "showThresholdLabels")) : null,
      type === "bargauge" ? group("Bar gauge", pick("Mode", options, "displayMode", [["gradient", "Gradient"], ["lcd", "Lamps"], ["basic", "Basic"]]), pick("Values", options, "valueMode", [["color", "Coloured"], ["text", "Text"], ["hidden", "Hidden"]]), tick("Show unfilled", options, "showUnfilled", true)) : null,
      type === "piechart" ? group("Pie", pick("Type", options, "pieType", [["pie", "Pie"], ["donut", "Donut"]]), tick("Show legend", options, "legend.showLegend", true), pick("Placement", options, "legend.placement", [["bottom", "Bottom"], ["right", "Right"]])) : null,
    ] : type === "table" ? [group("Table", tick("Show header", options, "showHeader", true), pick("Cell height", options, "cellHeight", [["sm", "Small"], ["md", "Medium"], ["lg", "Large"]]), tick("Footer", options, "footer.show"), tick("Column filters", defaults, "custom.filterable"), pick("Cell", defaults, "custom.cellOptions.type", [["auto", "Auto"], ["color-text", "Coloured text"], ["color-background", "Coloured background"], ["gauge", "Gauge"], ["json-view", "JSON"], ["image", "Image"]]))]
      : type === "text" ? [group("Text", pick("Mode", options, "mode", [["markdown", "Markdown"], ["html", "HTML"], ["code", "Code"]]), text("Content", options, "content", { multiline: true }))] : [group("Options", this.json("Options", panel, "options"))];
    const thresholds = h("div.stack"), drawSteps = () => {
      const steps = ((defaults.thresholds ??= { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 80, color: "red" }] }).steps ??= []);
      replace(thresholds, steps.map((step, at) => h("div.row", h("input.input.small", { value: step.color, "aria-label": "Colour", list: "color-list", style: { borderLeft: `6px solid ${/^[\w#(),.\s-]+$/.test(step.color ?? "") ? ({ green: "#73BF69", red: "#F2495C", yellow: "#FADE2A", orange: "#FF9830", blue: "#5794F2", purple: "#B877D9" }[step.color] ?? step.color) : ""}` }, onchange: (event) => { step.color = event.target.value; redraw(); drawSteps(); } }), step.value == null ? h("span.soft.small.base-step", "Base") : h("input.input.small", { type: "number", value: step.value, step: "any", "aria-label": "From", onchange: (event) => { step.value = Number(event.target.value); steps.sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity)); redraw(); drawSteps(); } }), at ? h("button.button.plain.square.small", { type: "button", "aria-label": "Remove threshold", onclick: () => { steps.splice(at, 1); redraw(); drawSteps(); } }, icon("close")) : null)),
        h("button.button.small", { type: "button", onclick: () => { steps.push({ value: (steps[steps.length - 1]?.value ?? 0) + 10, color: "red" }); redraw(); drawSteps(); } }, icon("plus"), "Threshold"), pick("Mode", defaults, "thresholds.mode", [["absolute", "Absolute"], ["percentage", "Percentage"]]));
    };
    const hasFields = type !== "text" && type !== "dashlist" && type !== "alertlist";
    if (hasFields) { if (defaults.thresholds) drawSteps(); else replace(thresholds, h("button.button.small", { type: "button", onclick: drawSteps }, icon("plus"), "Threshold")); }
    const known = panelTypes.some(([id]) => id === type);
    replace(this.side, units, h("datalist", { id: "color-list" }, ["green", "yellow", "orange", "red", "blue", "purple", "dark-green", "dark-red", "text", "transparent"].map((name) => h("option", { value: name }))),
      group("Panel", pick("Visualization", panel, "type", known ? panelTypes : [[type, type], ...panelTypes], { then: () => { this.drawSide(); this.requery(); } }), text("Title", panel, "title"), text("Description", panel, "description", { multiline: true }), tick("Transparent background", panel, "transparent"), pick("Repeat by variable", panel, "repeat", [["", "Do not repeat"], ...this.page.runtime.variables.list.map((one) => [one.name, one.name])]), panel.repeat ? pick("Direction", panel, "repeatDirection", [["h", "Horizontal"], ["v", "Vertical"]]) : null),
      typeOptions, hasFields ? [group("Field", unit, text("Decimals", defaults, "decimals", { number: true, placeholder: "auto" }), text("Min", defaults, "min", { number: true, placeholder: "auto" }), text("Max", defaults, "max", { number: true, placeholder: "auto" }), text("Display name", defaults, "displayName"), text("No value", defaults, "noValue", { placeholder: "-" }), pick("Colour", defaults, "color.mode", [["palette-classic", "Palette"], ["palette-classic-by-name", "Palette by name"], ["thresholds", "From thresholds"], ["fixed", "Single colour"], ["shades", "Shades"], ...schemeNames.map((name) => [name, name.replace("continuous-", "Scheme: ")])], { fallback: isGraph ? "palette-classic" : "thresholds" }), text("Single colour", defaults, "color.fixedColor", { placeholder: "green, #ff9900" })),
        group("Thresholds", thresholds), h("details.option-group", h("summary", `Value mappings (${defaults.mappings?.length ?? 0})`), this.json("Mappings", defaults, "mappings", [])), h("details.option-group", h("summary", `Data links (${defaults.links?.length ?? 0})`), this.json("Links", defaults, "links", [])), h("details.option-group", h("summary", `Overrides (${panel.fieldConfig.overrides.length})`), this.json("Overrides", panel.fieldConfig, "overrides", []))] : null);
  }

  destroy() {
    this.redraw.cancel();
    this.requery.cancel();
    for (const one of this.editors) one.destroy();
    this.view.destroy();
    this.element.remove();
  }
}
