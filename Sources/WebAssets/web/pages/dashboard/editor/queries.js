// The queries of the panel, and how they are asked.
import { h, replace } from "../../../lib/dom.js";
import { icon } from "../../../lib/icons.js";
import { hints } from "../../../models/queryBuilder.js";
import { holderOf } from "./controls.js";
import { queryEditor } from "../../queryEditor.js";
import { openBrowser, openBuilder } from "../../queryDialogs.js";
import { session } from "../../session.js";

const small = (label, image, run, properties = {}) => h("button.button.plain.square.small", { type: "button", "aria-label": label, onclick: run, ...properties }, icon(image));
const inline = (label, element) => h("label.field.inline", h("span.label", label), element);
const select = (label, choices, current, change) => { const element = h("select.select.small", { "aria-label": label, onchange: () => change(element.value) }, choices.map(([value, name]) => h("option", { value, selected: value === current }, name))); return inline(label, element); };

/** A letter that no query has. */
function nextRef(targets) {
  const used = new Set(targets.map((target) => target.refId));
  for (let at = 0; at < 26; at++) { const name = String.fromCharCode(65 + at); if (!used.has(name)) return name; }
  return "Q" + used.size;
}

/** The tab of queries. `editor` is the panel editor: { panel, page, requery(), drawTabs(), editors }. */
export function queriesTab(editor) {
  const { panel, page } = editor, { runtime } = page, targets = (panel.targets ??= []);
  const mixed = "-- Mixed --", isMixed = () => (panel.datasource?.uid ?? panel.datasource) === mixed;
  const changed = () => editor.requery();
  const again = () => { editor.drawTabs("queries"); editor.requery(); };
  const sourceOf = (reference) => runtime.source(reference)?.uid ?? session.defaultSource?.uid;
  const variables = runtime.variables.list.filter((one) => one.type === "datasource").map(({ name }) => ["${" + name + "}", "$" + name]);
  const referenceOf = (uid) => { const found = session.findSource(uid); return found && !uid.startsWith("$") ? { type: found.type, uid: found.uid } : { type: "prometheus", uid }; };
  const uidOf = (reference) => { const uid = reference?.uid ?? reference; return variables.find(([value, name]) => value === uid || name === uid)?.[0] ?? sourceOf(reference); };
  const sources = session.dataSources.map((one) => [one.uid, one.name]).concat(variables);
  const field = (label, object, path, placeholder, parse = (value) => value) => { const holder = holderOf(object), element = h("input.input.small", { value: holder.read(path) ?? "", placeholder, "aria-label": label, spellcheck: "false", onchange: () => { holder.write(path, parse(element.value)); changed(); } }); return inline(label, element); };
  // Other times may stand in a file.
  const compared = panel.timeCompare && !["24h", "1w", "1M", "__previousPeriod"].includes(panel.timeCompare) ? [[panel.timeCompare, panel.timeCompare]] : [];
  const whole = (value) => (value.trim() === "" || !(Number(value) > 0) ? undefined : Math.round(Number(value)));

  function chooseSource(uid) {
    panel.datasource = uid === mixed ? { type: "datasource", uid: mixed } : referenceOf(uid);
    if (uid !== mixed) for (const target of targets) target.datasource = panel.datasource;
    again();
  }

  function row(target, at) {
    const reference = () => (isMixed() ? target.datasource : target.datasource ?? panel.datasource), uid = () => sourceOf(reference());
    const hint = h("div.row.query-hints"), drawHints = () => replace(hint, hints(target.expr).map((one) => h("button.badge.info", { type: "button", onclick: () => use(one.apply(target.expr)) }, one.text)));
    const text = queryEditor({ value: target.expr ?? "", uid, label: `Query ${target.refId}`, onChange: (value) => { target.expr = value; drawHints(); }, onRun: changed });
    const use = (expression) => { target.expr = expression; text.value = expression; drawHints(); changed(); };
    text.element.addEventListener("change", changed);
    editor.editors.push(text);
    drawHints();
    const swap = (by) => { targets.splice(at + by, 0, ...targets.splice(at, 1)); again(); };
    return h("div.query-row", { role: "group", "aria-label": `Query ${target.refId}` }, h("div.row.wrap", h("span.badge", target.refId), isMixed() ? select("Data source of the query", sources, uidOf(target.datasource), (value) => { target.datasource = referenceOf(value); changed(); }) : null,
      h("button.button.small", { type: "button", onclick: () => openBrowser(uid(), use) }, icon("list"), "Metrics browser"), h("button.button.small", { type: "button", onclick: () => openBuilder(uid(), use) }, icon("filter"), "Builder"), h("span.grow"),
      h("span.row", small("Move query up", "up", () => swap(-1), { disabled: at === 0 }), small("Move query down", "down", () => swap(1), { disabled: at === targets.length - 1 }), small("Duplicate query", "copy", () => { targets.splice(at + 1, 0, { ...structuredClone(target), refId: nextRef(targets) }); again(); }),
        small(target.hide ? "Show query" : "Hide query", target.hide ? "eyeOff" : "eye", () => { target.hide = !target.hide; again(); }), small("Remove query", "trash", () => { targets.splice(at, 1); again(); }))),
    text.element, hint, h("div.row.wrap.query-options", field("Legend", target, "legendFormat", "{{label}} or __auto"), field("Min step", target, "interval", "auto"),
      select("Type", [["range", "Range"], ["instant", "Instant"], ["both", "Both"]], target.instant ? (target.range ? "both" : "instant") : "range", (kind) => { target.range = kind !== "instant"; target.instant = kind !== "range"; changed(); }),
      select("Format", [["time_series", "Time series"], ["table", "Table"], ["heatmap", "Heatmap"]], typeof target.format === "string" ? target.format : "time_series", (format) => { target.format = format; changed(); }),
      panel.type === "timeseries" ? select("Exemplars", [["", "Off"], ["on", "On"]], target.exemplar ? "on" : "", (on) => { if (on) target.exemplar = true; else delete target.exemplar; changed(); }) : null,
      select("Resolution", [["1", "1/1"], ["2", "1/2"], ["3", "1/3"], ["4", "1/4"], ["5", "1/5"], ["10", "1/10"]], String(Number(target.intervalFactor) || 1), (factor) => { if (factor === "1") delete target.intervalFactor; else target.intervalFactor = Number(factor); changed(); })));
  }

  return h("div.stack", h("div.row.wrap.query-options", select("Data source", [...sources, [mixed, "Mixed"]], isMixed() ? mixed : uidOf(panel.datasource), chooseSource), field("Max data points", panel, "maxDataPoints", "auto", whole), field("Min interval", panel, "interval", "15s"), field("Relative time", panel, "timeFrom", "1h"), field("Time shift", panel, "timeShift", "1d"),
    ["timeseries", "graph"].includes(panel.type) ? select("Compare with", [["", "Nothing"], ["24h", "The day before"], ["1w", "The week before"], ["1M", "The month before"], ["__previousPeriod", "The time before"], ...compared], panel.timeCompare ?? "", (time) => { if (time) panel.timeCompare = time; else delete panel.timeCompare; changed(); }) : null,
    h("label.check", h("input.switch", { type: "checkbox", checked: Boolean(panel.hideTimeOverride), "aria-label": "Hide time info", onchange: (event) => { panel.hideTimeOverride = event.target.checked; changed(); } }), "Hide time info")), targets.map(row),
  h("button.button.small", { type: "button", onclick: () => { targets.push({ refId: nextRef(targets), datasource: isMixed() ? referenceOf(session.defaultSource?.uid ?? "") : panel.datasource, expr: "", range: true }); editor.drawTabs("queries"); } }, icon("plus"), "Add query"));
}
