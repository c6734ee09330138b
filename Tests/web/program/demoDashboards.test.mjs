// Both dashboards of the original demo, imported unmodified through the import page, show the numbers that the server
// has: the service's from its own requests, the containers' from a monitor with known values.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkout, Program } from "./program.mjs";
import { options as site, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

const folder = join(checkout, "../shared/dashboards/demo");
const options = { skip: site.skip || (existsSync(folder) ? false : "needs ../shared/dashboards/demo") };
const mebibyte = 1048576;
const containers = [
  { name: "web", bytes: 256.5 * mebibyte, cpuShare: 0.0423 },
  { name: "db", bytes: 137.5 * mebibyte, cpuShare: 0.025 },
];
let monitor;
let program;
let browser;

/** A container monitor whose values are known: memory stands still, CPU time grows with the clock. */
function startMonitor() {
  const begin = Date.now();
  const server = createServer((request, response) => {
    const seconds = (Date.now() - begin) / 1000;
    const family = (name, type, value) => `# HELP ${name} A value.\n# TYPE ${name} ${type}\n` + containers.map((one) =>
      `${name}{id="/docker/${one.name}",image="demo/${one.name}:1",name="${one.name}"} ${value(one)}\n`).join("");
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(family("container_memory_usage_bytes", "gauge", (one) => one.bytes)
      + family("container_cpu_user_seconds_total", "counter", (one) => 1000 + one.cpuShare * seconds)
      + family("container_last_seen", "gauge", () => Date.now() / 1000));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** The text of a panel, found by its title; without line ends. */
const panelText = (title) => browser.run(`
  for (const panel of document.querySelectorAll(".panel"))
    if (panel.innerText.trim().startsWith(arguments[0])) return panel.innerText.replace(/\\s+/g, " ");
  return "";`, title);

async function importFile(name, title) {
  await browser.open(`${program.dashboards}/dashboard/import`);
  await eventually("the import page", () => browser.run("return !!document.querySelector('#import-file')"));
  await browser.choose("#import-file", join(folder, name));
  await eventually("the name", async () =>
    (await browser.run("return document.querySelector('#import-title')?.value")) === title);
  await browser.run("[...document.querySelectorAll('button')].find((one) => one.textContent === 'Import').click()");
  await eventually("the dashboard's page", async () => (await browser.url()).includes("/d/"));
  await browser.open(`${(await browser.url()).split("?")[0]}?refresh=5s`);
}

withSite(async (site) => {
  ({ program, browser } = site);
  await browser.resize(1400, 1200);
  await browser.open(`${program.dashboards}/login`);
  await browser.type("input[name=user]", "admin");
  await browser.type("input[name=password]", "foobar");
  await browser.click("button[type=submit]");
  await eventually("the page behind the login", async () => !(await browser.url()).includes("/login"));
}, async () => {
  monitor = await startMonitor();
  return Program.up([], { configuration: ({ webapp }) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: webapp
    static_configs: [{ targets: ["127.0.0.1:${webapp}"] }]
  - job_name: cadvisor
    static_configs: [{ targets: ["127.0.0.1:${monitor.address().port}"] }]
` });
}, options.skip);
after(() => monitor?.close());

test("the demo's service dashboard shows the requests", options, async () => {
  const expression = 'rate(http_request_count_total{job="webapp",endpoint="/"}[1m])';
  await eventually("two scrapes of a counted request", async () => {
    await fetch(`${program.webapp}/`);
    await fetch(`${program.webapp}/nothing`);
    return (await program.query(expression)) > 0;
  });
  await importFile("flask_service_dashboard.json", "Really Simple Flask Dashboard");
  await eventually("both legends", async () => {
    const [rates, latency] = [await panelText("Requests Rate"), await panelText("Latency")];
    return / \/ 200/.test(rates) && /<unmatched> 404/.test(rates) && /\/ \(seconds\)/.test(latency);
  });
  // What the tooltip says of the newest point is what the server answers for its time.
  await eventually("the value of the newest point", async () => {
    const [x, y] = await browser.run(`
      const { right, top, height } = document.querySelector(".panel .u-over").getBoundingClientRect();
      return [right - 4, top + height / 2];`);
    await browser.hover(x - 20, y);
    await browser.hover(x, y);
    const [time, ...rows] = await browser.run(`
      const tip = document.querySelector(".chart-tip:not([hidden])");
      return tip ? [tip.querySelector(".tip-time").textContent,
        ...[...tip.querySelectorAll(".tip-row:not([hidden])")].map((row) => row.innerText.replace(/\\s+/g, " "))] : [];`);
    const shown = /\/ 200 ([0-9.]+)$/.exec(rows.find((row) => row.includes(" / 200")) ?? "");
    if (!shown) return false;
    const value = await program.query(expression, new Date(time.replace(" ", "T")).getTime() / 1000);
    return value > 0 && Math.abs(Number(shown[1]) / value - 1) < 0.01;
  });
  assert.deepEqual(await browser.errors(), []);
});

test("the demo's container dashboard shows the containers", options, async () => {
  const rate = "rate(container_cpu_user_seconds_total[5m]) * 100";
  await eventually("rates", async () => (await program.query(rate)) > 0);
  await importFile("cadvisor_dashboard.json", "Docker monitoring with node selection");
  const port = String(monitor.address().port);
  await eventually("the chained variables", async () => {
    const text = await browser.text();
    return ["cadvisor", "127.0.0.1", port].every((value) => text.includes(value));
  });
  await eventually("the number of containers", async () => /^Running containers 2$/.test(await panelText("Running containers")));
  await eventually("all memory", async () => /^Total Memory Usage 394 MiB$/.test(await panelText("Total Memory Usage")));
  await eventually("the table of memory", async () => {
    const text = await panelText("Memory Usage");
    return /web 256\.50 MiB 256\.50 MiB/.test(text) && /db 137\.50 MiB 137\.50 MiB/.test(text);
  });
  // The rate grows as its window fills: what is shown lies between the server's answer now and the one of a refresh and
  // a step of the range before.
  await eventually("all CPU time", async () => {
    const low = await program.query(`sum(${rate})`, Date.now() / 1000 - 25);
    const shown = Number(/^Total CPU Usage ([0-9.]+) ?%$/.exec(await panelText("Total CPU Usage"))?.[1]);
    const high = await program.query(`sum(${rate})`);
    return shown >= low * 0.99 && shown <= high * 1.01;
  });
  const table = await panelText("CPU Usage");
  for (const { name } of containers) assert.match(table, new RegExp(`${name} [0-9.]+% [0-9.]+%`));
  assert.deepEqual(await browser.errors(), []);
});
