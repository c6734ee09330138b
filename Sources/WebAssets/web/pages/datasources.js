import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

export default async function dataSourcesPage({ element, scope }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Data sources" }]);
  const rows = h("div.stack"), search = h("input.input", { type: "search", placeholder: "Search by name or type", "aria-label": "Search by name or type" });
  append(element, h("div.page", h("div.row.spread.wrap.page-head", h("div", h("h1", "Data sources"), h("p.soft", "Where dashboards read their metrics from")), session.canEdit && h("a.button.primary", { href: "/connections/datasources/new" }, icon("plus"), "Add new data source")), h("div.input-icon.list-tools", icon("search"), search), rows));
  const sources = await api.get("/api/datasources", { signal: scope.signal });
  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    const shown = sources.filter((source) => `${source.name} ${source.type}`.toLowerCase().includes(wanted));
    replace(rows, shown.length ? shown.map((source) => h("div.card.source-row", h("a.row.grow", { href: `/connections/datasources/edit/${encodeURIComponent(source.uid)}` }, icon("database", 24), h("div.grow", h("div.cut", source.name), h("div.small.soft.cut", source.type === "prometheus" ? "Prometheus" : source.type, source.url ? " · " + source.url : source.uid === "martlet" ? " · built in" : ""))), source.isDefault ? h("span.badge", "default") : null, source.readOnly ? h("span.badge", "built in") : null, h("a.button.small.wide-only", { href: "/explore?schemaVersion=1&panes=" + encodeURIComponent(JSON.stringify({ a: { datasource: source.uid, queries: [], range: { from: "now-1h", to: "now" } } })) }, "Explore"))) : h("div.card.empty", "No data sources"));
  };
  scope.on(search, "input", draw);
  draw();
}
