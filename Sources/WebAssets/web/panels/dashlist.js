// Lists of dashboards: starred, recent, found.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { recentDashboards } from "../pages/session.js";

export const drawsEmpty = true;
export function mount(element, view) {
  const root = h("div.list-panel");
  element.append(root);
  const ending = new AbortController();
  return {
    async update({ options }) {
      const { showStarred = true, showRecentlyViewed = false, showSearch = false, showHeadings = true, maxItems = 10, query = "", tags = [], folderUID } = options, { runtime } = view;
      const search = (parameters) => api.get("/api/search", { query: { type: "dash-db", limit: maxItems, ...parameters }, signal: ending.signal }).catch(() => []);
      const extra = [options.keepTime ? runtime.replace("${__url_time_range}") : "", options.includeVars ? runtime.replace("${__all_variables}") : ""].filter(Boolean).join("&");
      const parts = await Promise.all([showStarred ? search({ starred: "true" }) : null, showRecentlyViewed ? recentDashboards().slice(0, maxItems) : null, showSearch ? search({ query: runtime.replace(query), tag: tags, folderUIDs: folderUID ?? null }) : null]);
      if (ending.signal.aborted) return;
      replace(root, ["Starred dashboards", "Recently viewed dashboards", "Search"].map((title, at) => parts[at] && [showHeadings ? h("h6.list-title", title) : null, parts[at].length ? parts[at].map((hit) => h("a.dash-row", { href: hit.url + (extra ? "?" + extra : "") }, icon("dashboards"), h("span.cut", hit.title))) : h("div.soft.small.list-none", "None")]));
    },
    destroy() { ending.abort(); root.remove(); },
  };
}
