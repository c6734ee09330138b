// Panel editor: preview, queries, transformations, and the options of the panel. Works on the panel in place;
// "Discard" puts back what was there.
import { h, replace } from "../../lib/dom.js";
import { debounce } from "../../lib/events.js";
import { icon } from "../../lib/icons.js";
import { notice } from "../../lib/overlay.js";
import { tabRow } from "../../lib/tabs.js";
import { shownTheme } from "../../lib/theme.js";
import { loadStyle } from "../../lib/styles.js";
import { hasFields, optionGroups, standardOptions } from "../../models/panelOptions.js";
import { transform } from "../../models/transformations.js";
import { panelTypes } from "../../panels/registry.js";
import { control, controlList, holderOf, jsonControl, suggestions } from "./editor/controls.js";
import { overridesControl } from "./editor/overrides.js";
import { queriesTab } from "./editor/queries.js";
import { fieldNamesOf, transformationsTab } from "./editor/transformations.js";
import { PanelView } from "./panelView.js";

await loadStyle("editor");

export class PanelEditor {
  constructor(page, panel) {
    Object.assign(this, { page, panel, before: JSON.stringify(panel), editors: [] });
    const { runtime } = page;
    this.view = new PanelView(runtime, { key: "edit-" + panel.id, panel, scoped: {} }, { inspect: (view, tab) => page.inspect(view, tab), recolor: (view, item, anchor) => page.recolor(view, item, anchor), onData: () => this.dataCame() });
    this.view.element.classList.add("panel-large");
    this.tabs = h("div");
    this.lower = h("div.editor-lower");
    this.faults = h("div.stack");
    this.suggestions = h("div", { hidden: true });
    this.side = h("aside.editor-side", { "aria-label": "Panel options" });
    this.element = h("div.editor", h("div.editor-bar", h("strong.cut", "Edit panel"), h("div.row.wrap", h("button.button.small", { type: "button", onclick: () => this.discard() }, "Discard"), h("button.button.small", { type: "button", onclick: () => page.save() }, "Save dashboard"), h("button.button.small.primary", { type: "button", onclick: () => page.back() }, icon("left"), "Back to dashboard"))),
      h("div.editor-main", h("div.editor-preview", this.view.element), h("div.editor-bottom", this.tabs, this.faults, this.lower)), this.side, this.suggestions);
    this.redraw = debounce(60, () => { page.touch(); this.view.setPanel(panel, { query: false }); });
    this.requery = debounce(250, () => { page.touch(); this.view.setPanel(panel); });
    this.form = { changed: () => this.redraw(), redraw: () => this.drawSide(), fieldNames: () => this.fieldNames(), theme: shownTheme() };
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

  /** Names that overrides and options may mean: those that transformations leave, before any configured one. */
  fieldNames() {
    try { return fieldNamesOf(transform(this.view.result?.frames ?? [], this.panel.transformations)); } catch { return []; }
  }

  dataCame() {
    replace(this.faults, (this.view.result?.errors ?? []).map((error) => notice("error", `${error.refId ? error.refId + ": " : ""}${error.message}`)));
    const names = this.fieldNames(), before = this.knownNames;
    this.knownNames = names.join("\n");
    if (this.knownNames === before) return;
    replace(this.suggestions, suggestions(names));
    // Forms that list the fields were drawn without them; those in use stay as they are.
    if (this.shownTab === "transformations" && !this.lower.contains(document.activeElement)) this.drawTabs(this.shownTab);
  }

  drawTabs(chosen) {
    const { targets = [], transformations = [] } = this.panel;
    // Counts are part of the texts: the row is made anew, what is below it as well.
    const row = tabRow([["queries", `Queries (${targets.length})`], ["transformations", `Transformations (${transformations.length})`]], (id) => {
      this.shownTab = id;
      for (const one of this.editors) one.destroy();
      this.editors = [];
      replace(this.lower, id === "queries" ? queriesTab(this) : transformationsTab(this));
    });
    replace(this.tabs, row.element);
    row.choose(chosen);
  }

  drawSide() {
    const { panel, form } = this, { type } = panel;
    panel.fieldConfig ??= {};
    const defaults = (panel.fieldConfig.defaults ??= {});
    panel.fieldConfig.overrides ??= [];
    panel.options ??= {};
    const group = (title, ...content) => h("details.option-group", { open: !/\(|Text size|Threshold lines/.test(title) }, h("summary", title), h("div.stack", content));
    // The panel's own options begin with "options."; all others lie in the defaults of its fields.
    const fields = holderOf(defaults), own = holderOf(panel), isOwn = (path) => path.startsWith("options.");
    const holder = { read: (path) => (isOwn(path) ? own : fields).read(path), write: (path, value) => (isOwn(path) ? own : fields).write(path, value) };
    const groups = optionGroups(type), list = (kind, label, path) => control({ kind, label, path }, fields, form);
    replace(this.side, this.panelGroup(group, own), groups ? groups.map(([title, options]) => group(title, controlList(options, holder, form))) : group("Options", jsonControl("Options", own, "options", {}, form.changed)),
      hasFields(type) ? [
        group("Field", controlList(standardOptions(type), fields, form)), group("Thresholds", list("thresholds", "Thresholds", "thresholds")),
        group(`Value mappings (${defaults.mappings?.length ?? 0})`, list("mappings", "Value mappings", "mappings")), group(`Data links (${defaults.links?.length ?? 0})`, list("links", "Data links", "links")),
        group(`Overrides (${panel.fieldConfig.overrides.length})`, overridesControl(panel, form)),
      ] : null);
  }

  panelGroup(group, own) {
    const { panel, form, page } = this, known = panelTypes.some(([id]) => id === panel.type), names = page.runtime.variables.list.map(({ name }) => [name, name]);
    const typeForm = { ...form, changed: () => { this.drawSide(); this.requery(); this.side.querySelector("select")?.focus(); } };
    return group("Panel", control({ kind: "pick", label: "Visualization", path: "type", choices: known ? panelTypes : [[panel.type, panel.type], ...panelTypes] }, own, typeForm),
      controlList([{ kind: "text", label: "Title", path: "title" }, { kind: "area", label: "Description", path: "description" }, { kind: "tick", label: "Transparent background", path: "transparent" },
        { kind: "pick", label: "Repeat by variable", path: "repeat", choices: [[undefined, "Do not repeat"], ...names] },
        { kind: "pick", label: "Direction", path: "repeatDirection", choices: [["h", "Horizontal"], ["v", "Vertical"]], fallback: "h", when: (read) => Boolean(read("repeat")) },
        { kind: "pick", label: "Panels in a row at most", path: "maxPerRow", choices: [2, 3, 4, 6, 8, 12].map((count) => [count, String(count)]), fallback: 4, when: (read) => Boolean(read("repeat")) && read("repeatDirection") !== "v" }], own, form),
      h("details.inner-group", h("summary", `Panel links (${panel.links?.length ?? 0})`), control({ kind: "links", label: "Panel links", path: "links" }, own, form)));
  }

  destroy() {
    this.redraw.cancel();
    this.requery.cancel();
    for (const one of this.editors) one.destroy();
    this.view.destroy();
    this.element.remove();
  }
}
