// Words of PromQL for completion.
export const functions = "abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing exp floor histogram_avg histogram_count histogram_fraction histogram_quantile histogram_stddev histogram_stdvar histogram_sum hour idelta increase info irate label_join label_replace last_over_time ln log10 log2 mad_over_time max_over_time min_over_time minute month pi predict_linear present_over_time quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_by_label sort_by_label_desc sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time tan tanh time timestamp ts_of_max_over_time ts_of_min_over_time vector year".split(" ");
export const aggregations = "avg bottomk count count_values group limit_ratio limitk max min quantile stddev stdvar sum topk".split(" ");
export const keywords = "and bool by group_left group_right ignoring offset on or unless without".split(" ");
const known = new Set([...functions, ...aggregations, ...keywords]);

/** What is being typed at the end of `text`: { kind: "word" | "label" | "value", prefix, metric, label }. */
export function completionContext(text) {
  let depth = -1, quote = null, open = -1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quote) { if (char === "\\") at++; else if (char === quote) quote = null; continue; }
    if (char === '"' || char === "'" || char === "`") { quote = char; open = at; } else if (char === "{") depth = at; else if (char === "}") depth = -1;
  }
  const metric = depth >= 0 ? /([\w:]+)\s*$/.exec(text.slice(0, depth))?.[1] ?? "" : "";
  if (quote) return depth >= 0 ? { kind: "value", prefix: text.slice(open + 1), metric, label: /([\w.]+)\s*(?:=~|!~|!=|=)\s*$/.exec(text.slice(0, open))?.[1] ?? "" } : { kind: "none", prefix: "" };
  if (depth >= 0) return { kind: "label", prefix: /([\w.]*)$/.exec(text)[1], metric };
  const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)$/.exec(text);
  if (grouping) return { kind: "label", prefix: /([\w.]*)$/.exec(text)[1], metric: /([\w:]+)\s*[{[(]?/.exec(text.replace(/\b(?:by|without|on)\b/g, ""))?.[1] ?? "", free: true };
  if (/\[[^\]]*$/.test(text)) return { kind: "range", prefix: /\[([^\]]*)$/.exec(text)[1] };
  return { kind: "word", prefix: /([A-Za-z_:][\w:]*)?$/.exec(text)[1] ?? "" };
}

/** Names that look like metrics in an expression. */
export const metricNames = (text) => [...new Set((String(text).replace(/"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]/g, " ").match(/[A-Za-z_:][\w:]*(?!\s*\()/g) ?? []).filter((word) => !known.has(word)))];

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
    else if (aggregations.includes(id)) text = by ? `${id} by (${by}) (${text})` : `${id}(${text})`;
    else text = `${id}(${text})`;
  }
  return text;
}
export const builderOperations = ["rate", "increase", "sum", "avg", "max", "min", "count", "topk", "bottomk", "histogram_quantile", "irate", "delta", "avg_over_time", "max_over_time", "min_over_time", "sum_over_time", "last_over_time", "abs", "ceil", "floor", "round", "*", "/", "+", "-"];
