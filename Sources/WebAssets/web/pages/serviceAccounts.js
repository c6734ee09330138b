import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { confirm, dialog, notice, toast } from "../lib/overlay.js";
import { setTitle } from "./shell.js";

export default async function serviceAccountsPage({ element, scope }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Service accounts" }]);
  const box = h("div.stack");
  append(element, h("div.page", h("div.row.spread.page-head", h("div", h("h1", "Service accounts"), h("p.soft", "Tokens for programs that use the API")), h("button.button.primary", { type: "button", onclick: add }, icon("plus"), "Add service account")), box));
  async function load() {
    const answer = await api.get("/api/serviceaccounts/search?perpage=1000", { signal: scope.signal }), accounts = answer.serviceAccounts ?? [];
    replace(box, accounts.length ? accounts.map((account) => {
      const tokens = h("div.stack"), show = async () => replace(tokens, (await api.get(`/api/serviceaccounts/${account.id}/tokens`)).map((token) => h("div.row", h("span.grow", token.name), h("span.small.soft", token.expiration ? "expires " + token.expiration : "no expiry"), h("button.button.small.danger", { type: "button", onclick: async () => { await api.delete(`/api/serviceaccounts/${account.id}/tokens/${token.id}`).catch((error) => toast("error", error.message)); show(); } }, "Revoke"))));
      return h("details.card.rule-group", { ontoggle: (event) => { if (event.target.open) show().catch((error) => toast("error", error.message)); } }, h("summary", h("strong", account.name), h("span.badge", account.role ?? ""), h("span.small.soft", `${account.tokens ?? 0} tokens`)), tokens, h("div.row", h("button.button.small", { type: "button", onclick: () => token(account, show) }, icon("plus"), "Add token"), h("button.button.small.danger", { type: "button", onclick: async () => { if (await confirm("Delete service account", `Delete ${account.name} and its tokens?`)) { await api.delete(`/api/serviceaccounts/${account.id}`).catch((error) => toast("error", error.message)); load(); } } }, "Delete")));
    }) : h("div.card.empty", "No service accounts"));
  }
  function add() {
    const name = h("input.input", { "aria-label": "Name" }), role = h("select.select", { "aria-label": "Role" }, ["Viewer", "Editor", "Admin"].map((one) => h("option", { value: one }, one))), fault = h("div");
    dialog("New service account", (close) => ({ content: [h("div.field", h("label", "Name"), name), h("div.field", h("label", "Role"), role), fault], footer: [h("button.button.primary", { type: "button", onclick: async () => { try { await api.post("/api/serviceaccounts", { name: name.value.trim(), role: role.value }); close(); load(); } catch (error) { replace(fault, notice("error", error.message)); } } }, "Create")] }));
  }
  function token(account, show) {
    const name = h("input.input", { "aria-label": "Token name", value: "token-" + Date.now().toString(36) }), box2 = h("div");
    dialog("New token", (close) => ({ content: [h("div.field", h("label", "Name"), name), box2], footer: [h("button.button", { type: "button", onclick: close }, "Close"), h("button.button.primary", { type: "button", onclick: async (event) => { try { const made = await api.post(`/api/serviceaccounts/${account.id}/tokens`, { name: name.value }); event.target.remove(); replace(box2, notice("success", "Copy the token now; it is not shown again."), h("code.code.wrapped", made.key)); show(); } catch (error) { replace(box2, notice("error", error.message)); } } }, "Generate")] }));
  }
  await load();
}
