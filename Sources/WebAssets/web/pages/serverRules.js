// Rules and alerts, from the rules API; anew every few seconds.
import { h, replace } from "../lib/dom.js";
import { isAbort, prometheus } from "../lib/api.js";
import { notice } from "../lib/overlay.js";
import { fromNow } from "../models/dateFormat.js";
import { formatDuration } from "../models/timeRange.js";
import { formatValue } from "../models/units.js";

const states = { firing: "error", pending: "warning", inactive: "success", unknown: "info" };
const healths = { ok: "success", err: "error", unknown: "warning" };
const queryLink = (expr) => "/query?" + new URLSearchParams({ "g0.expr": expr, "g0.tab": "graph" });
const expression = (expr) => h("a.link.mono.rule-query", { href: queryLink(expr) }, expr);
const labels = (set = {}) => h("div.labels", Object.entries(set).map(([name, value]) => h("span.badge", `${name}="${value}"`)));

function rulesView({ element, scope }, title, query, empty, draw) {
  const body = h("div.stack");
  element.append(h("div.page", h("h1", title), body));
  const load = async () => {
    try {
      const { data } = await prometheus("/api/v1/rules", query, { signal: scope.signal });
      const groups = data.groups.filter((group) => group.rules.length);
      replace(body, groups.length ? draw(groups) : h("div.empty", empty));
    } catch (error) {
      if (!isAbort(error)) replace(body, notice("error", "The rules cannot be read", error.message));
    }
  };
  scope.every(10000, () => { if (!document.hidden && !body.querySelector("details[data-touched]")) load(); });
  body.addEventListener("toggle", (event) => { event.target.dataset.touched = ""; }, { capture: true });
  return load();
}

const evaluated = (one) => (!one.lastEvaluation || one.lastEvaluation.startsWith("0001") ? "never" : fromNow(Date.parse(one.lastEvaluation)));

export const rulesPage = (context) => rulesView(context, "Rules", {}, "No rules are loaded", (groups) => groups.map((group) => h("section.card",
  h("div.row.spread.wrap", h("h2", group.name), h("span.small.soft", `${group.file} · every ${formatDuration(group.interval * 1000)} · last ${evaluated(group)} in ${formatValue(group.evaluationTime, "s")}`)),
  h("div.table-scroll", h("table.table", h("thead", h("tr", ["Rule", "Health", "Last run"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", group.rules.map((rule) => h("tr",
    h("td", h("div.rule-name", rule.name, rule.type === "alerting" ? h("span.badge", { class: states[rule.state] }, rule.state) : null), expression(rule.query), labels(rule.labels), rule.lastError ? h("div.small.target-error", rule.lastError) : null),
    h("td", h("span.badge", { class: healths[rule.health] ?? "warning" }, rule.health)), h("td.nowrap", evaluated(rule), h("div.small.soft", formatValue(rule.evaluationTime, "s")))))))))));

export const alertsPage = (context) => rulesView(context, "Alerts", { type: "alert" }, "No alerting rules are loaded", (groups) => groups.map((group) => h("section.card", h("div.row.spread.wrap", h("h2", group.name), h("span.small.soft", group.file)),
  group.rules.map((rule) => h("details.alert-rule", { open: rule.state === "firing" }, h("summary", h("span.badge", { class: states[rule.state] ?? "info" }, rule.state), h("span.rule-name", rule.name), rule.alerts.length ? h("span.badge", String(rule.alerts.length)) : null),
    h("div.alert-body", expression(rule.query), h("div.small.soft", rule.duration ? `for ${formatDuration(rule.duration * 1000)}` : "at once"), labels(rule.labels), Object.entries(rule.annotations).map(([name, text]) => h("div.small", h("span.soft", name + ": "), text)),
      rule.alerts.length ? h("div.table-scroll", h("table.table.stacked", h("thead", h("tr", ["Labels", "State", "Since", "Value"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", rule.alerts.map((alert) => h("tr", h("td", { "data-column": "Labels" }, labels(alert.labels)),
        h("td", { "data-column": "State" }, h("span.badge", { class: states[alert.state] }, alert.state)), h("td.nowrap", { "data-column": "Since" }, fromNow(Date.parse(alert.activeAt))), h("td.mono", { "data-column": "Value" }, alert.value)))))) : null))))));
