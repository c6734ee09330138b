import { append, h, replace } from "../lib/dom.js";
import { icon, logo } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { recentDashboards, session } from "./session.js";
import { setTitle } from "./shell.js";

export function dashboardRow(hit) {
  return h("a.dash-row", { href: hit.url }, icon(hit.type === "dash-folder" ? "folder" : "dashboards", 18), h("span.grow.cut", hit.title), (hit.tags ?? []).slice(0, 3).map((tag) => h("span.badge", tag)), hit.folderTitle ? h("span.small.soft.wide-only", hit.folderTitle) : null);
}

export default async function homePage({ element, scope, router }) {
  setTitle([{ text: "Home" }]);
  const home = await api.get("/api/dashboards/home", { signal: scope.signal }).catch(() => null);
  if (scope.ended) return;
  if (home?.redirectUri) return router.go(home.redirectUri, { replace: true });
  const all = h("div.stack.dash-rows", h("div.empty", "Loading…")), starred = h("section.card", { hidden: true });
  const recent = recentDashboards();
  append(element, h("div.page.home", h("header.home-head", logo(56), h("div", h("h1", "Welcome to Martlet"), h("p.soft", "Your service, its containers and their metrics in one place."))),
    h("div.home-grid", h("div.stack", starred, h("section.card", h("div.row.spread", h("h5", "Dashboards"), h("a.link.small", { href: "/dashboards" }, "All dashboards")), all)),
      h("div.stack", recent.length ? h("section.card", h("h5", "Recently viewed"), h("div.stack.dash-rows", recent.slice(0, 6).map(dashboardRow))) : null,
        h("section.card", h("h5", "Next steps"), h("div.stack.dash-rows", session.canEdit && h("a.dash-row", { href: "/dashboard/import" }, icon("upload", 18), "Import a dashboard"), h("a.dash-row", { href: "/explore" }, icon("explore", 18), "Explore the metrics"), session.canEdit && h("a.dash-row", { href: "/connections/datasources/new" }, icon("database", 18), "Add a data source"), h("a.dash-row", { href: "/alerting/list" }, icon("bell", 18), "See alert rules")))))));
  const [hits, stars] = await Promise.all([api.get("/api/search", { query: { type: "dash-db", limit: 12 }, signal: scope.signal }), api.get("/api/search", { query: { starred: "true", limit: 12 }, signal: scope.signal }).catch(() => [])]);
  replace(all, hits.length ? hits.map(dashboardRow) : h("div.empty", "No dashboards yet. ", h("a.link", { href: "/dashboard/import" }, "Import one")));
  if (stars.length) { replace(starred, h("h5", "Starred"), h("div.stack.dash-rows", stars.map(dashboardRow))); starred.hidden = false; }
}
