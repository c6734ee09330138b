// Who may use a folder or dashboard: a list whose entries are changed at once.
import { h, redraw, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { drawer, notice } from "../lib/overlay.js";
import { levelHints, levels, partEntries } from "../models/permissionEntries.js";

const levelOptions = (chosen) => levels.map((level) => h("option", { value: level, selected: level === chosen }, level));

/** Fills `box` with the permissions of `resource` ("folders" or "dashboards") and what changes them. */
export async function showPermissions(box, resource, uid) {
  const path = `/api/access-control/${resource}/${encodeURIComponent(uid)}`;
  const what = resource === "folders" ? "folder" : "dashboard";
  const entries = h("div.stack.permissions"), inherited = h("div.stack"), fault = h("div");
  // The list itself shows what has changed; this tells those who do not see it.
  const told = h("div.visually-hidden", { role: "status" });

  async function change(grantee, level) {
    try {
      await api.post(`${path}/${grantee.path}`, { permission: level });
      replace(fault);
      replace(told, level ? "Permission updated" : "Permission removed");
    } catch (error) { replace(fault, notice("error", error.message)); }
    await redraw(entries, load, kind);
  }
  function row(entry) {
    return h("div.setting-row", h("div.grow.row", h("strong.cut", entry.name), h("span.badge", entry.kind)),
      h("select.select.small.level", { "aria-label": `Permission of ${entry.name}`, onchange: (event) => change(entry, event.target.value) }, levelOptions(entry.level)),
      h("button.button.plain.square.small", { type: "button", "aria-label": `Remove ${entry.name}`, onclick: () => change(entry, "") }, icon("trash")));
  }
  async function load() {
    let parts;
    try { parts = partEntries(await api.get(path)); } catch (error) {
      // Whoever takes their own permission away does not see the list any more.
      replace(entries, notice("error", error.message));
      replace(inherited);
      return;
    }
    replace(entries, parts.own.length ? parts.own.map(row) : h("div.empty", parts.inherited.length ? "Nobody but those of the folders above." : "Nobody but administrators."));
    replace(inherited, h("h5", "Also permitted"),
      h("div.setting-row", h("div.grow.row", h("strong", "Administrators"), h("span.badge", "Role")), h("span.soft.small", "Admin")),
      parts.inherited.map((entry) => h("div.setting-row", h("div.grow.row", h("strong.cut", entry.name), h("span.badge", entry.kind), h("span.soft.small", "from a folder above")), h("span.soft.small", entry.level))));
  }

  const targets = { Role: async () => ["Viewer", "Editor"].map((role) => [`builtInRoles/${role}`, role]),
    Team: async () => (await api.get("/api/teams/search?perpage=1000")).teams.map((team) => [`teams/${team.id}`, team.name]),
    User: async () => (await api.get("/api/org/users/lookup")).map((user) => [`users/${user.userId}`, user.login]) };
  const kind = h("select.select", { id: "permission-kind", onchange: () => fillTargets() }, Object.keys(targets).reverse().map((name) => h("option", { value: name }, name)));
  const target = h("select.select", { id: "permission-target" }), level = h("select.select", { id: "permission-level" }, levelOptions("View"));
  const hint = h("span.soft.small", { id: "permission-hint" });
  const showHint = () => replace(hint, levelHints[level.value]);
  level.addEventListener("change", showHint);
  level.setAttribute("aria-describedby", "permission-hint");
  const add = h("button.button.primary", { type: "submit" }, icon("plus"), "Add");
  async function fillTargets() {
    add.disabled = true;
    const asked = kind.value;
    try {
      const found = await targets[asked]();
      if (asked !== kind.value) return;
      replace(target, found.length ? found.map(([value, text]) => h("option", { value }, text)) : h("option", { value: "" }, "None there are"));
      add.disabled = !found.length;
    } catch (error) { replace(fault, notice("error", error.message)); }
  }
  const form = h("form.card.permission-form", { onsubmit: (event) => { event.preventDefault(); if (target.value) change({ path: target.value }, level.value); } },
    h("div.field", h("label", { for: "permission-kind" }, "Kind"), kind), h("div.field.grow", h("label", { for: "permission-target" }, "Who"), target),
    h("div.field", h("label", { for: "permission-level" }, "Permission"), level), add, hint);

  replace(box, h("h5", `Permissions of this ${what}`), h("p.soft.small", resource === "folders" ? "What is given here holds for everything in the folder, and nothing inside takes it away." : "Adds to what its folder gives."), fault, told, entries, form, inherited);
  showHint();
  await Promise.all([load(), fillTargets()]);
}

/** The same in a panel from the side. */
export function openPermissions(resource, { uid, title }) {
  drawer(`Permissions of ${title}`, (element) => {
    const body = h("div.stack.settings");
    element.append(h("div.content", body));
    showPermissions(body, resource, uid);
  });
}
