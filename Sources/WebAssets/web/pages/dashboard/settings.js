// Dashboard settings: general, variables, annotations, links, versions, permissions, JSON.
import { h, replace } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { api } from "../../lib/api.js";
import { confirm, dialog, drawer, notice, toast } from "../../lib/overlay.js";
import { shownTheme } from "../../lib/theme.js";
import { tabRow } from "../../lib/tabs.js";
import { formatDate, fromNow } from "../../models/dateFormat.js";
import { referencedNames } from "../../models/interpolate.js";
import { variableQueryText } from "../../models/variables.js";
import { offerFolders } from "../folders.js";
import { showPermissions } from "../permissions.js";
import { session } from "../session.js";
import { colorButton } from "./editor/colorField.js";
import { diffView } from "./save.js";

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export function openSettings(page, first = "general") {
  if (document.querySelector(".drawer")) return;
  const { dashboard } = page;
  // What the tabs expect to be there; a look at them is no change.
  dashboard.time ??= { from: "now-6h", to: "now" };
  dashboard.timepicker ??= {};
  (dashboard.templating ??= {}).list ??= [];
  (dashboard.annotations ??= {}).list ??= [];
  dashboard.links ??= [];
  const before = JSON.stringify(dashboard);
  const tabs = [["general", "General", general], ["variables", "Variables", variables], ["annotations", "Annotations", annotations], ["links", "Links", links], ...(dashboard.uid && !page.meta.isNew ? [["versions", "Versions", versions]] : []), ...(dashboard.uid && !page.meta.isNew && page.meta.canAdmin ? [["permissions", "Permissions", (body) => showPermissions(body, "dashboards", dashboard.uid)]] : []), ["json", "JSON model", jsonModel]];
  let replaced = false;
  const close = drawer("Settings", (element) => {
    const content = h("div.content");
    const row = tabRow(tabs, (id) => { const body = h("div.stack.settings"); replace(content, body); tabs.find(([one]) => one === id)[2](body); });
    element.querySelector("header").append(row.element);
    element.append(content);
    row.choose(first);
  }, { onClose: () => { if (!replaced && JSON.stringify(dashboard) !== before) page.replaceDashboard(dashboard); } });

  function bound(label, key, { hint, multiline = false, of = dashboard, type = "text", fallback = "" } = {}) {
    const id = "set-" + key, control = multiline ? h("textarea.textarea.plain", { id, value: of[key] ?? fallback }) : h("input.input", { id, type, value: of[key] ?? fallback });
    control.addEventListener("change", () => { of[key] = type === "number" ? Number(control.value) : control.value; page.edited = true; });
    return h("div.field", h("label", { for: id }, label), control, hint ? h("span.hint", hint) : null);
  }
  function choice(label, key, options, { of = dashboard, number = false, onchange } = {}) {
    const id = "set-" + key + label, control = h("select.select", { id, onchange: () => { of[key] = number ? Number(control.value) : control.value; page.edited = true; onchange?.(); } }, options.map(([value, text]) => h("option", { value: String(value), selected: String(of[key] ?? options[0][0]) === String(value) }, text)));
    return h("div.field", h("label", { for: id }, label), control);
  }
  function check(label, key, { of = dashboard, fallback = false } = {}) { return h("label.check", h("input", { type: "checkbox", checked: of[key] ?? fallback, onchange: (event) => { of[key] = event.target.checked; page.edited = true; } }), label); }

  /** Several texts, separated by commas. */
  function texts(label, key, { of = dashboard, hint = "Separated by commas" } = {}) {
    const id = "set-" + key, control = h("input.input", { id, value: (of[key] ?? []).join(", "), spellcheck: "false", onchange: () => {
      const list = control.value.split(",").map((text) => text.trim()).filter(Boolean);
      if (list.length || key === "tags") of[key] = list; else delete of[key];
      page.edited = true;
    } });
    return h("div.field", h("label", { for: id }, label), control, h("span.hint", hint));
  }
  /** The folder is not part of the dashboard: it goes along when that is saved. */
  function folderPicker() {
    const control = h("select.select", { id: "set-folder", onchange: () => { page.meta.folderUid = control.value; page.meta.folderTitle = control.selectedOptions[0].text; page.edited = true; } }, h("option", { value: "" }, "Dashboards"));
    // Where it is now may be out of sight.
    const { folderUid, folderTitle } = page.meta;
    offerFolders(control, { chosen: folderUid, here: folderUid ? { uid: folderUid, title: folderTitle || "Another folder" } : null });
    return h("div.field", h("label", { for: "set-folder" }, "Folder"), control, h("span.hint", "Moves when the dashboard is saved"));
  }

  function general(body) {
    const { time } = dashboard;
    body.append(bound("Title", "title"), bound("Description", "description", { multiline: true }), texts("Tags", "tags"),
      choice("Time zone", "timezone", [["browser", "Browser"], ["utc", "UTC"], ["", "Default"], ...(typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : []).map((zone) => [zone, zone])]), h("div.two-columns", bound("From", "from", { of: time }), bound("To", "to", { of: time })), bound("Auto refresh", "refresh", { hint: "5s, 1m, … or empty for off" }),
      choice("Week start", "weekStart", [["", "Default"], ["monday", "Monday"], ["sunday", "Sunday"], ["saturday", "Saturday"]]), choice("Crosshair", "graphTooltip", [[0, "Single"], [1, "Shared crosshair"], [2, "Shared crosshair and tooltip"]], { number: true }), check("Hide the time picker", "hidden", { of: dashboard.timepicker }),
      check("Move on with the time between refreshes", "liveNow"),
      texts("Refresh intervals to choose from", "refresh_intervals", { of: dashboard.timepicker, hint: "5s, 30s, 1m, …; empty for the usual ones" }), bound("“Now” lies back by", "nowDelay", { of: dashboard.timepicker, hint: "For data that comes late: 30s, 1m, …" }),
      choice("Fiscal year starts in", "fiscalYearStartMonth", months.map((name, at) => [at, name]), { number: true }), folderPicker());
  }

  /** A copy with a name of its own. */
  function copyOf(one) {
    const copy = structuredClone(one), key = copy.name !== undefined ? "name" : "title";
    copy[key] = key === "name" && copy.type ? `copy_of_${one.name}` : `Copy of ${one[key]}`;
    return copy;
  }
  function listOf(body, title, items, { name, note, add, edit }) {
    const draw = () => replace(body, h("div.row.spread", h("h5", title), h("button.button.primary.small", { type: "button", onclick: () => { const one = add(); items.push(one); page.edited = true; edit(one, draw); } }, icon("plus"), "Add")), items.length ? items.map((one, at) => h("div.setting-row", h("button.grow", { type: "button", onclick: () => edit(one, draw) }, h("strong", name(one)), h("span.soft.small.cut", note(one))),
      h("button.button.plain.square.small", { type: "button", "aria-label": "Move up", disabled: at === 0, onclick: () => { items.splice(at - 1, 0, ...items.splice(at, 1)); page.edited = true; draw(); } }, icon("up")),
      h("button.button.plain.square.small", { type: "button", "aria-label": "Move down", disabled: at === items.length - 1, onclick: () => { items.splice(at + 1, 0, ...items.splice(at, 1)); page.edited = true; draw(); } }, icon("down")),
      h("button.button.plain.square.small", { type: "button", "aria-label": "Duplicate", onclick: () => { items.splice(at + 1, 0, copyOf(one)); page.edited = true; draw(); } }, icon("copy")),
      h("button.button.plain.square.small", { type: "button", "aria-label": "Remove", onclick: () => { items.splice(at, 1); page.edited = true; draw(); } }, icon("trash")))) : h("div.empty", "None yet"));
    draw();
  }
  function sourcePicker(of, key = "datasource") {
    const current = session.findSource(of[key])?.uid ?? (typeof of[key] === "object" ? of[key]?.uid : of[key]);
    const control = h("select.select", { "aria-label": "Data source", onchange: () => { const source = session.findSource(control.value); of[key] = { type: source?.type ?? "prometheus", uid: control.value }; page.edited = true; } }, session.dataSources.map((source) => h("option", { value: source.uid, selected: source.uid === current }, source.name)), current && !session.dataSources.some((source) => source.uid === current) ? h("option", { value: current, selected: true }, current) : null);
    return h("div.field", h("label", "Data source"), control);
  }

  function variables(body) {
    const items = dashboard.templating.list;
    listOf(body, "Variables", items, { name: (one) => "$" + one.name, note: (one) => `${one.type} · ${variableQueryText(one.query)}`, add: () => ({ name: "variable" + items.length, type: "query", query: "", refresh: 1, sort: 1, hide: 0, multi: false, includeAll: false, current: {}, options: [], regex: "", datasource: { type: "prometheus", uid: session.defaultSource?.uid } }), edit: (one, back) => editVariable(body, one, back) });
  }
  function editVariable(body, one, back) {
    const preview = h("div.stack"), draw = () => editVariable(body, one, back);
    const text = variableQueryText(one.query), query = h("textarea.textarea", { "aria-label": "Query", value: text, onchange: () => { one.query = typeof one.query === "object" && one.query ? { ...one.query, query: query.value } : query.value; one.definition = query.value; page.edited = true; test(); } });
    const used = [...referencedNames(dashboard.panels)].includes(one.name);
    async function test() {
      const store = page.runtime.variables, copy = { ...structuredClone(one), current: {} };
      const probe = Object.assign(Object.create(Object.getPrototypeOf(store)), store, { list: [...store.list.filter((other) => other.name !== one.name), copy] });
      const { VariableStore } = await import("./variableStore.js");
      const trial = new VariableStore(page.runtime, new URLSearchParams());
      trial.list = probe.list;
      await trial.resolveAll();
      replace(preview, h("h5", "Preview of values"), copy.error ? notice("error", copy.error) : h("div.row.wrap", (copy.options ?? []).slice(0, 60).map((option) => h("span.badge", option.text)), (copy.options?.length ?? 0) > 60 ? h("span.soft", `and ${copy.options.length - 60} more`) : null, copy.options?.length ? null : h("span.soft", "No values")));
    }
    replace(body, h("div.row", h("button.button.small", { type: "button", onclick: back }, icon("left"), "All variables"), used ? h("span.badge", "used by panels") : h("span.badge.warning", "not used by panels")),
      choice("Type", "type", [["query", "Query"], ["custom", "Custom"], ["textbox", "Text box"], ["constant", "Constant"], ["datasource", "Data source"], ["interval", "Interval"], ["adhoc", "Ad hoc filters"]], { of: one, onchange: draw }), h("div.two-columns", bound("Name", "name", { of: one }), bound("Label", "label", { of: one })), bound("Description", "description", { of: one }), choice("Show", "hide", [[0, "Label and value"], [1, "Value"], [2, "Nothing"]], { of: one, number: true }),
      one.type === "query" || one.type === "adhoc" ? sourcePicker(one) : null, one.type === "adhoc" ? null : h("div.field", h("label", one.type === "datasource" ? "Type of data source" : one.type === "custom" || one.type === "interval" ? "Values separated by commas" : one.type === "query" ? "Query" : "Value"), query, one.type === "query" ? h("span.hint", "label_values(metric, label), label_names(), metrics(regex), query_result(expression)") : null),
      one.type === "query" || one.type === "datasource" ? bound("Regex", "regex", { of: one, hint: "/pattern/: what it captures becomes the value" }) : null, one.type === "query" ? h("div.two-columns", choice("Sort", "sort", [[0, "Disabled"], [1, "Alphabetical"], [2, "Alphabetical, descending"], [3, "Numerical"], [4, "Numerical, descending"], [5, "Ignoring case"], [6, "Ignoring case, descending"], [7, "Natural"], [8, "Natural, descending"]], { of: one, number: true }), choice("Refresh", "refresh", [[1, "On dashboard load"], [2, "On time range change"], [0, "Never"]], { of: one, number: true })) : null,
      ["query", "custom", "datasource"].includes(one.type) ? [check("Several values", "multi", { of: one }), check("Include All", "includeAll", { of: one }), bound("Custom all value", "allValue", { of: one }), check("Allow other values", "allowCustomValue", { of: one, fallback: true })] : null,
      one.type === "custom" ? choice("Values are", "valuesFormat", [["csv", "Separated by commas"], ["json", "JSON"]], { of: one }) : null, one.type === "query" && one.regex ? choice("Regex applies to", "regexApplyTo", [["value", "The value"], ["text", "The text"]], { of: one }) : null,
      one.type === "interval" ? [check("Auto", "auto", { of: one }), h("div.two-columns", bound("Steps", "auto_count", { of: one, type: "number", fallback: 30 }), bound("Least interval", "auto_min", { of: one, fallback: "10s" }))] : null, check("Not in the address bar", "skipUrlSync", { of: one }), preview);
    if (one.type !== "adhoc") test();
  }

  function annotations(body) {
    const items = dashboard.annotations.list;
    listOf(body, "Annotation queries", items, { name: (one) => one.name, note: (one) => (one.builtIn ? "built in" : one.expr ?? ""), add: () => ({ name: "New annotation", enable: true, hide: false, iconColor: "red", datasource: { type: "prometheus", uid: session.defaultSource?.uid }, expr: "", step: "60s" }),
      edit: (one, back) => replace(body, h("button.button.small", { type: "button", onclick: back }, icon("left"), "All annotations"), bound("Name", "name", { of: one }), check("Enabled", "enable", { of: one, fallback: true }), check("Hidden", "hide", { of: one }), h("div.field", h("span.label", "Colour"), colorButton("Colour", one.iconColor, (color) => { one.iconColor = color; page.edited = true; }, shownTheme())), panelsOf(one), one.builtIn ? null : [sourcePicker(one), bound("Query", "expr", { of: one, multiline: true, hint: "Samples above zero become events" }), h("div.two-columns", bound("Min step", "step", { of: one }), bound("Title", "titleFormat", { of: one })), h("div.two-columns", bound("Text", "textFormat", { of: one }), bound("Tags", "tagKeys", { of: one })), check("The value is the time", "useValueForTime", { of: one })]) });
  }
  /** The panels that an annotation is shown in. */
  function panelsOf(one) {
    const ids = h("input.input", { id: "set-panels", value: (one.filter?.ids ?? []).join(", "), onchange: () => write() });
    const mode = h("select.select", { "aria-label": "Show in", onchange: () => write() }, [["all", "All panels"], ["only", "Panels with these ids"], ["except", "All panels but these ids"]].map(([value, text]) => h("option", { value, selected: value === (one.filter?.ids?.length ? (one.filter.exclude ? "except" : "only") : "all") }, text)));
    const write = () => {
      page.edited = true;
      ids.disabled = mode.value === "all";
      if (mode.value === "all") delete one.filter; else one.filter = { exclude: mode.value === "except", ids: ids.value.split(",").map(Number).filter((id) => id > 0) };
    };
    ids.disabled = mode.value === "all";
    return h("div.two-columns", h("div.field", h("span.label", "Show in"), mode), h("div.field", h("label", { for: "set-panels" }, "Ids of panels"), ids));
  }
  function links(body) {
    const items = dashboard.links;
    listOf(body, "Links", items, { name: (one) => one.title || "Link", note: (one) => (one.type === "dashboards" ? "tags: " + (one.tags ?? []).join(", ") : one.url ?? ""), add: () => ({ title: "New link", type: "link", url: "", icon: "external link", tags: [], targetBlank: false, keepTime: false, includeVars: false, asDropdown: true, tooltip: "" }),
      edit: (one, back) => { const tags = h("input.input", { value: (one.tags ?? []).join(", "), "aria-label": "Tags", onchange: () => { one.tags = tags.value.split(",").map((tag) => tag.trim()).filter(Boolean); page.edited = true; } }); replace(body, h("button.button.small", { type: "button", onclick: back }, icon("left"), "All links"), bound("Title", "title", { of: one }), choice("Type", "type", [["link", "Link"], ["dashboards", "Dashboards by tag"]], { of: one }), bound("URL", "url", { of: one }), h("div.field", h("label", "Tags"), tags), bound("Tooltip", "tooltip", { of: one }), check("Keep the time range", "keepTime", { of: one }), check("Keep variable values", "includeVars", { of: one }), check("Open in a new tab", "targetBlank", { of: one }), one.type === "dashboards" ? check("As a menu", "asDropdown", { of: one, fallback: true }) : null); } });
  }

  async function versions(body) {
    replace(body, h("div.empty", "Loading…"));
    let list;
    try { const answer = await api.get(`/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}/versions`, { query: { limit: 50 } }); list = Array.isArray(answer) ? answer : answer.versions ?? []; } catch (error) { return replace(body, notice("error", error.message)); }
    const chosen = new Set(), result = h("div.stack"), compare = h("button.button.small", { type: "button", disabled: true, onclick: async () => {
      const [a, b] = [...chosen].sort((x, y) => x - y);
      try { const [older, newer] = await Promise.all([load(a), load(b)]); replace(result, h("h5", `Version ${a} against ${b}`), diffView(older, newer)); } catch (error) { replace(result, notice("error", error.message)); }
    } }, "Compare two versions");
    const load = async (version) => (await api.get(`/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}/versions/${version}`)).data;
    replace(body, h("div.row", compare), list.length ? h("table.table.versions", h("thead", h("tr", ["", "Version", "Date", "By", "Message", ""].map((text) => h("th", text)))), h("tbody", list.map((one, at) => h("tr", h("td", h("label.check", h("input", { type: "checkbox", "aria-label": "Choose version " + one.version, onchange: (event) => { if (event.target.checked) chosen.add(one.version); else chosen.delete(one.version); compare.disabled = chosen.size !== 2; } }))), h("td", String(one.version)), h("td", { title: formatDate(Date.parse(one.created), "YYYY-MM-DD HH:mm:ss") }, fromNow(Date.parse(one.created))), h("td", one.createdBy ?? ""), h("td", one.message ?? ""),
      h("td", at === 0 && one.version === dashboard.version ? h("span.badge", "latest") : h("button.button.small", { type: "button", onclick: async () => {
        if (!await confirm("Restore version", `Restore version ${one.version}? Changes that are not saved are lost.`, "Restore")) return;
        try { await api.post(`/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}/restore`, { version: one.version }); const fresh = await api.get(`/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}`); replaced = true; close(); toast("success", `Version ${one.version} restored`); page.replaceDashboard(fresh.dashboard, { saved: true }); } catch (error) { toast("error", error.message); }
      } }, "Restore")))))) : h("div.empty", "No versions are kept yet"), result);
  }

  function jsonModel(body) {
    const text = h("textarea.textarea.tall", { "aria-label": "JSON model", spellcheck: "false", value: JSON.stringify(dashboard, null, 2) }), fault = h("div");
    replace(body, fault, text, h("div.row", h("button.button.primary", { type: "button", onclick: () => {
      try {
        const next = JSON.parse(text.value);
        if (!next || typeof next !== "object" || Array.isArray(next)) throw new Error("A dashboard is an object");
        replaced = true;
        close();
        page.edited = true;
        page.replaceDashboard({ ...next, id: dashboard.id, uid: dashboard.uid, version: dashboard.version });
      } catch (error) { replace(fault, notice("error", "Not valid JSON: " + error.message)); }
    } }, "Apply changes")));
  }
}

export function openRowOptions(page, row) {
  const title = h("input.input", { id: "row-title", value: row.title ?? "" }), repeat = h("select.select", { id: "row-repeat" }, h("option", { value: "" }, "Do not repeat"), page.runtime.variables.list.map((variable) => h("option", { value: variable.name, selected: row.repeat === variable.name }, variable.name)));
  dialog("Row options", (close) => ({ content: [h("div.field", h("label", { for: "row-title" }, "Title"), title), h("div.field", h("label", { for: "row-repeat" }, "Repeat for"), repeat)], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: () => { row.title = title.value; if (repeat.value) row.repeat = repeat.value; else delete row.repeat; close(); page.touch(); page.grid.layout(); } }, "Apply")] }));
}
