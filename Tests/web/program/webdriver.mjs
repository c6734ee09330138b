// A headless Chromium, driven over WebDriver (W3C) with fetch. Needs chromedriver and chromium.
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";

/** Asks `body` again and again until it gives something that is not null, undefined or false. */
export async function eventually(what, body, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      last = undefined;
      const value = await body();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}${last ? `: ${last.message}` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Starts chromedriver on a port that it chooses; resolves with the process and its address. */
async function startDriver() {
  const child = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.setEncoding("utf8");
  const port = await new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`chromedriver ended: ${text}`)));
    child.stdout.on("data", (part) => {
      text += part;
      const match = /started successfully on port (\d+)/.exec(text);
      if (match) resolve(Number(match[1]));
    });
  });
  return { child, address: `http://127.0.0.1:${port}` };
}

export class Browser {
  #driver;
  #session;

  /** @param {{width?: number, height?: number, scale?: number, userFolder?: string}} options */
  static async start({ width = 1400, height = 900, scale = 1 } = {}) {
    const browser = new Browser();
    browser.#driver = await startDriver();
    const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      `--window-size=${width},${height}`, `--force-device-scale-factor=${scale}`, "--hide-scrollbars"];
    const answer = await browser.#call("POST", "/session", {
      capabilities: { alwaysMatch: { "goog:chromeOptions": { args }, "goog:loggingPrefs": { browser: "ALL" } } },
    });
    browser.#session = answer.sessionId;
    return browser;
  }

  async #call(method, path, body) {
    const response = await fetch(this.#driver.address + path, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  #command(method, path, body) {
    return this.#call(method, `/session/${this.#session}${path}`, body);
  }

  open(url) { return this.#command("POST", "/url", { url }); }
  url() { return this.#command("GET", "/url"); }

  /** Runs the body of a function in the page; `arguments` are its arguments. */
  run(script, ...args) { return this.#command("POST", "/execute/sync", { script, args }); }

  /** The text that a person sees. */
  text() { return this.run("return document.body.innerText"); }

  /** Waits until the page shows a text. */
  shows(text, seconds = 60) {
    return eventually(`"${text}" on ${text}`, async () => (await this.text()).includes(text), seconds)
      .catch(async () => { throw new Error(`the page ${await this.url()} never showed "${text}" but:\n${(await this.text()).slice(0, 2000)}`); });
  }

  async #element(selector) {
    const value = await this.#command("POST", "/element", { using: "css selector", value: selector });
    return Object.values(value)[0];
  }

  /** Waits for an element and clicks it. */
  click(selector) {
    return eventually(`a click on ${selector}`, async () => {
      await this.#command("POST", `/element/${await this.#element(selector)}/click`, {});
      return true;
    });
  }

  /** Waits for a field and types into it, replacing what it holds. */
  type(selector, text) {
    return eventually(`the field ${selector}`, async () => {
      const element = await this.#element(selector);
      await this.#command("POST", `/element/${element}/clear`, {});
      await this.#command("POST", `/element/${element}/value`, { text });
      return true;
    });
  }

  /** Chooses files in a file field, by path. */
  async choose(selector, path) {
    const element = await this.#element(selector);
    await this.#command("POST", `/element/${element}/value`, { text: path });
  }

  /** Presses a key on whatever has the focus; special keys by their WebDriver code point. */
  key(value) {
    return this.#command("POST", "/actions", { actions: [{ type: "key", id: "keys", actions: [{ type: "keyDown", value }, { type: "keyUp", value }] }] });
  }

  /** Moves the pointer to a place of the window, in CSS pixels. */
  hover(x, y) {
    return this.#command("POST", "/actions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" },
        actions: [{ type: "pointerMove", duration: 50, x: Math.round(x), y: Math.round(y) }] }],
    });
  }

  /** What the page wrote to its console since the last call: errors only. */
  async errors() {
    const entries = await this.#command("POST", "/se/log", { type: "browser" });
    return entries.filter((entry) => entry.level === "SEVERE").map((entry) => entry.message);
  }

  /** Gives the page a size in CSS pixels, whatever the window's least width is. */
  resize(width, height, { mobile = false } = {}) {
    return this.devtools("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
  }

  /** A command of Chromium's own protocol. */
  devtools(cmd, params = {}) { return this.#command("POST", "/goog/cdp/execute", { cmd, params }); }

  async screenshot(path) {
    await writeFile(path, Buffer.from(await this.#command("GET", "/screenshot"), "base64"));
  }

  /** A browser with an empty cache and no cookies. */
  async forget() {
    await this.devtools("Network.clearBrowserCache");
    await this.devtools("Network.clearBrowserCookies");
  }

  async stop() {
    try {
      await this.#command("DELETE", "");
    } finally {
      this.#driver.child.kill();
    }
  }
}
