// Inspect a panel: its data as table and CSV, queries, numbers, JSON, errors.
import { h, replace } from "../../lib/dom.js";
import { drawer, notice } from "../../lib/overlay.js";
import { tabRow } from "../../lib/tabs.js";
import { applyFieldConfig, displayText } from "../../models/fieldConfig.js";
import { frameToCSV, joinColumns, makeFrame, timeField } from "../../models/frames.js";
import { shownTheme } from "../../lib/theme.js";
import { download } from "./export.js";

export function openInspect(view, tab, page) {
  if (document.querySelector(".drawer")) return;
  const { runtime, panel } = view, errors = view.result?.errors ?? [];
  const tabs = [["data", "Data", dataTab], ["stats", "Stats", statsTab], ["json", "JSON", jsonTab], ["query", "Query", queryTab], ...(errors.length ? [["error", "Error", errorTab]] : [])];
  page.router.setQuery({ inspect: panel.id, inspectTab: tab });
  drawer(`Inspect: ${panel.title || "panel"}`, (element) => {
    const content = h("div.content");
    const row = tabRow(tabs, (id) => {
      replace(content, tabs.find(([one]) => one === id)[2]());
      page.router.setQuery({ inspectTab: id });
    });
    element.querySelector("header").append(row.element);
    element.append(content);
    row.choose(tab);
  }, { onClose: () => page.router.setQuery({ inspect: null, inspectTab: null }) });

  function dataTab() {
    const transformed = h("input.switch", { type: "checkbox", checked: true, onchange: () => draw() }), formatted = h("input.switch", { type: "checkbox", checked: true, onchange: () => draw() }), joined = h("input.switch", { type: "checkbox", checked: (view.frames?.length ?? 0) > 1, onchange: () => draw() });
    const select = h("select.select", { "aria-label": "Frame", onchange: () => draw(false) }), box = h("div.inspect-table");
    let frames = [];
    function draw(refill = true) {
      frames = transformed.checked ? view.frames ?? [] : applyFieldConfig(view.result?.frames ?? [], null, { theme: shownTheme(), timeZone: runtime.timeZone });
      if (joined.checked) frames = joinFrames(frames);
      if (refill) replace(select, frames.map((frame, at) => h("option", { value: String(at) }, frame.fields.find((field) => field.type === "number")?.displayName ?? frame.name ?? frame.refId ?? String(at + 1))));
      select.hidden = frames.length < 2;
      const frame = frames[Number(select.value) || 0];
      if (!frame) return replace(box, h("div.empty", "No data"));
      const rows = Math.min(frame.length, 500), text = (field, value) => (formatted.checked && field.display ? displayText(field.display(value)) : value == null ? "" : field.type === "time" ? new Date(value).toISOString() : typeof value === "object" ? JSON.stringify(value) : String(value));
      replace(box, h("table.table", h("thead", h("tr", frame.fields.map((field) => h("th", { class: field.type === "number" ? "number" : "" }, field.displayName ?? field.name)))), h("tbody", Array.from({ length: rows }, (_, row) => h("tr", frame.fields.map((field) => h("td", { class: field.type === "number" ? "number" : "" }, text(field, field.values[row]))))))), frame.length > rows ? h("div.soft.small", `The first ${rows} of ${frame.length} rows; the file has them all.`) : null);
    }
    draw();
    return [h("div.row.wrap.inspect-tools", h("label.check", transformed, "Apply transformations and fields"), h("label.check", formatted, "Formatted"), h("label.check", joined, "Join series by time"), h("span.grow"), select, h("button.button.primary", { type: "button", onclick: () => { const frame = frames[Number(select.value) || 0]; if (frame) download(`${panel.title || "data"}.csv`, frameToCSV(frame, formatted.checked), "text/csv"); } }, "Download CSV")), box];
  }
  function statsTab() {
    const frames = view.result?.frames ?? [], rows = frames.reduce((sum, frame) => sum + frame.length, 0);
    const step = frames[0] && timeField(frames[0])?.config?.interval, list = [["Queries", view.result?.queries.length ?? 0], ["Frames", frames.length], ["Fields", frames.reduce((sum, frame) => sum + frame.fields.length, 0)], ["Rows", rows], ["Step", step ? step / 1000 + " s" : "–"], ["From", new Date(view.result?.range?.from ?? 0).toISOString()], ["To", new Date(view.result?.range?.to ?? 0).toISOString()]];
    return h("table.table", h("tbody", list.map(([name, value]) => h("tr", h("td", name), h("td.number", String(value))))));
  }
  function jsonTab() {
    const text = h("textarea.textarea.tall", { "aria-label": "JSON", spellcheck: "false", value: JSON.stringify(panel, null, 2) }), fault = h("div");
    const choice = h("select.select", { "aria-label": "What to show", onchange: () => { text.readOnly = choice.value !== "panel"; apply.hidden = choice.value !== "panel"; text.value = JSON.stringify(choice.value === "panel" ? panel : choice.value === "data" ? view.result?.answer ?? [] : (view.frames ?? []).map(({ fields, ...frame }) => ({ ...frame, fields: fields.map(({ name, displayName, type, labels, config, values }) => ({ name, displayName, type, labels, config, values })) })), null, 2); } },
      [["panel", "Panel JSON"], ["data", "Panel data"], ["frames", "Data after transformations"]].map(([value, label]) => h("option", { value }, label)));
    const apply = h("button.button.primary", { type: "button", hidden: !page.canEdit, onclick: () => {
      try {
        const next = JSON.parse(text.value);
        if (!next || typeof next !== "object" || Array.isArray(next)) throw new Error("A panel is an object");
        for (const key of Object.keys(panel)) if (!(key in next)) delete panel[key];
        Object.assign(panel, next, { id: panel.id });
        page.touch();
        page.grid.layout();
        for (const one of runtime.views) if (one.panel === panel) one.setPanel(panel);
        replace(fault, notice("success", "Applied. Save the dashboard to keep it."));
      } catch (error) { replace(fault, notice("error", "Not valid JSON: " + error.message)); }
    } }, "Apply");
    return h("div.stack.full", h("div.row", choice, apply), fault, text);
  }
  function queryTab() {
    const { queries = [], frames = [] } = view.result ?? {};
    if (!queries.length) return h("div.empty", "This panel has no queries");
    return queries.map((query) => {
      const frame = frames.find((one) => one.refId === query.refId);
      return h("section.card.stack", h("div.row", h("span.badge", query.refId), h("span.soft.small", `${query.instant ? "instant" : "range"} · ${frames.filter((one) => one.refId === query.refId).length} series`)), h("pre.code.wrapped", frame?.meta?.executedQueryString ?? query.expr), h("pre.code", JSON.stringify(query, null, 2)));
    });
  }
  function errorTab() { return errors.map((error) => h("section.stack", notice("error", error.message, error.refId ? `Query ${error.refId}` : null), h("pre.code", JSON.stringify(error, null, 2)))); }
}

/** Time series side by side by time: one frame. */
export function joinFrames(frames) {
  const series = frames.flatMap((frame) => { const time = timeField(frame); return time ? frame.fields.filter((field) => field.type === "number").map((field) => ({ field, time, times: time.values, values: field.values })) : []; });
  if (series.length < 2) return frames;
  const { times, values } = joinColumns(series);
  return [makeFrame([{ ...series[0].time, values: times }, ...series.map(({ field }, at) => ({ ...field, values: values[at] }))])];
}
