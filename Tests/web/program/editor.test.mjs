// The panel editor: what is set in its forms is in the panel's JSON and in the picture; accessible at both sizes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { audit, nameless, setTheme } from "./audit.mjs";
import { options, scrapedTwice, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const datasource = { type: "prometheus", uid: "martlet" };
const panel = (id, type, expr, rest = {}) => ({ id, type, title: `Panel ${id}`, gridPos: { x: 0, y: 0, w: 12, h: 8 }, datasource, fieldConfig: { defaults: {}, overrides: [] }, options: {}, targets: [{ refId: "A", expr, instant: true }], ...rest });
const table = { targets: [{ refId: "A", expr: "up", instant: true, format: "table" }] };
let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await scrapedTwice(program);
  await program.signIn(browser);
  await browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard: arguments[0] }) }).then((answer) => answer.status)`, {
    title: "Edited", uid: "edited", schemaVersion: 42, time: { from: "now-5m", to: "now" }, panels: [panel(1, "stat", "vector(3)"), panel(2, "table", "up", table),
      panel(3, "timeseries", "up", { targets: [{ refId: "A", expr: "up", range: true, interval: "1s", legendFormat: "{{job}}" }], fieldConfig: { defaults: { unit: "s", mappings: [{ type: "value", options: { 1: { text: "one", color: "green", index: 0 } } }], links: [{ title: "Go", url: "/x" }], thresholds: { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 5, color: "red" }] } },
        overrides: [{ matcher: { id: "byName", options: "webapp" }, properties: [{ id: "custom.stacking", value: { mode: "normal", group: "B" } }, { id: "color", value: { mode: "fixed", fixedColor: "blue" } }, { id: "custom.unknown", value: 1 }] }] }, transformations: [{ id: "organize", options: {} }, { id: "calculateField", options: { mode: "binary" } }, { id: "filterByValue", options: { filters: [{ fieldName: "x", config: { id: "greater", options: { value: 1 } } }] } }, { id: "groupBy", options: {} }] })],
  });
});

async function edit(id) {
  await browser.resize(1440, 900);
  await browser.open(`${program.dashboards}/d/edited/edited?editPanel=${id}`);
  await eventually("the editor with data", () => browser.run("return !!document.querySelector('.editor .panel-body')?.childElementCount && !document.querySelector('[aria-busy=true]') && document.querySelectorAll('.editor-side details').length > 3"), 10);
  await browser.run("for (const one of document.querySelectorAll('.editor-side details')) one.open = true");
}

const shown = () => browser.run("return document.querySelector('.editor .panel-body').innerText");
const inEditor = (name) => `[...document.querySelectorAll(${JSON.stringify(`.editor [aria-label="${name}"]`)})].filter((one) => one.checkVisibility()).pop()`;
/** Writes into a field or chooses by the text of an option, as a person would. */
const set = (name, value) => browser.run(`const one = ${inEditor(name)};
  if (one.localName === "select") one.selectedIndex = [...one.options].findIndex((option) => option.text === arguments[0]); else one.value = arguments[0];
  for (const type of ["input", "change"]) one.dispatchEvent(new Event(type, { bubbles: true }));`, value);
const press = (text, scope = ".editor") => browser.run(`[...document.querySelectorAll(arguments[1] + " button")].filter((one) => one.checkVisibility() && (one.innerText.trim() === arguments[0] || one.getAttribute("aria-label") === arguments[0])).pop().click()`, text, scope);
/** The panel as it would be saved. */
async function saved(id) {
  await press("Save dashboard");
  await eventually("the dialog", () => browser.run("return !!document.querySelector('.dialog')"), 5);
  await browser.click(".dialog footer .primary");
  await eventually("the end of the dialog", () => browser.run("return !document.querySelector('.dialog')"), 5);
  const answer = await browser.run("return fetch('/api/dashboards/uid/edited').then((answer) => answer.json())");
  return answer.dashboard.panels.find((one) => one.id === id);
}

test("a stat's mapping, threshold, link and text size are set by forms", options, async () => {
  await edit(1);
  assert.equal((await shown()).trim(), "3");
  await press("Value mapping");
  await set("Value", "3");
  await set("Shown text", "three");
  await eventually("the mapped text", async () => (await shown()).includes("three"), 5);
  await set("Type of condition", "Range");
  await set("From", "1");
  await set("To", "2");
  await eventually("the number, which is out of the range", async () => !(await shown()).includes("three"), 5);
  await set("To", "4");
  await eventually("the text, as it is in the range", async () => (await shown()).includes("three"), 5);
  await set("Value, px", "33");
  await eventually("the size", () => browser.run("return getComputedStyle(document.querySelector('.editor .tile-value')).fontSize === '33px'"), 5);
  await press("Threshold");
  await press("Link");
  await set("Title", "Go");
  await set("URL", "/d/x?value=\${__value.raw}");
  await eventually("the link", () => browser.run("return document.querySelector('.editor a.tile')?.getAttribute('href') === '/d/x?value=3'"), 5);
  await press("Calculation");
  await eventually("the reducers", () => browser.run("return document.activeElement.matches('.menu-search')"), 5);
  for (const name of ["Max", "Min"]) await press(name, ".menu");
  assert.equal(await browser.run("return [...document.querySelectorAll('.menu [aria-checked=true]')].map((one) => one.innerText).join()"), "Min,Max", "the menu stays open");
  await browser.key("\uE00C");
  const { fieldConfig, options: own } = await saved(1);
  assert.deepEqual(fieldConfig.defaults.mappings, [{ type: "range", options: { from: 1, to: 4, result: { text: "three", index: 0 } } }]);
  assert.deepEqual(fieldConfig.defaults.thresholds.steps.map(({ value }) => value), [null, 80, 90]);
  assert.deepEqual(fieldConfig.defaults.links, [{ title: "Go", url: "/d/x?value=\${__value.raw}" }]);
  assert.equal(own.text.valueSize, 33);
  assert.deepEqual(own.reduceOptions.calcs, ["max", "min"]);
});

test("a colour is chosen from the palette by the keyboard", options, async () => {
  await edit(1);
  await browser.run("document.querySelector('.editor .color-button').focus()");
  await browser.key("\uE007");
  await eventually("the palette", () => browser.run("return document.activeElement.className === 'color-choice'"), 5);
  await browser.key("\uE015");
  const chosen = await browser.run("return document.activeElement.getAttribute('aria-label')");
  await browser.key("\uE007");
  await eventually("the end of the palette", () => browser.run("return !document.querySelector('.popover')"), 5);
  const { fieldConfig } = await saved(1);
  assert.ok(JSON.stringify(fieldConfig).includes(`"color":"${chosen}"`), `${chosen} in ${JSON.stringify(fieldConfig)}`);
});

test("an override changes the fields that it names, and no others", options, async () => {
  await edit(2);
  await press("Override");
  await set("Name of the field", "Value");
  await press("Property");
  await press("Unit", ".menu");
  await set("Unit", "percent");
  await eventually("the unit", async () => /1%/.test(await shown()), 5);
  await press("Property");
  await browser.run("const one = document.activeElement; one.value = 'columns: width, px'; one.dispatchEvent(new Event('input'))");
  await browser.key("\uE007");
  await set("Width, px", "222");
  await eventually("the width", () => browser.run("return [...document.querySelectorAll('.editor .grid-head .grid-cell')].filter((one) => one.offsetWidth === 222).length === 1"), 5);
  assert.deepEqual((await saved(2)).fieldConfig.overrides, [{ matcher: { id: "byName", options: "Value" }, properties: [{ id: "unit", value: "percent" }, { id: "custom.width", value: 222 }] }]);
});

test("transformations have forms: organize hides, moves and renames", options, async () => {
  await edit(2);
  await browser.run("document.querySelectorAll('.editor [role=tab]')[1].click()");
  await press("Add transformation");
  await press("Organize fields", ".menu");
  await press("Hide instance");
  await set("New name of job", "Part");
  await eventually("the columns", async () => { const text = await shown(); return /Part/.test(text) && !/instance/.test(text); }, 5);
  await press("Show as JSON");
  assert.deepEqual(JSON.parse(await browser.run("return document.querySelector('.editor .json-part').value")), { excludeByName: { instance: true }, renameByName: { job: "Part" } });
  const { transformations } = await saved(2);
  assert.deepEqual(transformations, [{ id: "organize", options: { excludeByName: { instance: true }, renameByName: { job: "Part" } } }]);
});

test("a query moves, and the builder puts one together", options, async () => {
  await edit(3);
  await press("Add query");
  await press("Builder");
  await eventually("the builder", () => browser.run("return !!document.querySelector('.dialog [aria-label=Metric]')"), 5);
  await browser.run("const one = document.querySelector('.dialog [aria-label=Metric]'); one.value = 'http_request_count_total'; one.dispatchEvent(new Event('change', { bubbles: true }))");
  await browser.click(".dialog footer .primary");
  await eventually("the query", () => browser.run("return [...document.querySelectorAll('.editor .query-input')].map((one) => one.value).join() === 'up,rate(http_request_count_total[$__rate_interval])'"), 5);
  await press("Move query up");
  assert.equal(await browser.run("return [...document.querySelectorAll('.editor .query-input')].map((one) => one.value).join()"), "rate(http_request_count_total[$__rate_interval]),up");
});

test("a swatch of the legend opens the colours, and the choice is an override", options, async () => {
  await browser.resize(1440, 900);
  await browser.run(`const { dashboard } = await (await fetch("/api/dashboards/uid/edited")).json(); dashboard.panels.find(({ id }) => id === 3).transformations = []; await fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard, overwrite: true }) });`);
  await browser.open(`${program.dashboards}/d/edited/edited`);
  const swatch = "[...document.querySelectorAll('.legend-name')].find((one) => one.title === 'cadvisor')?.querySelector('.swatch')";
  await eventually("the legend", () => browser.run(`return !!${swatch}`), 10);
  const before = await browser.run(`return ${swatch}.style.getPropertyValue("--swatch")`);
  await browser.run(`${swatch}.click()`);
  await eventually("the colours", () => browser.run("return !!document.querySelector('.color-choice')"), 5);
  await browser.run("document.querySelector('.color-choice[aria-label=dark-purple]').click()");
  await eventually("the other colour", async () => ![before, ""].includes(await browser.run(`return ${swatch}.style.getPropertyValue("--swatch")`)), 5);
  assert.equal(await browser.run("return document.querySelectorAll('.legend-item.off, .legend tr.off').length"), 0, "the series stay");
  await press("Save dashboard", ".dash-tools");
  await eventually("the dialog", () => browser.run("return !!document.querySelector('.dialog')"), 5);
  await browser.click(".dialog footer .primary");
  await eventually("the end of the dialog", () => browser.run("return !document.querySelector('.dialog')"), 5);
  const { dashboard } = await browser.run("return fetch('/api/dashboards/uid/edited').then((answer) => answer.json())");
  assert.deepEqual(dashboard.panels.find(({ id }) => id === 3).fieldConfig.overrides.at(-1), { matcher: { id: "byName", options: "cadvisor" }, properties: [{ id: "color", value: { mode: "fixed", fixedColor: "dark-purple" } }] });
});

test("every visualization can be chosen and has its options, and the way back loses nothing", options, async () => {
  await edit(3);
  const before = await browser.run("return document.querySelectorAll('.editor-side .option-group').length");
  const names = await browser.run("return [...document.querySelector('.editor [aria-label=Visualization]').options].map((one) => one.text)");
  assert.ok(names.length > 12);
  for (const name of [...names, "Time series"]) {
    await set("Visualization", name);
    await eventually(`the options of ${name}`, () => browser.run("return document.querySelector('.editor [aria-label=Visualization]').selectedOptions[0].text === arguments[0] && !document.querySelector('.editor [aria-busy=true]')", name), 5);
    await new Promise((resolve) => setTimeout(resolve, 350));
    const [groups, controls, text] = await browser.run("return [document.querySelectorAll('.editor-side .option-group').length, document.querySelectorAll('.editor-side .option-group:nth-of-type(2) :is(input, select, textarea, button)').length, document.querySelector('.editor .panel-body').innerText]");
    assert.ok(groups >= 2 && controls > 0, `${name}: ${groups} groups, ${controls} controls`);
    assert.doesNotMatch(text, /could not be/, name);
  }
  assert.equal(await browser.run("return document.querySelectorAll('.editor-side .option-group').length"), before);
  assert.deepEqual(await browser.errors(), []);
});

test("the editor is accessible at both sizes, in both themes, on both tabs", options, async () => {
  const faults = [];
  for (const tab of [0, 1]) for (const [width, height] of [[1440, 900], [390, 844]]) {
    await edit(3);
    await browser.resize(width, height);
    await browser.run("document.querySelectorAll('.editor [role=tab]')[arguments[0]].click(); document.activeElement.blur()", tab);
    for (const theme of ["light", "dark"]) {
      await setTheme(browser, theme);
      faults.push(...[...await nameless(browser), ...await audit(browser, width < 500), ...await browser.errors()].filter((fault) => !/beforeunload/.test(fault)).map((fault) => `${tab} ${width} ${theme} ${fault}`));
      if (process.env.PICTURES) { await browser.resize(width, 3000); await browser.screenshot(join(process.env.PICTURES, `editor-tab${tab}-${width}-${theme}.png`)); await browser.resize(width, height); }
    }
  }
  assert.deepEqual(faults, []);
});
