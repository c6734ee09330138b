// What opens over a page, at desktop and phone size, dark and light: names, contrast, sizes, nothing cut off, and the
// keyboard in it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { audit, nameless, setTheme } from "./audit.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

let program;
let browser;
let dashboard;

withSite(async (site) => {
  ({ program, browser } = site);
  await fetch(`${program.webapp}/`);
  await program.signIn(browser);
  // A copy: the one that comes with the program cannot be saved.
  dashboard = program.dashboards + await browser.run(`
    const [{ uid }] = (await (await fetch("/api/search?query=Service")).json()).filter((one) => one.title === "Service");
    const { dashboard } = await (await fetch("/api/dashboards/uid/" + uid)).json();
    const body = JSON.stringify({ dashboard: { ...dashboard, id: null, uid: "opened", title: "Opened" } });
    return (await (await fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body })).json()).url;`);
});

const press = (selector) => `document.querySelector(${JSON.stringify(selector)}).click()`;
/** Presses what begins with a text, within an element. */
const choose = (text, scope) => `[...document.querySelector(${JSON.stringify(scope)}).querySelectorAll("button, a")].find((one) => one.checkVisibility() && one.innerText.trim().startsWith(${JSON.stringify(text)})).click()`;
const more = press(".dash-tools [aria-label=More]");
const settings = [more, choose("Settings", ".menu")];
const panelMenu = press(".panel-menu");

/** What clicks open, by scripts, on a dashboard, in Explore and in the panel editor: menus, dialogs, drawers. */
const opened = {
  "the time picker": [press(".time-button")],
  "the refresh intervals": [press(".every-button")],
  "a panel's menu": [panelMenu],
  "more of a panel's menu": [panelMenu, choose("More", ".menu")],
  "the search": [press(".search-box")],
  "the navigation": [press(".top-bar button")],
  "the user's menu": [press(".avatar")],
  "a description": [press(".panel-note")],
  "a variable's values": [press(".variable-value")],
  "the dashboard's menu": [more],
  "the save dialog": [more, choose("Save", ".menu")],
  "the dialog for a copy": [more, choose("Save as copy", ".menu")],
  "the share dialog": [more, choose("Share", ".menu")],
  "the share dialog of a panel": [panelMenu, choose("Share", ".menu")],
  "the export dialog": [more, choose("Export", ".menu")],
  "a question": [panelMenu, choose("Remove", ".menu")],
  "the data of a panel": [panelMenu, choose("Inspect", ".menu"), choose("Data", ".menu")],
  "the JSON of a panel": [panelMenu, choose("Inspect", ".menu"), choose("Panel JSON", ".menu")],
  "the general settings": settings,
  "the variables' settings": [...settings, choose("Variables", ".drawer")],
  "a variable's settings": [...settings, choose("Variables", ".drawer"), choose("$", ".drawer .content")],
  "an annotation's settings": [...settings, choose("Annotations", ".drawer"), choose("Add", ".drawer .content")],
  "a link's settings": [...settings, choose("Links", ".drawer"), choose("Add", ".drawer .content")],
  "the versions": [...settings, choose("Versions", ".drawer")],
  "the JSON model": [...settings, choose("JSON", ".drawer")],
};
const openedInExplore = {
  "the metrics browser": [choose("Metrics browser", ".explore")],
  "the query builder": [choose("Builder", ".explore"), choose("Filter", ".dialog"), choose("Operation", ".dialog")],
  "the query history": [choose("Query history", ".explore")],
};

/** What is wrong with the layer on top: parts beyond the window, and a focus that stayed behind. */
const auditOnTop = () => browser.run(`
  const layers = [...document.querySelectorAll(".popover, .dialog, .drawer, .side.open")].filter((one) => one.checkVisibility()), top = layers.pop();
  if (!top) return ["nothing was opened"];
  const faults = [], { left, right, top: upper, bottom } = top.getBoundingClientRect();
  if (left < -1 || right > innerWidth + 1 || upper < -1 || bottom > innerHeight + 1) faults.push("beyond the window: " + [left, upper, right, bottom].map(Math.round).join());
  if (!top.contains(document.activeElement)) faults.push("the focus is on " + document.activeElement.outerHTML.slice(0, 80));
  // What scrolls sideways by itself may; what is cut off may not.
  for (const one of top.querySelectorAll("button, input, select, label, h4, h5")) {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility() || one.closest(".tabs, .inspect-table, .code, table")) continue;
    if (box.right > Math.min(right, innerWidth) + 1 || box.left < left - 1) faults.push("cut off: " + one.outerHTML.slice(0, 100));
  }
  return faults;`);

/** Opens a page anew at both sizes, runs the steps, and audits what they opened in both themes. */
async function checkOpened(name, address, ready, steps) {
  const faults = [];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await browser.resize(width, height);
    await browser.open(address);
    await eventually("the page", () => browser.run(`return ${ready} && !document.querySelector('[aria-busy=true]')`), 10);
    await setTheme(browser, "light");
    for (const step of steps) {
      await eventually(`the step ${step}`, async () => { await browser.run(step); return true; }, 5);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await eventually("what was opened", () => browser.run("return [...document.querySelectorAll('.popover, .backdrop, .drawer, .side.open')].some((one) => one.checkVisibility())"), 5);
    for (const theme of ["light", "dark"]) {
      await setTheme(browser, theme);
      const found = [...await nameless(browser), ...await audit(browser, width < 500), ...await auditOnTop(), ...await browser.errors()];
      faults.push(...found.filter((fault) => !/Blocked attempt to show a 'beforeunload'/.test(fault)).map((fault) => `${width} ${theme} ${fault}`));
      if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, `opened-${name.replace(/\W+/g, "-")}-${width}-${theme}.png`));
    }
  }
  assert.deepEqual(faults, []);
}

for (const [name, steps] of Object.entries(opened)) {
  test(`${name} on a dashboard: accessible`, options, () => checkOpened(name, dashboard, "document.querySelectorAll('.panel-note').length > 2", steps));
}

for (const [name, steps] of Object.entries(openedInExplore)) {
  test(`${name} in Explore: accessible`, options, () => checkOpened(name, `${program.dashboards}/explore`, "!!document.querySelector('.explore')", steps));
}

test("the keyboard stays in a menu, leaves it by Escape, and moves between tabs by arrows", options, async () => {
  await browser.resize(1440, 900);
  await browser.open(dashboard);
  await eventually("the panels", () => browser.run("return document.querySelectorAll('.panel-note').length > 2"), 10);
  await browser.run("document.querySelector('.time-button').focus()");
  await browser.key("\uE007");
  await eventually("the picker", () => browser.run("return document.activeElement.closest('.time-picker') !== null"), 5);
  for (let at = 0; at < 60; at += 1) {
    await browser.key("\uE004");
    assert.ok(await browser.run("return document.activeElement.closest('.time-picker') !== null"), `Tab ${at} stays in the picker`);
  }
  await browser.key("\uE00C");
  assert.equal(await browser.run("return document.querySelector('.popover') === null && document.activeElement.className.includes('time-button')"), true, "Escape gives the focus back");
  for (const step of settings) { await browser.run(step); await new Promise((resolve) => setTimeout(resolve, 200)); }
  await eventually("the settings", () => browser.run("document.querySelector('.drawer [role=tab]')?.focus(); return document.activeElement.getAttribute('role') === 'tab'"), 5);
  await browser.key("\uE014");
  assert.equal(await browser.run("return document.activeElement.innerText + document.querySelector('.drawer [aria-selected=true]').innerText"), "VariablesVariables");
  await browser.key("\uE00C");
  assert.equal(await browser.run("return document.querySelector('.drawer') === null"), true);
});
