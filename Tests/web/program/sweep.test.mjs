// Every dashboard file of a folder is imported, opened and scrolled to its end: each panel shows data, "No data" or an
// error that says what is wrong, and no script fails. The folder is MARTLET_DASHBOARDS, or shared/dashboards beside
// the checkout. SWEEP_PICTURES=<folder> writes a picture of each dashboard's first screen.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { Machine } from "./machine.mjs";
import { checkout, Program } from "./program.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const folder = process.env.MARTLET_DASHBOARDS ?? join(checkout, "../shared/dashboards");
const pictures = process.env.SWEEP_PICTURES;
const missing = options.skip || (existsSync(folder) ? false : `needs dashboard files in ${folder} (MARTLET_DASHBOARDS)`);
const files = missing ? [] : (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".json")).sort();
let program;
let browser;
let machine;

withSite(async (site) => {
  ({ program, browser } = site);
  await program.signIn(browser);
  // Steps as short as the scrapes: a graph has points after some seconds.
  assert.equal(await browser.run(`
    const address = "/api/datasources/uid/martlet", source = await (await fetch(address)).json();
    const body = JSON.stringify({ ...source, jsonData: { ...source.jsonData, timeInterval: "1s" } });
    return (await fetch(address, { method: "PUT", headers: { "content-type": "application/json" }, body })).status;`), 200);
  await fetch(`${program.webapp}/`);
  await eventually("four scrapes of the machine", () => program.query('count_over_time(up{job="node"}[1m]) > 3'));
}, async () => {
  machine = await Machine.start(await Promise.all(files.map((name) => readFile(join(folder, name), "utf8"))));
  return Program.up([], { configuration: ({ webapp, server }) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: webapp
    static_configs: [{ targets: ["127.0.0.1:${webapp}"] }]
  - job_name: prometheus
    static_configs: [{ targets: ["127.0.0.1:${server}"] }]
  - job_name: node
    static_configs: [{ targets: ["127.0.0.1:${machine.port}"] }]
` });
}, missing);
after(() => machine?.stop());

/** Imports a file as the import page does; gives the dashboard's address. */
async function importFile(name) {
  const dashboard = JSON.parse(await readFile(join(folder, name), "utf8"));
  const [status, answer] = await browser.run(`
    const inputs = (arguments[0].__inputs ?? []).map((one) => one.type === "datasource"
      ? { name: one.name, type: one.type, pluginId: one.pluginId, value: "martlet" }
      : { name: one.name, type: one.type, value: one.value ?? "" });
    return fetch("/api/dashboards/import", { method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ dashboard: arguments[0], overwrite: true, inputs, folderUid: "" }) })
      .then(async (answer) => [answer.status, await answer.json()]);`, dashboard);
  assert.equal(status, 200, JSON.stringify(answer));
  return program.dashboards + answer.importedUrl;
}

/**
 * What each panel in sight shows: [key, title, kind, text]. `data` is more than a frame: a chart whose plot has a
 * coloured pixel, a tile, a cell, a text. `blank` is a panel that shows nothing at all.
 */
const look = () => browser.run(`
  const painted = (canvas) => {
    if (!canvas.width || !canvas.height) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    // Axes and grid are grey, their channels at most 19 apart; of lines of several colours on one another 34 may be left.
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] > 60 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 26) return true;
    return false;
  };
  const kindOf = (body) => {
    if (body.querySelector(".panel-state.unknown")) return "unsupported";
    if (body.querySelector(".panel-state.error")) return "error";
    if (body.querySelector(".panel-state, .graph-note:not([hidden])")) return "none";
    const canvases = [...body.querySelectorAll("canvas")];
    if (canvases.some(painted)) return "data";
    if (!body.querySelector(".uplot, canvas.drawing") && (body.innerText.trim() || body.querySelector("svg, img, .bar-fill, .lamp"))) return "data";
    return "blank";
  };
  const seen = [], bottom = innerHeight;
  for (const panel of document.querySelectorAll(".panel")) {
    const box = panel.getBoundingClientRect();
    if (box.bottom < 0 || box.top > bottom) continue;
    const body = panel.querySelector(".panel-body");
    seen.push([[box.left, box.top + scrollY].map(Math.round).join(), panel.getAttribute("aria-label"), panel.ariaBusy === "true" || !body.childElementCount ? "busy" : kindOf(body), body.innerText.trim().slice(0, 200)]);
  }
  return seen;`);

/** The panels in sight, once none of them waits or changes. A blank one is given a second: charts draw in a frame. */
async function settled() {
  const blankUntil = Date.now() + 1500;
  let last;
  return eventually("the panels in sight", async () => {
    last = await look();
    return last.every(([, , kind]) => kind !== "busy" && (kind !== "blank" || Date.now() > blankUntil)) && last;
  }, 15).catch(() => last);
}

/** Opens every row, scrolls to the end; all panels by their place. */
async function walk(address) {
  await browser.resize(1440, 900);
  await browser.open(`${address}${address.includes("?") ? "&" : "?"}from=now-1m&to=now&refresh=`);
  await eventually("the dashboard", () => browser.run("return !!document.querySelector('.dash .grid-item')"));
  await settled();
  if (pictures) await browser.screenshot(join(pictures, `${basename(address.split("?")[0])}.png`));
  // A tall window needs fewer steps.
  await browser.resize(1440, 2400);
  // Each click draws the rows anew.
  await browser.run("for (let row; (row = document.querySelector('.grid-row-title.collapsed .row-toggle'));) row.click()");
  const panels = new Map();
  for (let top = 0, end = Infinity; top < end; top += 2200) {
    end = await browser.run("scrollTo(0, arguments[0]); return document.documentElement.scrollHeight", top);
    for (const [key, title, kind, text] of await settled()) panels.set(key, { title, kind, text });
  }
  return [...panels.values()];
}

for (const name of files) {
  test(`every panel of ${name} shows something`, async (t) => {
    const address = await importFile(name);
    await browser.errors();
    const panels = await walk(address);
    assert.ok(panels.length > 0, "it has panels");
    const count = (kind) => panels.filter((one) => one.kind === kind).length;
    t.diagnostic(`${panels.length} panels: ${count("data")} data, ${count("none")} no data, ${count("error")} errors, ${count("unsupported")} unsupported`);
    for (const one of panels) if (["error", "unsupported"].includes(one.kind)) t.diagnostic(`${one.title}: ${one.text}`);
    assert.deepEqual(panels.filter((one) => one.kind === "blank" || one.kind === "busy"), []);
    assert.deepEqual(panels.filter((one) => one.kind === "error" && !one.text), [], "an error says what is wrong");
    // A query that fails is the panel's to tell; anything else in the console is our fault.
    assert.deepEqual((await browser.errors()).filter((line) => !/\/api\/ds\/query .*status of 4/.test(line)), []);
  });
}

test("there are dashboards to look at", { skip: missing }, () => assert.ok(files.length > 0));
