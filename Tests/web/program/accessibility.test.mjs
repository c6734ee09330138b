// Every page, at desktop and phone size, dark and light: names of controls, ids, contrast of text, visible focus, size
// of what is touched, no sideways scrolling, nothing in the console.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { audit, nameless, setTheme, unfocused } from "./audit.mjs";
import { freePorts, Program } from "./program.mjs";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const expression = "sum by (job) (up)";
const explored = JSON.stringify({ a: { datasource: "martlet", range: { from: "now-5m", to: "now" }, queries: [{ refId: "A", expr: expression, datasource: { type: "prometheus", uid: "martlet" }, range: true, instant: true }] } });
/** Path and a text that shows that the page is there. */
const pages = {
  dashboards: [["/", "Welcome to Martlet"], ["/dashboards", "New"], ["/d/martlet-service", null], ["/explore", "Add query"],
    [`/explore?schemaVersion=1&panes=${encodeURIComponent(explored)}`, "Table"], ["/connections/datasources", "Prometheus"], ["/connections/datasources/new", "Connection"],
    ["/connections/datasources/edit/martlet", "Connection"], ["/dashboard/import", "Upload"], ["/dashboard/new", "Start your new"], ["/alerting/list", "TargetDown"],
    ["/profile", "Preferences"], ["/admin/users", "admin"], ["/org/serviceaccounts", "Service accounts"], ["/org/teams", "No teams yet"], ["/playlists", "Playlists"], ["/dashboard/snapshots", "Snapshots"]],
  server: [[`/query?g0.expr=${encodeURIComponent(expression)}&g0.tab=table`, "webapp"], [`/query?g0.expr=${encodeURIComponent(expression)}&g0.tab=graph`, "step"], ["/alerts", "TargetDown"],
    ["/rules", "job:up:sum"], ["/targets", "prometheus"], ["/status", "Version"], ["/tsdb-status", "Series"], ["/flags", "--config.file"], ["/config", "scrape_configs"], ["/service-discovery", "prometheus"]],
  containers: [["/containers/", "Machine"], ["/docker/", "Containers"]],
};
let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await fetch(`${program.webapp}/`);
  await eventually("an alert", () => program.query('ALERTS{alertname="TargetDown"}'));
  const found = await fetch(`${program.dashboards}/api/search?query=Service`, { headers: { authorization: `Basic ${btoa("admin:foobar")}` } });
  pages.dashboards[2] = [(await found.json()).find((one) => one.title === "Service").url, "Last"];
}, async () => {
  const [nobody] = await freePorts(1);
  return Program.up([], { configuration: ({ webapp, server }) => `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - job_name: webapp
    static_configs: [{ targets: ["127.0.0.1:${webapp}"] }]
  - job_name: prometheus
    static_configs: [{ targets: ["127.0.0.1:${server}"] }]
  - job_name: broken
    static_configs: [{ targets: ["127.0.0.1:${nobody}"] }]
`, files: { "rules.yml": `
groups:
  - name: demo
    rules:
      - { record: "job:up:sum", expr: sum by (job) (up) }
      - { alert: TargetDown, expr: up == 0, labels: { severity: page }, annotations: { summary: "{{ $labels.job }} is down" } }
      - { alert: Never, expr: vector(1) > 2 }
` } });
});

async function check(address, text) {
  await browser.resize(1440, 900);
  await browser.open(address);
  if (text) await eventually(`“${text}” on ${address}`, async () => (await browser.text()).toLowerCase().includes(text.toLowerCase()), 10);
  await eventually("a page at rest", () => browser.run("return !document.querySelector('[aria-busy=true], .spinner')"), 10);
  const faults = await nameless(browser);
  faults.push(...await unfocused(browser));
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await browser.resize(width, height);
    for (const theme of ["dark", "light"]) {
      await setTheme(browser, theme);
      if (process.env.PICTURES) {
        const name = address.split("?")[0].replace(/^https?:..[^/]*:(\d+)/, "").replace(/\W+/g, "_") + (address.match(/tab=\w+/)?.[0] ?? "");
        await browser.screenshot(join(process.env.PICTURES, `${name}-${width}-${theme}.png`));
      }
      faults.push(...(await audit(browser, width < 500)).map((fault) => `${width} ${theme} ${fault}`));
    }
  }
  faults.push(...await browser.errors());
  return faults;
}

test("the login page is accessible", options, async () => {
  const faults = await check(`${program.dashboards}/login`, "Log in");
  await program.signIn(browser);
  assert.deepEqual(faults, []);
});

for (const [role, list] of Object.entries(pages)) {
  list.forEach((page, at) => test(`${role}: ${page[0].split("&panes")[0]} is accessible`, options, async () => {
    const [path, text] = pages[role][at];
    assert.deepEqual(await check(program[role] + path, text), []);
  }));
}
