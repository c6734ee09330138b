// What the tests of a file share: a running program and a browser.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before } from "node:test";
import { Program } from "./program.mjs";
import { Browser, eventually } from "./webdriver.mjs";

/** Of every test that needs a browser. */
export const options = { skip: spawnSync("chromedriver", ["--version"]).status === 0 ? false : "needs chromedriver (make test-deps)" };

/**
 * Starts both before the tests of the file and ends them after the last; a program that ends badly fails the file.
 * `prepare({ program, browser })` is called in between, `start` makes the program. Nothing starts with a reason to `skip`.
 */
export function withSite(prepare, start = () => Program.up(), skip = options.skip) {
  const site = {};
  before(async () => {
    if (skip) return;
    site.program = await start();
    site.browser = await Browser.start();
    await prepare(site);
  });
  after(async () => {
    await site.browser?.stop();
    if (site.program) assert.equal(await site.program.stop(), 0);
  });
}

/**
 * Resolves when each part was scraped twice. A graph asks at times that are multiples of its step: the last one must not
 * lie before the first scrape.
 */
export async function scrapedTwice(program) {
  await fetch(`${program.webapp}/`);
  await eventually("two scrapes of each part", async () => (await program.query("sum(count_over_time(up[1m]) > bool 1)")) === 4);
}
