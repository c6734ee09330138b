// The pages of each role below a path of the operator's, as behind a proxy that leaves the path on.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { executable, freePorts } from "./program.mjs";
import { options } from "./site.mjs";
import { Browser, eventually } from "./webdriver.mjs";

const children = [];
let browser, folder, ports;

before(async () => {
  if (options.skip) return;
  folder = await mkdtemp(join(tmpdir(), "martlet-prefix-"));
  ports = await freePorts(3);
  const [server, dashboards, containers] = ports;
  await writeFile(join(folder, "prometheus.yml"), `scrape_configs:
  - job_name: cadvisor
    scrape_interval: 1s
    metrics_path: /mon/cad/metrics
    static_configs: [{ targets: ["127.0.0.1:${containers}"] }]
`);
  const start = (args, environment = {}) => children.push(spawn(executable, args, { env: { ...process.env, ...environment }, stdio: "ignore", cwd: folder }));
  start(["server", "--config.file", join(folder, "prometheus.yml"), "--storage.tsdb.path", join(folder, "data"),
    "--web.listen-address", `127.0.0.1:${server}`, "--web.external-url", `http://localhost:${server}/mon/prom`]);
  start(["dashboards"], {
    GF_SERVER_HTTP_ADDR: "127.0.0.1", GF_SERVER_HTTP_PORT: String(dashboards), GF_SERVER_SERVE_FROM_SUB_PATH: "true",
    GF_SERVER_ROOT_URL: "%(protocol)s://%(domain)s:%(http_port)s/mon/dash/", GF_SECURITY_ADMIN_PASSWORD: "foobar", GF_PATHS_DATA: join(folder, "dashboards"),
  });
  start(["containers", "--listen_ip", "127.0.0.1", "--port", String(containers), "--url_base_prefix", "/mon/cad"]);
  for (const [port, path] of [[server, "/mon/prom/-/ready"], [dashboards, "/api/health"], [containers, "/healthz"]])
    await eventually(path, () => fetch(`http://localhost:${port}${path}`).then((answer) => answer.ok, () => false));
  browser = await Browser.start();
});

after(async () => {
  await browser?.stop();
  for (const child of children) {
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Every address that the page asked for or links to stands below the path. */
async function allBelow(path) {
  const addresses = await browser.run(`
    return [...performance.getEntriesByType("resource").map((entry) => entry.name), ...[...document.links].map((link) => link.href)]
      .filter((address) => address.startsWith(location.origin)).map((address) => new URL(address).pathname);`);
  assert.ok(addresses.length > 5, `only ${addresses.length} addresses`);
  for (const address of addresses) assert.ok(address === path || address.startsWith(path + "/"), address);
}

test("the server's pages", options, async () => {
  const base = `http://localhost:${ports[0]}/mon/prom`;
  await browser.open(`${base}/`);
  await eventually("the query page", () => browser.run("return location.pathname === '/mon/prom/query' && document.querySelector('.cm-editor, textarea, input') !== null"));
  await allBelow("/mon/prom");
  await browser.run(`document.querySelector('a[href="/mon/prom/targets"]').click()`);
  await browser.shows("cadvisor");
  assert.equal(await browser.run("return location.pathname"), "/mon/prom/targets");
  await allBelow("/mon/prom");
});

test("the dashboards' pages", options, async () => {
  const base = `http://localhost:${ports[1]}/mon/dash`;
  await browser.open(`${base}/dashboards`);
  await eventually("the login", () => browser.run("return location.pathname === '/mon/dash/login'"));
  await browser.type("input[name=user]", "admin");
  await browser.type("input[name=password]", "foobar");
  await browser.click("button[type=submit]");
  await eventually("the list of dashboards", () => browser.run("return location.pathname === '/mon/dash/dashboards'"));
  await browser.shows("Dashboards");
  const saved = await browser.run(`return fetch("/mon/dash/api/dashboards/db", { method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ dashboard: { title: "Below", panels: [{ id: 1, type: "text", title: "Hello", gridPos: { x: 0, y: 0, w: 6, h: 4 },
      options: { mode: "markdown", content: "[away](/d/other)" } }] } }) }).then((answer) => answer.json());`);
  assert.match(saved.url, /^\/mon\/dash\/d\//);
  await browser.open(`${base}/dashboards`);
  await eventually("its entry", () => browser.run(`const link = document.querySelector('a[href^="${saved.url}"]'); link?.click(); return Boolean(link);`));
  await browser.shows("Hello");
  assert.equal(await browser.run("return location.pathname"), saved.url);
  await eventually("the text's link", () => browser.run(`return document.querySelector('a[href="/mon/dash/d/other"]') !== null`));
  await allBelow("/mon/dash");
  // A page that was loaded is not asked for again.
  const cached = await browser.run(`return fetch(document.querySelector("script[type=module]").src).then((answer) => answer.headers.get("cache-control"));`);
  assert.match(cached, /immutable/);
});

test("the containers' pages", options, async () => {
  await browser.open(`http://localhost:${ports[2]}/mon/cad/`);
  await browser.shows("CPU");
  assert.equal(await browser.run("return location.pathname"), "/mon/cad/containers/");
  await allBelow("/mon/cad");
  await browser.run(`document.querySelector('a[href="/mon/cad/containers/?view=tree"]').click()`);
  await eventually("the tree", () => browser.run("return location.search === '?view=tree' && document.querySelectorAll('a[href^=\"/mon/cad/containers/\"]').length > 4"));
});
