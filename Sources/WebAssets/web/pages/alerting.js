// Alert rules: those that the dashboards evaluate themselves, and those of every Prometheus data source.
import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api, isAbort } from "../lib/api.js";
import { fromNow } from "../models/dateFormat.js";
import { formatValue } from "../models/units.js";
import { notificationsSection } from "./alertNotifications.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

/** Rule groups of a data source. */
export async function fetchRules(source, signal) {
  return (await api.get(`/api/datasources/uid/${encodeURIComponent(source.uid)}/resources/api/v1/rules`, { signal }))?.data?.groups ?? [];
}
/** Groups of the rules that are stored here, in the same form. */
export async function fetchOwnRules(signal) {
  return (await api.get("/api/prometheus/grafana/api/v1/rules?limit_alerts=201", { signal }))?.data?.groups ?? [];
}

const stateTexts = { inactive: "Normal", firing: "Firing", pending: "Pending", recovering: "Recovering", Alerting: "Firing", NoData: "No data" };
const stateTones = { firing: "error", Alerting: "error", Error: "error", pending: "warning", Pending: "warning", recovering: "warning", Recovering: "warning", NoData: "warning" };

/** A badge of a rule's or an instance's state; what stands in brackets behind it says why. */
export function stateBadge(state) {
  const [name, reason] = String(state ?? "").split(" (");
  return h("span.badge", { class: stateTones[name] ?? "success" }, (name ? stateTexts[name] ?? name : "Recording") + (reason ? ` (${reason}` : ""));
}

export default async function alertingPage({ element, scope, query, router }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Alert rules" }]);
  const search = h("input.input", { type: "search", placeholder: "Search rules and labels", "aria-label": "Search rules and labels", value: query.get("search") ?? "" }), states = h("div.segments"), box = h("div.stack"), counts = h("p.soft"), told = h("div.stack");
  let state = query.get("state") ?? "", loaded = [];
  for (const [id, text] of [["", "All"], ["firing", "Firing"], ["pending", "Pending"], ["inactive", "Normal"], ["recording", "Recording"]]) states.append(h("button", { type: "button", "aria-pressed": String(id === state), onclick: (event) => { state = id; for (const one of states.children) one.setAttribute("aria-pressed", String(one === event.currentTarget)); router.setQuery({ state: id || null }); draw(); } }, text));
  append(element, h("div.page", h("div.page-head", h("h1", "Alert rules"), counts), h("div.row.wrap.list-tools", h("div.input-icon.grow", icon("search"), search), states), h("div.stack", box, told)));
  function draw() {
    const wanted = search.value.trim().toLowerCase(), all = loaded.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
    const number = (one) => all.filter((rule) => rule.state === one).length;
    counts.textContent = `${all.length} rules: ${number("firing")} firing, ${number("pending")} pending, ${number("inactive")} normal`;
    const fits = (rule) => (!state || (state === "recording" ? rule.type === "recording" : rule.state === state)) && (!wanted || JSON.stringify([rule.name, rule.labels, rule.query]).toLowerCase().includes(wanted));
    replace(box, loaded.map(({ source, groups, error }) => h("section.stack", h("h5.row", icon("database"), source.name), error ? h("div.card.soft", error) : null, groups.map((group) => ({ group, rules: group.rules.filter(fits) })).filter(({ rules }) => rules.length).map(({ group, rules }) => h("details.card.rule-group", { open: true }, h("summary", h("strong", group.name), h("span.small.soft", `${group.file ? group.file + " · " : ""}every ${formatValue(group.interval, "s")}`)),
      rules.map((rule) => h("details.rule", h("summary", rule.type === "recording" ? h("span.badge", "Recording") : stateBadge(rule.state), h("span.grow.cut", rule.name), rule.isPaused ? h("span.badge", "Paused") : null, rule.health && !["ok", "unknown"].includes(rule.health) ? h("span.badge.error", rule.health) : null, h("span.small.soft.wide-only", rule.lastEvaluation && !rule.lastEvaluation.startsWith("0001") ? fromNow(Date.parse(rule.lastEvaluation)) : "")),
        h("div.stack.rule-body", h("pre.code.wrapped", rule.query), rule.lastError ? h("p.fault", rule.lastError) : null, rule.duration ? h("p.small.soft", `for ${formatValue(rule.duration, "s")}`) : null, rule.provenance ? h("p.small.soft", rule.provenance === "file" ? "Provisioned from a file" : "Written by the API") : null, labels(rule.labels), Object.entries(rule.annotations ?? {}).filter(([key]) => !key.startsWith("__")).map(([key, text]) => h("p.small", h("span.soft", key + ": "), text)),
          instances(rule)))))), !error && !groups.length ? h("div.card.soft", "No rules") : null)));
  }
  /** The instances of a rule. Labels that the rule itself has shown are left out. */
  function instances(rule) {
    if (!rule.alerts?.length) return null;
    const own = (set) => Object.fromEntries(Object.entries(set ?? {}).filter(([key, value]) => key !== "grafana_folder" && rule.labels?.[key] !== value && !(key === "alertname" && value === rule.name)));
    const row = (alert) => h("tr", h("td", stateBadge(alert.state)), h("td", labels(own(alert.labels)), alert.annotations?.summary ? h("p.small", alert.annotations.summary) : null), h("td", fromNow(Date.parse(alert.activeAt))), h("td.number", alert.value));
    return h("div.rule-instances", { tabindex: "0", role: "group", "aria-label": `Instances of ${rule.name}` }, h("table.table", h("thead", h("tr", ["State", "Labels", "Since", "Value"].map((text) => h("th", text)))), h("tbody", rule.alerts.slice(0, 200).map(row))), rule.alerts.length > 200 ? h("p.small.soft", "and more") : null);
  }
  const labels = (set) => h("div.row.wrap", Object.entries(set ?? {}).map(([key, value]) => h("span.badge", `${key}=${value}`)));
  async function read(source, fetched) {
    try { return { source, groups: await fetched }; } catch (error) { return { source, groups: [], error: isAbort(error) ? "" : error.message }; }
  }
  async function load() {
    const sources = session.dataSources.filter((source) => source.type === "prometheus");
    loaded = await Promise.all([read({ name: "Stored here" }, fetchOwnRules(scope.signal)), ...sources.map((source) => read(source, fetchRules(source, scope.signal)))]);
    if (!scope.ended) draw();
  }
  scope.on(search, "input", draw);
  await load();
  replace(told, await notificationsSection(scope.signal));
  scope.every(15000, () => { if (!document.hidden && !box.querySelector("details.rule[open]")) load(); });
}
