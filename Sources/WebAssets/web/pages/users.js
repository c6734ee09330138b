import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { confirm, dialog, notice, toast } from "../lib/overlay.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

export default async function usersPage({ element, scope }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Users" }]);
  const box = h("div.card.list-card");
  append(element, h("div.page", h("div.row.spread.page-head", h("h1", "Users"), h("button.button.primary", { type: "button", onclick: () => add() }, icon("plus"), "New user")), box));
  const roles = ["Viewer", "Editor", "Admin"];
  async function load() {
    let users;
    try { users = await api.get("/api/org/users", { signal: scope.signal }); } catch (error) { if (error.status === 404) users = (await api.get("/api/users?perpage=1000&page=1", { signal: scope.signal })).map((user) => ({ ...user, userId: user.id })); else throw error; }
    replace(box, h("table.table", h("thead", h("tr", ["Login", "Name", "Email", "Role", "Last seen", ""].map((text) => h("th", text)))), h("tbody", users.map((user) => h("tr", h("td", user.login), h("td", user.name ?? ""), h("td", user.email ?? ""), h("td", h("select.select.small.role", { "aria-label": "Role of " + user.login, disabled: user.login === session.user.login, onchange: async (event) => { try { await api.patch(`/api/org/users/${user.userId}`, { role: event.target.value }); toast("success", "Role changed"); } catch (error) { toast("error", error.message); load(); } } }, roles.map((role) => h("option", { value: role, selected: (user.role ?? (user.isAdmin || user.isGrafanaAdmin ? "Admin" : "Viewer")) === role }, role)))), h("td", user.lastSeenAtAge ?? ""),
      h("td.right", h("button.button.small", { type: "button", onclick: () => password(user) }, "Password"), " ", user.login === session.user.login ? null : h("button.button.small.danger", { type: "button", onclick: async () => { if (!await confirm("Delete user", `Delete ${user.login}?`)) return; try { await api.delete(`/api/admin/users/${user.userId}`); load(); } catch (error) { toast("error", error.message); } } }, "Delete")))))));
  }
  const form = (title, fields, action, run) => dialog(title, (close) => {
    const fault = h("div"), inputs = fields.map(([label, id, properties]) => h("input.input", { id, "aria-label": label, ...properties }));
    return { content: [fields.map(([label, id], at) => h("div.field", h("label", { for: id }, label), inputs[at])), fault], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: async () => { try { await run(...inputs.map((input) => input.value)); close(); load(); } catch (error) { replace(fault, notice("error", error.message)); } } }, action)] };
  });
  const add = () => form("New user", [["Username", "u-login", {}], ["Name", "u-name", {}], ["Email", "u-email", { type: "email" }], ["Password", "u-password", { type: "password", autocomplete: "new-password" }]], "Create user", (login, name, email, secret) => api.post("/api/admin/users", { login, name, email, password: secret, OrgId: 1 }));
  const password = (user) => form(`Password of ${user.login}`, [["New password", "u-password", { type: "password", autocomplete: "new-password" }]], "Set password", (secret) => api.put(`/api/admin/users/${user.userId}/password`, { password: secret }).then(() => toast("success", "Password set")));
  await load();
}
