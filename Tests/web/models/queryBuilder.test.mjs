import { test } from "node:test";
import assert from "node:assert/strict";
import { buildQuery, hints } from "../../../Sources/WebAssets/web/models/queryBuilder.js";
import { heatmapCells } from "../../../Sources/WebAssets/web/models/heatmap.js";
import { histogramBuckets } from "../../../Sources/WebAssets/web/models/histogram.js";
import { stateRows } from "../../../Sources/WebAssets/web/models/states.js";

test("queries from parts, values quoted", () => {
  assert.equal(buildQuery({ metric: "up", filters: [{ label: "job", op: "=~", value: 'a"b\\' }] }), 'up{job=~"a\\"b\\\\"}');
  assert.equal(buildQuery({ metric: "x_total", operations: [{ id: "rate" }, { id: "sum", by: "job" }, { id: "topk", parameter: "3" }] }), "topk(3, sum by (job) (rate(x_total[$__rate_interval])))");
  assert.equal(buildQuery({ metric: "x_bucket", operations: [{ id: "rate", parameter: "5m" }, { id: "histogram_quantile", parameter: "0.9" }] }), "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))");
});
test("hints", () => {
  assert.equal(hints("http_requests_total")[0].apply(), "rate(http_requests_total[$__rate_interval])");
  assert.deepEqual(hints("up"), []);
});
const bucket = (le, values) => ({ meta: {}, length: values.length, fields: [{ name: "Time", type: "time", config: { interval: 10 }, values: values.map((_, at) => at * 10) }, { name: le, type: "number", labels: { le }, values }] });
test("heatmaps sort buckets by their bound and leave zeros out", () => {
  const cells = heatmapCells([bucket("+Inf", [3, 0]), bucket("0.5", [1, 2])], {}, { from: 0, to: 20 });
  assert.deepEqual(cells.rows.map(({ label }) => label), ["0.5", "+Inf"]);
  assert.deepEqual(cells.values, [[1, 2], [3, null]]);
  assert.deepEqual([cells.min, cells.max], [1, 3]);
});
test("histogram buckets", () => {
  assert.deepEqual(histogramBuckets([[1, 2, 2, 9]], { bucketSize: 5 }).buckets.map(({ low, counts }) => [low, counts[0]]), [[0, 3], [5, 1]]);
  assert.deepEqual(histogramBuckets([[]]).buckets, []);
});
test("states merge equal neighbours and stop at nulls", () => {
  const [row] = stateRows([bucket("a", [1, 1, null, 2])]);
  assert.deepEqual(row.spans, [{ from: 0, to: 20, value: 1 }, { from: 30, to: 40, value: 2 }]);
});
