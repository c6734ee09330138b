// Panels of rarer kinds, with made up data: candlesticks, log lines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inPanel, onPhone, over, panel, pictures, show, site } from "./shown.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

let program;
let browser;

withSite(async (started) => {
  ({ program, browser } = Object.assign(site, started));
  await program.signIn(browser);
});

const count = 60, step = 5e3;
const times = () => ({ name: "Time", type: "time", values: Array.from({ length: count }, (_, at) => Date.now() - (count - at) * step) });
const column = (name, value, type = "number") => ({ name, type, values: Array.from({ length: count }, (_, at) => value(at)) });
const close = (at) => 100 + 12 * Math.sin(at / 7) + ((at * 37) % 11) - 5;
const prices = () => ({ fields: [times(), column("open", (at) => close(at - 1)), column("high", (at) => Math.max(close(at), close(at - 1)) + 2), column("low", (at) => Math.min(close(at), close(at - 1)) - 2), column("close", close), column("volume", (at) => 1000 + ((at * 53) % 700)), column("average", (at) => 100 + 12 * Math.sin(at / 7))] });
/** How many pixels are rather red and rather green. */
const colours = (number) => inPanel(number, `const canvas = panel.querySelector("canvas"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height); let red = 0, green = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 80) { if (data[at] > data[at + 1] + 60) red++; else if (data[at + 1] > data[at] + 40) green++; }
  return [red, green]`);

test("candles with volumes, as bars, with further fields, and without any field for them", options, async () => {
  await show([
    panel("candlestick", "", { snapshotData: [prices()] }), panel("candlestick", "", { snapshotData: [prices()], options: { candleStyle: "ohlcbars", mode: "candles", includeAllFields: true, legend: { showLegend: true } } }),
    panel("candlestick", "", { snapshotData: [prices()], options: { mode: "volume", colors: { up: "blue", down: "orange" } } }), panel("candlestick", "", { snapshotData: [prices()], options: { fields: { close: "average" } } }),
    panel("candlestick", "", { snapshotData: [{ fields: [times(), column("text", () => "x", "string")] }] }),
  ]);
  for (const number of [1, 2]) {
    const [red, green] = await eventually("both colours", async () => { const all = await colours(number); return all.every((one) => one > 100) && all; }, 5);
    assert.ok(red > 100 && green > 100, `${red} ${green}`);
  }
  assert.deepEqual(await inPanel(2, "return all('.legend-name').map((one) => one.innerText.trim())"), ["average"]);
  assert.match(await inPanel(5, "return panel.querySelector('.panel-body').innerText"), /no fields for candles/);
  const { left, top, width, height } = await over(1);
  await browser.hover(left + width / 2, top + height / 2);
  await browser.hover(left + width / 2 + 3, top + height / 2);
  const tip = await eventually("the tooltip", () => browser.run("return document.querySelector('.chart-tip:not([hidden])')?.innerText"), 5);
  for (const name of ["open", "high", "low", "close", "volume"]) assert.match(tip, new RegExp(name));
  await pictures("candles");
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("log lines: levels, details by the keyboard, order, repeats, and data without lines", options, async () => {
  const words = ["level=info msg=\"started\"", "level=error msg=\"no <b>disk</b>\" took=3s", "WARN slow query 12 ms", "{\"level\":\"debug\",\"a\":1}", "plain line"];
  const lines = () => ({ fields: [times(), column("Line", (at) => words[at % 5], "string"), { name: "labels", type: "other", values: Array.from({ length: count }, (_, at) => ({ app: "shop", pod: `pod-${at % 3}` })) }, column("took", (at) => at, "number")] });
  const repeated = () => ({ fields: [times(), column("Line", (at) => (at < 50 ? `same ${at}` : `other ${at}`), "string")] });
  await show([
    panel("logs", "", { snapshotData: [lines()], options: { showTime: true, showLabels: true, showCommonLabels: true, wrapLogMessage: true, prettifyLogMessage: true, enableLogDetails: true, sortOrder: "Descending" } }),
    panel("logs", "", { snapshotData: [repeated()], options: { dedupStrategy: "numbers", sortOrder: "Ascending", enableLogDetails: false } }), panel("logs", "", { snapshotData: [{ fields: [times(), column("Value", (at) => at)] }] }),
    panel("logs", "label_replace(vector(1), \"job\", \"shop\", \"\", \"\")", { title: "table" }, { instant: true, format: "table" }),
  ]);
  await eventually("the lines", () => inPanel(1, "return all('.log-row').length === 60"), 5);
  assert.deepEqual(await inPanel(1, "return ['error', 'warning', 'info', 'debug', 'unknown'].map((level) => all('.log-row.' + level).length)"), [12, 12, 12, 12, 12]);
  assert.equal(await inPanel(1, "return all('.log-text b').length"), 0);
  assert.match(await inPanel(1, "return panel.querySelector('.log-common').innerText"), /app=shop/);
  assert.deepEqual(await inPanel(1, "return all('.log-row')[0].querySelector('.log-labels').innerText"), "pod=pod-2");
  await inPanel(1, "all('summary')[0].focus()");
  await browser.key("\uE007");
  assert.deepEqual(await eventually("the details", () => inPanel(1, "const found = all('.log-details dt').map((one) => one.innerText); return found.length && found"), 5), ["took", "app", "pod"]);
  assert.deepEqual(await inPanel(2, "return [all('.log-row').map((one) => one.innerText.replace(/\\s+/g, ' ').replace(/^.*?(×|same|other)/, '$1')), all('summary').length]"), [["×50 same 0", "×10 other 50"], 0]);
  assert.match(await inPanel(3, "return panel.innerText"), /no lines of text/);
  assert.ok(await inPanel(4, "return all('.log-row').length >= 1"));
  await pictures("logs");
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("a canvas: values, texts and shapes at their places, lines between them, what is not drawn is named", options, async () => {
  const at = (left, top, width, height, rest = {}) => ({ placement: { left, top, width, height }, constraint: { horizontal: "left", vertical: "top" }, ...rest });
  const fixed = (text, rest = {}) => ({ text: { mode: "fixed", fixed: text }, size: 18, color: { fixed: "text" }, align: "center", valign: "middle", ...rest });
  const elements = [
    { type: "metric-value", name: "load", config: { text: { mode: "field", field: "Value" }, size: 32, color: { field: "Value", fixed: "text" } }, background: { color: { fixed: "rgba(87, 148, 242, .15)" } }, border: { width: 2, radius: 8, color: { fixed: "blue" } }, connections: [{ source: { x: 1, y: 0 }, target: { x: -1, y: 0 }, targetName: "shape", color: { fixed: "orange" }, size: { fixed: 3 }, path: "straight" }], ...at(20, 20, 140, 60) },
    { type: "ellipse", name: "shape", config: fixed("an <b>ellipse</b>", { color: { fixed: "#ffffff" } }), background: { color: { fixed: "#1F60C4" } }, ...at(240, 30, 140, 70) },
    { type: "triangle", name: "three", config: fixed("up"), background: { color: { fixed: "red" } }, ...at(20, 110, 90, 70) }, { type: "cloud", name: "cloud", config: fixed("cloud"), background: { color: { fixed: "gray" } }, ...at(130, 110, 120, 80) },
    { type: "icon", name: "picture", config: { path: { mode: "fixed", fixed: "img/icons/unicons/bell.svg" }, fill: { fixed: "yellow" } }, ...at(270, 120, 50, 50) }, { type: "server", name: "rack", config: { statusColor: { fixed: "green" } }, ...at(340, 120, 60, 60) },
    { type: "text", name: "link", config: fixed("Dashboards"), links: [{ title: "Go", url: "/dashboards" }], ...at(20, 200, 120, 44) }, { type: "droneTop", name: "drone", config: {}, ...at(160, 200, 160, 40) },
    { type: "text", name: "edge", config: fixed("right"), placement: { right: 10, bottom: 10, width: 60, height: 30 }, constraint: { horizontal: "right", vertical: "bottom" } },
  ];
  const thresholds = { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 5, color: "red" }] };
  await show([panel("canvas", "vector(7)", { fieldConfig: { defaults: { unit: "s", displayName: "Value", thresholds }, overrides: [] }, options: { root: { type: "frame", name: "Frame", elements } } }), panel("canvas", "", { options: {} })]);
  await eventually("the elements", () => inPanel(1, "return all('.canvas-element').length === 9"), 5);
  const box = (name) => inPanel(1, "const { left, top, width, height } = all('.canvas-element').find((one) => one.title === arguments[1]).getBoundingClientRect(), root = panel.querySelector('.canvas-panel').getBoundingClientRect(); return [left - root.left, top - root.top, width, height].map(Math.round)", name);
  assert.deepEqual(await box("load"), [20, 20, 140, 60]);
  assert.deepEqual(await inPanel(1, "const load = all('.metric-value .canvas-text')[0]; return [load.innerText, getComputedStyle(load).color]"), ["7 s", "rgb(242, 73, 92)"]);
  assert.equal(await inPanel(1, "return all('.canvas-element b').length"), 0);
  assert.equal(await inPanel(1, "return all('a.canvas-element').map((one) => new URL(one.href).pathname).join()"), "/dashboards");
  assert.deepEqual(await inPanel(1, "return all('.canvas-lines line').map((one) => ['x1', 'y1', 'x2', 'y2'].map((name) => Math.round(Number(one.getAttribute(name)))))"), [[160, 50, 240, 65]]);
  assert.match(await inPanel(1, "return panel.innerText"), /“droneTop” is not drawn here/);
  assert.match(await inPanel(2, "return panel.innerText"), /has no elements/);
  await pictures("canvas");
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("a graph of nodes: numbers, details by the keyboard, larger and smaller; a map of degrees with markers", options, async () => {
  const table = (columns, name) => ({ name, fields: Object.entries(columns).map(([key, values]) => ({ name: key, type: typeof values[0], values })) });
  const nodes = table({ id: ["web", "api", "db", "cache"], title: ["web", "api", "db", "<b>cache</b>"], subTitle: ["nginx", "go", "postgres", "redis"], mainStat: [120, 80, 40, 60], secondaryStat: [1, 2, 3, 4], arc__ok: [.9, 1, .7, .5], arc__bad: [.1, 0, .3, .5], detail__zone: ["a", "b", "c", "d"] }, "nodes");
  const edges = table({ id: ["1", "2", "3"], source: ["web", "api", "api"], target: ["api", "db", "cache"], mainStat: ["80 req/s", "40 req/s", "60 req/s"], thickness: [1, 2, 4] }, "edges");
  const arcs = { defaults: {}, overrides: [["arc__ok", "green"], ["arc__bad", "red"]].map(([options, fixedColor]) => ({ matcher: { id: "byName", options }, properties: [{ id: "color", value: { mode: "fixed", fixedColor } }] })) };
  const cities = table({ city: ["Berlin", "Lagos", "Lima", "Tokyo"], latitude: [52.5, 6.5, -12, 35.7], longitude: [13.4, 3.4, -77, 139.7], load: [10, 50, 70, 95] });
  const layer = { type: "markers", name: "Cities", location: { mode: "auto" }, config: { style: { size: { field: "load", min: 4, max: 16 }, color: { field: "load", fixed: "green" }, opacity: .6, text: { mode: "field", field: "city" } } } };
  await show([panel("nodeGraph", "", { snapshotData: [nodes, edges], fieldConfig: arcs }), panel("geomap", "", { snapshotData: [cities], options: { layers: [layer], view: { id: "fit" } } }),
    panel("geomap", "", { snapshotData: [cities], options: { layers: [{ ...layer, location: { mode: "lookup" } }, { type: "geojson", name: "Borders" }], view: { id: "coords", lat: 0, lon: 0, zoom: 0 } } }), panel("nodeGraph", "", { snapshotData: [table({ value: [1] })] })]);
  await eventually("the nodes", () => inPanel(1, "return all('.node').length === 4 && all('.node-edge').length === 3"), 5);
  assert.equal(await inPanel(1, "return all('.node b').length"), 0);
  await pictures("graphs");
  const scaleOf = () => inPanel(1, "return Number(/scale\\(([\\d.]+)/.exec(panel.querySelector('.node-surface > g').getAttribute('transform'))[1])");
  const before = await scaleOf();
  await inPanel(1, "panel.querySelector('[aria-label=Larger]').click()");
  assert.ok(await scaleOf() > before * 1.3);
  await inPanel(1, "panel.querySelector('[aria-label=\"Show all\"]').click()");
  assert.equal(await scaleOf(), before);
  await inPanel(1, "all('.node')[0].focus()");
  await browser.key("\uE007");
  assert.match(await eventually("the details", () => browser.run("return document.querySelector('.chart-tip.pinned:not([hidden])')?.innerText"), 5), /web · nginx[\s\S]*120[\s\S]*zone\s*a/);
  await browser.key("\uE00C");
  assert.match(await inPanel(3, "return panel.querySelector('.node-note').innerText"), /no list of places.*“geojson” are not drawn/);
  assert.match(await inPanel(4, "return panel.querySelector('.node-note').innerText"), /no graph/);
  assert.ok(await inPanel(2, "return panel.querySelector('.node-note').hidden"));
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("options that make no sense end in words, not in faults", options, async () => {
  const data = () => [{ fields: [times(), column("Line", () => "x", "string"), column("close", close), column("lat", () => 1), column("lon", () => 1), column("id", (at) => `n${at}`, "string")] }];
  const bad = (type, rest) => panel(type, "", { snapshotData: data(), options: rest });
  await show([
    bad("canvas", { root: { elements: [null, 5, { type: 7 }, { type: "text", config: 5, placement: "x", constraint: [] }, { type: "frame", elements: "no" }, { type: "metric-value", config: { text: { mode: "field", field: {} } }, background: 3, border: "x", links: "y", connections: [{ target: 5 }] }] } }), bad("canvas", { root: { elements: "no" } }),
    bad("logs", { displayedFields: "x", dedupStrategy: 5, sortOrder: {} }), bad("geomap", { layers: [null, 5, { type: "markers", location: 5, config: { style: { size: { min: "x" }, color: 5, symbol: 5, text: 5 } } }], view: 5 }), bad("geomap", { layers: "x" }),
    bad("nodeGraph", null), bad("candlestick", { fields: 5, colors: 5, mode: {}, candleStyle: [] }), bad("gauge", { effects: 5, sparkline: "x", segmentCount: {} }), bad("bargauge", { legend: { showLegend: true, calcs: "x" } }),
  ]);
  await eventually("all panels", () => browser.run("return document.querySelectorAll('.panel-body').length === 9"), 5);
  const failed = await browser.run("return [...document.querySelectorAll('.panel')].filter((one) => one.innerText.includes('could not be drawn')).map((one) => one.innerText)");
  assert.deepEqual(failed, []);
  assert.deepEqual(await browser.errors(), []);
});
