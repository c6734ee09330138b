// The server's entry: theme, top bar, routes.
import { h, replace } from "./lib/dom.js";
import { isAbort } from "./lib/api.js";
import { here } from "./lib/base.js";
import { icon, logo } from "./lib/icons.js";
import { menu, notice, startHints } from "./lib/overlay.js";
import { Router } from "./lib/router.js";
import { chosenTheme, setTheme, startTheme } from "./lib/theme.js";

startTheme();
startHints();

const links = [["Query", "/query"], ["Alerts", "/alerts"], ["Rules", "/rules"], ["Targets", "/targets"]];
const statusLinks = [
  ["Target health", "/targets"], ["Rule health", "/rules"], ["Service discovery", "/service-discovery"],
  ["Runtime and build", "/status"], ["Storage", "/tsdb-status"], ["Flags", "/flags"], ["Configuration", "/config"],
  ["Alertmanagers", "/alertmanager-discovery"],
];

const page = (title, load) => async (context) => {
  document.title = title + " · Martlet server";
  drawBar();
  try {
    const module = await load();
    if (!context.scope.ended) await module.default(context);
  } catch (error) {
    if (context.scope.ended || isAbort(error)) return;
    console.error(error);
    replace(context.element, h("div.page", h("h1", title), notice("error", "This page could not be shown", error.message)));
  }
};

const bar = h("header.nav-bar");
const main = h("main", { id: "main", tabindex: "-1" });

function drawBar() {
  const path = here();
  const link = ([text, href]) => h("a.nav-link", { href, "aria-current": path === href || (href === "/query" && path === "/graph") ? "page" : null }, text);
  const isStatus = statusLinks.slice(2).some(([, href]) => href === path);
  replace(bar, h("a.skip", { href: "#main" }, "Skip to the page"), h("a.brand", { href: "/query", "aria-label": "Martlet server" }, logo(24), h("span.wide-only", "Martlet server")),
    h("nav.nav-links", { "aria-label": "Main" }, links.map(link),
      h("button.nav-link", { type: "button", "aria-haspopup": "menu", "aria-current": isStatus ? "page" : null, onclick: (event) => menu(event.currentTarget, statusLinks.map(([text, href]) => ({ text, href }))) }, "Status", icon("down", 14))),
    h("span.grow"),
    h("button.button.plain.square", { type: "button", "aria-label": "Theme", "aria-haspopup": "menu", onclick: (event) => menu(event.currentTarget, [["system", "As the system"], ["dark", "Dark"], ["light", "Light"]].map(([value, text]) => ({ text, checked: chosenTheme() === value, run: () => setTheme(value) })), { align: "end" }) }, icon("sun")));
  bar.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.body.append(bar, main);
const status = () => import("./pages/serverStatus.js");
const query = page("Query", () => import("./pages/serverQuery.js"));
new Router(main)
  .add("/query", query).add("/graph", query)
  .add("/targets", page("Targets", () => import("./pages/serverTargets.js")))
  .add("/service-discovery", page("Service discovery", () => import("./pages/serverDiscovery.js")))
  .add("/alerts", page("Alerts", () => import("./pages/serverRules.js").then((module) => ({ default: module.alertsPage }))))
  .add("/rules", page("Rules", () => import("./pages/serverRules.js").then((module) => ({ default: module.rulesPage }))))
  .add("/status", page("Runtime and build", () => status().then((module) => ({ default: module.runtimePage }))))
  .add("/tsdb-status", page("Storage", () => status().then((module) => ({ default: module.storagePage }))))
  .add("/flags", page("Flags", () => status().then((module) => ({ default: module.flagsPage }))))
  .add("/config", page("Configuration", () => status().then((module) => ({ default: module.configurationPage }))))
  .add("/alertmanager-discovery", page("Alertmanagers", () => status().then((module) => ({ default: module.alertmanagersPage }))))
  .fallback(({ element }) => replace(element, h("div.page", h("h1", "Not found"), h("p", "There is no page at ", location.pathname, ". ", h("a.link", { href: "/query" }, "To the query page")))))
  .start();
