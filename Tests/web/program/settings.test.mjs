// A dashboard's settings and the places of its panels: what they do on the page and what is saved.
import assert from "node:assert/strict";
import { test } from "node:test";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const datasource = { type: "prometheus", uid: "martlet" };
let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await program.signIn(browser);
  await browser.run(`
    const send = (path, body) => fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    await send("/api/folders", { title: "Moved here", uid: "moved" });
    await send("/api/dashboards/db", { dashboard: { title: "Other", uid: "other", tags: ["linked"], schemaVersion: 42, panels: [] } });
    await send("/api/dashboards/db", { dashboard: arguments[0] });`, {
    title: "Set", uid: "set", schemaVersion: 42, time: { from: "now-5m", to: "now" },
    templating: { list: [{ name: "word", type: "textbox", query: "one" }, { name: "span", type: "interval", query: "1m,5m", auto: false }] },
    annotations: { list: [{ name: "Marks", enable: true, datasource, expr: "vector(1)", iconColor: "red" }] },
    links: [{ title: "Away", type: "link", url: "/d/other/other", keepTime: true, includeVars: true }, { title: "Tagged", type: "dashboards", tags: ["linked"], asDropdown: false, keepTime: true }],
    panels: [{ id: 1, type: "text", title: "Text", gridPos: { x: 0, y: 0, w: 12, h: 4 }, options: { mode: "markdown", content: "Hello" } }],
  });
});

const press = (text, scope) => browser.run(`[...document.querySelectorAll(arguments[1] + " button")].filter((one) => one.checkVisibility()).find((one) => one.innerText.trim().startsWith(arguments[0]) || one.getAttribute("aria-label") === arguments[0]).click()`, text, scope);
const set = (selector, value) => browser.run(`const one = document.querySelector(arguments[0]); if (one.type === "checkbox") one.checked = arguments[1]; else one.value = arguments[1]; for (const type of ["input", "change"]) one.dispatchEvent(new Event(type, { bubbles: true }));`, selector, value);
const open = async (query = "") => {
  await browser.open(`${program.dashboards}/d/set/set${query}`);
  await eventually("the page", () => browser.run("return document.querySelectorAll('.dash-link').length === 2"), 10);
};
async function openSettings(tab) {
  await open();
  await press("Dashboard settings", ".dash-tools");
  await eventually("the settings", () => browser.run("return !!document.querySelector('.drawer .settings')"), 5);
  await press(tab, ".drawer .tabs");
}
async function saved() {
  await press("Close", ".drawer");
  return save();
}
async function save() {
  await press("Save dashboard", ".dash-tools");
  await eventually("the dialog", () => browser.run("return !!document.querySelector('.dialog')"), 5);
  await browser.click(".dialog footer .primary");
  await eventually("the end of the dialog", () => browser.run("return !document.querySelector('.dialog')"), 5);
  return browser.run("return fetch('/api/dashboards/uid/set').then((answer) => answer.json())");
}
const addresses = () => browser.run("return [...document.querySelectorAll('a.dash-link')].map((one) => one.getAttribute('href'))");

test("links carry the time and the values that the page has now", options, async () => {
  await open("?from=now-1h&to=now");
  assert.deepEqual(await addresses(), ["/d/other/other?from=now-1h&to=now&var-word=one&var-span=1m", "/d/other/other?from=now-1h&to=now"]);
  await set(".variable .input", "two");
  await eventually("the new value", async () => (await addresses())[0].includes("var-word=two"), 5);
  await browser.run("document.querySelector('.time-button').click()");
  await press("Last 3 hours", ".time-picker");
  await eventually("the new time", async () => (await addresses()).every((one) => one.includes("from=now-3h")), 5);
});

test("a look at the settings is no change", options, async () => {
  await openSettings("Links");
  for (const tab of ["General", "Variables", "Annotations"]) await press(tab, ".drawer .tabs");
  await press("Close", ".drawer");
  assert.equal(await browser.run("return document.querySelector('.dash-tools .dirty') === null"), true);
});

test("refresh intervals, delay and folder", options, async () => {
  await openSettings("General");
  await eventually("the folders", () => browser.run("return document.querySelectorAll('#set-folder option').length > 1"), 5);
  await set("#set-refresh_intervals", "7s, 2m");
  await set("#set-nowDelay", "1m");
  await set("#set-folder", "moved");
  const { dashboard, meta } = await saved();
  assert.deepEqual(dashboard.timepicker, { refresh_intervals: ["7s", "2m"], nowDelay: "1m" });
  assert.equal(meta.folderUid, "moved");
  await open();
  await browser.run("document.querySelector('.every-button').click()");
  assert.deepEqual(await browser.run("return [...document.querySelectorAll('.menu .menu-item')].map((one) => one.innerText)"), ["Off", "Auto", "7s", "2m"]);
});

test("an interval of its own steps, and a copy of a variable", options, async () => {
  await openSettings("Variables");
  await press("$span", ".drawer .content");
  await set("#set-auto_count", "10");
  await set("#set-auto_min", "1m");
  await press("All variables", ".drawer .content");
  await browser.run("[...document.querySelectorAll('.drawer [aria-label=Duplicate]')].pop().click()");
  const { list } = (await saved()).dashboard.templating;
  assert.deepEqual(list.map(({ name }) => name), ["word", "span", "copy_of_span"]);
  assert.equal(list[1].auto_count, 10);
  assert.equal(list[1].auto_min, "1m");
});

test("an annotation is shown in some panels", options, async () => {
  await openSettings("Annotations");
  await press("Marks", ".drawer .content");
  await set(".drawer [aria-label='Show in']", "except");
  await set("#set-panels", "3, 4");
  assert.deepEqual((await saved()).dashboard.annotations.list[0].filter, { exclude: true, ids: [3, 4] });
});

test("an address of Grafana's opens the settings at their tab", options, async () => {
  for (const [name, text] of [["templating", "Variables"], ["annotations", "Annotations"], ["settings", "General"], ["dashboard_json", "JSON model"], ["unheard", "General"]]) {
    await open(`?editview=${name}`);
    await eventually(`the tab ${text}`, () => browser.run("return document.querySelector('.drawer [role=tab][aria-selected=true]')?.innerText === arguments[0]", text), 5);
  }
});

test("a dashboard that is not editable is so once somebody says so", options, async () => {
  await browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard: { title: "Fixed", uid: "fixed", editable: false, schemaVersion: 42, panels: [{ id: 1, type: "text", title: "Text", gridPos: { x: 0, y: 0, w: 12, h: 4 }, options: { content: "Hello" } }] } }) })`);
  await browser.open(`${program.dashboards}/d/fixed/fixed?editPanel=1`);
  const hasSave = () => browser.run("return !!document.querySelector('.dash-tools [aria-label=\"Save dashboard\"]')");
  await eventually("the panel", () => browser.run("return document.querySelector('.panel-body')?.innerText.includes('Hello')"), 10);
  assert.equal(await hasSave(), false);
  assert.equal(await browser.run("return !!document.querySelector('.editor')"), false);
  await press("More", ".dash-tools");
  await press("Make editable", ".menu");
  await eventually("the button", hasSave, 5);
  await press("Save dashboard", ".dash-tools");
  await eventually("the dialog", () => browser.run("return !!document.querySelector('.dialog')"), 5);
  await browser.click(".dialog footer .primary");
  await eventually("the end of the dialog", () => browser.run("return !document.querySelector('.dialog')"), 5);
  assert.equal(await browser.run("return fetch('/api/dashboards/uid/fixed').then((answer) => answer.json()).then(({ dashboard }) => dashboard.editable)"), true);
});

test("a panel is moved and resized by the keyboard", options, async () => {
  const key = (name, shiftKey = false) => browser.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], shiftKey: arguments[1], bubbles: true, cancelable: true }))", name, shiftKey);
  const begin = async () => {
    await browser.run("document.querySelector('.panel [aria-haspopup=menu]').click()");
    await press("More…", ".menu");
    await press("Move or resize", ".menu");
  };
  await browser.resize(1440, 900);
  await open();
  await begin();
  for (const [name, shift] of [["ArrowRight"], ["ArrowRight"], ["ArrowRight"], ["ArrowRight", true], ["ArrowRight", true], ["ArrowDown", true], ["Enter"]]) await key(name, shift);
  // What is put back is not kept.
  await begin();
  await key("ArrowLeft");
  await key("Escape");
  const { dashboard } = await save();
  assert.deepEqual(dashboard.panels[0].gridPos, { x: 3, y: 0, w: 14, h: 5 });
});

test("a table with pages shows as many rows as fit", options, async () => {
  await browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard: arguments[0] }) })`, {
    title: "Paged", uid: "paged", schemaVersion: 42, time: { from: "now-5m", to: "now" }, panels: [{ id: 1, type: "table", title: "Names", datasource, gridPos: { x: 0, y: 0, w: 12, h: 8 }, fieldConfig: { defaults: {}, overrides: [] },
      options: { footer: { enablePagination: true } }, targets: [{ refId: "A", expr: 'count by (__name__) ({__name__!=""})', instant: true, format: "table" }] }] });
  await browser.resize(1440, 900);
  await browser.open(`${program.dashboards}/d/paged/paged`);
  const status = async () => (await browser.run("return document.querySelector('.grid-pages [role=status]')?.innerText ?? ''")).match(/^(\d+) – (\d+) of (\d+) rows$/)?.slice(1).map(Number);
  await eventually("the pages", async () => (await status())?.[2] > 20, 10);
  const [first, last, count] = await status();
  assert.equal(first, 1);
  assert.ok(last > 2 && last < 12, `${last} rows`);
  assert.equal(await browser.run("return document.querySelectorAll('.grid-body .grid-row').length"), last);
  assert.deepEqual(await browser.run("const one = document.querySelector('.grid-table'); return one.scrollHeight <= one.clientHeight ? [] : [one.scrollHeight, one.clientHeight, ...[...one.children].map((part) => part.offsetHeight)]"), []);
  assert.equal(await browser.run("return document.querySelector('[aria-label=\"Previous page\"]').disabled"), true);
  await press("Next page", ".grid-pages");
  assert.deepEqual(await status(), [last + 1, 2 * last, count]);
});

test("all panels fit into the window when the address asks for it", options, async () => {
  await browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard: arguments[0] }) })`, {
    title: "High", uid: "high", schemaVersion: 42, panels: [1, 2, 3, 4].map((id) => ({ id, type: "text", title: `Panel ${id}`, gridPos: { x: 0, y: 10 * id, w: 24, h: 10 }, options: { content: "Hello" } })) });
  await browser.resize(1440, 900);
  const bottom = () => browser.run("return document.querySelectorAll('.panel').length === 4 ? Math.round(Math.max(...[...document.querySelectorAll('.panel')].map((one) => one.getBoundingClientRect().bottom)) / innerHeight * 100) : 0");
  await browser.open(`${program.dashboards}/d/high/high`);
  await eventually("the panels", async () => await bottom() > 150, 10);
  await browser.open(`${program.dashboards}/d/high/high?autofitpanels`);
  await eventually("panels that fit", async () => { const part = await bottom(); return part > 85 && part <= 100; }, 10);
  for (const key of ["d", "a"]) await browser.run("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }))", key);
  await eventually("the panels as they were", async () => await bottom() > 150, 5);
  assert.equal((await browser.url()).includes("autofitpanels"), false);
});
