// What is scraped: pools with their targets, health, labels and errors; anew every few seconds.
import { h, replace } from "../lib/dom.js";
import { isAbort, prometheus } from "../lib/api.js";
import { notice } from "../lib/overlay.js";
import { debounce } from "../lib/events.js";
import { fromNow } from "../models/dateFormat.js";
import { formatValue } from "../models/units.js";

const kinds = { up: "success", down: "error", unknown: "warning" };

export default async function targetsPage({ element, scope, query, router }) {
  let targets = [], filter = query.get("search") ?? "", health = query.get("health") ?? "";
  const closed = new Set();
  const pools = h("div.stack"), chips = h("div.segments", { role: "group", "aria-label": "Health" });
  const search = h("input.input", { type: "search", value: filter, placeholder: "Filter by labels or address", "aria-label": "Filter targets", oninput: debounce(150, () => { filter = search.value; changed(); }) });
  element.append(h("div.page", h("h1", "Targets"), h("div.row.wrap.target-tools", h("div.grow", search), chips), pools));

  function changed() {
    router.setQuery({ search: filter || null, health: health || null });
    draw();
  }
  function draw() {
    const count = (kind) => targets.filter((target) => target.health === kind).length;
    replace(chips, [["", `All ${targets.length}`], ["up", `Up ${count("up")}`], ["down", `Down ${count("down")}`], ["unknown", `Unknown ${count("unknown")}`]]
      .map(([value, text]) => h("button", { type: "button", "aria-pressed": String(health === value), onclick: () => { health = value; changed(); } }, text)));
    const wanted = filter.trim().toLowerCase();
    const shown = targets.filter((target) => (!health || target.health === health)
      && (!wanted || target.scrapeUrl.toLowerCase().includes(wanted) || Object.entries(target.labels).some(([name, value]) => `${name}="${value}"`.toLowerCase().includes(wanted))));
    const groups = Map.groupBy ? Map.groupBy(shown, (target) => target.scrapePool) : group(shown);
    if (!groups.size) return replace(pools, h("div.empty", targets.length ? "No target passes the filter" : "Nothing is scraped: the configuration names no targets"));
    replace(pools, [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, members]) => pool(name, members)));
  }
  function pool(name, members) {
    const up = members.filter((target) => target.health === "up").length;
    const details = h("details.card.pool", { open: !closed.has(name), ontoggle: () => { if (details.open) closed.delete(name); else closed.add(name); } },
      h("summary", h("h2", name), h("span.badge", { class: up === members.length ? "success" : up ? "warning" : "error" }, `${up} of ${members.length} up`)),
      h("div.table-scroll", h("table.table.stacked", h("thead", h("tr", ["Endpoint", "Labels", "Last scrape", "State"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", members.map(row)))));
    return details;
  }
  function row(target) {
    const never = !target.lastScrape || target.lastScrape.startsWith("0001");
    return h("tr", h("td", { "data-column": "Endpoint" }, /^https?:/.test(target.globalUrl) ? h("a.link", { href: target.globalUrl, target: "_blank", rel: "noopener noreferrer" }, target.scrapeUrl) : target.scrapeUrl),
      h("td", { "data-column": "Labels" }, h("div.labels", Object.entries(target.labels).map(([name, value]) => h("span.badge", `${name}="${value}"`)))),
      h("td.nowrap", { "data-column": "Last scrape" }, never ? "never" : fromNow(Date.parse(target.lastScrape)), never ? null : h("div.small.soft", `took ${formatValue(target.lastScrapeDuration, "s")}, every ${target.scrapeInterval}`)),
      h("td", { "data-column": "State" }, h("span.badge", { class: kinds[target.health] ?? "warning" }, target.health), target.lastError ? h("div.small.target-error", target.lastError) : null));
  }
  async function load() {
    try {
      targets = (await prometheus("/api/v1/targets", { state: "active" }, { signal: scope.signal })).data.activeTargets;
      draw();
    } catch (error) {
      if (!isAbort(error)) replace(pools, notice("error", "The targets cannot be read", error.message));
    }
  }
  await load();
  scope.every(5000, () => { if (!document.hidden) load(); });
}

function group(targets) {
  const groups = new Map();
  for (const target of targets) groups.set(target.scrapePool, [...(groups.get(target.scrapePool) ?? []), target]);
  return groups;
}
