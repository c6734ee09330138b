import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api, isAbort } from "../lib/api.js";
import { debounce } from "../lib/events.js";
import { confirm, dialog, menu, toast } from "../lib/overlay.js";
import { openPermissions } from "./permissions.js";
import { offerFolders, sharedUID } from "./folders.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

export default async function dashboardListPage({ element, scope, parameters, query, router }) {
  const folder = parameters.folder === sharedUID ? { uid: sharedUID, title: "Shared with me", isShared: true } : parameters.folder ? await api.get(`/api/folders/${encodeURIComponent(parameters.folder)}`, { signal: scope.signal }) : null;
  setTitle([{ text: "Home", href: "/" }, { text: "Dashboards", href: folder ? "/dashboards" : undefined }, ...(folder ? [{ text: folder.title }] : [])]);
  const mayEdit = folder ? folder.canSave : session.canEdit;
  const search = h("input.input", { type: "search", placeholder: "Search for dashboards and folders", "aria-label": "Search for dashboards and folders", value: query.get("query") ?? "" });
  const starred = h("input", { type: "checkbox", checked: query.get("starred") === "true" });
  const sort = h("select.select", { "aria-label": "Sort", value: "alpha" }, h("option", { value: "alpha-asc" }, "A to Z"), h("option", { value: "alpha-desc" }, "Z to A"));
  const tagButton = h("button.button.outline", { type: "button", onclick: chooseTags }, icon("filter"), h("span", "Filter by tag"));
  const rows = h("div.list-rows"), chosen = new Set(), tags = new Set(query.getAll("tag"));
  const selection = h("div.row", { hidden: true });
  const newButton = h("button.button.primary", { type: "button", onclick: () => menu(newButton, [{ text: "New dashboard", icon: "dashboards", href: "/dashboard/new" + (folder ? "?folderUid=" + folder.uid : "") }, { text: "New folder", icon: "folder", run: newFolder }, { text: "Import", icon: "upload", href: "/dashboard/import" + (folder ? "?folderUid=" + folder.uid : "") }], { align: "end" }) }, "New", icon("down"));
  append(element, h("div.page", h("div.row.spread.wrap.page-head", h("div", h("h1", folder?.title ?? "Dashboards"), h("p.soft", folder?.isShared ? "Dashboards in folders that you may not see" : "Create and manage dashboards to see your data")), mayEdit && h("div.row.wrap", folder?.canAdmin && h("button.button", { type: "button", onclick: () => openPermissions("folders", folder) }, "Permissions"), folder && h("button.button", { type: "button", onclick: deleteFolder }, "Delete folder"), newButton)),
    h("div.row.wrap.list-tools", h("div.input-icon.grow", icon("search"), search), tagButton, h("label.check", starred, "Starred"), h("div.sort", sort)), selection, h("div.card.list-card", rows)));
  let pending = null;

  async function load() {
    pending?.abort();
    pending = new AbortController();
    router.setQuery({ query: search.value || null, starred: starred.checked ? "true" : null, tag: [...tags] });
    const narrowed = Boolean(search.value || starred.checked || tags.size);
    const base = { query: search.value || null, tag: [...tags], starred: starred.checked ? "true" : null, folderUIDs: folder?.uid ?? null, limit: 1000 };
    try {
      const hits = await api.get("/api/search", { query: base, signal: pending.signal });
      if (scope.ended) return;
      const shown = narrowed || folder ? hits.filter((hit) => hit.uid !== folder?.uid) : hits.filter((hit) => !hit.folderUid);
      if (!narrowed && !folder && hits.some((hit) => hit.folderUid === sharedUID)) shown.push({ uid: sharedUID, title: "Shared with me", type: "dash-folder", url: `/dashboards/f/${sharedUID}` });
      const factor = sort.value === "alpha-desc" ? -1 : 1;
      shown.sort((a, b) => (a.type === "dash-folder" ? 0 : 1) - (b.type === "dash-folder" ? 0 : 1) || factor * a.title.localeCompare(b.title));
      chosen.clear();
      drawSelection();
      replace(rows, shown.length ? shown.map(row) : h("div.empty", narrowed ? "No dashboard matches." : folder?.isShared ? "Nobody shares a dashboard of a closed folder with you." : folder ? "This folder is empty." : "No dashboards yet."));
    } catch (error) { if (!isAbort(error)) replace(rows, h("div.empty", error.message)); }
  }
  function row(hit) {
    const box = h("input", { type: "checkbox", "aria-label": "Select " + hit.title, onchange: () => { if (box.checked) chosen.add(hit); else chosen.delete(hit); drawSelection(); } });
    return h("div.list-row", mayEdit && (hit.type !== "dash-folder" ? h("label.check", box) : h("span.box-space")), h("a.row.grow", { href: hit.url }, icon(hit.type === "dash-folder" ? "folder" : "dashboards"), h("span.cut", hit.title)),
      hit.isStarred ? icon("star", 14) : null, h("div.row.wide-only", (hit.tags ?? []).slice(0, 4).map((tag) => h("button.badge", { type: "button", onclick: () => { tags.add(tag); drawTags(); load(); } }, tag))), narrowFolder(hit));
  }
  const narrowFolder = (hit) => (hit.folderTitle && !folder ? h("a.small.soft.wide-only", { href: `/dashboards/f/${hit.folderUid}` }, hit.folderTitle) : null);
  function drawSelection() {
    selection.hidden = chosen.size === 0;
    replace(selection, h("span", `${chosen.size} selected`), h("button.button.small", { type: "button", onclick: move }, "Move"), h("button.button.small.danger", { type: "button", onclick: remove }, "Delete"));
  }
  async function remove() {
    if (!await confirm("Delete dashboards", `Delete ${chosen.size} dashboard${chosen.size === 1 ? "" : "s"}? This cannot be undone.`)) return;
    for (const hit of chosen) await api.delete(`/api/dashboards/uid/${encodeURIComponent(hit.uid)}`).catch((error) => toast("error", error.message));
    load();
  }
  async function move() {
    const target = h("select.select", { "aria-label": "Folder" }, session.canEdit && h("option", { value: "" }, "Dashboards (no folder)"));
    await offerFolders(target);
    dialog("Move", (close) => ({ content: h("div.field", h("label", "Folder"), target), footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: async () => {
      close();
      for (const hit of chosen) {
        try {
          const { dashboard } = await api.get(`/api/dashboards/uid/${encodeURIComponent(hit.uid)}`);
          await api.post("/api/dashboards/db", { dashboard, folderUid: target.value, overwrite: true, message: "Moved" });
        } catch (error) { toast("error", `${hit.title}: ${error.message}`); }
      }
      load();
    } }, "Move")] }));
  }
  function newFolder() {
    const name = h("input.input", { "aria-label": "Folder name", placeholder: "Folder name" });
    dialog("New folder", (close) => ({ content: h("div.field", h("label", "Folder name"), name), footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: async () => {
      if (!name.value.trim()) return;
      try { await api.post("/api/folders", { title: name.value.trim(), ...(folder ? { parentUid: folder.uid } : {}) }); close(); load(); } catch (error) { toast("error", error.message); }
    } }, "Create")] }));
  }
  async function deleteFolder() {
    if (!await confirm("Delete folder", `Delete the folder ${folder.title} and all dashboards in it?`)) return;
    try { await api.delete(`/api/folders/${encodeURIComponent(folder.uid)}`); router.go("/dashboards"); } catch (error) { toast("error", error.message); }
  }
  function drawTags() { replace(tagButton, icon("filter"), h("span", tags.size ? [...tags].join(", ") : "Filter by tag"), tags.size ? h("span.badge", String(tags.size)) : null); }
  async function chooseTags() {
    const all = await api.get("/api/dashboards/tags").catch(() => []);
    menu(tagButton, [...all.map(({ term, count }) => ({ text: term, hint: String(count), checked: tags.has(term), run: () => { if (tags.has(term)) tags.delete(term); else tags.add(term); drawTags(); load(); } })),
      ...(tags.size ? [null, { text: "Clear", run: () => { tags.clear(); drawTags(); load(); } }] : []), ...(all.length ? [] : [{ title: "No tags" }])]);
  }
  const later = debounce(150, load);
  scope.on(search, "input", later);
  scope.on(starred, "change", load);
  scope.on(sort, "change", load);
  scope.add(() => { pending?.abort(); later.cancel(); });
  drawTags();
  await load();
}
