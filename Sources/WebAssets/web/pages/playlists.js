// Playlists: dashboards shown one after the other.
import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { confirm, dialog, notice, toast } from "../lib/overlay.js";
import { parseDuration } from "../models/timeRange.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

let playing = null;

async function play(playlist, router) {
  playing?.stop();
  const items = playlist.items ?? [], addresses = [];
  for (const item of items) {
    if (item.type === "dashboard_by_tag") for (const hit of await api.get("/api/search", { query: { tag: item.value, type: "dash-db" } })) addresses.push(hit.url);
    else addresses.push(`/d/${encodeURIComponent(item.value)}`);
  }
  if (!addresses.length) return toast("warning", "This playlist has no dashboards");
  let at = 0;
  const bar = h("div.playlist-bar", { role: "toolbar", "aria-label": "Playlist" }), show = () => router.go(addresses[at] + "?kiosk"), every = parseDuration(playlist.interval) ?? 300e3;
  const next = (by = 1) => { at = (at + by + addresses.length) % addresses.length; show(); };
  let timer = setInterval(next, every);
  playing = { stop() { clearInterval(timer); bar.remove(); playing = null; } };
  replace(bar, h("button.button.small", { type: "button", "aria-label": "Previous", onclick: () => next(-1) }, icon("left")), h("button.button.small", { type: "button", onclick: () => { playing.stop(); router.go("/playlists"); } }, "Stop"), h("button.button.small", { type: "button", "aria-label": "Next", onclick: () => { clearInterval(timer); timer = setInterval(next, every); next(); } }, icon("right")));
  document.body.append(bar);
  show();
}

export default async function playlistsPage({ element, scope, router, parameters }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Dashboards", href: "/dashboards" }, { text: "Playlists" }]);
  if (parameters.id) return play(await api.get(`/api/playlists/${encodeURIComponent(parameters.id)}`), router);
  const box = h("div.stack");
  append(element, h("div.page", h("div.row.spread.page-head", h("h1", "Playlists"), session.canEdit && h("button.button.primary", { type: "button", onclick: () => edit({ name: "", interval: "5m", items: [] }) }, icon("plus"), "New playlist")), box));
  async function load() {
    const list = await api.get("/api/playlists", { signal: scope.signal });
    replace(box, list.length ? list.map((one) => h("div.card.source-row", h("span.grow", one.name), h("span.small.soft", "every " + one.interval), h("button.button.small.primary", { type: "button", onclick: async () => play(await api.get(`/api/playlists/${one.uid ?? one.id}`), router) }, icon("play"), "Start"), session.canEdit && h("button.button.small", { type: "button", onclick: async () => edit(await api.get(`/api/playlists/${one.uid ?? one.id}`)) }, "Edit"), session.canEdit && h("button.button.small.danger", { type: "button", onclick: async () => { if (await confirm("Delete playlist", `Delete ${one.name}?`)) { await api.delete(`/api/playlists/${one.uid ?? one.id}`).catch((error) => toast("error", error.message)); load(); } } }, "Delete"))) : h("div.card.empty", "No playlists yet"));
  }
  async function edit(playlist) {
    const hits = await api.get("/api/search", { query: { type: "dash-db", limit: 1000 } }), name = h("input.input", { "aria-label": "Name", value: playlist.name }), interval = h("input.input", { "aria-label": "Interval", value: playlist.interval }), items = new Set((playlist.items ?? []).filter((item) => item.type !== "dashboard_by_tag").map((item) => item.value)), fault = h("div");
    dialog(playlist.uid ? "Edit playlist" : "New playlist", (close) => ({ content: [h("div.field", h("label", "Name"), name), h("div.field", h("label", "Interval"), interval), h("div.field", h("label", "Dashboards"), h("div.pick-list", hits.map((hit) => h("label.check", h("input", { type: "checkbox", checked: items.has(hit.uid), onchange: (event) => { if (event.target.checked) items.add(hit.uid); else items.delete(hit.uid); } }), hit.title)))), fault], footer: [h("button.button.primary", { type: "button", onclick: async () => {
      const body = { ...playlist, name: name.value.trim(), interval: interval.value.trim(), items: [...items].map((value) => ({ type: "dashboard_by_uid", value })) };
      try { await (playlist.uid ? api.put(`/api/playlists/${playlist.uid}`, body) : api.post("/api/playlists", body)); close(); load(); } catch (error) { replace(fault, notice("error", error.message)); }
    } }, "Save")] }));
  }
  await load();
}
