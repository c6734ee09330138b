// The page of alert rules, with rules that the running program evaluates itself.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { audit } from "./audit.mjs";
import { Program } from "./program.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

let program;
let browser;

const headers = { "content-type": "application/json", authorization: `Basic ${btoa("admin:foobar")}` };
const send = async (method, path, body) => {
  const answer = await fetch(program.dashboards + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
};

/** A rule that alerts while `expr` is above `limit`. */
function rule(uid, title, expr, limit) {
  return {
    uid, title, condition: "C", for: "0s", noDataState: "NoData", execErrState: "Error", labels: { severity: "page" },
    annotations: { summary: "{{ $labels.job }} has {{ $values.A }}" },
    data: [
      { refId: "A", datasourceUid: "martlet", relativeTimeRange: { from: 60, to: 0 }, model: { refId: "A", expr, instant: true } },
      { refId: "C", datasourceUid: "__expr__", model: { refId: "C", type: "threshold", expression: "A", conditions: [{ evaluator: { type: "gt", params: [limit] } }] } },
    ],
  };
}

withSite(async (site) => {
  ({ program, browser } = site);
  await send("POST", "/api/folders", { uid: "ops", title: "Operations" });
  await send("PUT", "/api/v1/provisioning/folder/ops/rule-groups/machines", { interval: 1, rules: [rule("busy", "Machines are up", "up", 0), rule("calm", "Machines are many", "sum(up)", 1000), rule("wrong", "Question that fails", "sum(", 1)] });
  await send("POST", "/api/v1/provisioning/contact-points", { uid: "hook", name: "On duty", type: "webhook", settings: { url: "http://127.0.0.1:9/hook", password: "hidden-password" } });
  await send("POST", "/api/v1/provisioning/contact-points", { uid: "pager", name: "Pager", type: "victorops", settings: { url: "http://v" } });
  await send("PUT", "/api/v1/provisioning/policies", { receiver: "On duty", group_by: ["alertname"], group_wait: "1s", routes: [{ object_matchers: [["severity", "=", "page"]], receiver: "Pager", continue: true }] });
  await eventually("all four parts' alerts", async () => {
    const { data } = await send("GET", "/api/prometheus/grafana/api/v1/rules?rule_name=Machines%20are%20up");
    return data.groups[0]?.rules[0]?.totals.alerting === 4;
  }, 30);
  await program.signIn(browser);
}, () => Program.up([], { environment: { GF_UNIFIED_ALERTING_MIN_INTERVAL: "1s" } }));

test("rules show their state, instances and errors", options, async () => {
  await browser.resize(1440, 900);
  await browser.open(`${program.dashboards}/alerting/list`);
  await browser.shows("Machines are up");
  await browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  for (const text of ["Operations", "Firing", "job=prometheus", "prometheus has 1", "query A", "On duty", "webhook", "Policies", "severity = page"]) await browser.shows(text);
  await browser.shows("notifications of type victorops cannot be sent from here");
  assert.ok(!(await browser.text()).includes("hidden-password"));
});

/** Whether an element reaches out of the page. */
const overflow = "return document.documentElement.scrollWidth > innerWidth ? ['wider than the window'] : []";

test("the page is accessible on desks and phones", options, async () => {
  const faults = [];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await browser.resize(width, height);
    await browser.open(`${program.dashboards}/alerting/list`);
    await browser.shows("Machines are up");
    await browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    if (process.env.PICTURES) {
      await browser.screenshot(join(process.env.PICTURES, `alerting-${width}.png`));
      await browser.run("document.querySelector('.policy-tree').scrollIntoView()");
      await browser.screenshot(join(process.env.PICTURES, `alerting-told-${width}.png`));
    }
    faults.push(...await browser.run(overflow));
    faults.push(...(await audit(browser, width < 500)).map((fault) => `${width} ${fault}`));
  }
  faults.push(...await browser.errors());
  assert.deepEqual(faults, []);
});

test("a list of alerts on a dashboard has them too", options, async () => {
  const panel = (id, title, state) => ({ id, type: "alertlist", title, gridPos: { x: 0, y: id * 8, w: 12, h: 8 }, options: { maxItems: 20, stateFilter: state } });
  const saved = await send("POST", "/api/dashboards/db", { dashboard: { uid: "alerts", title: "Alerts", panels: [panel(1, "What fires", { firing: true, pending: true }), panel(2, "What rests", { firing: false, pending: false, normal: true })] } });
  await browser.resize(1440, 900);
  await browser.open(program.dashboards + saved.url);
  for (const text of ["Machines are up", "4 ·", "Question that fails", "Machines are many"]) await browser.shows(text);
  assert.deepEqual(await browser.errors(), []);
});
