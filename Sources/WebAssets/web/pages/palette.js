// Search palette: recent dashboards, pages and everything that /api/search finds.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api, isAbort } from "../lib/api.js";
import { debounce, Scope } from "../lib/events.js";
import { toggleTheme } from "../lib/theme.js";
import { recentDashboards, session } from "./session.js";

export function openPalette(router) {
  if (document.querySelector(".palette")) return;
  const scope = new Scope(), before = document.activeElement;
  const close = () => { if (scope.ended) return; scope.end(); backdrop.remove(); before?.focus?.({ preventScroll: true }); };
  const actions = [
    ["Home", "home", "/"], ["Dashboards", "dashboards", "/dashboards"], ["Explore", "explore", "/explore"], ["Alert rules", "bell", "/alerting/list"], ["Data sources", "database", "/connections/datasources"],
    session.canEdit && ["New dashboard", "plus", "/dashboard/new"], session.canEdit && ["Import dashboard", "upload", "/dashboard/import"], ["Playlists", "play", "/playlists"], ["Profile", "user", "/profile"], session.isAdmin && ["Users", "user", "/admin/users"], session.isAdmin && ["Teams", "user", "/org/teams"],
  ].filter(Boolean).map(([text, image, href]) => ({ text, image, run: () => router.go(href) }));
  actions.push({ text: "Switch between dark and light", image: "sun", run: toggleTheme });
  const input = h("input.palette-input", { type: "text", placeholder: "Search or jump to…", "aria-label": "Search or jump to", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", autocomplete: "off", spellcheck: "false" });
  const list = h("div.menu.palette-list", { role: "listbox", "aria-label": "Results", id: "palette-list" });
  const backdrop = h("div.backdrop", { onpointerdown: (event) => { if (event.target === backdrop) close(); } }, h("section.dialog.palette", { role: "dialog", "aria-modal": "true", "aria-label": "Search" }, h("div.palette-head", icon("search", 18), input), list));
  let shown = [], active = 0, pending = null;

  function draw(groups) {
    shown = groups.flatMap(([, entries]) => entries);
    active = 0;
    replace(list, groups.filter(([, entries]) => entries.length).map(([title, entries]) => [h("div.menu-title", title), entries.map((entry) => {
      const index = shown.indexOf(entry);
      return h("div.menu-item", { role: "option", id: "palette-" + index, onclick: () => choose(index), onpointermove: () => select(index) }, icon(entry.image), h("span.cut", entry.text), entry.hint && h("span.hint.cut", entry.hint));
    })]), shown.length ? null : h("div.empty", "Nothing found"));
    select(0);
  }
  function select(index) {
    active = index;
    list.querySelectorAll(".menu-item").forEach((item, at) => { item.classList.toggle("active", at === index); item.setAttribute("aria-selected", String(at === index)); });
    input.setAttribute("aria-activedescendant", "palette-" + index);
    list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
  }
  function choose(index) {
    const entry = shown[index];
    close();
    entry?.run();
  }
  const dashboard = (hit) => ({ text: hit.title, hint: hit.folderTitle ?? "", image: hit.type === "dash-folder" ? "folder" : "dashboards", run: () => router.go(hit.url) });

  async function search() {
    const text = input.value.trim().toLowerCase();
    pending?.abort();
    if (!text) return draw([["Recent dashboards", recentDashboards().slice(0, 6).map(dashboard)], ["Pages", actions]]);
    const pages = actions.filter((action) => action.text.toLowerCase().includes(text));
    pending = new AbortController();
    try {
      const hits = await api.get("/api/search", { query: { query: text, limit: 30 }, signal: pending.signal });
      draw([["Dashboards", hits.map(dashboard)], ["Pages", pages]]);
    } catch (error) { if (!isAbort(error)) draw([["Pages", pages]]); }
  }
  const later = debounce(120, search);
  scope.on(input, "input", later);
  scope.on(backdrop, "keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") select((active + 1) % Math.max(1, shown.length));
    else if (event.key === "ArrowUp") select((active - 1 + shown.length) % Math.max(1, shown.length));
    else if (event.key === "Enter") choose(active);
    else if (event.key === "Tab") input.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  scope.add(() => { pending?.abort(); later.cancel(); });
  document.body.append(backdrop);
  input.focus();
  search();
}
