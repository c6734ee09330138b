// Runtime, storage, flags, configuration and Alertmanagers: what the status API tells, as tables.
import { h, replace } from "../lib/dom.js";
import { prometheus } from "../lib/api.js";
import { icon } from "../lib/icons.js";
import { toast } from "../lib/overlay.js";
import { formatDate } from "../models/dateFormat.js";
import { formatValue } from "../models/units.js";

const get = async (path, scope, query) => (await prometheus("/api/v1/" + path, query, { signal: scope.signal })).data;
const facts = (entries) => h("table.table.facts", h("tbody", entries.map(([name, value]) => h("tr", h("th", { scope: "row" }, name), h("td.mono", String(value ?? ""))))));
const card = (title, content) => h("section.card", h("h2", title), content);
const time = (text) => (text && !text.startsWith("0001") ? formatDate(Date.parse(text), "YYYY-MM-DD HH:mm:ss") : "never");

export async function runtimePage({ element, scope }) {
  const [runtime, build] = await Promise.all([get("status/runtimeinfo", scope), get("status/buildinfo", scope)]);
  replace(element, h("div.page", h("h1", "Runtime and build"), h("div.stack",
    card("Build", facts([["Version", build.version], ["Revision", build.revision], ["Branch", build.branch], ["Built by", build.buildUser], ["Built at", build.buildDate], ["Compiler", build.goVersion]])),
    card("Runtime", facts([["Started", time(runtime.startTime)], ["Working folder", runtime.CWD], ["Host", runtime.hostname], ["Server time", time(runtime.serverTime)], ["Configuration loaded", runtime.reloadConfigSuccess ? "yes" : "the last reload failed"], ["Last loaded", time(runtime.lastConfigTime)],
      ["Damaged log records", runtime.corruptionCount], ["Threads", runtime.goroutineCount], ["Processors", runtime.GOMAXPROCS], ["Retention", runtime.storageRetention]])))));
}

export async function storagePage({ element, scope }) {
  const [head, blocks] = await Promise.all([get("status/tsdb", scope), get("status/tsdb/blocks", scope).catch(() => ({ blocks: [] }))]);
  const { headStats } = head, moment = (ms) => (Math.abs(ms) < 9e15 ? formatDate(ms, "YYYY-MM-DD HH:mm:ss") : "none");
  const list = (title, entries, unit) => card(title, h("table.table", h("thead", h("tr", h("th", { scope: "col" }, "Name"), h("th.number", { scope: "col" }, unit === "bytes" ? "Size" : "Count"))),
    h("tbody", entries.map(({ name, value }) => h("tr", h("td.mono", name), h("td.number", formatValue(value, unit)))))));
  replace(element, h("div.page", h("h1", "Storage"), h("div.stack",
    card("Head", facts([["Series", headStats.numSeries], ["Chunks", headStats.chunkCount], ["Label pairs", headStats.numLabelPairs], ["Oldest sample", moment(headStats.minTime)], ["Newest sample", moment(headStats.maxTime)]])),
    card("Blocks", blocks.blocks.length ? h("div.table-scroll", h("table.table", h("thead", h("tr", ["Block", "From", "To", "Level", "Series", "Samples"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", blocks.blocks.map((block) => h("tr", h("td.mono", block.ulid), h("td.nowrap", moment(block.minTime)), h("td.nowrap", moment(block.maxTime)), h("td", String(block.compaction?.level ?? "")), h("td.number", String(block.stats?.numSeries ?? "")), h("td.number", String(block.stats?.numSamples ?? ""))))))) : h("p.soft", "No blocks yet: two hours of samples make the first.")),
    h("div.status-grid", list("Metrics with the most series", head.seriesCountByMetricName, "short"), list("Labels with the most values", head.labelValueCountByLabelName, "short"),
      list("Label pairs with the most series", head.seriesCountByLabelValuePair, "short"), list("Labels by memory", head.memoryInBytesByLabelName, "bytes")))));
}

export async function flagsPage({ element, scope }) {
  const flags = Object.entries(await get("status/flags", scope)).sort(([a], [b]) => (a < b ? -1 : 1));
  const body = h("tbody");
  const search = h("input.input", { type: "search", placeholder: "Filter flags", "aria-label": "Filter flags", oninput: () => draw() });
  const draw = () => replace(body, flags.filter(([name, value]) => `${name}=${value}`.includes(search.value.trim())).map(([name, value]) => h("tr", h("td.mono", "--" + name), h("td.mono", value))));
  draw();
  replace(element, h("div.page", h("h1", "Flags"), h("div.stack", search, h("div.card.table-scroll", h("table.table.flags", h("thead", h("tr", h("th", { scope: "col" }, "Flag"), h("th", { scope: "col" }, "Value"))), body)))));
}

export async function configurationPage({ element, scope }) {
  const { yaml } = await get("status/config", scope);
  const copy = async () => { try { await navigator.clipboard.writeText(yaml); toast("success", "Configuration copied"); } catch { toast("error", "The clipboard is not available"); } };
  replace(element, h("div.page", h("div.row.spread.page-head", h("h1", "Configuration"), h("button.button", { type: "button", onclick: copy }, icon("copy"), "Copy")), h("pre.code", { tabindex: "0" }, yaml)));
}

export async function alertmanagersPage({ element, scope }) {
  const found = await get("alertmanagers", scope);
  const rows = [...found.activeAlertmanagers.map(({ url }) => [url, "active"]), ...found.droppedAlertmanagers.map(({ url }) => [url, "dropped"])];
  replace(element, h("div.page", h("h1", "Alertmanagers"), rows.length ? h("div.card", h("table.table", h("tbody", rows.map(([url, state]) => h("tr", h("td.mono", url), h("td", h("span.badge", { class: state === "active" ? "success" : "warning" }, state))))))) : h("div.empty", "No Alertmanagers are configured")));
}
