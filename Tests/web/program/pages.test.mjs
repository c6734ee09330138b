// The pages of the running program in a headless Chromium.
import assert from "node:assert/strict";
import { test } from "node:test";
import { options, withSite } from "./site.mjs";
import { eventually } from "./webdriver.mjs";

let program;
let browser;

withSite(async (site) => {
  ({ program, browser } = site);
  await fetch(`${program.webapp}/`);
  await eventually("the first scrapes", async () => (await program.query('up{job="webapp"}')) === 1);
});

test("the query page shows a table", options, async () => {
  await eventually("the request in the storage", () => program.query('http_request_count_total{endpoint="/"}'));
  const expression = 'http_request_count_total{job="webapp",endpoint="/"} * 41 + 1';
  await browser.open(`${program.server}/query?g0.expr=${encodeURIComponent(expression)}&g0.tab=table`);
  await browser.shows("42");
});

test("the targets page shows every part up", options, async () => {
  await eventually("all four parts up", async () => (await program.query("sum(up)")) === 4);
  await browser.open(`${program.server}/targets`);
  for (const job of ["webapp", "cadvisor", "prometheus", "grafana"]) await browser.shows(job);
});

test("the container page shows the machine", options, async () => {
  await browser.open(`${program.containers}/containers/`);
  await browser.shows("CPU");
});

test("a wrong password is refused, the right one lets in", options, async () => {
  await browser.open(`${program.dashboards}/login`);
  await browser.type("input[name=user]", "admin");
  await browser.type("input[name=password]", "wrong");
  await browser.click("button[type=submit]");
  await browser.shows("Invalid username or password");
  await browser.type("input[name=password]", "foobar");
  await browser.click("button[type=submit]");
  await eventually("the page behind the login", async () => !(await browser.url()).includes("/login"));
});
