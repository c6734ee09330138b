// The controls of variables above the panels.
import { h, replace } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { arrowKeys, focusField, menu, popover } from "../../lib/overlay.js";
import { allValue, currentText } from "../../models/variables.js";

const list = (value) => (value == null ? [] : Array.isArray(value) ? value : [value]);
const shownTypes = new Set(["query", "custom", "interval", "datasource", "textbox", "adhoc", "groupby", "switch"]);

export function variableBar(runtime, change) {
  const root = h("div.variables", { role: "group", "aria-label": "Variables" });
  let opened = false;
  function draw() {
    const offered = runtime.variables.list.filter((variable) => Number(variable.hide ?? 0) !== 2 && shownTypes.has(variable.type));
    // Those of the controls menu wait behind a button.
    const shown = offered.filter((variable) => opened || Number(variable.hide) !== 3), behind = offered.some((variable) => Number(variable.hide) === 3);
    replace(root, shown.map((variable) => {
      const label = Number(variable.hide) === 1 ? null : h("span.variable-label", { title: variable.description || null, class: variable.error ? "fault" : "", "data-hint": variable.error || variable.description || null }, variable.error ? icon("warning", 12) : null, variable.label || variable.name);
      return h("div.variable", label, control(variable));
    }), behind ? h("button.button.plain.square", { type: "button", "aria-label": opened ? "Fewer variables" : "More variables", "aria-expanded": String(opened), onclick: () => { opened = !opened; draw(); root.lastChild.focus(); } }, icon(opened ? "left" : "more")) : null);
    root.hidden = offered.length === 0;
  }
  function control(variable) {
    if (variable.type === "textbox") {
      const input = h("input.input", { value: list(variable.current?.value)[0] ?? "", "aria-label": variable.label || variable.name, onchange: () => change(variable, { text: input.value, value: input.value }) });
      return input;
    }
    if (variable.type === "switch" && variable.options?.length === 2) {
      const [on, off] = variable.options, value = String(list(variable.current?.value)[0]);
      return h("label.check", h("input.switch", { type: "checkbox", "aria-label": variable.label || variable.name, checked: value === String(on.value), onchange: (event) => { const { text, value: next } = event.target.checked ? on : off; change(variable, { text, value: next }); } }));
    }
    if (variable.type === "adhoc") return filters(variable);
    const text = currentText(variable);
    const button = h("button.button.outline.variable-value", { type: "button", "aria-haspopup": "listbox", "aria-label": `${variable.label || variable.name}: ${text}`, title: text, onclick: () => openOptions(button, variable, change) }, h("span.cut", text), icon("down"));
    return button;
  }
  function filters(variable) {
    variable.filters ??= [];
    const save = () => { change(variable, variable.current); };
    const box = h("div.adhoc");
    const resource = async (path, query) => {
      const { api } = await import("../../lib/api.js"), source = runtime.source(variable.datasource);
      return source ? (await api.get(`/api/datasources/uid/${encodeURIComponent(source.uid)}/resources/api/v1/${path}`, { query: { ...query, start: String(Math.floor(runtime.range.from / 1000)), end: String(Math.ceil(runtime.range.to / 1000)) } }).catch(() => null))?.data ?? [] : [];
    };
    const edit = async (anchor, filter) => {
      const key = h("input.input", { value: filter.key ?? "", placeholder: "label", "aria-label": "Label", list: "adhoc-keys" }), operator = h("select.select", { "aria-label": "Operator" }, ["=", "!=", "=~", "!~", "=|", "!=|"].map((one) => h("option", { value: one, selected: filter.operator === one }, one === "=|" ? "one of" : one === "!=|" ? "not one of" : one)));
      const value = h("input.input", { value: filter.value ?? "", placeholder: "value", "aria-label": "Value", list: "adhoc-values" }), keys = h("datalist", { id: "adhoc-keys" }), values = h("datalist", { id: "adhoc-values" });
      const done = () => { Object.assign(filter, { key: key.value.trim(), operator: operator.value, value: value.value }); if (!variable.filters.includes(filter)) variable.filters.push(filter); handle.close(); draw(); save(); };
      const handle = popover(anchor, h("form.filter-form.stack", { onsubmit: (event) => { event.preventDefault(); done(); } }, key, operator, value, keys, values, h("button.button.primary", { type: "submit" }, "Apply")), { label: "Filter" });
      if (!filter.key) focusField(key);
      key.addEventListener("change", async () => replace(values, (await resource(`label/${encodeURIComponent(key.value)}/values`)).slice(0, 500).map((one) => h("option", { value: one }))));
      replace(keys, (await resource("labels")).map((one) => h("option", { value: one })));
    };
    replace(box, variable.filters.map((filter, at) => {
      const chip = h("button.button.outline", { type: "button", onclick: () => edit(chip, filter) }, `${filter.key} ${filter.operator} ${filter.value}`);
      return h("span.button-group", chip, h("button.button.outline.square", { type: "button", "aria-label": "Remove filter", onclick: () => { variable.filters.splice(at, 1); draw(); save(); } }, icon("close", 12)));
    }));
    const add = h("button.button.outline.square", { type: "button", "aria-label": "Add filter", onclick: () => edit(add, { operator: "=" }) }, icon("plus"));
    box.append(add);
    return box;
  }
  draw();
  return { element: root, draw };
}

function openOptions(anchor, variable, change) {
  const options = [...(variable.includeAll ? [{ text: "All", value: allValue }] : []), ...(variable.options ?? []).filter((option) => option.value !== allValue)];
  const chosen = new Set(list(variable.current?.value).map(String));
  const before = JSON.stringify([...chosen]);
  const search = h("input.input", { type: "search", placeholder: "Search", "aria-label": "Search options", spellcheck: "false" }), box = h("div.menu.option-list", { role: "listbox", "aria-label": "Values", "aria-multiselectable": variable.multi ? "true" : null });
  const current = () => {
    const kept = options.filter((option) => chosen.has(option.value));
    for (const value of chosen) if (!kept.some((option) => option.value === value)) kept.push({ text: value, value });
    return variable.multi ? { text: kept.map(({ text }) => text), value: kept.map(({ value }) => value) } : { text: kept[0]?.text ?? "", value: kept[0]?.value ?? "" };
  };
  const commit = () => { if (JSON.stringify([...chosen]) !== before) change(variable, current()); };
  const handle = popover(anchor, h("div.options", options.length > 8 || variable.multi || variable.allowCustomValue !== false ? search : null, box), { label: variable.label || variable.name, onClose: variable.multi ? commit : undefined });
  if (!handle) return;
  function pick(option) {
    if (!variable.multi) { chosen.clear(); chosen.add(option.value); handle.close(); commit(); return; }
    if (option.value === allValue) { chosen.clear(); chosen.add(allValue); } else {
      chosen.delete(allValue);
      if (chosen.has(option.value)) chosen.delete(option.value); else chosen.add(option.value);
      if (!chosen.size && variable.includeAll) chosen.add(allValue);
    }
    draw();
  }
  function draw() {
    const wanted = search.value.trim().toLowerCase(), matches = options.filter((option) => String(option.text).toLowerCase().includes(wanted));
    const custom = wanted && variable.allowCustomValue !== false && !options.some((option) => option.value === search.value.trim()) ? [{ text: search.value.trim(), value: search.value.trim(), custom: true }] : [];
    const focused = document.activeElement?.dataset?.value;
    replace(box, matches.slice(0, 1000).concat(custom).map((option) => h("button.menu-item", { type: "button", role: "option", "aria-selected": String(chosen.has(option.value)), dataset: { value: option.value }, onclick: () => pick(option) }, variable.multi ? h("span.box", { class: chosen.has(option.value) ? "on" : "" }, chosen.has(option.value) ? icon("check", 12) : null) : null, h("span.cut", option.custom ? `Use “${option.text}”` : option.text))), matches.length || custom.length ? null : h("div.empty", "No options"));
    if (focused != null) [...box.children].find((item) => item.dataset.value === focused)?.focus();
  }
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") { box.querySelector(".menu-item")?.click(); event.preventDefault(); } if (event.key === "ArrowDown") { box.querySelector(".menu-item")?.focus(); event.preventDefault(); } });
  arrowKeys(box);
  draw();
  handle.reposition();
  if (search.isConnected) focusField(search); else (box.querySelector("[aria-selected=true]") ?? box.firstChild)?.focus({ focusVisible: false });
  box.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
}

const found = new WeakMap();
/** The other dashboards that a link's tags mean; asked for once, as links are drawn with every change of time. */
function foundDashboards(link, uid) {
  if (!found.has(link)) found.set(link, import("../../lib/api.js").then(({ api }) => api.get("/api/search", { query: { tag: link.tags ?? [], type: "dash-db", limit: 100 } })).then((hits) => hits.filter((hit) => hit.uid !== uid), () => []));
  return found.get(link);
}

const linkIcons = { dashboard: "dashboards", question: "help", info: "info", doc: "list" };

/** Links of the dashboard: plain ones, and menus of dashboards by tag. */
export function linkBar(runtime) {
  const links = (runtime.dashboard.links ?? []).filter((link) => link && typeof link === "object");
  return links.map((link) => {
    const address = (url) => {
      const query = [link.keepTime ? runtime.replace("${__url_time_range}") : "", link.includeVars ? runtime.replace("${__all_variables}") : ""].filter(Boolean).join("&");
      return query ? url + (url.includes("?") ? "&" : "?") + query : url;
    };
    if (link.type !== "dashboards") {
      const url = runtime.replace(String(link.url ?? ""), undefined, "percentencode");
      return h("a.button.plain.dash-link", { href: safe(address(url)), target: link.targetBlank ? "_blank" : null, rel: link.targetBlank ? "noopener" : null, "data-hint": link.tooltip || null }, icon(linkIcons[link.icon] ?? "external", 14), runtime.replace(link.title || "Link", undefined, "text"));
    }
    const find = () => foundDashboards(link, runtime.dashboard.uid);
    if (link.asDropdown === false) {
      const box = h("span.dash-links");
      find().then((hits) => replace(box, hits.map((hit) => h("a.button.plain.dash-link", { href: address(hit.url), target: link.targetBlank ? "_blank" : null }, icon("dashboards", 14), hit.title))));
      return box;
    }
    const button = h("button.button.plain.dash-link", { type: "button", onclick: async () => {
      const hits = await find();
      menu(button, hits.map((hit) => ({ text: hit.title, icon: "dashboards", href: address(hit.url), target: link.targetBlank ? "_blank" : null })).concat(hits.length ? [] : [{ title: "No dashboards" }]));
    } }, icon("menu", 14), runtime.replace(link.title || (link.tags ?? []).join(", ") || "Dashboards", undefined, "text"), icon("down", 14));
    return button;
  });
}
const safe = (url) => (/^(https?:|mailto:|\/|\?|#|\.)/i.test(url.trim()) || !/^[^/?#]*:/.test(url.trim()) ? url : "#");
