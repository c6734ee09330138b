// Options of panels as dashboards write them: what the page shows of each. PICTURES=<folder> writes pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTheme } from "./audit.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const datasource = { type: "prometheus", uid: "martlet" };
let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await fetch(`${program.webapp}/`);
  await eventually("two scrapes of each part", async () => (await program.query("sum(count_over_time(up[1m]) > bool 1)")) === 4);
  await program.signIn(browser);
});

/** A panel with a query of its own; `rest` are its other parts. */
const panel = (type, expr, rest = {}, target = { instant: true }) => ({ type, title: type, datasource, fieldConfig: { defaults: {}, overrides: [] }, options: {}, targets: [{ refId: "A", expr, ...target }], ...rest });
const table = { instant: true, format: "table" };

/** Saves a dashboard of some panels side by side and opens it; resolves when all have drawn. */
async function show(panels, rest = {}) {
  const wide = Math.floor(24 / Math.min(3, panels.length));
  const dashboard = { uid: "shown", title: "Shown", schemaVersion: 42, time: { from: "now-5m", to: "now" }, refresh: "", ...rest,
    panels: panels.map((one, at) => ({ id: at + 1, gridPos: { x: (at % 3) * wide, y: Math.floor(at / 3) * 9, w: wide, h: 9 }, ...one })) };
  assert.equal(await browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ dashboard: arguments[0], overwrite: true }) }).then((answer) => answer.status)`, dashboard), 200);
  await browser.resize(1440, 900);
  await browser.open(`${program.dashboards}/d/shown/shown`);
  await rest.whenOpen?.();
  await drawn();
}

const drawn = () => eventually("panels that have drawn", () => browser.run(`
  const bodies = [...document.querySelectorAll(".panel-body")];
  return bodies.length && bodies.every((one) => one.childElementCount) && !document.querySelector("[aria-busy=true]");`), 15);

/** Runs the body of a function with `panel`, the element of the panel with a number (from 1), and `all(selector)` in it. */
const inPanel = (number, script, ...rest) => browser.run(`const panel = document.querySelectorAll(".panel")[arguments[0] - 1], all = (selector) => [...panel.querySelectorAll(selector)]; ${script}`, number, ...rest);

/** Pictures at both sizes and in both themes, for people. */
async function pictures(name) {
  if (!process.env.PICTURES) return;
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await browser.resize(width, height);
    for (const theme of ["light", "dark"]) {
      await setTheme(browser, theme);
      await browser.screenshot(join(process.env.PICTURES, `${name}-${width}-${theme}.png`));
    }
  }
  await browser.resize(1440, 900);
}

test("keys: zoom, view, copy and paste of a panel, and a list that names them", options, async () => {
  await show([panel("stat", "vector(7)", { title: "Seven" })], { time: { from: "now-4h", to: "now" } });
  const hours = async () => { const { searchParams } = new URL(await browser.url()); return (Number(searchParams.get("to")) - Number(searchParams.get("from"))) / 3600e3; };
  for (const key of ["t", "-"]) await browser.key(key);
  await eventually("twice the range", async () => (await hours()) === 8, 5);
  for (const key of ["t", "="]) await browser.key(key);
  await eventually("the range again", async () => (await hours()) === 4, 5);
  const [x, y] = await inPanel(1, "const box = panel.getBoundingClientRect(); return [box.left + 40, box.top + 60]");
  await browser.hover(x, y);
  for (const key of ["p", "c"]) await browser.key(key);
  await browser.shows("Panel copied", 5);
  await browser.open(`${program.dashboards}/dashboard/new`);
  await browser.shows("Start your new dashboard");
  for (const key of ["p", "v"]) await browser.key(key);
  await eventually("the pasted panel", () => browser.run("return document.querySelector('.panel')?.innerText.includes('7')"), 10);
  for (const key of ["d", "v"]) await browser.key(key);
  await eventually("no bars", () => browser.run("return !document.querySelector('.top-bar').checkVisibility()"), 5);
  await browser.key("\uE00C");
  await eventually("the bars again", () => browser.run("return document.querySelector('.top-bar').checkVisibility()"), 5);
  await browser.key("?");
  await eventually("the list", () => browser.run("return document.querySelector('.dialog')?.innerText.includes('Paste panel')"), 5);
  await pictures("keys");
  assert.deepEqual(await browser.errors(), []);
});
