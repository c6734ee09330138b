import { append, h, replace } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { confirm, toast } from "../lib/overlay.js";
import { fromNow } from "../models/dateFormat.js";
import { setTitle } from "./shell.js";

export default async function snapshotsPage({ element, scope }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Dashboards", href: "/dashboards" }, { text: "Snapshots" }]);
  const box = h("div.stack");
  append(element, h("div.page", h("h1", "Snapshots"), box));
  async function load() {
    const list = await api.get("/api/dashboard/snapshots", { signal: scope.signal });
    replace(box, list.length ? list.map((one) => h("div.card.source-row", h("a.grow", { href: `/dashboard/snapshot/${encodeURIComponent(one.key)}` }, one.name), h("span.small.soft", one.created ? fromNow(Date.parse(one.created)) : ""), h("button.button.small.danger", { type: "button", onclick: async () => { if (await confirm("Delete snapshot", `Delete ${one.name}?`)) { await api.delete(`/api/snapshots/${encodeURIComponent(one.key)}`).catch((error) => toast("error", error.message)); load(); } } }, "Delete"))) : h("div.card.empty", "No snapshots. Make one from a dashboard's Share dialog."));
  }
  await load();
}
