// The page of the dashboards names every module that a dashboard imports, and no other.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const web = new URL("../../../Sources/WebAssets/web/", import.meta.url).pathname;

function imports(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target] of readFileSync(join(web, file), "utf8").matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)"/gm)) imports(normalize(join(dirname(file), target)), seen);
  return seen;
}

test("the page preloads the modules of a dashboard", () => {
  const wanted = new Set();
  for (const root of ["dashboards.js", "pages/dashboard.js", "panels/timeseries.js", "panels/stat.js"]) imports(root, wanted);
  wanted.delete("dashboards.js");
  const named = [...readFileSync(join(web, "dashboards.html"), "utf8").matchAll(/rel="modulepreload" href="\/assets\/web\/([^"]+)"/g)].map(([, file]) => file);
  assert.deepEqual(named, [...wanted].sort());
});
