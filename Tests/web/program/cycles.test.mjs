// Variables that refer to each other: the page says which, and draws all that does not need them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const datasource = { type: "prometheus", uid: "martlet" };
const variable = (name, query, current = {}) => ({ name, type: "query", query, datasource, refresh: 1, current, options: [] });
const panel = (id, title, expr) => ({ id, type: "stat", title, gridPos: { x: (id % 4) * 6, y: 0, w: 6, h: 5 }, datasource, fieldConfig: { defaults: {}, overrides: [] }, options: {}, targets: [{ refId: "A", expr, instant: true }] });
let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await fetch(`${program.webapp}/`);
  await eventually("the first scrapes", async () => (await program.query("sum(up)")) === 4);
  await program.signIn(browser);
  await browser.run(`return fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard: arguments[0] }) }).then((answer) => answer.status)`, {
    title: "Cycles", uid: "cycles", schemaVersion: 42, time: { from: "now-5m", to: "now" },
    templating: { list: [variable("first", 'label_values(up{job="$second"}, instance)'), variable("second", 'label_values(up{instance="$first"}, job)'),
      variable("saved", 'label_values(up{job="$other"}, job)', { text: "webapp", value: "webapp" }), variable("other", 'label_values(up{job="$saved"}, job)', { text: "webapp", value: "webapp" }),
      variable("after", 'label_values(up{job="$saved"}, __name__)'), variable("free", "label_values(up, job)", { text: "webapp", value: "webapp" })] },
    panels: [panel(1, "Without", "vector(41) + 1"), panel(2, "Free", 'count(up{job="$free"}) + 6'), panel(3, "Stuck", 'up{instance="$first"}'), panel(4, "Saved", 'count(up{job="$saved"}) + 8')],
  });
});

test("variables in a cycle are named, and panels without them show their data", options, async () => {
  await browser.open(`${program.dashboards}/d/cycles/cycles`);
  const panelText = (title) => browser.run("return document.querySelector(`.panel[aria-label='${arguments[0]}'] .panel-body`)?.innerText.trim() ?? ''", title);
  await eventually("the panels", async () => (await panelText("Without")) === "42", 10);
  assert.equal(await eventually("the panel of the free variable", () => panelText("Free"), 5), "7");
  assert.equal(await eventually("the panel of the saved values", () => panelText("Saved"), 5), "9", "a cycle with saved values keeps them");
  const notices = await browser.run("return [...document.querySelectorAll('.dash-notices .notice')].map((one) => one.innerText)");
  assert.equal(notices.length, 2);
  assert.match(notices[0], /\$first → \$second → \$first/);
  assert.match(notices[1], /\$saved → \$other → \$saved/);
  assert.match(await panelText("Stuck"), /\$first has no value, as it refers to itself: \$first → \$second → \$first/);
  assert.equal(await browser.run("return [...document.querySelectorAll('.variable-value')].find((one) => one.getAttribute('aria-label').startsWith('after:')).getAttribute('aria-label')"), "after: up", "what needs a cycle has values by those that it has");
  assert.deepEqual(await browser.errors(), []);
});

test("the notice goes when the cycle is taken out", options, async () => {
  await browser.run(`
    const { dashboard } = await (await fetch("/api/dashboards/uid/cycles")).json();
    for (const one of dashboard.templating.list) if (one.name === "second" || one.name === "other") one.query = "label_values(up, job)";
    await fetch("/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ dashboard, overwrite: true }) });`);
  await browser.open(`${program.dashboards}/d/cycles/cycles`);
  await eventually("a value in the panel that had none", () => browser.run("return document.querySelector(`.panel[aria-label='Stuck'] .panel-body`)?.innerText.trim() === '1'"), 10);
  assert.equal(await browser.run("return document.querySelectorAll('.dash-notices .notice').length"), 0);
});
