// Queries from parts, and what could be done with a query.

const aggregations = new Set("avg count group max min stddev stdvar sum".split(" "));

/** Hints for an expression: [{ text, apply(expression) }]. */
export function hints(expression) {
  const text = String(expression).trim();
  if (/^[\w:]+_(total|count|sum)(\{[^{}]*\})?$/.test(text)) return [{ text: "This is a counter: show its rate", apply: () => `rate(${text}[$__rate_interval])` }];
  if (/^[\w:]+_bucket(\{[^{}]*\})?$/.test(text)) return [{ text: "This is a histogram: show its 95th percentile", apply: () => `histogram_quantile(0.95, sum by (le) (rate(${text}[$__rate_interval])))` }];
  if (/^rate\(.*\)$/s.test(text) && !/\bsum\b/.test(text)) return [{ text: "Sum over all series", apply: () => `sum(${text})` }];
  return [];
}

/** A query built of parts: { metric, filters: [{ label, op, value }], operations: [{ id, parameters }] }. */
export function buildQuery({ metric, filters = [], operations = [] }) {
  const quote = (value) => '"' + String(value).replace(/\\/g, "\\\\").replace(/"/g, '\\"') + '"';
  const matchers = filters.filter(({ label, value }) => label && value !== "").map(({ label, op, value }) => `${label}${op ?? "="}${quote(value)}`);
  let text = metric + (matchers.length ? `{${matchers.join(", ")}}` : "");
  for (const { id, parameter = "", by = "" } of operations) {
    if (["rate", "increase", "irate", "delta", "avg_over_time", "max_over_time", "min_over_time", "sum_over_time", "last_over_time"].includes(id)) text = `${id}(${text}[${parameter || "$__rate_interval"}])`;
    else if (id === "histogram_quantile") text = `histogram_quantile(${parameter || "0.95"}, sum by (le${by ? ", " + by : ""}) (${text}))`;
    else if (["topk", "bottomk"].includes(id)) text = `${id}(${parameter || "5"}, ${text})`;
    else if (["*", "/", "+", "-"].includes(id)) text = `${text} ${id} ${parameter || "1"}`;
    else if (aggregations.has(id)) text = by ? `${id} by (${by}) (${text})` : `${id}(${text})`;
    else text = `${id}(${text})`;
  }
  return text;
}
export const builderOperations = ["rate", "increase", "sum", "avg", "max", "min", "count", "topk", "bottomk", "histogram_quantile", "irate", "delta", "avg_over_time", "max_over_time", "min_over_time", "sum_over_time", "last_over_time", "abs", "ceil", "floor", "round", "*", "/", "+", "-"];
