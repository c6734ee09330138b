// Dialogs that put queries together: the metrics browser and the builder.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { dialog } from "../lib/overlay.js";
import { loadStyle } from "../lib/styles.js";
import { buildQuery, builderOperations } from "../models/queryBuilder.js";
import { metadataOf } from "./queryEditor.js";

await loadStyle("editor");

/** The metrics browser over a data source; `use(expression)` gets what was put together. */
export function openBrowser(uid, use) {
  const meta = metadataOf(uid), search = h("input.input", { type: "search", placeholder: "Search metrics", "aria-label": "Search metrics" }), metrics = h("div.menu.browser-list", { role: "listbox", "aria-label": "Metrics" }), labels = h("div.menu.browser-list", { "aria-label": "Labels" }), values = h("div.browser-values"), selector = h("code.code.wrapped"), count = h("span.soft.small");
  let metric = "", all = [], help = {};
  const chosen = new Map(), open = new Set();
  const text = () => buildQuery({ metric, filters: [...chosen].filter(([, set]) => set.size).map(([label, set]) => (set.size > 1 ? { label, op: "=~", value: [...set].map((one) => one.replace(/[\\^$*+?.()|[\]{}]/g, "\\$&")).join("|") } : { label, op: "=", value: [...set][0] })) }) || "{}";
  const drawMetrics = () => { const wanted = search.value.trim().toLowerCase(), shown = all.filter((name) => name.toLowerCase().includes(wanted)); count.textContent = `${shown.length} metrics`; replace(metrics, shown.slice(0, 500).map((name) => h("button.menu-item", { type: "button", role: "option", "aria-selected": String(name === metric), title: help[name]?.[0]?.help ?? "", onclick: () => { metric = metric === name ? "" : name; chosen.clear(); open.clear(); drawMetrics(); drawLabels(); } }, h("span.cut", name), help[name]?.[0]?.type ? h("span.hint", help[name][0].type) : null))); selector.textContent = text(); };
  const drawLabels = async () => { const names = (await meta.labels(metric)).filter((name) => name !== "__name__"); replace(labels, names.map((name) => h("button.menu-item", { type: "button", "aria-selected": String(open.has(name)), onclick: () => { if (open.has(name)) { open.delete(name); chosen.delete(name); } else open.add(name); drawLabels(); } }, h("span.cut", name)))); drawValues(); };
  const drawValues = async () => { const parts = await Promise.all([...open].map(async (name) => [name, await meta.values(name, metric)])); replace(values, parts.map(([name, list]) => h("div.browser-column", h("div.menu-title", `${name} (${list.length})`), h("div.menu.browser-list", list.slice(0, 500).map((value) => h("button.menu-item", { type: "button", "aria-selected": String(chosen.get(name)?.has(value) ?? false), onclick: () => { if (!chosen.has(name)) chosen.set(name, new Set()); const set = chosen.get(name); if (set.has(value)) set.delete(value); else set.add(value); drawValues(); } }, h("span.cut", value))))))); selector.textContent = text(); };
  search.addEventListener("input", drawMetrics);
  Promise.all([meta.metrics(), meta.metadata()]).then(([names, found]) => { all = names; help = found; drawMetrics(); drawLabels(); });
  dialog("Metrics browser", (close) => ({ content: [h("div.browser", h("div.browser-column", h("div.row.spread", h("strong", "1. Metric"), count), search, metrics), h("div.browser-column", h("strong", "2. Labels"), labels), h("div.browser-column.grow", h("strong", "3. Values"), values)), h("div.field", h("label", "Selector"), selector)], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button", { type: "button", onclick: () => { close(); use(`rate(${text()}[$__rate_interval])`); } }, "Use as rate"), h("button.button.primary", { type: "button", onclick: () => { close(); use(text()); } }, "Use query")] }), { wide: true });
}

/** The query builder over a data source; `use(expression)` gets what was put together. */
export function openBuilder(uid, use) {
  const meta = metadataOf(uid), parts = { metric: "", filters: [], operations: [] }, result = h("code.code.wrapped"), box = h("div.stack.query-builder");
  const show = () => { result.textContent = parts.metric ? buildQuery(parts) : "Choose a metric"; };
  const names = h("datalist", { id: "builder-metrics" }), metric = h("input.input", { list: "builder-metrics", placeholder: "metric", "aria-label": "Metric", onchange: async () => { parts.metric = metric.value.trim(); if (/_total$|_count$|_bucket$/.test(parts.metric) && !parts.operations.length) parts.operations.push({ id: "rate" }); draw(); } });
  meta.metrics().then((list) => replace(names, list.map((one) => h("option", { value: one }))));
  function draw() {
    replace(box, h("h5", "Label filters"), parts.filters.map((filter, at) => { const list = h("datalist", { id: "builder-values-" + at }); if (filter.label) meta.values(filter.label, parts.metric).then((all) => replace(list, all.slice(0, 500).map((one) => h("option", { value: one })))); return h("div.row", h("input.input", { value: filter.label, list: "builder-labels", placeholder: "label", "aria-label": "Label", onchange: (event) => { filter.label = event.target.value; draw(); } }), h("select.select.operator", { "aria-label": "Operator", onchange: (event) => { filter.op = event.target.value; show(); } }, ["=", "!=", "=~", "!~"].map((op) => h("option", { value: op, selected: filter.op === op }, op))), h("input.input", { value: filter.value, list: "builder-values-" + at, placeholder: "value", "aria-label": "Value", onchange: (event) => { filter.value = event.target.value; show(); } }), list, h("button.button.plain.square", { type: "button", "aria-label": "Remove filter", onclick: () => { parts.filters.splice(at, 1); draw(); } }, icon("close"))); }),
      h("button.button.small", { type: "button", onclick: () => { parts.filters.push({ label: "", op: "=", value: "" }); draw(); } }, icon("plus"), "Filter"), h("h5", "Operations"), parts.operations.map((operation, at) => h("div.row", h("select.select", { "aria-label": "Operation", onchange: (event) => { operation.id = event.target.value; show(); } }, builderOperations.map((id) => h("option", { value: id, selected: operation.id === id }, id))), h("input.input", { value: operation.parameter ?? "", placeholder: "range or number", "aria-label": "Parameter", onchange: (event) => { operation.parameter = event.target.value; show(); } }), h("input.input", { value: operation.by ?? "", list: "builder-labels", placeholder: "by labels", "aria-label": "By", onchange: (event) => { operation.by = event.target.value; show(); } }), h("button.button.plain.square", { type: "button", "aria-label": "Remove operation", onclick: () => { parts.operations.splice(at, 1); draw(); } }, icon("close")))),
      h("button.button.small", { type: "button", onclick: () => { parts.operations.push({ id: "sum" }); draw(); } }, icon("plus"), "Operation"));
    const labels = h("datalist", { id: "builder-labels" });
    box.append(labels);
    meta.labels(parts.metric).then((all) => replace(labels, all.map((one) => h("option", { value: one }))));
    show();
  }
  draw();
  dialog("Query builder", (close) => ({ content: [h("div.field", h("label", "Metric"), metric, names), box, result], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: () => { if (!parts.metric) return; close(); use(buildQuery(parts)); } }, "Use query")] }), { wide: true });
}
