import assert from "node:assert/strict";
import { test } from "node:test";
import { absolute, isOurs, own } from "../../../Sources/WebAssets/web/lib/base.js";

test("addresses get the base once", () => {
  for (const [address, wanted] of [
    ["/d/abc", "/m/d/abc"], ["/m/d/abc", "/m/d/abc"], ["/", "/m/"], ["/m", "/m"], ["/m?x=1", "/m?x=1"], ["/metrics", "/m/metrics"],
    ["//host/d", "//host/d"], ["https://host/d", "https://host/d"], ["#top", "#top"], ["?a=b", "?a=b"], ["", ""],
  ]) assert.equal(absolute(address, "/m"), wanted, address);
  assert.equal(absolute("/d/abc", ""), "/d/abc");
});

test("the base is taken off once", () => {
  for (const [address, wanted] of [["/m/d/abc", "/d/abc"], ["/m", "/"], ["/m/", "/"], ["/m?x=1", "/?x=1"], ["/metrics", "/metrics"], ["/m/m/d", "/m/d"]])
    assert.equal(own(address, "/m"), wanted, address);
  assert.equal(own("/m/d", ""), "/m/d");
});

test("another program's addresses on the same host are not ours", () => {
  assert.ok(isOurs("/m/d", "/m") && isOurs("/m", "/m") && isOurs("/x", ""));
  assert.ok(!isOurs("/metrics", "/m") && !isOurs("/", "/m"));
});
