// Alerts of the data source's rules.
import { h, replace } from "../lib/dom.js";
import { fetchRules, stateBadge } from "../pages/alerting.js";
import { session } from "../pages/session.js";
import { fromNow } from "../models/dateFormat.js";

export const drawsEmpty = true;
export function mount(element, view) {
  const root = h("div.list-panel");
  element.append(root);
  const ending = new AbortController();
  return {
    async update({ options }) {
      const filter = options.stateFilter ?? {}, wanted = { firing: filter.firing ?? true, pending: filter.pending ?? true, inactive: filter.inactive ?? filter.normal ?? false }, source = session.findSource(view.runtime.replace(options.datasource ?? "", undefined, "raw"));
      if (!source) return replace(root, h("div.empty", "No data source"));
      try {
        const groups = await fetchRules(source, ending.signal), name = view.runtime.replace(options.alertName ?? "", undefined, "text").toLowerCase();
        const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.type === "alerting" && wanted[rule.state] && rule.name.toLowerCase().includes(name)).slice(0, options.maxItems ?? 20);
        replace(root, rules.length ? rules.map((rule) => h("div.alert-row", stateBadge(rule.state), h("span.grow.cut", rule.name), rule.alerts?.length ? h("span.small.soft", `${rule.alerts.length} · ${fromNow(Math.min(...rule.alerts.map((alert) => Date.parse(alert.activeAt))))}`) : null)) : h("div.empty", "No alerts matching filters"));
      } catch (error) { if (error.name !== "AbortError") replace(root, h("div.empty", error.message)); }
    },
    destroy() { ending.abort(); root.remove(); },
  };
}
