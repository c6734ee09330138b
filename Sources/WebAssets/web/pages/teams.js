// Teams: people that are given permissions together.
import { append, h, redraw, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { confirm, dialog, notice, toast } from "../lib/overlay.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

const crumbs = [{ text: "Home", href: "/" }, { text: "Teams", href: "/org/teams" }];

export default async function teamsPage(context) {
  if (context.parameters.id) return teamPage(context);
  const { element, scope, router } = context;
  setTitle([crumbs[0], { text: "Teams" }]);
  const box = h("div.card.list-card");
  append(element, h("div.page", h("div.row.spread.page-head", h("div", h("h1", "Teams"), h("p.soft", "People who get permissions together")), session.isAdmin && h("button.button.primary", { type: "button", onclick: add }, icon("plus"), "New team")), box));
  async function load() {
    const { teams } = await api.get("/api/teams/search?perpage=1000", { signal: scope.signal });
    replace(box, teams.length ? teams.map((team) => h("div.list-row", h("a.row.grow", { href: `/org/teams/edit/${team.id}` }, icon("user"), h("span.cut", team.name)), team.email ? h("span.small.soft.wide-only", team.email) : null, h("span.small.soft", team.memberCount === 1 ? "1 member" : `${team.memberCount} members`),
      session.isAdmin ? h("button.button.plain.square.small", { type: "button", "aria-label": `Delete ${team.name}`, onclick: () => remove(team) }, icon("trash")) : null)) : h("div.empty", session.isAdmin ? "No teams yet." : "You are in no team."));
  }
  async function remove(team) {
    if (!await confirm("Delete team", `Delete ${team.name}? What it was permitted goes with it.`)) return;
    try { await api.delete(`/api/teams/${team.id}`); await load(); } catch (error) { toast("error", error.message); }
  }
  function add() {
    const name = h("input.input", { id: "team-name" }), email = h("input.input", { id: "team-email", type: "email" }), fault = h("div");
    dialog("New team", (close) => {
      const create = async () => { try { const made = await api.post("/api/teams", { name: name.value.trim(), email: email.value.trim() }); close(); router.go(`/org/teams/edit/${made.teamId}`); } catch (error) { replace(fault, notice("error", error.message)); } };
      return { content: [h("div.field", h("label", { for: "team-name" }, "Name"), name), h("div.field", h("label", { for: "team-email" }, "Email"), email, h("span.hint", "Optional")), fault], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: create }, "Create team")] };
    });
  }
  await load();
}

/** One team: its name and its members. */
async function teamPage({ element, scope, parameters, router }) {
  const path = `/api/teams/${encodeURIComponent(parameters.id)}`;
  const team = await api.get(path, { signal: scope.signal });
  const mayChange = session.isAdmin || team.permission === 4;
  setTitle([...crumbs, { text: team.name }]);
  const members = h("div.stack"), fault = h("div"), heading = h("h1", team.name);
  const name = h("input.input", { id: "team-name", value: team.name, disabled: !mayChange }), email = h("input.input", { id: "team-email", type: "email", value: team.email, disabled: !mayChange });
  const person = h("select.select", { id: "team-person" }), addButton = h("button.button.primary", { type: "submit" }, icon("plus"), "Add member");
  // The list itself shows what has changed; this tells those who do not see it.
  const told = h("div.visually-hidden", { role: "status" });
  const attempt = async (text, run) => { try { await run(); replace(fault); replace(told, text); } catch (error) { replace(fault, notice("error", error.message)); } await redraw(members, load, person); };

  async function load() {
    const list = await api.get(`${path}/members`, { signal: scope.signal });
    replace(members, list.length ? list.map((member) => h("div.setting-row", h("div.grow.row", h("strong.cut", member.login), member.name ? h("span.soft.small.cut.wide-only", member.name) : null),
      mayChange ? h("select.select.small.level", { "aria-label": `Role of ${member.login} in the team`, onchange: (event) => attempt("Member changed", () => api.put(`${path}/members/${member.userId}`, { permission: Number(event.target.value) })) }, [[0, "Member"], [4, "Admin"]].map(([value, text]) => h("option", { value: String(value), selected: value === member.permission }, text))) : h("span.soft.small", member.permission === 4 ? "Admin" : "Member"),
      mayChange ? h("button.button.plain.square.small", { type: "button", "aria-label": `Remove ${member.login}`, onclick: () => attempt("Member removed", () => api.delete(`${path}/members/${member.userId}`)) }, icon("trash")) : null)) : h("div.empty", "No members yet."));
    if (!mayChange) return;
    // Whoever administers a team and nothing else is told no names.
    const people = await api.get("/api/org/users/lookup").catch(() => []), inside = new Set(list.map((member) => member.userId)), outside = people.filter((one) => !inside.has(one.userId));
    replace(person, outside.length ? outside.map((one) => h("option", { value: String(one.userId) }, one.login)) : h("option", { value: "" }, people.length ? "Everybody is in" : "Ask an administrator"));
    addButton.disabled = !outside.length;
  }
  async function remove() {
    if (!await confirm("Delete team", `Delete ${team.name}? What it was permitted goes with it.`)) return;
    try { await api.delete(path); router.go("/org/teams"); } catch (error) { toast("error", error.message); }
  }
  append(element, h("div.page.stack", h("div.row.spread.page-head", heading, mayChange && h("button.button.danger", { type: "button", onclick: remove }, "Delete team")), fault, told,
    h("form.card.permission-form", { onsubmit: (event) => { event.preventDefault(); attempt("Team updated", async () => { await api.put(path, { name: name.value.trim(), email: email.value.trim() }); team.name = name.value.trim(); replace(heading, team.name); setTitle([...crumbs, { text: team.name }]); toast("success", "Team saved"); }); } },
      h("div.field.grow", h("label", { for: "team-name" }, "Name"), name), h("div.field.grow", h("label", { for: "team-email" }, "Email"), email), mayChange && h("button.button", { type: "submit" }, "Save")),
    h("h5", "Members"), members,
    mayChange && h("form.card.permission-form", { onsubmit: (event) => { event.preventDefault(); if (person.value) attempt("Member added", () => api.post(`${path}/members`, { userId: Number(person.value) })); } }, h("div.field.grow", h("label", { for: "team-person" }, "Person"), person), addButton)));
  await load();
}
