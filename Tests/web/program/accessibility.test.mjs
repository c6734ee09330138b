// Every page, at desktop and phone size, dark and light: names of controls, ids, contrast of text, visible focus, size
// of what is touched, no sideways scrolling, nothing in the console.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePorts, Program } from "./program.mjs";
import { Browser, eventually } from "./webdriver.mjs";

const options = { skip: spawnSync("chromedriver", ["--version"]).status === 0 ? false : "needs chromedriver (make test-deps)" };
const expression = "sum by (job) (up)";
const explored = JSON.stringify({ a: { datasource: "martlet", range: { from: "now-5m", to: "now" }, queries: [{ refId: "A", expr: expression, datasource: { type: "prometheus", uid: "martlet" }, range: true, instant: true }] } });
/** Path and a text that shows that the page is there. */
const pages = {
  dashboards: [["/", "Welcome to Martlet"], ["/dashboards", "New"], ["/d/martlet-service", null], ["/explore", "Add query"],
    [`/explore?schemaVersion=1&panes=${encodeURIComponent(explored)}`, "Table"], ["/connections/datasources", "Prometheus"], ["/connections/datasources/new", "Connection"],
    ["/connections/datasources/edit/martlet", "Connection"], ["/dashboard/import", "Upload"], ["/dashboard/new", "Start your new"], ["/alerting/list", "TargetDown"],
    ["/profile", "Preferences"], ["/admin/users", "admin"], ["/org/serviceaccounts", "Service accounts"], ["/playlists", "Playlists"], ["/dashboard/snapshots", "Snapshots"]],
  server: [[`/query?g0.expr=${encodeURIComponent(expression)}&g0.tab=table`, "webapp"], [`/query?g0.expr=${encodeURIComponent(expression)}&g0.tab=graph`, "step"], ["/alerts", "TargetDown"],
    ["/rules", "job:up:sum"], ["/targets", "prometheus"], ["/status", "Version"], ["/tsdb-status", "Series"], ["/flags", "--config.file"], ["/config", "scrape_configs"], ["/service-discovery", "prometheus"]],
  containers: [["/containers/", "Machine"], ["/docker/", "Containers"]],
};
let program;
let browser;

before(async () => {
  if (options.skip) return;
  const [nobody] = await freePorts(1);
  program = await Program.up([], { configuration: ({ webapp, server }) => `
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
  browser = await Browser.start();
  await fetch(`${program.webapp}/`);
  await eventually("an alert", () => program.query('ALERTS{alertname="TargetDown"}'));
  const found = await fetch(`${program.dashboards}/api/search?query=Service`, { headers: { authorization: `Basic ${btoa("admin:foobar")}` } });
  pages.dashboards[2] = [(await found.json()).find((one) => one.title === "Service").url, "Last"];
});

after(async () => {
  await browser?.stop();
  if (program) assert.equal(await program.stop(), 0);
});

const roles = new Set(["button", "link", "textbox", "searchbox", "combobox", "checkbox", "switch", "radio", "spinbutton", "slider", "tab", "menuitem", "listbox", "image"]);

/** Controls that a screen reader cannot name, from Chromium's own tree. */
async function nameless() {
  const { nodes } = await browser.devtools("Accessibility.getFullAXTree");
  const out = [];
  for (const node of nodes) {
    if (node.ignored || !roles.has(node.role?.value) || node.name?.value?.trim()) continue;
    const { node: element } = await browser.devtools("DOM.describeNode", { backendNodeId: node.backendDOMNodeId }).catch(() => ({ node: {} }));
    out.push(`no name: ${node.role.value} <${element.localName} ${(element.attributes ?? []).join(" ")}>`);
  }
  return out;
}

/** What is wrong with how the page looks; `phone` asks for targets of a finger. */
const audit = (phone) => browser.run(`
  const faults = new Set(), phone = arguments[0];
  const say = (element, text) => faults.add(text + ": <" + element.localName + " class='" + element.className + "'> " + (element.innerText ?? "").trim().slice(0, 40).replace(/\\s+/g, " "));
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const parse = (text) => {
    const numbers = (text.match(/[\\d.]+(e-?\\d+)?/g) ?? []).map(Number);
    if (text.startsWith("color(srgb")) return [numbers[0] * 255, numbers[1] * 255, numbers[2] * 255, numbers[3] ?? 1];
    return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const light = (color) => { const [r, g, b] = color.map((part) => { const c = part / 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  /** The colour behind an element; null where a picture or gradient is. */
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && at !== document.body && !at.matches("select")) return null;
      const color = parse(style.backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((under, color) => over(color, under), [255, 255, 255]);
  };
  const contrast = (element, text, opacity, name) => {
    const under = behind(element);
    if (!under) return;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const [r, g, b, a] = parse(text), ink = over([r, g, b, a * opacity], under), [one, two] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (one + .05) / (two + .05);
    const style = getComputedStyle(element), size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say(element, name + " " + ratio.toFixed(2));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(element) || element.closest("[disabled], [aria-disabled=true], option, .u-hz") || element.closest(".visually-hidden, .skip")) continue;
    contrast(element, element instanceof SVGElement ? getComputedStyle(element).fill : getComputedStyle(element).color, 1, "contrast");
  }
  for (const field of document.querySelectorAll("input[placeholder], textarea[placeholder]")) {
    if (!shown(field) || field.disabled) continue;
    const style = getComputedStyle(field, "::placeholder");
    contrast(field, style.color, Number(style.opacity), "contrast of placeholder “" + field.placeholder + "”");
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.add("id twice: " + id);
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && shown(one)).pop();
    faults.add("wider than the window: " + document.documentElement.scrollWidth + " " + (wide?.outerHTML.slice(0, 120) ?? ""));
  }
  if (phone) for (const element of document.querySelectorAll("button, a[href], input:not([type=hidden]):not([type=file]), select")) {
    if (!shown(element) || element.closest(".visually-hidden, .skip")) continue;
    const target = element.matches("input[type=checkbox], input[type=radio]") ? element.closest("label") ?? element : element;
    const { width, height } = target.getBoundingClientRect();
    // A link within a line of text is as high as the line.
    if ((width < 24 || height < 24) && getComputedStyle(element).display !== "inline" && width > 0) say(element, "target " + Math.round(width) + "x" + Math.round(height));
    if (getComputedStyle(element).display === "inline" && height < 16) say(element, "target " + Math.round(width) + "x" + Math.round(height));
  }
  if (!document.documentElement.lang) faults.add("no language");
  if (!document.title.trim()) faults.add("no title");
  if (!document.querySelector("main")) faults.add("no main part");
  return [...faults];`, phone);

/** Controls that look the same with and without the keyboard's focus. */
async function unfocused() {
  await browser.key("\uE004");
  return browser.run(`
    const look = (element) => { const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(element); return [outlineStyle, outlineStyle === "none" ? "" : outlineWidth, boxShadow, borderColor, backgroundColor].join(); };
    const faults = new Set();
    for (const element of document.querySelectorAll("button, a[href], input:not([type=hidden]):not([type=file]), select, textarea, summary, [tabindex='0']")) {
      if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
      document.activeElement?.blur();
      const before = look(element);
      element.focus({ preventScroll: true });
      for (const animation of element.getAnimations()) animation.finish();
      if (document.activeElement === element && look(element) === before) faults.add("no visible focus: " + element.outerHTML.slice(0, 120));
    }
    document.activeElement?.blur();
    return [...faults];`);
}

/** Changes the theme as its menu does, and ends what moves. */
async function setTheme(theme) {
  // The module that the page has loaded: its listeners are what is told of the theme.
  await browser.run(`const page = document.querySelector("script[type=module]").src;
    (await import(page.replace(/\\/web\\/.*/, "/web/lib/theme.js"))).setTheme(arguments[0]);
    for (let frame = 0; frame < 3; frame += 1) await new Promise((next) => requestAnimationFrame(next));
    for (const animation of document.getAnimations()) try { animation.finish(); } catch {}`, theme);
}

async function check(address, text) {
  await browser.resize(1440, 900);
  await browser.open(address);
  if (text) await eventually(`“${text}” on ${address}`, async () => (await browser.text()).toLowerCase().includes(text.toLowerCase()), 10);
  await eventually("a page at rest", () => browser.run("return !document.querySelector('[aria-busy=true], .spinner')"), 10);
  const faults = await nameless();
  faults.push(...await unfocused());
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await browser.resize(width, height);
    for (const theme of ["dark", "light"]) {
      await setTheme(theme);
      if (process.env.PICTURES) {
        const name = address.split("?")[0].replace(/^https?:..[^/]*:(\d+)/, "").replace(/\W+/g, "_") + (address.match(/tab=\w+/)?.[0] ?? "");
        await browser.screenshot(join(process.env.PICTURES, `${name}-${width}-${theme}.png`));
      }
      faults.push(...(await audit(width < 500)).map((fault) => `${width} ${theme} ${fault}`));
    }
  }
  faults.push(...await browser.errors());
  return faults;
}

/** What a click opens, by a script: menus, dialogs, the editor. */
const opened = {
  "the time picker": "document.querySelector('.time-button').click()",
  "a panel's menu": "document.querySelector('.panel-menu').click()",
  "the search": "document.querySelector('.search-box').click()",
  "the navigation": "document.querySelector('.top-bar button').click()",
  "a description": "document.querySelector('.panel-note').click()",
  "a variable's values": "document.querySelector('.variable-value').click()",
  "the share dialog": "document.querySelector('.dash-tools [aria-label=Share]').click()",
};

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

for (const [name, script] of Object.entries(opened)) {
  test(`${name} on a dashboard is accessible`, options, async () => {
    await browser.resize(1440, 900);
    await browser.open(program.dashboards + pages.dashboards[2][0]);
    await eventually("the panels", () => browser.run("return document.querySelectorAll('.panel-note').length > 2 && !document.querySelector('[aria-busy=true]')"), 10);
    const faults = [];
    for (const theme of ["light", "dark"]) {
      await setTheme(theme);
      if (theme === "light") {
        await browser.run(script);
        await eventually("what was opened", () => browser.run("return [...document.querySelectorAll('.popover, .backdrop, .drawer, .side')].some((one) => one.checkVisibility())"), 5);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      faults.push(...await nameless(), ...await audit(false), ...await browser.errors());
      if (process.env.PICTURES) await browser.screenshot(join(process.env.PICTURES, `opened-${name.replace(/\W+/g, "-")}-${theme}.png`));
    }
    assert.deepEqual(faults, []);
  });
}
