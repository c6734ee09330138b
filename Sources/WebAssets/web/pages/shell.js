// What stays around every page: top bar, side navigation, search palette, shortcuts.
import { absolute, here } from "../lib/base.js";
import { append, h, replace } from "../lib/dom.js";
import { icon, logo } from "../lib/icons.js";
import { menu } from "../lib/overlay.js";
import { chosenTheme, setTheme, shownTheme, toggleTheme } from "../lib/theme.js";
import { remember, remembered, session } from "./session.js";

let shell = null;

/** Sets the breadcrumbs ([{ text, href }], the last is the page) and the window's title; `extra` follows them. */
export function setTitle(crumbs, extra = []) {
  document.title = (crumbs.length ? crumbs[crumbs.length - 1].text + " · " : "") + "Martlet";
  if (!shell) return;
  replace(shell.crumbs, crumbs.map((crumb, at) => h("li", at < crumbs.length - 1 || crumb.href ? h("a", { href: crumb.href ?? "/", class: at === crumbs.length - 1 ? "current" : "" }, crumb.text) : h("span.current", { "aria-current": "page" }, crumb.text))),
    extra.length ? h("li.crumb-extra", extra) : null);
}

/** Hides the bars ("tv" keeps nothing either); Escape brings them back. */
export function setKiosk(on) { document.documentElement.classList.toggle("kiosk", Boolean(on)); }
export const isKiosk = () => document.documentElement.classList.contains("kiosk");

const sections = () => [
  { text: "Home", icon: "home", href: "/", exact: true },
  { text: "Dashboards", icon: "dashboards", href: "/dashboards", also: ["/d/", "/dashboard/"], items: [["Playlists", "/playlists"], ["Snapshots", "/dashboard/snapshots"], ["Import", "/dashboard/import"]] },
  { text: "Explore", icon: "explore", href: "/explore" },
  { text: "Alerting", icon: "bell", href: "/alerting/list" },
  { text: "Data sources", icon: "database", href: "/connections/datasources" },
  session.isAdmin && { text: "Administration", icon: "settings", href: "/admin/users", also: ["/org/"], items: [["Users", "/admin/users"], ["Teams", "/org/teams"], ["Service accounts", "/org/serviceaccounts"]] },
].filter(Boolean);

export function mountShell(body) {
  const main = h("main.main", { id: "main", tabindex: "-1" });
  const crumbs = h("ol.crumbs");
  const nav = h("nav.side", { "aria-label": "Main", id: "side" });
  const toggle = h("button.button.plain.square", { type: "button", "aria-label": "Open navigation", "aria-controls": "side", "aria-expanded": "false", onclick: () => setOpen(!open) }, icon("menu", 18));
  let open = false, docked = remembered("docked", false);
  const scrim = h("div.scrim", { hidden: true, onclick: () => setOpen(false) });

  function setOpen(next) {
    open = next;
    nav.classList.toggle("open", open);
    scrim.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) nav.querySelector("a")?.focus({ preventScroll: true });
  }
  function setDocked(next) {
    docked = next;
    remember("docked", docked);
    document.documentElement.classList.toggle("docked", docked);
    setOpen(false);
  }
  function drawNav() {
    const path = here();
    replace(nav, h("div.side-head", h("a.brand", { href: "/" }, logo(26), h("span", "Martlet")),
      h("button.button.plain.square.small.wide-only", { type: "button", "aria-label": docked ? "Undock menu" : "Dock menu", "aria-pressed": String(docked), onclick: () => setDocked(!docked) }, icon("split")),
      h("button.button.plain.square.small.narrow-only", { type: "button", "aria-label": "Close navigation", onclick: () => setOpen(false) }, icon("close"))),
    h("ul", sections().map((section) => {
      const active = section.exact ? path === section.href : path.startsWith(section.href) || section.also?.some((prefix) => path.startsWith(prefix));
      return h("li", h("a.side-link", { href: section.href, "aria-current": active ? "page" : null }, icon(section.icon, 18), section.text),
        section.items && active ? h("ul.side-sub", section.items.map(([text, href]) => h("li", h("a.side-link", { href, "aria-current": path === href ? "page" : null }, text)))) : null);
    })));
  }

  const search = h("button.search-box", { type: "button", "aria-label": "Search or jump to", onclick: () => openPalette() }, icon("search"), h("span.grow.wide-only", "Search or jump to…"), h("kbd.wide-only", "ctrl+k"));
  const userButton = h("button.avatar", { type: "button", "aria-label": "User menu", onclick: () => menu(userButton, [
    { title: session.user?.email && session.user.email !== session.user.login ? `${session.user.login} · ${session.user.email}` : session.user?.login ?? "" },
    { text: "Profile", icon: "user", href: "/profile" },
    { text: "Keyboard shortcuts", icon: "keyboard", hint: "?", run: () => openShortcuts() },
    { text: "Theme", icon: shownTheme() === "dark" ? "moon" : "sun", items: [["dark", "Dark"], ["light", "Light"], ["system", "System"]].map(([id, text]) => ({ text, checked: chosenTheme() === id, run: () => setTheme(id) })) },
    null, { text: "Sign out", icon: "logout", run: () => location.assign(absolute("/logout")) }], { align: "end" }) }, (session.user?.name || session.user?.login || "?").slice(0, 1).toUpperCase());
  const addButton = h("button.button.plain.square.wide-only", { type: "button", "aria-label": "New", onclick: () => menu(addButton, [{ text: "New dashboard", icon: "dashboards", href: "/dashboard/new" }, { text: "Import dashboard", icon: "upload", href: "/dashboard/import" }, { text: "Add data source", icon: "database", href: "/connections/datasources/new" }], { align: "end" }) }, icon("plus", 18));
  const helpButton = h("button.button.plain.square.wide-only", { type: "button", "aria-label": "Help", onclick: () => openShortcuts() }, icon("help", 18));

  const top = h("header.top-bar", h("a.skip", { href: "#main" }, "Skip to content"), toggle, h("a.brand", { href: "/", "aria-label": "Martlet, home" }, logo(26)), h("nav.crumb-nav", { "aria-label": "Breadcrumbs" }, crumbs), search, session.canEdit && addButton, helpButton, userButton);
  append(body, h("div.app", top, h("div.app-body", nav, scrim, main)));
  document.documentElement.classList.toggle("docked", docked);
  shell = { main, crumbs };
  drawNav();
  return {
    main,
    connect(router) {
      shell.router = router;
      const show = () => { drawNav(); setOpen(false); setKiosk(new URLSearchParams(location.search).has("kiosk")); };
      new MutationObserver(show).observe(crumbs, { childList: true });
      startShortcuts(router);
    },
  };
}

const openPalette = async () => (await import("./palette.js")).openPalette(shell.router);
const openShortcuts = async () => (await import("./shortcutHelp.js")).openShortcuts();

/** Two-key sequences and single keys; pages add theirs with `addShortcuts`. */
const pageKeys = new Map();
export function addShortcuts(scope, keys) {
  for (const [key, run] of Object.entries(keys)) {
    pageKeys.set(key, run);
    scope.add(() => { if (pageKeys.get(key) === run) pageKeys.delete(key); });
  }
}

function startShortcuts(router) {
  const keys = { "g h": () => router.go("/"), "g d": () => router.go("/dashboards"), "g e": () => router.go("/explore"), "g p": () => router.go("/profile"), "g a": () => router.go("/alerting/list"), "c t": toggleTheme, "?": openShortcuts };
  let pending = "", timer = 0;
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      const name = "ctrl+" + event.key.toLowerCase();
      if (name === "ctrl+k") { event.preventDefault(); openPalette(); return; }
      if (pageKeys.has(name) && (!typing || name === "ctrl+s")) { event.preventDefault(); pageKeys.get(name)(event); }
      return;
    }
    if (typing || event.altKey || document.querySelector(".backdrop, .drawer")) return;
    if (event.key === "Escape") { pageKeys.get("escape")?.(event); return; }
    if (event.key.length !== 1 && !event.key.startsWith("Arrow")) return;
    clearTimeout(timer);
    const sequence = pending ? pending + " " + event.key : event.key;
    const run = pageKeys.get(sequence) ?? keys[sequence] ?? (pending ? null : pageKeys.get(event.key) ?? keys[event.key]);
    pending = "";
    if (run) { event.preventDefault(); run(event); return; }
    if (sequence.length === 1) { pending = sequence; timer = setTimeout(() => { pending = ""; }, 1200); }
  });
}
