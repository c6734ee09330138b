// A dashboard: its bar, variables and panels.
import { absolute } from "../lib/base.js";
import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { confirm, menu, notice, toast } from "../lib/overlay.js";
import { shownTheme } from "../lib/theme.js";
import { loadCharts } from "../charts/chart.js";
import { allPanels } from "../models/grid.js";
import { moveRange, parseTime, zoomIn, zoomOut } from "../models/timeRange.js";
import { cycleText } from "../models/variables.js";
import { loadPanel } from "../panels/registry.js";
import { remember, rememberDashboard, remembered, session } from "./session.js";
import { addShortcuts, isKiosk, setKiosk, setTitle } from "./shell.js";
import { timeControls } from "./timeControls.js";
import { DashboardRuntime } from "./dashboard/runtime.js";
import { GridView } from "./dashboard/gridView.js";
import { PanelView } from "./dashboard/panelView.js";
import { linkBar, variableBar } from "./dashboard/variableBar.js";

const emptyDashboard = { title: "New dashboard", tags: [], timezone: "browser", schemaVersion: 42, time: { from: "now-6h", to: "now" }, refresh: "", panels: [], templating: { list: [] }, annotations: { list: [] }, links: [], graphTooltip: 0, version: 0 };

async function load({ parameters, query, scope }) {
  const { signal } = scope;
  if (parameters.key) {
    const { dashboard, meta } = await api.get(`/api/snapshots/${encodeURIComponent(parameters.key)}`, { signal });
    return { dashboard, meta: { ...meta, isSnapshot: true, canSave: false } };
  }
  if (!parameters.uid) return { dashboard: structuredClone(emptyDashboard), meta: { canSave: true, isNew: true, folderUid: query.get("folderUid") ?? "" } };
  return api.get(`/api/dashboards/uid/${encodeURIComponent(parameters.uid)}`, { signal });
}

export default async function dashboardPage(context) {
  const { element, scope, router, query, parameters } = context;
  loadCharts().catch(() => {});
  append(element, h("div.dash-loading", h("div.bar-loading")));
  const { dashboard, meta } = await load(context);
  if (scope.ended) return;
  dashboard.panels = Array.isArray(dashboard.panels) ? dashboard.panels : [];
  if (parameters.uid && meta.url && location.pathname !== absolute(meta.url) && meta.slug && parameters.slug !== meta.slug) {
    history.replaceState(null, "", absolute(`/d/${encodeURIComponent(dashboard.uid)}/${encodeURIComponent(meta.slug)}${location.search}`));
    context.moved();
  }
  for (const type of new Set(allPanels(dashboard.panels).slice(0, 30).map((panel) => panel.type))) if (type !== "row") loadPanel(type).catch(() => {});
  if (dashboard.uid && meta.url) rememberDashboard({ uid: dashboard.uid, title: dashboard.title, url: meta.url });
  replace(element);
  new DashboardPage(context, dashboard, meta, query).start();
}

/** The panel that was copied last in this browser; null when there is none. */
function copiedPanel() {
  const panel = remembered("panel", null);
  return typeof panel?.type === "string" ? panel : null;
}

class DashboardPage {
  constructor({ element, scope, router, keep }, dashboard, meta, query) {
    Object.assign(this, { element, scope, router, meta });
    this.saved = JSON.stringify(dashboard);
    this.mayEdit = (meta.isNew ? session.canEdit || Boolean(meta.folderUid) : meta.canSave !== false) && !meta.isSnapshot;
    this.makeRuntime(dashboard, query);
    keep((next) => this.queryChanged(next));
    this.keys();
    const guard = (event) => { if (this.changed) { event.preventDefault(); event.returnValue = ""; } };
    scope.on(window, "beforeunload", guard);
    router.setGuard((address) => {
      if (!this.changed || address.split("?")[0] === location.pathname) return true;
      confirm("Unsaved changes", "This dashboard has changes that are not saved.", "Discard").then((leave) => { if (leave) { router.setGuard(null); router.go(address); } });
      return false;
    });
  }

  makeRuntime(dashboard, query) {
    this.inner?.end();
    this.inner = this.scope.child();
    const { inner } = this;
    this.canEdit = this.mayEdit && dashboard.editable !== false;
    this.runtime = new DashboardRuntime({ dashboard, meta: this.meta, scope: inner, router: this.router, query });
    this.runtime.zoomOut = () => this.runtime.setTime(zoomOut(this.runtime.range));
    this.grid = new GridView(this.runtime, inner, this.actions());
    this.grid.fits = new URLSearchParams(location.search).has("autofitpanels");
    this.variableBar = variableBar(this.runtime, (variable, current) => this.variableChanged(variable, current));
    inner.add(this.runtime.on("variables", () => { this.variableBar.draw(); this.drawNotices(); this.drawLinks(); }));
    inner.add(this.runtime.on("time", () => this.drawLinks()));
    inner.add(this.runtime.on("layout", () => this.grid.layout()));
    inner.add(this.runtime.on("loading", (busy) => { this.element.setAttribute("aria-busy", String(busy)); }));
    inner.add(this.runtime.on("refresh", () => this.loadAnnotations()));
  }

  get dashboard() { return this.runtime.dashboard; }

  get changed() { return this.canEdit && this.edited && this.saved !== JSON.stringify(this.dashboard); }

  /** The dashboard's JSON was changed by the user. */
  touch() {
    this.edited = true;
    this.saveButton?.classList.toggle("dirty", this.changed);
  }

  async start() {
    this.draw();
    const panels = allPanels(this.dashboard.panels);
    if (panels.length) this.grid.layout();
    await this.runtime.start();
    if (this.scope.ended) return;
    this.grid.layout();
    this.loadAnnotations();
    this.queryChanged(new URLSearchParams(location.search), true);
  }

  draw() {
    const { dashboard, meta } = this;
    const star = dashboard.uid && !meta.isSnapshot ? h("button.button.plain.square.small", { type: "button", "aria-label": meta.isStarred ? "Remove star" : "Star dashboard", class: meta.isStarred ? "starred" : "", onclick: () => this.star(star) }, icon("star")) : null;
    setTitle([{ text: "Home", href: "/" }, { text: "Dashboards", href: "/dashboards" }, ...(meta.folderUid && meta.folderTitle ? [{ text: meta.folderTitle, href: `/dashboards/f/${meta.folderUid}` }] : []), { text: dashboard.title || "Dashboard" }],
      [star, meta.provisioned ? h("span.badge.wide-only", { "data-hint": "This dashboard is read from a file" }, "provisioned") : null, meta.isSnapshot ? h("span.badge", "snapshot") : null].filter(Boolean));
    const { timepicker = {} } = dashboard, params = new URLSearchParams(location.search);
    this.saveButton = this.canEdit ? h("button.button.outline.square.wide-only", { type: "button", "aria-label": "Save dashboard", class: this.changed ? "dirty" : "", onclick: () => this.save() }, icon("save")) : null;
    const add = this.canEdit ? h("button.button.outline.wide-only", { type: "button", "aria-label": "Add", "aria-haspopup": "menu", onclick: () => menu(add, [{ text: "Visualization", icon: "chart", run: () => this.addPanel("timeseries") }, { text: "Text", icon: "list", run: () => this.addPanel("text") }, { text: "Row", icon: "menu", run: () => this.addPanel("row") }, copiedPanel() ? { text: "Paste panel", icon: "copy", hint: "p v", run: () => this.paste() } : undefined], { align: "end" }) }, icon("plus"), h("span.wide-only", "Add")) : null;
    const settings = this.canEdit ? h("button.button.outline.square.wide-only", { type: "button", "aria-label": "Dashboard settings", onclick: () => this.settings() }, icon("settings")) : null;
    const share = h("button.button.outline.square.wide-only", { type: "button", "aria-label": "Share", onclick: () => this.share() }, icon("share"));
    const more = h("button.button.outline.square", { type: "button", "aria-label": "More", "aria-haspopup": "menu", onclick: () => menu(more, [
      this.canEdit ? { text: "Save", icon: "save", hint: "ctrl+s", run: () => this.save() } : undefined, { text: "Share", icon: "share", run: () => this.share() }, this.canEdit ? { text: "Add", icon: "plus", items: [{ text: "Visualization", icon: "chart", run: () => this.addPanel("timeseries") }, { text: "Text", icon: "list", run: () => this.addPanel("text") }, { text: "Row", icon: "menu", run: () => this.addPanel("row") }] } : undefined, null,
      { text: "Export JSON", icon: "download", run: () => this.exportJSON() }, { text: "Print", icon: "list", run: () => print() }, { text: "Kiosk mode", icon: "monitor", hint: "d k", run: () => this.kiosk(true) },
      dashboard.uid && meta.canAdmin && !this.canEdit ? { text: "Permissions", icon: "user", run: async () => (await import("./permissions.js")).openPermissions("dashboards", dashboard) } : undefined,
      dashboard.uid && this.canEdit ? { text: "Versions", icon: "history", run: () => this.settings("versions") } : undefined, this.canEdit ? { text: "Settings", icon: "settings", hint: "d s", run: () => this.settings() } : undefined,
      this.mayEdit && !this.canEdit ? { text: "Make editable", icon: "edit", run: () => this.replaceDashboard({ ...dashboard, editable: true }) } : undefined,
      this.canEdit ? { text: "Save as copy", icon: "copy", run: () => this.save({ copy: true }) } : undefined, dashboard.uid && this.canEdit && !meta.provisioned ? { text: "Delete", icon: "trash", danger: true, run: () => this.remove() } : undefined], { align: "end" }) }, icon("more"));
    this.annotationBar = h("div.annotation-toggles");
    this.links = h("div.dash-links");
    this.submenu = h("div.submenu", this.variableBar.element, this.annotationBar, this.links);
    this.drawLinks();
    this.toolbar = h("div.dash-bar", params.has("_dash.hideVariables") ? h("span.grow") : this.submenu, h("div.dash-tools", add, this.saveButton, settings, share, more, timepicker.hidden || params.has("_dash.hideTimePicker") ? null : timeControls(this.runtime, this.inner, { timepicker })));
    this.notices = h("div.dash-notices");
    this.body = h("div.dash-body", this.grid.element);
    replace(this.element, h("div.dash", this.toolbar, this.notices, this.body));
    this.drawEmpty();
    this.drawAnnotationBar();
  }

  /** Links may carry the time range and the variables' values. */
  drawLinks() { if (this.links && !new URLSearchParams(location.search).has("_dash.hideLinks")) replace(this.links, linkBar(this.runtime)); }

  drawNotices() {
    const cycles = this.runtime.variables.cycles ?? [];
    replace(this.notices, cycles.map((cycle) => notice("warning", `Variables refer to each other: ${cycleText(cycle)}`, "They keep the values that they were saved with, and panels that need others stay empty. Take one of the references out in the settings.")));
  }

  drawEmpty() {
    this.emptyNote?.remove();
    if (this.dashboard.panels.length) return;
    this.emptyNote = h("div.card.dash-empty", h("h3", this.meta.isNew ? "Start your new dashboard" : "This dashboard has no panels"), this.canEdit ? h("div.row.center-row", h("button.button.primary", { type: "button", onclick: () => this.addPanel("timeseries") }, icon("plus"), "Add visualization"), h("a.button", { href: "/dashboard/import" }, icon("upload"), "Import a dashboard")) : null);
    this.body.prepend(this.emptyNote);
  }

  async variableChanged(variable, current) {
    await this.runtime.variables.set(variable.name, current);
    if (this.scope.ended) return;
    this.variableBar.draw();
    this.drawLinks();
    this.runtime.writeURL(true);
    this.grid.layout();
    for (const view of this.runtime.views) view.drawHeader();
    this.runtime.refresh();
  }

  /** The address changed while the page stays: history steps, links to the same dashboard. */
  async queryChanged(query, first = false) {
    const { runtime } = this;
    if (!first) {
      const from = query.get("from") ?? runtime.raw.from, to = query.get("to") ?? runtime.raw.to;
      let refresh = false;
      if (from !== runtime.raw.from || to !== runtime.raw.to) { runtime.raw = { from, to }; runtime.resolveTime(); runtime.emit("time"); refresh = true; }
      if (await runtime.variables.applyQuery(query)) { this.variableBar.draw(); this.grid.layout(); refresh = true; }
      if (refresh) runtime.refresh();
    }
    // "2", "panel-2", and the paths of clones as "row-1-clone-0/panel-2-clone-1".
    const id = (name) => { const match = /^(\d+)$|panel-(\d+)/.exec(query.get(name) ?? ""); return match ? Number(match[1] ?? match[2]) : null; };
    // Addresses of old name the panel apart from what is done with it.
    const old = (flag) => (query.has(flag) ? id("panelId") : null);
    const edit = id("editPanel") ?? old("edit"), view = id("viewPanel") ?? old("fullscreen"), inspect = id("inspect"), settings = query.get("editview");
    setKiosk(query.has("kiosk"));
    const fits = query.has("autofitpanels");
    if (fits || this.grid.fits) { this.grid.fits = fits; this.grid.layout(); }
    if (edit && this.canEdit) { if (this.shownEdit !== edit) this.openEditor(edit); } else if (this.shownEdit) this.closeEditor();
    if (view && !edit) { if (this.shownView !== view) this.openView(view); } else if (this.shownView) this.closeView();
    if (settings && first && this.canEdit) this.settings({ settings: "general", templating: "variables", dashboard_json: "json" }[settings] ?? settings);
    if (inspect && first) { const found = [...this.runtime.views].find((one) => one.panel.id === inspect); if (found) this.inspect(found, query.get("inspectTab") ?? "data"); }
  }

  // MARK: What panels offer

  actions() {
    return {
      canEdit: this.canEdit,
      canMove: () => this.canEdit && !this.shownView && !this.shownEdit,
      changed: () => this.touch(),
      menu: (view) => this.panelMenu(view),
      inspect: (view, tab) => this.inspect(view, tab),
      rebind: (missing) => this.rebind(missing),
      recolor: this.canEdit ? (view, item, anchor) => this.recolor(view, item, anchor) : null,
      annotate: this.canEdit && this.meta.url ? async (view, annotation, anchor) => (await import("./dashboard/annotationForm.js")).openAnnotationForm(this, view, annotation, anchor) : null,
      removeAnnotation: async (annotation) => (await import("./dashboard/annotationForm.js")).removeAnnotation(this, annotation),
      rowMenu: this.canEdit ? (anchor, row) => menu(anchor, [{ text: "Row options", icon: "settings", run: () => this.rowOptions(row) }, { text: "Remove row", icon: "minus", run: () => this.removePanel(row, false) }, { text: "Remove row and panels", icon: "trash", danger: true, run: () => this.removePanel(row, true) }], { align: "end" }) : null,
    };
  }

  panelMenu(view) {
    const { panel } = view, hasQueries = (panel.targets ?? []).some((target) => target?.expr);
    return [
      { text: this.shownView ? "Back to dashboard" : "View", icon: "eye", hint: "v", run: () => this.view(view) }, this.canEdit && !view.item?.clone ? { text: "Edit", icon: "edit", hint: "e", run: () => this.edit(view) } : undefined,
      { text: "Share", icon: "share", hint: "p s", run: () => this.share(view) }, hasQueries ? { text: "Explore", icon: "explore", hint: "p x", run: () => this.explore(view) } : undefined,
      { text: "Inspect", icon: "info", hint: "i", items: [["data", "Data"], ["query", "Query"], ["stats", "Stats"], ["json", "Panel JSON"], ...(view.result?.errors.length ? [["error", "Error"]] : [])].map(([tab, text]) => ({ text, run: () => this.inspect(view, tab) })) },
      { text: "More…", icon: "more", items: [{ text: "Download as PNG", icon: "camera", run: () => this.png(view) }, { text: "Download CSV", icon: "download", run: () => this.csv(view) }, { text: "Show or hide legend", icon: "list", hint: "p l", run: () => this.toggleLegend(view) },
        ...(this.canEdit && !view.item?.clone && this.grid.canMove ? [{ text: "Move or resize", icon: "move", hint: "p m", run: () => this.grid.moveByKeys(view) }] : []),
        ...(this.canEdit && !view.item?.clone ? [{ text: "Duplicate", icon: "copy", hint: "p d", run: () => this.addCopy(panel) }] : []), { text: "Copy", icon: "copy", hint: "p c", run: () => this.copy(view) }] },
      ...(this.canEdit && !view.item?.clone ? [null, { text: "Remove", icon: "trash", hint: "p r", danger: true, run: () => this.removePanel(panel) }] : []),
    ];
  }

  view(view) { if (this.shownView) this.back(); else this.router.setQuery({ viewPanel: view.panel.id }, { replace: false, silent: false }); }
  edit(view) { this.router.setQuery({ editPanel: view.panel.id, viewPanel: null }, { replace: false, silent: false }); }
  async inspect(view, tab) { (await import("./dashboard/inspect.js")).openInspect(view, tab, this); }
  async share(view) { (await import("./dashboard/share.js")).openShare(this, view); }
  async copyLink(view) {
    const link = this.runtime.sharedURL({ panelId: { viewPanel: view.panel.id } });
    navigator.clipboard?.writeText(link).then(() => toast("success", "Link copied"), () => this.share(view));
  }
  async settings(tab) { (await import("./dashboard/settings.js")).openSettings(this, tab); }
  async save(options) { (await import("./dashboard/save.js")).openSave(this, options); }
  async png(view) { (await import("./dashboard/export.js")).downloadPNG(view).catch((error) => toast("error", error.message)); }
  async csv(view) { (await import("./dashboard/export.js")).downloadCSV(view); }
  async exportJSON() { (await import("./dashboard/export.js")).openExport(this.dashboard); }

  explore(view) {
    const { runtime } = this, queries = runtime.prepare(view).queries.map((query, at) => ({ refId: String.fromCharCode(65 + at), expr: query.expr, legendFormat: query.legendFormat, range: query.range, instant: query.instant, datasource: query.datasource }));
    const pane = { a: { datasource: queries[0]?.datasource.uid, queries, range: runtime.raw } };
    this.router.go("/explore?schemaVersion=1&panes=" + encodeURIComponent(JSON.stringify(pane)));
  }

  toggleLegend(view) {
    const options = (view.panel.options ??= {});
    options.legend = { ...options.legend, showLegend: options.legend?.showLegend === false };
    this.touch();
    view.draw();
  }

  /** Gives a series a colour of its own, as its legend asks. */
  async recolor(view, { name, color }, anchor) {
    const [{ openColors }, { colorSeries }] = await Promise.all([import("./dashboard/editor/colorField.js"), import("../models/seriesOverride.js")]);
    openColors(anchor, { label: `Colour of ${name}`, color, theme: shownTheme(), choose: (chosen) => {
      colorSeries(view.panel, name, chosen);
      this.touch();
      for (const one of this.runtime.views) if (one.panel === view.panel) one.setPanel(view.panel, { query: false });
      this.editor?.drawSide();
    } });
  }

  /** Exemplars in all panels, or in none; before, they are where a query asks for them. */
  toggleExemplars() {
    const { runtime } = this;
    runtime.exemplars = !(runtime.exemplars ?? allPanels(this.dashboard.panels).some((panel) => panel.targets?.some((target) => target?.exemplar)));
    toast("info", runtime.exemplars ? "Exemplars shown" : "Exemplars hidden");
    for (const view of runtime.views) view.draw();
  }

  rebind(missing) {
    const wanted = JSON.stringify(missing), target = session.defaultSource;
    if (!target) return this.router.go("/connections/datasources/new");
    const own = typeof missing === "object" ? missing?.uid : missing, reference = { type: target.type, uid: target.uid };
    const same = (one) => one != null && (JSON.stringify(one) === wanted || (typeof one === "object" ? one.uid === own : one === own));
    for (const panel of allPanels(this.dashboard.panels)) {
      if (same(panel.datasource)) panel.datasource = reference;
      for (const one of panel.targets ?? []) if (same(one?.datasource)) one.datasource = reference;
    }
    for (const variable of this.runtime.variables.list) if (same(variable.datasource)) variable.datasource = reference;
    for (const variable of this.dashboard.templating?.list ?? []) if (same(variable.datasource)) variable.datasource = reference;
    this.touch();
    toast("success", `Now reads from ${target.name}`);
    this.runtime.variables.resolveAll().then(() => { this.variableBar.draw(); this.grid.layout(); this.runtime.refresh(); });
  }

  // MARK: Panels added and removed

  nextId() { return allPanels(this.dashboard.panels).reduce((most, panel) => Math.max(most, Number(panel.id) || 0), 0) + 1; }

  addPanel(type) {
    const id = this.nextId();
    if (type === "row") this.dashboard.panels.push({ id, type, title: "Row title", collapsed: false, gridPos: { x: 0, y: this.bottom(), w: 24, h: 1 }, panels: [] });
    else {
      const source = session.defaultSource;
      for (const panel of this.dashboard.panels) panel.gridPos = { ...panel.gridPos, y: (panel.gridPos?.y ?? 0) + 8 };
      this.dashboard.panels.unshift({ id, type, title: type === "text" ? "" : "New panel", gridPos: { x: 0, y: 0, w: 12, h: 8 }, ...(type === "text" ? { options: { mode: "markdown", content: "# Title\n\nWrite *markdown* here." } } : { datasource: source ? { type: source.type, uid: source.uid } : null, targets: [{ refId: "A", expr: "", range: true }], fieldConfig: { defaults: {}, overrides: [] }, options: {} }) });
    }
    this.touch();
    this.drawEmpty();
    this.grid.layout();
    if (type !== "row") this.router.setQuery({ editPanel: id }, { replace: false, silent: false });
  }

  /** Keeps a panel in this browser, so that other dashboards may paste it. */
  copy({ panel }) {
    remember("panel", panel);
    toast("success", "Panel copied");
  }

  paste() {
    const panel = copiedPanel();
    if (this.canEdit && panel) this.addCopy({ ...panel, gridPos: { ...panel.gridPos, x: 0, y: this.bottom() } }, 0);
    this.drawEmpty();
  }

  bottom() { return this.dashboard.panels.reduce((most, panel) => Math.max(most, (panel.gridPos?.y ?? 0) + (panel.gridPos?.h ?? 0)), 0); }

  /** Adds a copy beside a panel of this dashboard, or at its own place. */
  addCopy(panel, beside = 1) {
    const copy = { ...structuredClone(panel), id: this.nextId() };
    const { x = 0, y = 0, w = 12, h: height = 8 } = panel.gridPos ?? {};
    copy.gridPos = !beside ? { x, y, w, h: height } : x + 2 * w <= 24 ? { x: x + w, y, w, h: height } : { x, y: y + height, w, h: height };
    if (copy.gridPos.y !== y) for (const other of this.dashboard.panels) if ((other.gridPos?.y ?? 0) >= copy.gridPos.y) other.gridPos = { ...other.gridPos, y: other.gridPos.y + height };
    this.dashboard.panels.push(copy);
    this.touch();
    this.grid.layout();
  }

  async removePanel(panel, withChildren = false) {
    if (panel.type !== "row" && !await confirm("Remove panel", `Remove the panel ${panel.title || panel.id}?`, "Remove")) return;
    let { panels } = this.dashboard;
    if (panel.type === "row") {
      const { sections } = await import("../models/grid.js");
      const children = new Set(sections(panels).find((one) => one.row === panel)?.panels ?? []);
      panels = panels.filter((one) => one !== panel && !(withChildren && children.has(one)));
      if (!withChildren && panel.collapsed) panels.push(...(panel.panels ?? []));
    } else panels = panels.filter((one) => one !== panel).map((one) => (one.panels?.includes(panel) ? { ...one, panels: one.panels.filter((child) => child !== panel) } : one));
    this.dashboard.panels = panels;
    this.touch();
    this.grid.layout();
    this.drawEmpty();
  }

  async rowOptions(row) { (await import("./dashboard/settings.js")).openRowOptions(this, row); }

  // MARK: One panel large

  openView(id) {
    this.closeView();
    const item = this.grid.items.find((one) => !one.isRow && one.panel.id === id) ?? (this.runtime.findPanel(id) ? { key: "view-" + id, panel: this.runtime.findPanel(id), scoped: {} } : null);
    if (!item) return;
    this.shownView = id;
    this.grid.element.hidden = true;
    this.large = new PanelView(this.runtime, { ...item, key: "view-" + item.key }, this.actions());
    this.large.element.classList.add("panel-large");
    this.body.append(this.large.element);
    this.large.setVisible(true);
  }

  closeView() {
    this.large?.destroy();
    this.large = null;
    this.shownView = null;
    this.grid.element.hidden = Boolean(this.shownEdit);
  }

  async openEditor(id) {
    const { PanelEditor } = await import("./dashboard/editor.js");
    if (this.scope.ended) return;
    this.closeView();
    const panel = this.runtime.findPanel(id);
    if (!panel) return;
    this.shownEdit = id;
    this.grid.element.hidden = true;
    this.editor = new PanelEditor(this, panel);
    this.body.append(this.editor.element);
    this.editor.start();
  }

  closeEditor() {
    this.editor?.destroy();
    this.editor = null;
    this.shownEdit = null;
    this.grid.element.hidden = false;
    this.drawEmpty();
    this.grid.layout();
    this.runtime.refresh();
  }

  /** Leaves the large view or the editor. */
  back() { this.router.setQuery({ viewPanel: null, editPanel: null, panelId: null, fullscreen: null, edit: null }, { replace: false, silent: false }); }

  kiosk(on) { this.router.setQuery({ kiosk: on ? "true" : null }, { replace: true, silent: false }); }

  // MARK: The dashboard itself

  async star(button) {
    try {
      await api[this.meta.isStarred ? "delete" : "post"](`/api/user/stars/dashboard/uid/${encodeURIComponent(this.dashboard.uid)}`);
      this.meta.isStarred = !this.meta.isStarred;
      button.classList.toggle("starred", this.meta.isStarred);
      button.setAttribute("aria-label", this.meta.isStarred ? "Remove star" : "Star dashboard");
    } catch (error) { toast("error", error.message); }
  }

  async remove() {
    if (!await confirm("Delete dashboard", `Delete ${this.dashboard.title}? This cannot be undone.`)) return;
    try {
      await api.delete(`/api/dashboards/uid/${encodeURIComponent(this.dashboard.uid)}`);
      this.edited = false;
      this.router.setGuard(null);
      this.router.go("/dashboards");
    } catch (error) { toast("error", error.message); }
  }

  /** Takes another JSON for the dashboard: settings, restore, JSON editor. */
  async replaceDashboard(dashboard, { saved = false } = {}) {
    if (saved) this.saved = JSON.stringify(dashboard);
    this.makeRuntime(dashboard, new URLSearchParams(saved ? "" : location.search));
    this.draw();
    if (saved) this.edited = false; else this.touch();
    this.grid.layout();
    await this.runtime.start();
    this.grid.layout();
  }

  // MARK: Annotations

  /** The annotation queries, among them the dashboard's own annotations, which a file need not name. */
  get annotationSources() {
    const list = (this.dashboard.annotations?.list ?? []).filter((one) => one && typeof one === "object");
    return list.some((one) => one.builtIn) ? list : [{ builtIn: 1, enable: true, type: "dashboard", name: "Annotations & Alerts", iconColor: "rgba(0, 211, 255, 1)" }, ...list];
  }

  async loadAnnotations() {
    const active = this.annotationSources.some((one) => one.enable !== false && (!one.builtIn || this.dashboard.uid));
    if (!active || !this.runtime.ready) return;
    const { fetchAnnotations } = await import("./dashboard/annotations.js");
    await fetchAnnotations(this).catch(() => {});
  }

  drawAnnotationBar() {
    const list = (this.dashboard.annotations?.list ?? []).filter((one) => one && !one.builtIn && !one.hide);
    replace(this.annotationBar, list.map((one) => h("label.check.annotation-toggle", h("input.switch", { type: "checkbox", checked: one.enable !== false, onchange: (event) => { one.enable = event.target.checked; this.runtime.annotations = null; this.loadAnnotations().then(() => { for (const view of this.runtime.views) if (view.visible) view.draw(); }); } }), one.name)));
  }

  keys() {
    const { runtime } = this, hovered = (run) => () => { const view = this.large ?? this.runtime.hovered; if (view && !this.shownEdit) run(view); };
    const setTime = (change) => () => this.runtime.setTime(change(this.runtime.range));
    const zoomedOut = setTime(zoomOut), zoomedIn = setTime(zoomIn), absolute = setTime(({ from, to }) => ({ from, to })), kiosk = () => this.kiosk(!isKiosk());
    addShortcuts(this.scope, {
      "t z": zoomedOut, "t -": zoomedOut, "ctrl+z": zoomedOut, "t +": zoomedIn, "t =": zoomedIn, "t ArrowLeft": () => this.runtime.setTime(moveRange(this.runtime.range, -1)), "t ArrowRight": () => this.runtime.setTime(moveRange(this.runtime.range, 1)), "t a": absolute,
      "t c": () => navigator.clipboard?.writeText(JSON.stringify(runtime.raw)).then(() => toast("success", "Time range copied"), () => {}),
      "t v": async () => { try { const raw = JSON.parse(await navigator.clipboard.readText()); if (parseTime(raw.from) != null && parseTime(raw.to) != null) this.runtime.setTime(raw); } catch { toast("error", "The clipboard holds no time range"); } },
      "ctrl+s": () => this.canEdit && this.save(), "d r": () => this.runtime.refresh(), "d s": () => this.canEdit && this.settings(), "d k": kiosk, "d v": kiosk, "d a": () => this.router.setQuery({ autofitpanels: this.grid.fits ? null : "true" }, { replace: false, silent: false }), "d E": () => this.grid.setAllRows(false), "d C": () => this.grid.setAllRows(true),
      "d l": () => { this.runtime.hideLegends = !this.runtime.hideLegends; for (const view of this.runtime.views) view.draw(); },
      "d x": () => this.toggleExemplars(),
      "ctrl+o": () => { this.dashboard.graphTooltip = ((this.dashboard.graphTooltip ?? 0) + 1) % 3; toast("info", ["Crosshair: single", "Crosshair: shared", "Crosshair and tooltip: shared"][this.dashboard.graphTooltip]); for (const view of this.runtime.views) view.draw(); },
      escape: () => { if (this.shownEdit || this.shownView) this.back(); else if (isKiosk()) this.kiosk(false); },
      v: hovered((view) => this.view(view)), e: hovered((view) => this.canEdit && this.edit(view)), i: hovered((view) => this.inspect(view, "data")), "p s": hovered((view) => this.share(view)), "p x": hovered((view) => this.explore(view)),
      "p u": hovered((view) => this.copyLink(view)), "p e": hovered((view) => this.share(view)), "p c": hovered((view) => this.copy(view)), "p v": () => this.paste(),
      "p d": hovered((view) => this.canEdit && this.addCopy(view.panel)), "p m": hovered((view) => this.grid.moveByKeys(view)), "p r": hovered((view) => this.canEdit && this.removePanel(view.panel)), "p l": hovered((view) => this.toggleLegend(view)),
    });
  }
}
