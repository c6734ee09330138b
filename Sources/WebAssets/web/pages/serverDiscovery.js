// What discovery found: labels before and after relabeling, kept and dropped.
import { h, replace } from "../lib/dom.js";
import { prometheus } from "../lib/api.js";

export default async function discoveryPage({ element, scope }) {
  const { data } = await prometheus("/api/v1/targets", { state: "any" }, { signal: scope.signal });
  const pools = new Map();
  const pool = (name) => { if (!pools.has(name)) pools.set(name, { active: [], dropped: [] }); return pools.get(name); };
  for (const target of data.activeTargets) pool(target.scrapePool).active.push(target);
  for (const target of data.droppedTargets) pool(target.scrapePool).dropped.push(target);
  for (const [name, count] of Object.entries(data.droppedTargetCounts ?? {})) pool(name).droppedCount = count;
  const labels = (set) => h("div.labels", Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => h("span.badge", `${name}="${value}"`)));
  const table = (found) => h("div.table-scroll", h("table.table.stacked", h("thead", h("tr", h("th", { scope: "col" }, "Discovered labels"), h("th", { scope: "col" }, "Target labels"))),
    h("tbody", [...found.active.map((target) => h("tr", h("td", { "data-column": "Discovered labels" }, labels(target.discoveredLabels)), h("td", { "data-column": "Target labels" }, labels(target.labels)))), ...found.dropped.map((target) => h("tr", h("td", { "data-column": "Discovered labels" }, labels(target.discoveredLabels)), h("td", { "data-column": "Target labels" }, h("span.badge.warning", "dropped"))))])));
  replace(element, h("div.page", h("h1", "Service discovery"), pools.size ? h("div.stack", [...pools].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, found]) => h("details.card.pool", { open: true },
    h("summary", h("h2", name), h("span.badge", `${found.active.length} active, ${found.droppedCount ?? found.dropped.length} dropped`)), table(found)))) : h("div.empty", "No scrape pools are configured")));
}
