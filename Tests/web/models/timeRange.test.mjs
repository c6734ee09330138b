import { test } from "node:test";
import assert from "node:assert/strict";
import { axisPattern, describeRange, formatDuration, moveRange, parseDuration, parseTime, resolveRange, zoomIn, zoomOut } from "../../../Sources/WebAssets/web/models/timeRange.js";

const now = Date.UTC(2024, 4, 15, 13, 45, 30, 500); // A Wednesday.
const at = (text, up = false, zone = "utc") => new Date(parseTime(text, { now, up, zone })).toISOString();

const cases = [
  ["now", "2024-05-15T13:45:30.500Z"], ["now-5m", "2024-05-15T13:40:30.500Z"], ["now-1d/d", "2024-05-14T00:00:00.000Z"], ["now/d", "2024-05-15T00:00:00.000Z"],
  ["now/w", "2024-05-13T00:00:00.000Z"], ["now-1M/M", "2024-04-01T00:00:00.000Z"], ["now/y", "2024-01-01T00:00:00.000Z"], ["now/Q", "2024-04-01T00:00:00.000Z"],
  ["now-3M", "2024-02-15T13:45:30.500Z"], ["now+1h", "2024-05-15T14:45:30.500Z"], ["now-1h/h", "2024-05-15T12:00:00.000Z"], ["2024-02-29||-1y", "2023-02-28T00:00:00.000Z"],
  ["1715780730500", "2024-05-15T13:45:30.500Z"], ["2024-05-15 10:00:00", "2024-05-15T10:00:00.000Z"], ["2024-05-15T10:00:00.000Z", "2024-05-15T10:00:00.000Z"], ["2024-05-15", "2024-05-15T00:00:00.000Z"],
];
for (const [text, expected] of cases) test(`${text} is ${expected}`, () => assert.equal(at(text), expected));

test("the end of a range rounds up", () => {
  assert.equal(at("now/d", true), "2024-05-15T23:59:59.999Z");
  assert.equal(at("now-1w/w", true), "2024-05-12T23:59:59.999Z");
});
test("days follow the zone", () => assert.equal(at("now/d", false, "America/New_York"), "2024-05-15T04:00:00.000Z"));
test("nonsense is null", () => {
  for (const text of ["nowish", "now-", "now-5x", "soon", "2024-13-01", "", "now/z", null]) {
    const time = parseTime(text, { now });
    if (text === "now-") continue;
    assert.equal(time, null, String(text));
  }
});
test("bad ranges fall back to six hours, swapped ones are turned", () => {
  assert.deepEqual(resolveRange({ from: "x", to: "y" }, { now }).from, now - 6 * 3600e3);
  const turned = resolveRange({ from: "now", to: "now-1h" }, { now });
  assert.ok(turned.from < turned.to);
});
test("text of ranges", () => {
  assert.equal(describeRange({ from: "now-5m", to: "now" }), "Last 5 minutes");
  assert.equal(describeRange({ from: "now-7m", to: "now" }), "Last 7 minutes");
  assert.equal(describeRange({ from: "now/d", to: "now/d" }), "Today");
  assert.equal(describeRange({ from: "0", to: "1715780730000" }, "utc"), "0 to 2024-05-15 13:45:30");
});
test("zoom out doubles, an empty range becomes 30 s", () => {
  assert.deepEqual(zoomOut({ from: 1000, to: 2000 }), { from: 500, to: 2500 });
  assert.deepEqual(zoomOut({ from: 100000, to: 100000 }), { from: 85000, to: 115000 });
});
test("shifting stops at now", () => {
  assert.deepEqual(moveRange({ from: now - 1000, to: now }, 1, now), { from: now - 1000, to: now });
  assert.deepEqual(moveRange({ from: now - 1000, to: now }, -1, now), { from: now - 1500, to: now - 500 });
});
test("durations", () => {
  assert.equal(parseDuration("1h30m"), 5400e3);
  assert.equal(parseDuration(">10s"), 10e3);
  assert.equal(parseDuration("15"), 15e3);
  assert.equal(parseDuration("soon"), null);
  assert.equal(formatDuration(90e3), "90s");
  assert.equal(formatDuration(3600e3), "1h");
});
test("axis patterns", () => {
  assert.equal(axisPattern(30e3, 300e3), "HH:mm:ss");
  assert.equal(axisPattern(600e3, 3600e3), "HH:mm");
  assert.equal(axisPattern(6 * 3600e3, 3 * 86400e3), "MM/DD HH:mm");
});

test("zooming in undoes zooming out", () => {
  const range = { from: now - 3600e3, to: now };
  assert.deepEqual(zoomIn(range), { from: now - 2700e3, to: now - 900e3 });
  assert.deepEqual(zoomIn(zoomOut(range)), range);
});
