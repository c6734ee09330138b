// The dashboards' entry: theme, session, shell, routes.
import { absolute, here } from "./lib/base.js";
import { startTheme } from "./lib/theme.js";
import { askAhead, setUnauthorizedHandler } from "./lib/api.js";
import { Router } from "./lib/router.js";
import { startHints } from "./lib/overlay.js";
import { h } from "./lib/dom.js";
import { session } from "./pages/session.js";
import { mountShell } from "./pages/shell.js";

startTheme();
startHints();

setUnauthorizedHandler(() => {
  if (here() === "/login") return;
  const to = location.pathname + location.search;
  location.assign(absolute("/login") + (to === "/" ? "" : "?redirectTo=" + encodeURIComponent(to)));
});

const page = (load) => async (context) => {
  try {
    const module = await load();
    if (!context.scope.ended) await module.default(context);
  } catch (error) {
    if (context.scope.ended || error?.name === "AbortError" || error?.status === 401) return;
    console.error(error);
    const { errorPage } = await import("./pages/errors.js");
    errorPage(context, error);
  }
};

async function start() {
  if (here() === "/login") {
    const main = document.body.appendChild(h("main.bare"));
    return new Router(main).add("/login", page(() => import("./pages/login.js"))).start();
  }
  const [, kind, uid] = here().split("/");
  if ((kind === "d" || kind === "d-solo") && uid) {
    // All that a dashboard needs is under way before the session is known.
    askAhead("/api/dashboards/uid/" + uid);
    import("./charts/chart.js").then((charts) => charts.loadCharts()).catch(() => {});
    import("./pages/dashboard.js").catch(() => {});
  }
  try { await session.load(); } catch (error) {
    if (error.status === 401) return;
    document.body.append(h("main.bare", h("div.empty", "The server cannot be reached. ", h("a.link", { href: location.href }, "Try again"))));
    return;
  }
  const shell = mountShell(document.body);
  const router = new Router(shell.main);
  shell.connect(router);
  router.add("/", page(() => import("./pages/home.js")))
    .add("/dashboards", page(() => import("./pages/dashboardList.js"))).add("/dashboards/f/:folder/:slug?", page(() => import("./pages/dashboardList.js")))
    .add("/dashboard/import", page(() => import("./pages/importDashboard.js")))
    .add("/dashboard/new", page(() => import("./pages/dashboard.js")))
    .add("/dashboard/snapshot/:key", page(() => import("./pages/dashboard.js")))
    .add("/d/:uid/:slug?", page(() => import("./pages/dashboard.js")))
    .add("/d-solo/:uid/:slug?", page(() => import("./pages/soloPanel.js")))
    .add("/explore", page(() => import("./pages/explore.js")))
    .add("/connections/datasources", page(() => import("./pages/datasources.js")))
    .add("/connections/datasources/new", page(() => import("./pages/datasourceForm.js")))
    .add("/connections/datasources/edit/:uid", page(() => import("./pages/datasourceForm.js")))
    .add("/datasources", ({ router: own }) => own.go("/connections/datasources", { replace: true }))
    .add("/alerting/list", page(() => import("./pages/alerting.js")))
    .add("/playlists", page(() => import("./pages/playlists.js"))).add("/playlists/play/:id", page(() => import("./pages/playlists.js")))
    .add("/dashboard/snapshots", page(() => import("./pages/snapshots.js")))
    .add("/profile", page(() => import("./pages/profile.js")))
    .add("/admin/users", page(() => import("./pages/users.js"))).add("/admin", ({ router: own }) => own.go("/admin/users", { replace: true }))
    .add("/org/teams", page(() => import("./pages/teams.js"))).add("/org/teams/edit/:id", page(() => import("./pages/teams.js")))
    .add("/org/serviceaccounts", page(() => import("./pages/serviceAccounts.js")))
    .fallback(page(() => import("./pages/errors.js").then((module) => ({ default: module.notFoundPage }))));
  await router.start();
}

start();
