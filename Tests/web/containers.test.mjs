import test from "node:test";
import assert from "node:assert/strict";
import { address, cores, crumbs, limit, merge, rates, rows, short, title, traffic } from "../../Sources/WebAssets/web/pages/containersModel.js";

const sample = (second, total, rx) => ({
  timestamp: new Date(1_700_000_000_000 + second * 1000).toISOString(),
  cpu: { usage: { total } }, network: { interfaces: rx == null ? [] : [{ name: "eth0", rx_bytes: rx }, { name: "eth1", rx_bytes: 1 }] },
});

test("rates are taken between neighbours, not over falls", () => {
  const samples = [sample(0, 0), sample(2, 4e9), sample(3, 1e9), sample(3, 2e9)];
  assert.deepEqual(rates(samples, (one) => one.cpu.usage.total), [null, 2e9, null, null]);
  assert.equal(cores(samples.slice(0, 2)), 2);
  assert.equal(cores([]), null);
});

test("traffic is summed over interfaces", () => {
  assert.equal(traffic([sample(0, 0, 100), sample(1, 0, 350)], "rx_bytes"), 250);
  assert.equal(traffic([sample(0, 0), sample(1, 0)], "rx_bytes"), null);
});

test("limits that are none", () => {
  for (const value of [0, undefined, 9223372036854771712, 18446744073709551615]) assert.equal(limit(value), null);
  assert.equal(limit(1024), 1024);
});

test("names and paths", () => {
  const id = "0a".repeat(32);
  assert.equal(short(`docker-${id}.scope`), "docker-0a0a0a0a0a0a");
  assert.equal(title({ name: "/" }), "Machine");
  assert.equal(title({ name: `/docker/${id}`, aliases: ["shop", id] }), "shop");
  assert.deepEqual(crumbs("/a/b").map((one) => one.path), ["/", "/a", "/a/b"]);
  assert.equal(address("/a b/c%"), "/containers/a%20b/c%25");
});

test("rows are filtered and indented", () => {
  const all = [{ name: "/" }, { name: "/docker" }, { name: "/docker/x", namespace: "docker", aliases: ["shop"], spec: { image: "Store:1" } }];
  assert.deepEqual(rows(all).map((row) => row.depth), [0, 0, 1]);
  assert.deepEqual(rows(all, "store").map((row) => row.container.name), ["/docker/x"]);
  assert.deepEqual(rows(all, "", true).length, 1);
});

test("samples are merged without repeats", () => {
  const known = [sample(0, 0), sample(1, 1)];
  assert.deepEqual(merge(known, [sample(1, 1), sample(2, 2)]).map((one) => one.cpu.usage.total), [0, 1, 2]);
  assert.equal(merge(known, [sample(2, 2)], 2).length, 2);
});
