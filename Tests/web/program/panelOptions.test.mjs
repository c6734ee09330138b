// Options of newer dashboards: comparisons, colours by threshold, zoom of the value axis, legends that are kept, gauges, tooltips.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { drag, drawn, inPanel, onPhone, over, panel, pictures, series, show, site } from "./shown.mjs";
import { options, scrapedTwice, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

let program;
let browser;

withSite(async (started) => {
  ({ program, browser } = Object.assign(site, started));
  await scrapedTwice(program);
  await program.signIn(browser);
});

const legend = (number) => inPanel(number, "return all('.legend-name').map((one) => [one.innerText.trim(), one.ariaPressed])");
const press = (number, name) => inPanel(number, "all('.legend-name').find((one) => one.innerText.trim() === arguments[1]).click()", name);
/** The picture of a panel: texts of its axes cannot be read from a canvas. */
const painted = (number) => inPanel(number, "const canvas = panel.querySelector('canvas'); return canvas.toDataURL()");
/** The picture when it has come to rest: a new size of the window takes a moment. */
const settled = (number) => eventually("a picture at rest", async () => { const first = await painted(number); await new Promise((resolve) => setTimeout(resolve, 300)); return first === await painted(number) && first; }, 10);
const walk = (step) => ({ fields: [{ name: "Time", type: "time", values: Array.from({ length: 60 }, (_, at) => Date.now() - (60 - at) * 5e3) }, { name: "Value", type: "number", values: Array.from({ length: 60 }, (_, at) => 50 + 40 * Math.sin(at * step)) }] });

test("a time before is drawn with its present, thresholds colour a line, Shift and a drag zoom the value axis", options, async () => {
  const steps = { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 60, color: "red" }] };
  await show([
    panel("timeseries", "up", { timeCompare: "5s", options: { tooltip: { mode: "multi" } } }, series),
    panel("timeseries", "", { snapshotData: [walk(.2)], fieldConfig: { defaults: { thresholds: steps, custom: { thresholdsStyle: { mode: "series" }, lineWidth: 3 } }, overrides: [] } }),
    panel("timeseries", "", { snapshotData: [walk(.1)] }),
  ]);
  // A few seconds after the start there is nothing yet to compare with.
  await eventually("the compared series", async () => (await legend(1)).length === 8 || browser.run("document.querySelector('.run-button:not(.busy)')?.click()"), 20);
  await drawn();
  assert.deepEqual((await legend(1)).map(([name]) => name).filter((name) => name.startsWith("webapp")), ["webapp", "webapp (comparison)"]);
  assert.equal(await inPanel(1, "return panel.querySelector('.panel-time').innerText.trim()"), "beside 5s before");
  const colours = await inPanel(2, `const canvas = panel.querySelector("canvas"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height); let red = 0, green = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 100) { if (data[at] > data[at + 1] + 60) red++; else if (data[at + 1] > data[at] + 40) green++; }
    return [red, green]`);
  assert.ok(colours.every((count) => count > 30), `red and green: ${colours}`);
  await pictures("compare");
  const before = await settled(3), { left, top, width, height } = await over(3), url = await browser.url();
  await drag([left + width / 2, top + height * .3], [left + width / 2 + 40, top + height * .5], 8);
  await eventually("another axis", async () => (await painted(3)) !== before, 5);
  assert.equal(await browser.url(), url, "the range stays");
  if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, "zoomed.png"));
  await inPanel(3, "const over = panel.querySelector('.u-over'); over.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))");
  await eventually("the whole axis", async () => (await painted(3)) === before, 5);
  assert.equal(await browser.url(), url, "the first double click ends the zoom alone");
  assert.deepEqual(await browser.errors(), []);
});

test("what a legend leaves visible is saved with the dashboard", options, async () => {
  await show([panel("timeseries", "up", {}, series), panel("piechart", "up", { options: { legend: { showLegend: true } } }, { instant: true, legendFormat: "{{job}}" }),
    panel("bargauge", "up", { options: { legend: { showLegend: true, displayMode: "list", placement: "bottom" } } }, { instant: true, legendFormat: "{{job}}" }),
    panel("timeseries", "up", { options: { legend: { showLegend: true, displayMode: "table", placement: "bottom", calcs: ["max"], sortBy: "Name", sortDesc: true } } }, series)]);
  for (const number of [1, 2, 3]) {
    await eventually("a legend", async () => (await legend(number)).length === 4, 5);
    await press(number, "webapp");
    assert.deepEqual((await legend(number)).filter(([, pressed]) => pressed === "true"), [["webapp", "true"]]);
  }
  assert.deepEqual((await legend(4)).map(([name]) => name), ["webapp", "prometheus", "grafana", "cadvisor"]);
  assert.equal(await inPanel(3, "return all('.bar-row').length"), 1);
  await browser.run("document.querySelector('[aria-label=\"Save dashboard\"]').click()");
  await eventually("the dialog", () => browser.run("const save = document.querySelector('.dialog footer .primary'); save?.click(); return !!save"), 5);
  await browser.shows("Dashboard saved", 5);
  await browser.open(`${program.dashboards}/d/shown/shown`);
  for (const number of [1, 2, 3]) await eventually("the saved choice", async () => JSON.stringify((await legend(number)).filter(([, pressed]) => pressed === "true")) === '[["webapp","true"]]', 10);
  await pictures("choice");
  await press(1, "webapp");
  assert.equal((await legend(1)).filter(([, pressed]) => pressed === "true").length, 4);
  assert.deepEqual(await browser.errors(), []);
});

test("gauges with a line, a gradient and a mark; a heatmap's tooltip with counts and the colour scale", options, async () => {
  const gauge = (rest) => panel("gauge", "", { snapshotData: [walk(.24)], fieldConfig: { defaults: { min: 0, max: 100, displayName: "Load" }, overrides: [] }, options: { sparkline: true, textMode: "value_and_name", ...rest } });
  const times = Array.from({ length: 30 }, (_, at) => Date.now() - (30 - at) * 10e3), buckets = ["1", "2", "4", "8", "16"];
  const heat = { fields: [{ name: "Time", type: "time", config: { interval: 10e3 }, values: times }, ...buckets.map((name, row) => ({ name, type: "number", values: times.map((_, at) => Math.round(20 * Math.exp(-((row - 2 - Math.sin(at / 4)) ** 2)))) }))] };
  await show([gauge({ effects: { gradient: true, barGlow: true, centerGlow: true }, endpointMarker: "point", barWidthFactor: .6 }), gauge({ shape: "circle", barShape: "rounded", endpointMarker: "glow" }),
    panel("heatmap", "", { snapshotData: [heat], options: { color: { scheme: "Oranges", steps: 32 }, tooltip: { mode: "single", yHistogram: true, showColorScale: true }, legend: { show: true } } })]);
  assert.deepEqual(await inPanel(1, "return [all('.gauge-spark path').length, all('circle').length]"), [1, 2]);
  assert.ok(await inPanel(1, "return all('svg > path').length > 20"), "parts of a gradient");
  await pictures("gauges");
  const box = await inPanel(3, "const { left, top, width, height } = panel.querySelector('canvas').getBoundingClientRect(); return { left, top, width, height }");
  await browser.hover(box.left + box.width / 2, box.top + box.height * .4);
  await browser.hover(box.left + box.width / 2 + 4, box.top + box.height * .4);
  const sizes = await eventually("the pictures", () => browser.run("const all = [...document.querySelectorAll('.chart-tip:not([hidden]) canvas')]; return all.length === 2 && all.map((one) => one.offsetHeight)"), 5);
  assert.deepEqual(sizes, [48, 16]);
  if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, "heatTip.png"));
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("rows and panels are shown under their conditions", options, async () => {
  const when = (...items) => ({ kind: "ConditionalRenderingGroup", spec: { visibility: "show", condition: "and", items } });
  const isProduction = { kind: "ConditionalRenderingVariable", spec: { variable: "env", operator: "equals", value: "prod" } }, hasData = { kind: "ConditionalRenderingData", spec: { value: true } };
  const list = [{ name: "env", type: "custom", query: "test,prod", current: { text: "test", value: "test" } }];
  const titles = () => browser.run("return [...document.querySelectorAll('.panel-title, .row-toggle')].map((one) => one.innerText.trim()).join()");
  await show([panel("stat", "vector(1)", { title: "always" }), panel("stat", "vector(2)", { title: "production", conditionalRendering: when(isProduction) }), panel("stat", "vector(3) and on() (vector(time() - $start) > 0)", { title: "data", conditionalRendering: when(hasData) }),
    { type: "row", title: "row", gridPos: { x: 0, y: 20, w: 24, h: 1 }, conditionalRendering: when(isProduction) }, panel("stat", "vector(4)", { title: "below", gridPos: { x: 0, y: 21, w: 6, h: 4 } })],
  { templating: { list: [...list, { name: "start", type: "textbox", query: "9e12", current: { text: "9e12", value: "9e12" } }] } });
  await eventually("what is always there", async () => (await titles()) === "always", 10);
  await browser.open(`${program.dashboards}/d/shown/shown?var-env=prod&var-start=9e12`);
  await eventually("what is for production", async () => (await titles()) === "always,production,row,below", 10);
  await browser.run("const input = document.querySelector('.variables input'); input.value = '1'; input.dispatchEvent(new Event('change', { bubbles: true })); input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))");
  await eventually("what has data", async () => (await titles()) === "always,production,data,row,below", 10);
  assert.deepEqual(await browser.errors(), []);
});

test("pictures move on with the time where the dashboard wants it, without queries", options, async () => {
  await show([panel("timeseries", "", { snapshotData: [walk(.2)] })], { liveNow: true, time: { from: "now-1m", to: "now" } });
  await eventually("the chart", () => inPanel(1, "return panel.querySelector('canvas')"), 5);
  const before = await painted(1);
  await eventually("another picture", async () => (await painted(1)) !== before, 5);
  assert.deepEqual(await browser.errors(), []);
});
