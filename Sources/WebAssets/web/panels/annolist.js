// A list of annotations.
import { h, replace } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { formatDate, fromNow } from "../models/dateFormat.js";
import { parseDuration } from "../models/timeRange.js";
import { sanitized } from "./sanitize.js";

export const drawsEmpty = true;
export function mount(element, view) {
  const root = h("div.list-panel");
  element.append(root);
  const ending = new AbortController();
  return {
    async update({ options, timeZone }) {
      const { runtime } = view, { onlyFromThisDashboard = false, onlyInTimeRange = false, tags = [], limit = 10, showUser = true, showTime = true, showTags = true } = options, { from, to } = runtime.range;
      const query = { type: "annotation", limit, tags: tags.map((tag) => runtime.replace(String(tag))).filter(Boolean), ...(onlyFromThisDashboard ? { dashboardUID: runtime.dashboard.uid } : {}), ...(onlyInTimeRange ? { from, to } : {}) };
      const list = await api.get("/api/annotations", { query, signal: ending.signal }).catch((error) => (error.name === "AbortError" ? null : []));
      if (!list || ending.signal.aborted) return;
      const before = parseDuration(options.navigateBefore ?? "10m") ?? 600e3, after = parseDuration(options.navigateAfter ?? "10m") ?? 600e3;
      const go = ({ dashboardUID, panelId, time, timeEnd }) => {
        if (dashboardUID && dashboardUID !== runtime.dashboard.uid) return `/d/${encodeURIComponent(dashboardUID)}?from=${time - before}&to=${(timeEnd || time) + after}${options.navigateToPanel !== false && panelId ? `&viewPanel=${panelId}` : ""}`;
        return null;
      };
      replace(root, list.length ? list.map((one) => {
        const href = go(one), row = [h("div.grow.cut", one.text ? sanitized(String(one.text)) : one.title || "Annotation"), showTags ? (one.tags ?? []).map((tag) => h("span.badge", tag)) : null,
          showUser && one.login ? h("span.small.soft", one.login) : null, showTime ? h("span.small.soft", { title: fromNow(one.time) }, formatDate(one.time, "YYYY-MM-DD HH:mm:ss", timeZone)) : null];
        return href ? h("a.dash-row", { href }, row) : h("button.dash-row.full-row", { type: "button", onclick: () => runtime.setTime({ from: one.time - before, to: (one.timeEnd || one.time) + after }) }, row);
      }) : h("div.empty", "No annotations found"));
    },
    destroy() { ending.abort(); root.remove(); },
  };
}
