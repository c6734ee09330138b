import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAt, rank } from "../../../Sources/WebAssets/web/models/promqlWords.js";

/** The place at "|" in the text. */
const at = (text) => placeAt(text.replace("|", ""), text.indexOf("|"));

test("knows what stands at the caret", () => {
  assert.deepEqual(at("ra|"), { kind: "word", from: 0, prefix: "ra" });
  assert.deepEqual(at("sum(http_re|)"), { kind: "word", from: 4, prefix: "http_re" });
  assert.deepEqual(at("up{jo|}"), { kind: "label", metric: "up", from: 3, prefix: "jo" });
  assert.deepEqual(at("up{|}"), { kind: "label", metric: "up", from: 3, prefix: "" });
  assert.deepEqual(at('up{a="}",job=~"we|"}'), { kind: "value", label: "job", metric: "up", from: 15, prefix: "we" });
  assert.deepEqual(at("sum by (in|"), { kind: "label", metric: "", from: 8, prefix: "in" });
  assert.deepEqual(at("sum by (a) (me|"), { kind: "word", from: 12, prefix: "me" });
});

test("offers nothing in strings, numbers, durations and comments", () => {
  assert.equal(at('label_replace(up, "x|'), null);
  assert.equal(at("up[5m|"), null);
  assert.equal(at("1e|"), null);
  assert.equal(at("up # co|"), null);
  assert.equal(at("up{job=|"), null);
});

test("ranks beginnings before middles before letters in order", () => {
  assert.deepEqual(rank(["x_up", "upper", "u_p", "none", "up"], "up"), ["upper", "up", "x_up", "u_p"]);
  assert.equal(rank(Array.from({ length: 100 }, (_, i) => "m" + i), "m", 5).length, 5);
});
