// Alerts of the rules that are stored here and of the data source's.
import { h, replace } from "../lib/dom.js";
import { fetchOwnRules, fetchRules, stateBadge } from "../pages/alerting.js";
import { session } from "../pages/session.js";
import { fromNow } from "../models/dateFormat.js";
import { parseRegex } from "../models/fieldConfig.js";

/** Stored rules with the states that data sources have; instances that are normal are no alerts. */
function plainStates(groups) {
  const plain = (alert) => ({ ...alert, state: alert.state.startsWith("Pending") ? "pending" : "firing" });
  return groups.map((group) => ({ ...group, rules: group.rules.map((rule) => ({
    ...rule, state: rule.state === "recovering" ? "firing" : rule.state, alerts: (rule.alerts ?? []).filter(({ state }) => !state.startsWith("Normal")).map(plain),
  })) }));
}

export const drawsEmpty = true;
export function mount(element, view) {
  const root = h("div.list-panel");
  element.append(root);
  const ending = new AbortController();
  return {
    async update({ options }) {
      const filter = options.stateFilter ?? {}, wanted = { firing: filter.firing ?? true, pending: filter.pending ?? true, inactive: filter.inactive ?? filter.normal ?? false }, named = view.runtime.replace(options.datasource ?? "", undefined, "raw"), isOwnOnly = ["grafana", "-- Grafana --"].includes(named), source = isOwnOnly ? undefined : session.findSource(named);
      // Without a name all rules are meant, as in the original.
      const isOwn = isOwnOnly || !named;
      if (!source && !isOwn) return replace(root, h("div.empty", "No data source"));
      try {
        const lists = await Promise.all([isOwn ? fetchOwnRules(ending.signal).then(plainStates) : [], source ? fetchRules(source, ending.signal) : []]);
        const groups = lists.flat(), matches = labelTest(view.runtime.replace(options.alertInstanceLabelFilter ?? "", undefined, "raw")), name = view.runtime.replace(options.alertName ?? "", undefined, "text").toLowerCase();
        const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.type === "alerting" && wanted[rule.state] && rule.name.toLowerCase().includes(name))
          .map((rule) => ({ ...rule, alerts: (rule.alerts ?? []).filter(({ labels }) => matches(labels)), since: 0 })).filter((rule) => !options.alertInstanceLabelFilter || rule.alerts.length || matches(rule.labels ?? {}));
        for (const rule of rules) rule.since = rule.alerts.length ? Math.min(...rule.alerts.map((alert) => Date.parse(alert.activeAt))) : 0;
        if (options.viewMode === "stat") {
          const count = rules.reduce((sum, rule) => sum + Math.max(rule.alerts.length, rule.state === "inactive" ? 0 : 1), 0);
          return replace(root, h("div.alert-count", { class: count ? "fault" : "" }, String(count)));
        }
        rules.sort(orders[options.sortOrder] ?? orders[1]);
        const shown = (options.groupMode === "custom" ? byLabels(rules, options.groupBy ?? []) : rules.map((rule) => ({ state: rule.state, text: rule.name, count: rule.alerts.length, since: rule.since }))).slice(0, options.maxItems ?? 20);
        replace(root, shown.length ? shown.map(({ state, text, count, since }) => h("div.alert-row", stateBadge(state), h("span.grow.cut", { title: text }, text), count ? h("span.small.soft", `${count} · ${fromNow(since)}`) : null)) : h("div.empty", "No alerts matching filters"));
      } catch (error) { if (error.name !== "AbortError") replace(root, h("div.empty", error.message)); }
    },
    destroy() { ending.abort(); root.remove(); },
  };
}

const severity = { firing: 0, pending: 1, inactive: 2 }, byName = (a, b) => a.name.localeCompare(b.name);
/** By the panel's number: 1 and 2 alphabetical, 3 by state, 4 and 5 by the time that an alert began. */
const orders = { 1: byName, 2: (a, b) => byName(b, a), 3: (a, b) => severity[a.state] - severity[b.state] || byName(a, b), 4: (a, b) => a.since - b.since, 5: (a, b) => b.since - a.since };

/** Alerts one by one, or together where they agree in some labels. */
function byLabels(rules, labels) {
  const groups = new Map();
  for (const rule of rules) for (const alert of rule.alerts) {
    const text = labels.length ? labels.map((label) => `${label}=${alert.labels?.[label] ?? ""}`).join(", ") : `${rule.name} ${Object.entries(alert.labels ?? {}).filter(([key]) => key !== "alertname").map(([key, value]) => `${key}=${value}`).join(", ")}`;
    const group = groups.get(text) ?? { text, state: alert.state, count: 0, since: Infinity }, since = Date.parse(alert.activeAt);
    if (severity[alert.state] < severity[group.state]) group.state = alert.state;
    groups.set(text, Object.assign(group, { count: group.count + 1, since: Math.min(group.since, since) }));
  }
  return [...groups.values()];
}

/** A test of labels by matchers as in Alertmanager: {a="b", c=~"d.*"}; with none all fit. */
export function labelTest(text) {
  const tests = [...text.matchAll(/([\w.]+)\s*(=~|!~|!=|=)\s*"?((?:\\.|[^",{}])*)"?/g)].map(([, name, operator, value]) => {
    if (!operator.includes("~")) return (labels) => ((labels[name] ?? "") === value) === (operator === "=");
    const regex = parseRegex(`^(?:${value})$`);
    return (labels) => Boolean(regex?.test(labels[name] ?? "")) === (operator === "=~");
  });
  return (labels) => tests.every((test) => test(labels));
}
