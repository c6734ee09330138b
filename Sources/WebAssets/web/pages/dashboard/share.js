// Share: link, embed code, snapshot.
import { absolute, here } from "../../lib/base.js";
import { h, replace } from "../../lib/dom.js";
import { api } from "../../lib/api.js";
import { dialog, notice, toast } from "../../lib/overlay.js";

export function openShare(page, view) {
  const { runtime, dashboard } = page, panel = view?.panel;
  const locked = h("input.switch", { type: "checkbox", checked: true, onchange: () => draw() }), theme = h("select.select", { "aria-label": "Theme", onchange: () => draw() }, [["", "Current theme"], ["dark", "Dark"], ["light", "Light"]].map(([value, text]) => h("option", { value }, text)));
  const link = h("input.input", { readonly: true, "aria-label": "Link" }), embed = h("textarea.textarea", { readonly: true, "aria-label": "Embed code" }), result = h("div");
  const solo = absolute(here().replace(/^\/d\//, "/d-solo/"));
  const copy = (input) => async () => { try { await navigator.clipboard.writeText(input.value); } catch { input.select(); document.execCommand("copy"); } toast("success", "Copied"); };
  function draw() {
    const options = { locked: locked.checked, theme: theme.value || null };
    link.value = runtime.sharedURL({ ...options, panelId: panel ? { viewPanel: panel.id } : null });
    if (panel) embed.value = `<iframe src="${runtime.sharedURL({ ...options, panelId: { panelId: panel.id }, path: solo }).replaceAll("&", "&amp;")}" width="450" height="200" frameborder="0"></iframe>`;
  }
  async function snapshot() {
    const copyOf = structuredClone(dashboard), results = new Map([...runtime.views].map((one) => [one.panel.id, one.result]));
    const visit = (panels) => { for (const one of panels ?? []) { const data = results.get(one?.id); if (data) { one.snapshotData = data.frames.map(({ fields, ...frame }) => ({ ...frame, fields })); } visit(one?.panels); } };
    visit(copyOf.panels);
    copyOf.time = { from: new Date(runtime.range.from).toISOString(), to: new Date(runtime.range.to).toISOString() };
    copyOf.refresh = "";
    try {
      const answer = await api.post("/api/snapshots", { dashboard: copyOf, name: dashboard.title, expires: 0 });
      replace(result, notice("success", "Snapshot made"), h("a.link", { href: answer.url ?? `/dashboard/snapshot/${answer.key}` }, answer.url ?? `/dashboard/snapshot/${answer.key}`));
    } catch (error) { replace(result, notice("error", error.message)); }
  }
  draw();
  dialog(panel ? `Share panel: ${panel.title || panel.id}` : "Share dashboard", (close) => ({
    content: [h("label.check", locked, "Lock the time range"), h("div.field", h("label", "Theme"), theme), h("div.field", h("label", "Link"), h("div.row", link, h("button.button", { type: "button", onclick: copy(link) }, "Copy"))), panel ? h("div.field", h("label", "Embed"), embed, h("div.row", h("button.button.small", { type: "button", onclick: copy(embed) }, "Copy"), h("a.button.small", { href: runtime.sharedURL({ locked: locked.checked, panelId: { panelId: panel.id }, path: solo }) }, "Open"))) : null, result],
    footer: [panel ? null : h("button.button", { type: "button", onclick: snapshot }, "Make a snapshot"), h("button.button.primary", { type: "button", onclick: close }, "Done")].filter(Boolean),
  }));
}
