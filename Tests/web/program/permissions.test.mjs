// Permissions of folders and dashboards, and teams: what is set on the pages, and what others then see.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { audit, nameless, setTheme, unfocused } from "./audit.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const password = "a long password";
let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await program.signIn(browser);
  await browser.run(`
    const send = async (path, body) => { const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }); if (!answer.ok) throw new Error(path + " " + await answer.text()); };
    for (const login of ["ann", "bob"]) await send("/api/admin/users", { login, name: login + " of the long name", password: arguments[0], role: "Viewer" });
    await send("/api/folders", { title: "Vault", uid: "vault" });
    await send("/api/folders", { title: "Open", uid: "open" });
    for (const [uid, folderUid] of [["gold", "vault"], ["silver", "open"]]) await send("/api/dashboards/db", { folderUid, dashboard: { title: uid, uid, schemaVersion: 42, panels: [{ id: 1, type: "text", title: "Text", gridPos: { x: 0, y: 0, w: 12, h: 4 }, options: { content: "Content of " + uid } }] } });`, password);
});

const press = (text, scope = "main") => browser.run(`[...document.querySelectorAll(arguments[1] + " button")].filter((one) => one.checkVisibility()).find((one) => one.innerText.trim().startsWith(arguments[0]) || one.getAttribute("aria-label") === arguments[0]).click()`, text, scope);
const select = (selector, text) => browser.run(`const one = document.querySelector(arguments[0]); one.value = [...one.options].find((option) => option.text === arguments[1]).value; one.dispatchEvent(new Event("change", { bubbles: true }));`, selector, text);
const optionsOf = (selector) => browser.run("return [...document.querySelector(arguments[0])?.options ?? []].map((one) => one.text)", selector);
const rows = (scope) => browser.run("return [...document.querySelectorAll(arguments[0] + ' .setting-row')].map((one) => [one.querySelector('strong').innerText, one.querySelector('select')?.value ?? ''])", scope);
const until = (name, selector, expected) => eventually(name, async () => JSON.stringify(await rows(selector)) === JSON.stringify(expected), 10).catch(async () => assert.deepEqual(await rows(selector), expected));
const ask = (path) => browser.run("return fetch(arguments[0]).then(async (answer) => ({ status: answer.status, body: await answer.json() }))", path);
const list = ".drawer .permissions";

async function add(kind, name, level) {
  await select("#permission-kind", kind);
  await eventually(`${name} to choose`, async () => (await optionsOf("#permission-target")).includes(name), 5);
  await select("#permission-target", name);
  await select("#permission-level", level);
  await press("Add", ".drawer");
}
async function openSettings() {
  await eventually("the button", () => browser.run("return !!document.querySelector('.dash-tools [aria-label=\"Dashboard settings\"]')"), 5);
  await press("Dashboard settings", ".dash-tools");
  await eventually("the settings", () => browser.run("return !!document.querySelector('.drawer .settings')"), 5);
}
async function signIn(login, secret) {
  await browser.forget();
  await browser.open(`${program.dashboards}/login`);
  const status = await browser.run(`return fetch("/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: arguments[0], password: arguments[1] }) }).then((answer) => answer.status)`, login, secret);
  assert.equal(status, 200);
}
/** What the page is like at both sizes and in both themes. */
async function faults(name) {
  const found = [...await nameless(browser), ...await unfocused(browser)];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await browser.resize(width, height, { mobile: width < 500 });
    for (const theme of ["light", "dark"]) {
      await setTheme(browser, theme);
      if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, `${name}-${width}-${theme}.png`));
      found.push(...(await audit(browser, width < 500)).map((fault) => `${width} ${theme} ${fault}`));
    }
  }
  await browser.resize(1440, 900);
  found.push(...await browser.errors());
  return found;
}

test("a team is made, named and filled", options, async () => {
  await browser.open(`${program.dashboards}/org/teams`);
  await browser.shows("No teams yet.", 10);
  await press("New team");
  await browser.type("#team-name", "Crew");
  await browser.type("#team-email", "crew@example.org");
  await press("Create team", ".dialog");
  await browser.shows("No members yet.", 10);
  await eventually("the people", async () => (await optionsOf("#team-person")).includes("bob"), 5);
  await select("#team-person", "bob");
  await press("Add member");
  await until("the member", "main", [["bob", "0"]]);
  assert.equal((await optionsOf("#team-person")).includes("bob"), false);
  await select("[aria-label='Role of bob in the team']", "Admin");
  await until("the role", "main", [["bob", "4"]]);
  await browser.type("#team-name", "Deck");
  await press("Save");
  await eventually("the new name", () => browser.run("return document.querySelector('h1').innerText === 'Deck'"), 5);
  assert.deepEqual(await faults("team"), []);
  await browser.open(`${program.dashboards}/org/teams`);
  await browser.shows("1 member", 10);
  assert.deepEqual(await faults("teams"), []);
});

test("a folder is closed to all but those who are named", options, async () => {
  await browser.open(`${program.dashboards}/dashboards/f/vault`);
  await browser.shows("gold", 10);
  await press("Permissions");
  await until("the list", list, [["Editor", "Edit"], ["Viewer", "View"]]);
  await press("Remove Editor", list);
  await until("one entry", list, [["Viewer", "View"]]);
  await press("Remove Viewer", list);
  await eventually("nobody", () => browser.run("return document.querySelector('.drawer').innerText.includes('Nobody but administrators.')"), 5);
  await add("User", "ann", "View");
  await until("the user", list, [["ann", "View"]]);
  await add("Team", "Deck", "View");
  await until("the team", list, [["Deck", "View"], ["ann", "View"]]);
  await select(`${list} [aria-label='Permission of ann']`, "Edit");
  await until("the change", list, [["Deck", "View"], ["ann", "Edit"]]);
  assert.deepEqual(await faults("folder"), []);
  const { body } = await ask("/api/folders/vault/permissions");
  assert.deepEqual(body.map((one) => [one.team || one.userLogin, one.permission]).sort(), [["Deck", 1], ["ann", 2]]);
});

test("a dashboard's settings show what the folder gives and add to it", options, async () => {
  await browser.open(`${program.dashboards}/d/gold/gold`);
  await browser.shows("Content of gold", 10);
  await openSettings();
  await press("Permissions", ".drawer .tabs");
  await eventually("what is inherited", () => browser.run("return document.querySelectorAll('.drawer .setting-row').length === 3 && document.querySelector('.drawer').innerText.includes('from a folder above')"), 5);
  await add("Role", "Editor", "Admin");
  await until("the role", list, [["Editor", "Admin"]]);
  assert.deepEqual(await faults("dashboard"), []);
  assert.equal(await browser.run("return document.querySelector('.dash-tools .dirty') === null"), true);
});

test("others see what they were given and no more", options, async () => {
  await signIn("ann", password);
  await browser.open(`${program.dashboards}/dashboards/f/vault`);
  await browser.shows("gold", 10);
  // She may edit what is inside, and not say who else may.
  assert.deepEqual(await browser.run("return [...document.querySelectorAll('.page-head button')].map((one) => one.innerText.trim())"), ["Delete folder", "New"]);
  await browser.open(`${program.dashboards}/d/gold/gold`);
  await browser.shows("Content of gold", 10);
  await openSettings();
  assert.equal((await browser.run("return [...document.querySelectorAll('.drawer .tab')].map((one) => one.innerText)")).includes("Permissions"), false);
  await browser.open(`${program.dashboards}/d/silver/silver`);
  await browser.shows("Content of silver", 10);
  assert.equal(await browser.run("return document.querySelector('.dash-tools [aria-label=\"Dashboard settings\"]')"), null);

  // Bob sees by his team.
  await signIn("bob", password);
  assert.equal((await ask("/api/dashboards/uid/gold")).status, 200);
  await browser.open(`${program.dashboards}/org/teams`);
  await browser.shows("Deck", 10);
  assert.equal(await browser.run("return document.querySelector('main [aria-label=\"Delete Deck\"]')"), null);

  await signIn("admin", "foobar");
  await browser.open(`${program.dashboards}/org/teams`);
  await browser.shows("Deck", 10);
  await press("Delete Deck");
  await press("Delete", ".dialog footer");
  await browser.shows("No teams yet.", 10);

  await signIn("bob", password);
  await browser.open(`${program.dashboards}/dashboards`);
  await browser.shows("Open", 10);
  assert.equal((await browser.text()).includes("Vault"), false);
  await browser.open(`${program.dashboards}/d/gold/gold`);
  await browser.shows("additional permissions", 10);
  assert.equal((await browser.text()).includes("Content of gold"), false);
});

test("what is shared out of a closed folder is found, and folders inside others can be chosen", options, async () => {
  await browser.errors();
  await signIn("admin", "foobar");
  await browser.run(`for (const [path, body] of [["/api/access-control/dashboards/gold/users/" + (await (await fetch("/api/users/lookup?loginOrEmail=bob")).json()).id, { permission: "View" }], ["/api/folders", { title: "Inner", uid: "inner", parentUid: "open" }]]) {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(path + " " + await answer.text());
  }`);
  await browser.open(`${program.dashboards}/d/silver/silver`);
  await browser.shows("Content of silver", 10);
  await press("More", ".dash-tools");
  await eventually("the menu", () => browser.run("const one = [...document.querySelectorAll('.menu-item')].find((item) => item.innerText.includes('Save as copy')); one?.click(); return !!one"), 5);
  await eventually("the folders", async () => (await optionsOf(".dialog [aria-label='Folder']")).includes("Open / Inner"), 5);
  await signIn("bob", password);
  await browser.open(`${program.dashboards}/dashboards`);
  await browser.shows("Shared with me", 10);
  assert.equal((await browser.text()).includes("gold"), false);
  await browser.run("[...document.querySelectorAll('.list-row a')].find((one) => one.innerText.includes('Shared with me')).click()");
  await browser.shows("gold", 10);
  assert.equal((await browser.text()).includes("Vault"), false);
  assert.equal((await browser.text()).includes("silver"), false);
  assert.deepEqual(await faults("shared"), []);
});
