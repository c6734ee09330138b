// The pages of the running program in a headless Chromium.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { Program } from "./program.mjs";
import { Browser, eventually } from "./webdriver.mjs";

const hasBrowser = spawnSync("chromedriver", ["--version"]).status === 0;
const options = { skip: hasBrowser ? false : "needs chromedriver (make test-deps)" };
let program;
let browser;

before(async () => {
  if (!hasBrowser) return;
  program = await Program.up();
  browser = await Browser.start();
  await fetch(`${program.webapp}/`);
  await eventually("the first scrapes", async () => (await program.query('up{job="webapp"}')) === 1);
});

after(async () => {
  await browser?.stop();
  if (program) assert.equal(await program.stop(), 0);
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
