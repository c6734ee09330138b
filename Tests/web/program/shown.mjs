// Dashboards of a few panels, as tests show and ask them. PICTURES=<folder> writes pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { audit, nameless, setTheme } from "./audit.mjs";
import { eventually } from "./webdriver.mjs";

/** The program and the browser of the file, as `withSite` gives them. */
export const site = {};
const datasource = { type: "prometheus", uid: "martlet" };

/** A panel with a query of its own; `rest` are its other parts. */
export const panel = (type, expr, rest = {}, target = { instant: true }) => ({ type, title: type, datasource, fieldConfig: { defaults: {}, overrides: [] }, options: {}, targets: [{ refId: "A", expr, ...target }], ...rest });
// A step as short as the scrapes: the last time that a graph asks for must not lie before the first scrape.
export const series = { range: true, interval: "1s", legendFormat: "{{job}}" };
export const table = { instant: true, format: "table" };

/** Saves a dashboard of some panels side by side and opens it; resolves when all have drawn. */
export async function show(panels, rest = {}) {
  const wide = Math.floor(24 / Math.min(3, panels.length));
  const dashboard = { uid: "shown", title: "Shown", schemaVersion: 42, time: { from: "now-5m", to: "now" }, refresh: "", ...rest,
    panels: panels.map((one, at) => ({ id: at + 1, gridPos: { x: (at % 3) * wide, y: Math.floor(at / 3) * 9, w: wide, h: 9 }, ...one })) };
  assert.equal(await site.browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ dashboard: arguments[0], overwrite: true }) }).then((answer) => answer.status)`, dashboard), 200);
  await site.browser.resize(1440, 900);
  await site.browser.open(`${site.program.dashboards}/d/shown/shown`);
  await rest.whenOpen?.();
  await drawn();
}

export const drawn = () => eventually("panels that have drawn", () => site.browser.run(`
  const bodies = [...document.querySelectorAll(".panel-body")];
  return bodies.length && bodies.every((one) => one.innerText.trim() || one.querySelector("canvas, svg")) && !document.querySelector("[aria-busy=true]");`), 15);

/** Runs the body of a function with `panel`, the element of the panel with a number (from 1), and `all(selector)` in it. */
export const inPanel = (number, script, ...rest) => site.browser.run(`const panel = document.querySelectorAll(".panel")[arguments[0] - 1], all = (selector) => [...panel.querySelectorAll(selector)]; ${script}`, number, ...rest);

/** Pictures at both sizes and in both themes, for people. */
export async function pictures(name) {
  if (!process.env.PICTURES) return;
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await site.browser.resize(width, height);
    for (const theme of ["light", "dark"]) {
      await setTheme(site.browser, theme);
      await site.browser.screenshot(join(process.env.PICTURES, `${name}-${width}-${theme}.png`));
    }
  }
  await site.browser.resize(1440, 900);
}

/** The same panels on a phone: no fault of names, sizes, contrasts. */
export async function onPhone() {
  await site.browser.resize(390, 844);
  await drawn();
  assert.deepEqual([...await audit(site.browser, true), ...await nameless(site.browser)], []);
}

export const over = (number) => inPanel(number, "const { left, top, width, height, bottom } = panel.querySelector('.u-over').getBoundingClientRect(), chart = panel.querySelector('.graph-chart').getBoundingClientRect(); return { left, top, width, height, below: chart.bottom - bottom }");

/** A press of the left button from one place to another; `modifiers`: 2 is Ctrl. */
export async function drag(from, to, modifiers = 0) {
  for (const [type, [x, y]] of [["mouseMoved", from], ["mousePressed", from], ...(from === to ? [] : [["mouseMoved", to]]), ["mouseReleased", to]])
    await site.browser.devtools("Input.dispatchMouseEvent", { type, x, y, modifiers, button: type === "mouseMoved" && from === to ? "none" : "left", buttons: type === "mouseReleased" ? 0 : 1, clickCount: 1 });
}
