// Options of panels as dashboards write them: what the page shows of each. PICTURES=<folder> writes pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { audit, nameless, setTheme } from "./audit.mjs";
import { drag, drawn, inPanel, onPhone, over, panel, pictures, series, show, site, table } from "./shown.mjs";
import { options, scrapedTwice, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

let program;
let browser;

withSite(async (started) => {
  ({ program, browser } = Object.assign(site, started));
  await scrapedTwice(program);
  await program.signIn(browser);
});

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

test("a table's footer has a row for each reducer, of the panel and of single columns", options, async () => {
  const numbers = 'label_replace(vector(1), "name", "one", "", "") or label_replace(vector(4), "name", "four", "", "")';
  const names = { overrides: [{ matcher: { id: "byName", options: "Value" }, properties: [{ id: "unit", value: "s" }] }], defaults: {} };
  await show([
    panel("table", numbers, { fieldConfig: names, options: { footer: { show: true, reducer: ["sum", "mean", "count"], fields: "" } }, transformations: [{ id: "organize", options: { excludeByName: { Time: true } } }] }, table),
    panel("table", numbers, { fieldConfig: { defaults: {}, overrides: [{ matcher: { id: "byName", options: "Value" }, properties: [{ id: "custom.footer.reducers", value: ["max", "range"] }] }] }, transformations: [{ id: "organize", options: { excludeByName: { Time: true } } }] }, table),
    panel("table", numbers, { options: { footer: { show: true, reducer: ["count"], countRows: true } } }, table),
  ]);
  const footer = (number) => inPanel(number, "return all('.grid-summary .grid-row').map((row) => [...row.children].map((cell) => cell.innerText.trim()))");
  assert.deepEqual(await footer(1), [["Total", "5 s"], ["Mean", "2.5 s"], ["Count", "2"]]);
  assert.deepEqual(await footer(2), [["Max", "4"], ["Range", "3"]]);
  assert.match((await footer(3))[0][0], /^Count\s+2$/);
  await pictures("footer");
});

test("table cells: text that wraps, markdown, lamps, and a menu for several links", options, async () => {
  const long = "a value with many words that does not fit into a narrow column on one line";
  const override = (name, ...properties) => ({ matcher: { id: "byName", options: name }, properties });
  await show([panel("table", `label_replace(label_replace(vector(60), "long", "${long}", "", ""), "note", "**bold** [here](/x)", "", "")`, {
    fieldConfig: { defaults: { min: 0, max: 100 }, overrides: [
      override("long", { id: "custom.cellOptions", value: { type: "auto", wrapText: true } }, { id: "custom.width", value: 160 }),
      override("note", { id: "custom.cellOptions", value: { type: "markdown" } }, { id: "custom.width", value: 160 }),
      override("Value", { id: "custom.cellOptions", value: { type: "gauge", mode: "lcd" } }, { id: "displayName", value: "Lamps" }),
      override("Time", { id: "links", value: [{ title: "First", url: "/one" }, { title: "Second", url: "/two" }] })] } }, table)]);
  await eventually("the markdown", () => inPanel(1, "return all('.cell-markdown strong').length === 1 && all('.cell-markdown a').length === 1"), 5);
  const [height, lines] = await inPanel(1, "const row = panel.querySelector('.grid-body .grid-row'), range = document.createRange(); range.selectNodeContents(row.querySelector('.wraps')); return [row.offsetHeight, new Set([...range.getClientRects()].map((one) => one.top)).size, panel.querySelector('.grid-body').offsetHeight]");
  assert.ok(lines >= 3 && height >= lines * 20, `${lines} lines in ${height} px`);
  assert.ok(await inPanel(1, "return all('.cell-track.lcd .lamp').length >= 4"));
  await inPanel(1, "all('.grid-body button.link')[0].click()");
  assert.deepEqual(await browser.run("return [...document.querySelectorAll('.menu a')].map((one) => [one.innerText.trim(), new URL(one.href).pathname])"), [["First", "/one"], ["Second", "/two"]]);
  await browser.key("\uE00C");
  await pictures("cells");
  await onPhone();
});

test("gauges and bars of a size of their own scroll where they do not fit", options, async () => {
  const many = Array.from({ length: 12 }, (_, at) => `label_replace(vector(${at * 9}), "n", "series ${at}", "", "")`).join(" or ");
  const rest = (extra) => ({ fieldConfig: { defaults: { min: 0, max: 100 }, overrides: [] }, options: { sizing: "manual", minVizWidth: 150, minVizHeight: 120, maxVizHeight: 140, ...extra } });
  await show([
    panel("gauge", many, rest({ orientation: "auto", text: { titleSize: 20 } }), { instant: true, legendFormat: "{{n}}" }),
    panel("bargauge", many, rest({ orientation: "horizontal" }), { instant: true, legendFormat: "{{n}}" }),
    panel("bargauge", many, rest({ orientation: "vertical" }), { instant: true, legendFormat: "{{n}}" }),
    panel("gauge", many, { ...rest({}), options: { sizing: "auto", minVizWidth: 150, minVizHeight: 150 } }, { instant: true, legendFormat: "{{n}}" }),
  ]);
  const box = (number, selector) => inPanel(number, "const one = all(arguments[1])[0].getBoundingClientRect(), root = all('.tiles, .bars')[0]; return { width: one.width, height: one.height, down: root.scrollHeight > root.clientHeight + 1, across: root.scrollWidth > root.clientWidth + 1 }", selector);
  const gauge = await box(1, ".tile");
  assert.ok(gauge.width >= 150 && gauge.height >= 120 && gauge.down && !gauge.across, JSON.stringify(gauge));
  assert.equal(await inPanel(1, "return all('.gauge-name')[0].style.fontSize"), "20px");
  const bar = await box(2, ".bar-row");
  assert.ok(bar.height >= 120 && bar.height <= 140 && bar.down, JSON.stringify(bar));
  const column = await box(3, ".bar-row");
  assert.ok(column.width >= 150 && column.across, JSON.stringify(column));
  const auto = await box(4, ".tile");
  assert.ok(!auto.down && !auto.across, JSON.stringify(auto));
  await pictures("sizes");
});

test("on a phone legends, cells and what opens in them are for fingers; on a desktop nothing is wider for it", options, async () => {
  const linkedCells = { defaults: { custom: { inspect: true, filterable: true } }, overrides: [{ matcher: { id: "byName", options: "job" }, properties: [{ id: "links", value: [{ title: "One", url: "/x" }] }] }, { matcher: { id: "byName", options: "instance" }, properties: [{ id: "links", value: [{ title: "One", url: "/x" }, { title: "Two", url: "/y" }] }] }] };
  await show([panel("timeseries", "up", { options: { legend: { showLegend: true, displayMode: "list", placement: "bottom", calcs: ["max"] } } }, series),
    panel("timeseries", "up", { options: { legend: { showLegend: true, displayMode: "table", placement: "right", calcs: ["max", "mean"] } } }, series),
    panel("table", "up", { fieldConfig: linkedCells }, table)]);
  const heights = () => browser.run("return ['.legend-name', '.grid-body .grid-row'].map((one) => document.querySelector(one).offsetHeight)");
  await eventually("the legend and the table", heights, 5);
  assert.deepEqual(await heights(), [20, 36]);
  await browser.resize(390, 844);
  await eventually("rows for fingers", async () => (await heights()).every((height) => height >= 40), 5);
  assert.deepEqual(await audit(browser, true), []);
  await pictures("touch");
});

test("time series: a saved choice of the legend, hidden and several time axes, values in the chart", options, async () => {
  const time = (...properties) => ({ defaults: {}, overrides: [{ matcher: { id: "byType", options: "time" }, properties }] });
  const hideSeriesFrom = { defaults: {}, overrides: [{ __systemRef: "hideSeriesFrom", matcher: { id: "byNames", options: { mode: "exclude", names: ["webapp"], prefix: "All except:", readOnly: true } }, properties: [{ id: "custom.hideFrom", value: { legend: false, tooltip: true, viz: true } }] }] };
  await show([
    panel("timeseries", "up", { fieldConfig: hideSeriesFrom }, series),
    panel("timeseries", "up", { fieldConfig: time({ id: "custom.axisPlacement", value: "hidden" }) }, series),
    panel("timeseries", "up", { options: { timezone: ["utc", "Asia/Tokyo"] }, fieldConfig: time({ id: "custom.axisLabel", value: "Time of day" }) }, series),
    panel("timeseries", 'up{job="webapp"} * 7', { fieldConfig: { defaults: { custom: { showValues: true } }, overrides: [] } }, { ...series, interval: "2s" }),
    panel("timeseries", 'up{job="webapp"} * 7', {}, { ...series, interval: "2s" }),
    panel("timeseries", "up", { options: { tooltip: { mode: "multi", maxHeight: 100, maxWidth: 200 } } }, series),
  ]);
  await eventually("all charts", () => browser.run("return document.querySelectorAll('.u-over').length === 6"), 5);
  const shown = () => inPanel(1, "return all('.legend-name').filter((one) => one.ariaPressed === 'true').map((one) => one.innerText.trim())");
  assert.deepEqual(await shown(), ["webapp"]);
  await inPanel(1, "all('.legend-name').find((one) => one.innerText.trim() === 'grafana').click()");
  assert.deepEqual(await shown(), ["grafana"]);
  await inPanel(1, "all('.legend-name').find((one) => one.innerText.trim() === 'grafana').click()");
  assert.equal((await shown()).length, 4);
  const [plain, hidden, zoned] = [await over(5), await over(2), await over(3)];
  assert.ok(hidden.below < 12 && plain.below > 20 && zoned.below > plain.below + 40, JSON.stringify([plain, hidden, zoned]));
  const painted = (number) => inPanel(number, `const canvas = panel.querySelector("canvas"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 60 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 40) count += 1;
    return count;`);
  assert.ok(await painted(4) > await painted(5) + 10, "values are written");
  const { left, top, width, height } = await over(6);
  await browser.hover(left + width - 30, top + height / 2);
  await browser.hover(left + width - 3, top + height / 2);
  const tip = await eventually("a tooltip", () => browser.run("const tip = document.querySelector('.chart-tip:not([hidden])'); return tip && [tip.offsetWidth, tip.offsetHeight, tip.innerText]"), 5);
  assert.ok(tip[0] <= 200 && tip[1] <= 100, JSON.stringify(tip));
  assert.deepEqual(await browser.errors(), []);
  await pictures("timeseries");
});

test("annotations are written with Ctrl, read below the chart, changed and deleted", options, async () => {
  await show([panel("timeseries", "up", {}, series), panel("timeseries", "up", { title: "Other" }, series)]);
  await eventually("the chart", () => inPanel(1, "return panel.querySelector('.u-over')"), 5);
  const { left, top, width, height } = await over(1), middle = [left + width / 2, top + height / 2];
  const write = async (text, tags) => {
    await eventually("the form", () => browser.run("return !!document.querySelector('#annotation-text')"), 5);
    await browser.type("#annotation-text", text);
    await browser.type("#annotation-tags", tags);
    await browser.click(".annotation-box .primary");
  };
  const marks = () => inPanel(1, "return all('.annotation-mark').map((one) => one.ariaLabel)");
  await drag(middle, middle, 2);
  await write("Deployed <b>2.0</b>", "deploy, web");
  await eventually("its mark", async () => (await marks()).length === 1, 10);
  assert.equal(await inPanel(2, "return all('.annotation-mark').length"), 0);
  await drag([left + 20, top + 20], [left + 90, top + 40], 2);
  await write("A slow hour", "");
  await eventually("both marks", async () => (await marks()).join() === "Annotation: A slow hour,Annotation: Deployed 2.0", 10);
  assert.ok(!(await browser.url()).match(/from=\d/), "the range stays");
  await inPanel(1, "all('.annotation-mark')[1].click()");
  const shown = await browser.run("const box = document.querySelector('.annotation-box'); return [box.innerText, box.querySelectorAll('b').length, [...box.querySelectorAll('.badge')].map((one) => one.innerText)]");
  assert.match(shown[0], /Deployed 2\.0/);
  assert.deepEqual(shown.slice(1), [1, ["deploy", "web"]]);
  if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, "annotation.png"));
  await browser.click(".annotation-box [aria-label='Edit annotation']");
  await write("Rolled back", "deploy");
  await eventually("the new text", async () => (await marks())[1] === "Annotation: Rolled back", 10);
  await inPanel(1, "all('.annotation-mark')[1].click()");
  await browser.click(".annotation-box [aria-label='Delete annotation']");
  await eventually("the question", () => browser.run("const yes = document.querySelector('.dialog footer button:last-child'); yes?.click(); return !!yes"), 5);
  await eventually("one mark less", async () => (await marks()).length === 1, 10);
  assert.deepEqual(await browser.errors(), []);
  await browser.resize(390, 844);
  await eventually("marks for fingers", () => inPanel(1, "return all('.annotation-mark')[0]?.offsetWidth >= 40"), 5);
  assert.deepEqual(await audit(browser, true), []);
});

/** The kinds of colours that a panel's canvas has in a row or column of pixels, by hue of 10 degrees, the greys left out. */
const hues = (number, share, upright = false) => inPanel(number, `const canvas = panel.querySelector("canvas"), context = canvas.getContext("2d"), across = arguments[2];
  const { data } = across ? context.getImageData(Math.round(canvas.width * arguments[1]), 0, 1, canvas.height) : context.getImageData(0, Math.round(canvas.height * arguments[1]), canvas.width, 1), found = [];
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b, a] = data.slice(at, at + 4), most = Math.max(r, g, b), least = Math.min(r, g, b);
    if (a < 60 || most - least < 40) { if (found[found.length - 1] !== null) found.push(null); continue; }
    const hue = Math.round(((most === r ? (g - b) / (most - least) + 6 : most === g ? (b - r) / (most - least) + 2 : (r - g) / (most - least) + 4) % 6) * 6);
    if (found[found.length - 1] !== hue) found.push(hue);
  }
  return found.filter((hue) => hue !== null);`, share, upright);

test("pages of a state timeline, turned names and colours of bars, the order of a pie, an axis of a heatmap", options, async () => {
  const many = (count, scale = 1) => Array.from({ length: count }, (_, at) => `label_replace(vector(${(at + 1) * scale}), "n", "a long name ${at}", "", "")`).join(" or ");
  const named = { instant: true, legendFormat: "{{n}}" }, fixed = (name, color) => ({ matcher: { id: "byName", options: name }, properties: [{ id: "color", value: { mode: "fixed", fixedColor: color } }] });
  const buckets = ["1", "2", "4", "8"].map((le) => `label_replace(vector(${le}), "le", "${le}", "", "")`).join(" or ");
  await show([
    panel("state-timeline", many(25), { options: { perPage: 10 } }, { range: true, interval: "5s", legendFormat: "{{n}}" }),
    panel("barchart", many(6), { options: { xField: "n", xTickLabelRotation: -45, xTickLabelMaxLength: 8, barRadius: .3, colorByField: "Value", legend: { showLegend: true, displayMode: "table", placement: "right", calcs: ["max", "mean"] } }, fieldConfig: { defaults: { color: { mode: "thresholds" }, thresholds: { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 4, color: "red" }] } }, overrides: [] } }, table),
    panel("piechart", many(3, 10), { options: { pieType: "pie", displayLabels: [], legend: { showLegend: true, displayMode: "table", placement: "right", values: ["value"] } }, fieldConfig: { defaults: {}, overrides: [fixed("a long name 0", "green"), fixed("a long name 1", "blue"), fixed("a long name 2", "red")] } }, named),
    panel("heatmap", buckets, { options: { yAxis: { min: 1, max: 4, axisPlacement: "right", axisLabel: "Seconds", unit: "s" }, showValue: "auto", cellRadius: 4, legend: { show: true } } }, { range: true, interval: "30s", format: "heatmap", legendFormat: "{{le}}" }),
    panel("text", "", { options: { mode: "code", content: "first\nsecond", code: { language: "yaml", showLineNumbers: true } } }),
    panel("bargauge", "vector(3)", { options: { text: { titleSize: 20 }, namePlacement: "top", orientation: "horizontal" } }),
  ]);
  const status = () => inPanel(1, "return panel.querySelector('.grid-pages [role=status]')?.innerText");
  await eventually("the first page", async () => (await status()) === "1 – 10 of 25", 5);
  await inPanel(1, "panel.querySelector('[aria-label=\"Next page\"]').click(); panel.querySelector('[aria-label=\"Next page\"]').click()");
  assert.equal(await status(), "21 – 25 of 25");
  assert.equal(await inPanel(1, "return panel.querySelector('[aria-label=\"Next page\"]').disabled"), true);
  assert.deepEqual(await inPanel(2, "return [all('.graph.right').length, all('.legend th').map((one) => one.innerText.trim()), all('.legend td.number').map((one) => one.innerText)]"), [1, ["Name", "Max", "Mean"], ["6", "3.5"]]);
  await pictures("drawings");
  const bars = new Set(await hues(2, .68));
  assert.ok(bars.has(12) || bars.has(11) || bars.has(10), `green bars among ${[...bars]}`);
  assert.ok(bars.has(0) || bars.has(35) || bars.has(36), `red bars among ${[...bars]}`);
  // From twelve o'clock clockwise: the largest first. Left of the middle is what comes last.
  const [last, first] = [await hues(3, .2), await hues(3, .5)].map((row) => [row[0], row[row.length - 1]]);
  assert.ok([35, 36, 0].includes(first[1]), `red to the right, ${first}`);
  assert.ok([10, 11, 12].includes(last[0]), `green at the upper left, ${last}`);
  assert.deepEqual(await inPanel(5, "return [all('.code-line').length, getComputedStyle(all('.code-line')[1], '::before').content]"), [2, "counter(line)"]);
  assert.equal(await inPanel(6, "return all('.bar-name')[0].style.fontSize"), "20px");
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("variables behind a button and as a switch, another panel's result as it shows it, weeks that begin on Sunday, a link by one click", options, async () => {
  const list = [{ name: "shown", type: "custom", query: "a,b", current: { text: "a", value: "a" } }, { name: "behind", type: "custom", query: "c,d", hide: 3, current: { text: "c", value: "c" } },
    { name: "debug", type: "switch", options: [{ text: "Enabled", value: "on" }, { text: "Disabled", value: "off" }], current: { text: "Disabled", value: "off" } }];
  const shared = (withTransforms) => ({ datasource: { type: "datasource", uid: "-- Dashboard --" }, targets: [{ refId: "A", panelId: 1, withTransforms, datasource: { type: "datasource", uid: "-- Dashboard --" } }] });
  await show([
    panel("table", "vector(3)", { transformations: [{ id: "organize", options: { excludeByName: { Time: true }, renameByName: { Value: "Renamed" } } }] }, table),
    panel("table", "", shared(true)), panel("table", "", shared(false)),
    panel("text", "", { options: { mode: "markdown", content: "behind $behind, debug ${debug:raw}" } }),
    panel("timeseries", 'up{job="webapp"}', { fieldConfig: { defaults: { links: [{ title: "Home", url: "/dashboards?from=link", oneClick: true }] }, overrides: [] } }, series),
  ], { templating: { list }, weekStart: "sunday" });
  const headers = (number) => inPanel(number, "return all('[role=columnheader]').map((one) => one.innerText.trim())");
  await eventually("the shared tables", async () => (await headers(2)).length && (await headers(3)).length, 5);
  assert.deepEqual([await headers(2), await headers(3)], [["Renamed"], ["Time", "Value"]]);
  const labels = () => browser.run("return [...document.querySelectorAll('.variable-label')].map((one) => one.innerText)");
  assert.deepEqual(await labels(), ["shown", "debug"]);
  await browser.click("[aria-label='More variables']");
  assert.deepEqual(await labels(), ["shown", "behind", "debug"]);
  await browser.run("document.querySelector('.variables input.switch').click()");
  await eventually("the switched value", () => inPanel(4, "return panel.innerText.includes('behind c, debug on')"), 5);
  await browser.click(".time-button");
  assert.equal(await browser.run("return document.querySelector('.calendar-head').innerText"), "Su");
  await pictures("variables");
  await browser.key("\uE00C");
  await eventually("the chart", () => inPanel(5, "return panel.querySelector('.u-over')"), 5);
  const { left, top, width, height } = await over(5), [share] = await inPanel(5, "const canvas = panel.querySelector('canvas'), { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); for (let at = data.length - 4; at > 0; at -= 4) if (data[at + 3] > 60 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 60) return [Math.floor(at / 4 / canvas.width) / canvas.height]");
  const { y } = await inPanel(5, "return { y: panel.querySelector('canvas').getBoundingClientRect().top }"), line = y + share * (await inPanel(5, "return panel.querySelector('canvas').getBoundingClientRect().height"));
  await drag([left + width - 4, line], [left + width - 4, line]);
  await eventually("the linked page", async () => (await browser.url()).includes("/dashboards?from=link"), 5);
  assert.deepEqual(await browser.errors(), []);
});

/** The pages opened from now on get a made up answer (a script) where an address has a part; resolves with what ends it. */
async function answer(part, script) {
  const { identifier } = await browser.devtools("Page.addScriptToEvaluateOnNewDocument", { source: `{
    const ask = fetch;
    window.madeUp = [];
    window.fetch = (address, options) => (String(address).includes(${JSON.stringify(part)}) ? (madeUp.push(String(address)), Promise.resolve(Response.json(${script}))) : ask(address, options));
  }` });
  return () => browser.devtools("Page.removeScriptToEvaluateOnNewDocument", { identifier });
}

test("exemplars show where a query asks for them, or everywhere by a key", options, async () => {
  // No part of the demo has exemplars: half a minute old.
  const forget = await answer("/query_exemplars", `{ status: "success", data: [{ seriesLabels: { job: "webapp" }, exemplars: [{ labels: { trace_id: "abc<i>1</i>" }, value: "1", timestamp: Date.now() / 1000 - 30 }] }] }`);
  await show([panel("timeseries", "rate(up[$__rate_interval]) + 1", {}, { ...series, exemplar: true }), panel("timeseries", "up", {}, series)]);
  const marks = (number) => inPanel(number, "return all('.exemplar-mark').length");
  await eventually("the mark", async () => (await marks(1)) === 1, 5);
  assert.equal(await marks(2), 0);
  assert.match(await browser.run("return madeUp.map((address) => new URL(address, location).searchParams.get('query')).join()"), /^rate\(up\[\d+[ms]\w*\]\) \+ 1$/);
  const [x, y] = await inPanel(1, "const box = all('.exemplar-mark')[0].getBoundingClientRect(), plot = all('.u-over')[0].getBoundingClientRect(); return [(box.left + box.width / 2 - plot.left) / plot.width, (box.top + box.height / 2 - plot.top) / plot.height]");
  assert.ok(x > .85 && x < .95 && y > 0 && y < 1, `${x}, ${y}`);
  await inPanel(1, "all('.exemplar-mark')[0].click()");
  assert.match(await browser.run("return document.querySelector('.popover').innerText"), /trace_id\s+abc<i>1<\/i>/);
  if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, "exemplar.png"));
  await browser.key("\uE00C");
  for (const key of ["d", "x"]) await browser.key(key);
  await eventually("no mark", async () => (await marks(1)) === 0, 5);
  for (const key of ["d", "x"]) await browser.key(key);
  await eventually("marks in both", async () => (await marks(1)) === 1 && (await marks(2)) === 1, 5);
  await forget();
  assert.deepEqual(await browser.errors(), []);
});

test("lists of alerts and annotations, polystat as tiles, pills and columns that stay, a legend of thresholds", options, async () => {
  const alert = (name, state, since, labels) => `{ name: "${name}", type: "alerting", state: "${state}", labels: {}, alerts: ${state === "inactive" ? "[]" : `[{ labels: ${JSON.stringify(labels)}, state: "${state}", activeAt: new Date(Date.now() - ${since}).toISOString() }]`} }`;
  const forget = await answer("/api/v1/rules", `{ status: "success", data: { groups: [{ name: "g", rules: [${alert("Beta", "firing", 9e5, { host: "a", severity: "page" })}, ${alert("Alpha", "pending", 6e4, { host: "b", severity: "info" })}, ${alert("Calm", "inactive", 0, {})}] }] } }`);
  const alerts = (rest) => ({ type: "alertlist", title: "alerts", options: { datasource: "martlet", ...rest } });
  await browser.run(`return fetch("/api/annotations", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text: "Noted", tags: ["lists"], time: Date.UTC(2026, 0, 2, 12) }) }).then((answer) => answer.status)`);
  const wide = 'label_replace(label_replace(up, "tags", "red one,blue", "", ""), "more", "a value that takes much room, more than there is in this panel", "", "")';
  await show([
    alerts({ sortOrder: 3 }), alerts({ alertInstanceLabelFilter: '{severity=~"p.*"}', groupMode: "custom", groupBy: ["host"] }), alerts({ viewMode: "stat" }),
    panel("grafana-polystat-panel", "up * 50", { options: { globalUnitFormat: "percent", globalOperator: "max", globalFillColor: "#299c46", globalThresholdsConfig: [{ value: 40, color: "#e5ac0e" }, { value: 90, color: "#bf1b00" }] } }, series),
    panel("table", wide, { options: { frozenColumns: { left: 1 } }, fieldConfig: { defaults: {}, overrides: [{ matcher: { id: "byName", options: "tags" }, properties: [{ id: "custom.cellOptions", value: { type: "pill" } }] }] }, transformations: [{ id: "organize", options: { indexByName: { job: 0 } } }] }, table),
    panel("state-timeline", "up", { options: { legend: { showLegend: true } }, fieldConfig: { defaults: { unit: "percent", color: { mode: "thresholds" }, thresholds: { mode: "absolute", steps: [{ value: null, color: "red" }, { value: 1, color: "green" }] } }, overrides: [] } }, series),
    { type: "annolist", title: "notes", options: { tags: ["lists"] } },
  ]);
  await pictures("lists");
  const rows = (number) => inPanel(number, "return all('.alert-row').map((one) => one.innerText.replace(/\\s+/g, ' '))");
  assert.deepEqual(await rows(1), ["Firing Beta 1 · 15 minutes ago", "Pending Alpha 1 · a minute ago"]);
  assert.deepEqual(await rows(2), ["Firing host=a 1 · 15 minutes ago"]);
  assert.equal(await inPanel(3, "return panel.querySelector('.alert-count').innerText"), "2");
  const tiles = await inPanel(4, "return all('.tile').map((one) => [one.innerText.replace(/\\s+/g, ' '), getComputedStyle(one).backgroundColor])");
  assert.deepEqual(tiles.map(([text]) => text).sort(), ["cadvisor 50%", "grafana 50%", "prometheus 50%", "webapp 50%"]);
  assert.equal(tiles[0][1], "rgb(229, 172, 14)");
  assert.deepEqual(await inPanel(5, "return [...new Set(all('.badge').map((one) => one.innerText + ' ' + one.style.background))].map((one) => one.split(' rgb')[0])"), ["red one", "blue"]);
  const stays = await inPanel(5, "const scroller = all('.grid-table')[0], cell = all('.grid-body .stuck')[0], before = cell.getBoundingClientRect().left; scroller.scrollLeft = 120; return [scroller.scrollLeft, cell.getBoundingClientRect().left - before]");
  assert.ok(stays[0] >= 60 && Math.abs(stays[1]) < 1, `scrolled ${stays[0]}, moved ${stays[1]}`);
  assert.deepEqual(await inPanel(6, "return all('.legend-name').map((one) => one.innerText.trim())"), ["< 1%", "1%+"]);
  assert.match(await inPanel(7, "return panel.innerText"), /Noted\s+lists\s+admin\s+2026-01-02/);
  await inPanel(7, "panel.querySelector('.dash-row').click()");
  await eventually("its time", async () => Number(new URL(await browser.url()).searchParams.get("to")) === Date.UTC(2026, 0, 2, 12, 10), 5);
  await forget();
  assert.deepEqual(await browser.errors(), []);
  await onPhone();
});

test("slices, bars, states and points lead where their data links say", options, async () => {
  const links = { fieldConfig: { defaults: { links: [{ title: "Of ${__field.name}", url: "/explore?of=${__value.raw}" }] }, overrides: [] } };
  await show([panel("piechart", "vector(5)", links, { instant: true, legendFormat: "slice" }), panel("barchart", 'label_replace(vector(6), "n", "one", "", "")', links, table), panel("state-timeline", "vector(7)", links, { range: true, interval: "5s", legendFormat: "state" }),
    panel("xychart", ["1", "2", "3"].map((x) => `label_replace(vector(${x} * 2), "x", "${x}0", "", "")`).join(" or "), { ...links, options: { legend: { showLegend: false } }, transformations: [{ id: "convertFieldType", options: { conversions: [{ targetField: "x", destinationType: "number" }] } }, { id: "organize", options: { excludeByName: { Time: true } } }] }, table)]);
  await eventually("the drawings", () => browser.run("return document.querySelectorAll('canvas.drawing').length === 4"), 5);
  for (const [number, x, y, name, value] of [[1, .5, .6, "slice", "5"], [2, .5, .6, "Value", "6"], [3, .7, .3, "state", "7"], [4, .53, .47, "Value", "4"]]) {
    const place = await inPanel(number, "const box = panel.querySelector('canvas').getBoundingClientRect(); return [box.left + box.width * arguments[1], box.top + box.height * arguments[2]]", x, y);
    await browser.hover(...place);
    await drag(place, place);
    assert.deepEqual(await browser.run("return [...document.querySelectorAll('.tip-links a')].map((one) => [one.innerText.trim(), one.getAttribute('href')])"), [[`Of ${name}`, `/explore?of=${value}`]]);
    await browser.key("\uE00C");
  }
  await pictures("links");
  assert.deepEqual(await browser.errors(), []);
});

test("a trend over numbers, regions of the day, and addresses of old", options, async () => {
  const curve = [1, 2, 3, 4].map((x) => `label_replace(vector(${x * x}), "x", "${x * 10}", "", "")`).join(" or ");
  const region = { fill: true, line: false, colorMode: "red", op: "time", from: "00:00", to: "23:59" };
  await show([
    panel("trend", curve, { options: { xField: "x", legend: { showLegend: true } }, transformations: [{ id: "convertFieldType", options: { conversions: [{ targetField: "x", destinationType: "number" }] } }, { id: "organize", options: { excludeByName: { Time: true } } }] }, table),
    panel("timeseries", "up", { timeRegions: [region] }, series), panel("timeseries", "up", { title: "Third" }, series),
    panel("timeseries", "up * 0.3", { title: "Parts of a byte", fieldConfig: { defaults: { unit: "bytes" }, overrides: [] } }, series), panel("trend", "vector(5)", { title: "One number" }),
  ], { annotations: { list: [{ name: "Hours", enable: true, iconColor: "blue", datasource: { type: "datasource", uid: "-- Grafana --" }, filter: { ids: [3] }, target: { queryType: "timeRegions", timeRegion: { from: "00:00", to: "23:59", timezone: "utc" } } }] } });
  await eventually("the charts", () => browser.run("return document.querySelectorAll('.u-over').length === 5"), 5);
  assert.match(await inPanel(5, "return panel.innerText"), /does not have a numeric field/);
  const { left, top, width } = await over(1);
  await browser.hover(left + width - 20, top + 10);
  await browser.hover(left + width - 2, top + 4);
  const tip = await eventually("a tooltip", () => browser.run("return document.querySelector('.chart-tip:not([hidden])')?.innerText"), 5);
  assert.match(tip, /^40\s+Value\s+16$/);
  await browser.hover(5, 5);
  assert.ok((await eventually("a red region", async () => { const found = await inPanel(2, "const canvas = panel.querySelector('canvas'), [r, g, b, a] = canvas.getContext('2d').getImageData(Math.round(canvas.width * .5), Math.round(canvas.height * .15), 1, 1).data; return a > 0 && r > g + 100 && r > b + 60"); return found; }, 8)));
  assert.ok(await eventually("a blue region", () => inPanel(3, "const canvas = panel.querySelector('canvas'), [r, g, b, a] = canvas.getContext('2d').getImageData(Math.round(canvas.width * .5), Math.round(canvas.height * .15), 1, 1).data; return a > 0 && b > r + 60"), 8));
  await pictures("trend");
  for (const address of ["viewPanel=panel-3-clone-0", "fullscreen&panelId=3"]) {
    await browser.open(`${program.dashboards}/d/shown/shown?${address}`);
    await eventually("the third panel alone", () => browser.run("return document.querySelector('.panel-large .panel-title')?.innerText === 'Third'"), 8);
  }
  assert.deepEqual(await browser.errors(), []);
});

test("gauges as circles, of segments, from a neutral value", options, async () => {
  const rest = (options, custom = {}) => ({ options, fieldConfig: { defaults: { min: -100, max: 100, custom }, overrides: [] } });
  await show([panel("gauge", "vector(50)", rest({ shape: "circle", barShape: "rounded", textMode: "value_and_name" })), panel("gauge", "vector(0)", rest({ segmentCount: 10, showThresholdMarkers: false })), panel("gauge", "vector(-50)", rest({ showThresholdMarkers: false, textMode: "none" }, { neutral: 0 }))]);
  const paths = (number) => inPanel(number, "return all('.gauge svg path').map((one) => [one.classList.contains('gauge-track'), one.getAttribute('stroke-linecap'), one.getTotalLength()])");
  await eventually("the gauges", async () => (await paths(3)).length === 2, 5);
  const [track, bar] = await paths(1);
  assert.deepEqual([track[0], track[1], bar[0]], [true, "round", false]);
  assert.ok(Math.abs(bar[2] / track[2] - .75) < .01, `${bar[2]} of ${track[2]}`);
  assert.match(await inPanel(1, "return panel.querySelector('.gauge').innerText + panel.querySelector('.gauge-name').innerText"), /vector\(50\)/);
  assert.deepEqual((await paths(2)).map(([isTrack]) => isTrack), [...Array(5).fill(false), ...Array(5).fill(true)]);
  const [whole, part] = await paths(3);
  assert.ok(Math.abs(part[2] / whole[2] - .25) < .01, `${part[2]} of ${whole[2]}`);
  assert.equal(await inPanel(3, "return all('.gauge-value').length"), 0);
  assert.deepEqual(await browser.errors(), []);
  await pictures("circles");
  await onPhone();
});
