// Explore: queries without a dashboard; graph and table; metrics browser and builder; history.
import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { Emitter } from "../lib/events.js";
import { dialog, menu, notice, toast } from "../lib/overlay.js";
import { api } from "../lib/api.js";
import { loadStyle } from "../lib/styles.js";
import { hints } from "../models/queryBuilder.js";
import { resolveRange, zoomOut } from "../models/timeRange.js";
import { remember, remembered, session } from "./session.js";
import { addShortcuts, setTitle } from "./shell.js";
import { timeControls } from "./timeControls.js";
import { openBrowser, openBuilder } from "./queryDialogs.js";
import { queryEditor } from "./queryEditor.js";
import { DashboardRuntime } from "./dashboard/runtime.js";
import { PanelView } from "./dashboard/panelView.js";

await loadStyle("editor");

const letter = (at) => String.fromCharCode(65 + (at % 26));

/** The state in the address: panes (new) or left (old). */
function readState(query) {
  const fallback = { datasource: session.defaultSource?.uid, queries: [{ refId: "A", expr: "", range: true, instant: true }], range: { from: "now-1h", to: "now" } };
  try {
    const panes = query.get("panes") ? Object.values(JSON.parse(query.get("panes"))) : query.get("left") ? [JSON.parse(query.get("left"))] : [];
    return (panes.length ? panes : [fallback]).slice(0, 2).map((pane) => {
      const range = Array.isArray(pane) ? { from: pane[0], to: pane[1] } : pane.range ?? fallback.range;
      const queries = (Array.isArray(pane) ? pane.slice(3) : pane.queries ?? []).filter((one) => one && typeof one === "object").map((one, at) => ({ refId: String(one.refId ?? letter(at)), expr: String(one.expr ?? ""), legendFormat: one.legendFormat ?? "", range: one.range ?? true, instant: one.instant ?? true, step: one.interval ?? "" }));
      return { datasource: session.findSource((Array.isArray(pane) ? pane[2] : pane.datasource) ?? queries[0]?.datasource)?.uid ?? fallback.datasource, queries: queries.length ? queries : [{ ...fallback.queries[0] }], range: { from: String(range.from), to: String(range.to) } };
    });
  } catch { return [fallback]; }
}

export default async function explorePage({ element, scope, query, router, keep }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Explore" }]);
  keep(() => {});
  if (!session.dataSources.length) { append(element, h("div.page", h("div.card.empty", "There is no data source yet. ", h("a.link", { href: "/connections/datasources/new" }, "Add one")))); return; }
  const box = h("div.explore");
  append(element, box);
  let panes = [];
  const write = () => router.setQuery({ schemaVersion: "1", left: null, orgId: null, panes: JSON.stringify(Object.fromEntries(panes.map((pane, at) => [at ? "b" : "a", { datasource: pane.state.datasource, queries: pane.state.queries.map((one) => ({ ...one, datasource: { type: "prometheus", uid: pane.state.datasource } })), range: pane.owner.raw }]))) });
  const open = (state) => { const pane = new Pane(state, scope.child(), { write, router, split: () => { if (panes.length < 2) { open(structuredClone({ ...pane.state, range: pane.owner.raw })); write(); } }, close: (one) => { if (panes.length < 2) return; one.scope.end(); one.element.remove(); panes = panes.filter((other) => other !== one); box.classList.toggle("split", panes.length > 1); write(); } }); panes.push(pane); box.append(pane.element); box.classList.toggle("split", panes.length > 1); pane.run(); };
  for (const state of readState(query)) open(state);
  addShortcuts(scope, { "t z": () => panes[0].owner.setTime(zoomOut(panes[0].owner.range)), "d r": () => panes[0].run() });
}

class Pane {
  constructor(state, scope, hooks) {
    Object.assign(this, { state, scope, hooks });
    const pane = this;
    // The time picker's owner; a hidden dashboard of two panels does the rest.
    this.owner = Object.assign(new Emitter(), {
      raw: state.range, timeZone: "browser", refreshInterval: "", range: resolveRange(state.range), get loading() { return pane.runtime?.loading; },
      setTime(raw) { this.raw = { from: String(raw.from), to: String(raw.to) }; this.range = resolveRange(this.raw); this.emit("time"); pane.run(); }, setTimeZone(zone) { this.timeZone = zone; this.emit("time"); pane.run(); },
      setRefresh(text) { this.refreshInterval = text; this.emit("time"); pane.schedule(); }, refresh() { pane.run(); }, cancel() { pane.runtime?.cancel(); },
    });
    const source = h("select.select", { "aria-label": "Data source", onchange: () => { state.datasource = source.value; this.drawQueries(); this.run(); } }, session.dataSources.map((one) => h("option", { value: one.uid, selected: one.uid === state.datasource }, one.name)));
    const more = h("button.button.outline.square", { type: "button", "aria-label": "More", onclick: () => menu(more, [{ text: "Split", icon: "split", run: () => hooks.split() }, { text: "Close pane", icon: "close", run: () => hooks.close(this) }, { text: "Query history", icon: "history", run: () => this.history() }, session.canEdit ? { text: "Add to dashboard", icon: "dashboards", run: () => this.addToDashboard() } : undefined, { text: "Copy link", icon: "link", run: () => navigator.clipboard?.writeText(location.href).then(() => toast("success", "Copied"), () => {}) }], { align: "end" }) }, icon("more"));
    this.queries = h("div.stack");
    this.results = h("div.stack.explore-results");
    this.element = h("section.explore-pane", h("div.dash-bar", h("div.row", icon("explore"), source), h("div.dash-tools", timeControls(this.owner, scope), h("button.button.primary", { type: "button", onclick: () => this.run() }, icon("play"), "Run query"), more)), h("div.explore-body", h("div.card.stack", this.queries, h("div.row.wrap", h("button.button.small", { type: "button", onclick: () => { state.queries.push({ refId: letter(state.queries.length), expr: "", range: true, instant: true }); this.drawQueries(); } }, icon("plus"), "Add query"), h("button.button.small", { type: "button", onclick: () => this.history() }, icon("history"), "Query history"))), this.results));
    this.drawQueries();
    scope.add(() => { this.end(); for (const one of this.editors ?? []) one.destroy(); });
  }

  drawQueries() {
    const { state } = this;
    for (const one of this.editors ?? []) one.destroy();
    this.editors = [];
    replace(this.queries, state.queries.map((query, at) => {
      const hint = h("div.row.query-hints"), drawHints = () => replace(hint, hints(query.expr).map((one) => h("button.badge.info", { type: "button", onclick: () => { query.expr = one.apply(query.expr); editor.value = query.expr; this.run(); } }, one.text)));
      const editor = queryEditor({ value: query.expr, uid: () => state.datasource, label: `Query ${query.refId}`, onChange: (text) => { query.expr = text; drawHints(); }, onRun: () => this.run() });
      this.editors.push(editor);
      const use = (expression) => { query.expr = expression; editor.value = expression; this.run(); };
      const kind = h("div.segments"), kinds = [["Range", true, false], ["Instant", false, true], ["Both", true, true]];
      for (const [text, range, instant] of kinds) kind.append(h("button", { type: "button", "aria-pressed": String(query.range === range && query.instant === instant), onclick: (event) => { Object.assign(query, { range, instant }); for (const one of kind.children) one.setAttribute("aria-pressed", String(one === event.currentTarget)); this.run(); } }, text));
      const legend = h("input.input.small", { value: query.legendFormat ?? "", placeholder: "Legend: auto or {{label}}", "aria-label": "Legend", onchange: () => { query.legendFormat = legend.value; this.run(); } }), step = h("input.input.small", { value: query.step ?? "", placeholder: "Min step", "aria-label": "Min step", onchange: () => { query.step = step.value; this.run(); } });
      drawHints();
      return h("div.query-row", h("div.row", h("span.badge", query.refId), h("button.button.small", { type: "button", onclick: () => openBrowser(state.datasource, use) }, icon("list"), "Metrics browser"), h("button.button.small", { type: "button", onclick: () => openBuilder(state.datasource, use) }, icon("filter"), "Builder"), h("span.grow"),
        h("button.button.plain.square.small", { type: "button", "aria-label": query.hide ? "Show" : "Hide", onclick: () => { query.hide = !query.hide; this.drawQueries(); this.run(); } }, icon(query.hide ? "eyeOff" : "eye")), state.queries.length > 1 ? h("button.button.plain.square.small", { type: "button", "aria-label": "Remove query", onclick: () => { state.queries.splice(at, 1); this.drawQueries(); this.run(); } }, icon("trash")) : null), editor.element, hint, h("div.row.wrap.query-options", kind, legend, step));
    }));
  }

  end() {
    this.inner?.end();
    this.inner = null;
  }

  schedule() {
    this.stopTimer?.();
    const { owner } = this, every = { "": 0, auto: 10e3 }[owner.refreshInterval] ?? resolveRange({ from: "now-" + owner.refreshInterval, to: "now" });
    const ms = typeof every === "number" ? every : every.to - every.from;
    if (ms > 0) this.stopTimer = this.scope.every(ms, () => { if (!document.hidden) this.run({ quiet: true }); });
  }

  async run({ quiet = false } = {}) {
    const { state, owner } = this, queries = state.queries.filter((one) => one.expr.trim() && !one.hide);
    owner.range = resolveRange(owner.raw);
    this.hooks.write();
    if (!queries.length) { this.end(); replace(this.results, h("div.card.empty.explore-empty", icon("explore", 32), h("p", "Write a query, or pick a metric in the metrics browser."))); return; }
    if (!quiet) this.note(queries);
    const source = session.findSource(state.datasource), reference = { type: source?.type ?? "prometheus", uid: state.datasource };
    const ranged = queries.filter((one) => one.range), instant = queries.filter((one) => one.instant), target = (one, extra) => ({ refId: one.refId, datasource: reference, expr: one.expr, legendFormat: one.legendFormat || "", interval: one.step || "", ...extra });
    const panels = [];
    if (ranged.length) panels.push({ id: 1, type: "timeseries", title: "Graph", gridPos: { x: 0, y: 0, w: 24, h: 11 }, datasource: reference, targets: ranged.map((one) => target(one, { range: true, instant: false })), fieldConfig: { defaults: { custom: { fillOpacity: this.style === "bars" ? 80 : 6, lineWidth: 1, drawStyle: this.style === "bars" ? "bars" : this.style === "points" ? "points" : "line", stacking: { mode: this.style === "stacked" ? "normal" : "none" } } }, overrides: [] }, options: { legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [], limit: 100 }, tooltip: { mode: "multi", sort: "desc" } } });
    if (instant.length) panels.push({ id: 2, type: "table", title: "Table", gridPos: { x: 0, y: 11, w: 24, h: 10 }, datasource: reference, targets: instant.map((one) => target(one, { instant: true, range: false, format: "table" })), fieldConfig: { defaults: { custom: { filterable: true } }, overrides: [] }, options: {}, transformations: instant.length > 1 ? [{ id: "merge", options: {} }] : [] });
    const shape = JSON.stringify([panels, owner.timeZone]);
    if (this.inner && shape === this.shape) { Object.assign(this.runtime, { raw: owner.raw, timeZone: owner.timeZone }); this.runtime.refresh(); owner.emit("refresh"); return; }
    this.shape = shape;
    this.end();
    this.inner = this.scope.child();
    const { inner } = this;
    const runtime = this.runtime = new DashboardRuntime({ dashboard: { title: "Explore", panels, time: owner.raw, timezone: owner.timeZone, graphTooltip: 0 }, meta: {}, scope: inner, router: null, query: new URLSearchParams(), local: true });
    runtime.setTime = (range) => owner.setTime(range);
    runtime.zoomOut = () => owner.setTime(zoomOut(owner.range));
    inner.add(runtime.on("loading", (busy) => owner.emit("loading", busy)));
    const views = panels.map((panel) => new PanelView(runtime, { key: "x" + panel.id, panel, scoped: {} }));
    inner.add(() => { for (const view of views) view.destroy(); });
    const styles = h("div.segments"), faults = h("div.stack");
    for (const [id, text] of [["lines", "Lines"], ["bars", "Bars"], ["points", "Points"], ["stacked", "Stacked"]]) styles.append(h("button", { type: "button", "aria-pressed": String((this.style ?? "lines") === id), onclick: () => { this.style = id; this.run({ quiet: true }); } }, text));
    replace(this.results, faults, views.map((view) => { view.element.classList.add("explore-panel"); view.element.style.height = view.panel.type === "timeseries" ? "400px" : "380px"; if (view.panel.type === "timeseries") view.header.append(styles); return view.element; }));
    for (const view of views) { const take = view.take.bind(view); view.take = (result) => { take(result); replace(faults, result.errors.map((error) => notice("error", `${error.refId ? error.refId + ": " : ""}${error.message}`))); }; view.setVisible(true); }
    await runtime.start();
    owner.emit("time");
  }

  note(queries) {
    const entry = { at: Date.now(), datasource: this.state.datasource, queries: queries.map(({ expr, legendFormat }) => ({ expr, legendFormat })) }, list = remembered("history", []);
    if (JSON.stringify(list[0]?.queries) === JSON.stringify(entry.queries)) return;
    remember("history", [entry, ...list.filter((one) => one.starred || JSON.stringify(one.queries) !== JSON.stringify(entry.queries))].slice(0, 100));
  }

  history() {
    dialog("Query history", (close) => {
      const box = h("div.stack"), only = h("input", { type: "checkbox", onchange: () => draw() });
      const draw = () => { const list = remembered("history", []), shown = list.filter((one) => !only.checked || one.starred); replace(box, shown.length ? shown.map((one) => h("div.setting-row", h("button.grow", { type: "button", onclick: () => { close(); this.state.queries = one.queries.map((query, at) => ({ refId: letter(at), range: true, instant: true, ...query })); this.drawQueries(); this.run(); } }, h("span.stack.history-lines", one.queries.map(({ expr }) => h("code.cut", expr))), h("span.soft.small", new Date(one.at).toLocaleString())), h("button.button.plain.square.small", { type: "button", "aria-label": one.starred ? "Remove star" : "Star", class: one.starred ? "starred" : "", onclick: () => { one.starred = !one.starred; remember("history", list); draw(); } }, icon("star")))) : h("div.empty", "No queries yet")); };
      draw();
      return { content: [h("label.check", only, "Starred only"), box] };
    }, { wide: true });
  }

  async addToDashboard() {
    const hits = await api.get("/api/search", { query: { type: "dash-db", limit: 500 } }).catch(() => []), target = h("select.select", { "aria-label": "Dashboard" }, h("option", { value: "" }, "New dashboard"), hits.map((hit) => h("option", { value: hit.uid }, hit.title))), title = h("input.input", { value: this.state.queries[0].expr.slice(0, 60), "aria-label": "Panel title" });
    dialog("Add to dashboard", (close) => ({ content: [h("div.field", h("label", "Dashboard"), target), h("div.field", h("label", "Panel title"), title)], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: async () => {
      const reference = { type: "prometheus", uid: this.state.datasource }, panel = { type: "timeseries", title: title.value, datasource: reference, targets: this.state.queries.filter((one) => one.expr.trim()).map(({ refId, expr, legendFormat }) => ({ refId, datasource: reference, expr, legendFormat, range: true })), fieldConfig: { defaults: {}, overrides: [] }, options: {} };
      try {
        const dashboard = target.value ? (await api.get(`/api/dashboards/uid/${encodeURIComponent(target.value)}`)).dashboard : { title: title.value || "Explored", panels: [], time: this.owner.raw, schemaVersion: 42 };
        const bottom = dashboard.panels.reduce((most, one) => Math.max(most, (one.gridPos?.y ?? 0) + (one.gridPos?.h ?? 0)), 0);
        dashboard.panels.push({ ...panel, id: dashboard.panels.reduce((most, one) => Math.max(most, one.id ?? 0), 0) + 1, gridPos: { x: 0, y: bottom, w: 12, h: 8 } });
        const saved = await api.post("/api/dashboards/db", { dashboard, message: "Added from Explore", overwrite: false });
        close();
        this.hooks.router.go(saved.url);
      } catch (error) { toast("error", error.message); }
    } }, "Add")] }));
  }
}
