// What can be completed at a place of a PromQL expression. Pure.

/** Functions and aggregations with what they do, for the completion list. */
export const functions = {
  abs: "absolute value", absent: "1 when the vector is empty", absent_over_time: "1 when the range is empty", avg_over_time: "average over time",
  ceil: "round up", changes: "how often the value changed", clamp: "keep between two bounds", clamp_max: "keep at or below", clamp_min: "keep at or above",
  count_over_time: "number of samples", day_of_month: "day of the month", day_of_week: "day of the week", day_of_year: "day of the year", days_in_month: "days in the month",
  delta: "difference of a gauge", deriv: "slope by linear regression", exp: "e to the power", floor: "round down", first_over_time: "oldest sample",
  histogram_avg: "average of a native histogram", histogram_count: "count of a native histogram", histogram_fraction: "share between two bounds",
  histogram_quantile: "quantile of a histogram", histogram_sum: "sum of a native histogram", hour: "hour of the day", idelta: "difference of the last two samples",
  increase: "growth of a counter", irate: "rate of the last two samples", label_join: "join labels", label_replace: "rewrite a label", last_over_time: "newest sample",
  ln: "natural logarithm", log10: "decimal logarithm", log2: "binary logarithm", max_over_time: "largest over time", min_over_time: "smallest over time", minute: "minute of the hour",
  month: "month of the year", pi: "the number pi", predict_linear: "value in the future by linear regression", present_over_time: "1 when there was a sample",
  quantile_over_time: "quantile over time", rate: "growth per second of a counter", resets: "how often a counter began anew", round: "round to a multiple", scalar: "the only element as scalar",
  sgn: "sign", sort: "ascending by value", sort_desc: "descending by value", sqrt: "square root", stddev_over_time: "standard deviation over time", stdvar_over_time: "variance over time",
  sum_over_time: "sum over time", time: "evaluation time in seconds", timestamp: "time of the sample", vector: "a scalar as vector", year: "year",
  sum: "sum of a group", avg: "average of a group", min: "smallest of a group", max: "largest of a group", count: "size of a group", group: "1 for each group",
  stddev: "standard deviation of a group", stdvar: "variance of a group", topk: "the k largest", bottomk: "the k smallest", quantile: "quantile of a group", count_values: "how many have each value",
};
const keywords = ["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "atan2"];

/**
 * What stands at `caret`: { kind: "value", label, metric } inside a label's quotes, { kind: "label", metric }
 * where a label name is wanted, { kind: "word" } for a metric, function or keyword, or null (a string, a
 * number, a duration). `from` is where the piece to be replaced begins, `prefix` what is written of it.
 */
export function placeAt(text, caret) {
  const before = text.slice(0, caret);
  let braces = -1, list = false, quote = "", quoteStart = -1;
  const parentheses = [];
  for (let at = 0; at < before.length; at++) {
    const char = before[at];
    if (quote) {
      if (char === "\\" && quote !== "`") at++;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'" || char === "`") { quote = char; quoteStart = at; }
    else if (char === "#") { const end = before.indexOf("\n", at); if (end < 0) return null; at = end; }
    else if (char === "{") braces = at;
    else if (char === "}") braces = -1;
    else if (char === "(") parentheses.push(/\b(by|without|on|ignoring|group_left|group_right)\s*$/i.test(before.slice(0, at)));
    else if (char === ")") parentheses.pop();
  }
  list = parentheses.at(-1) === true;
  const metric = braces >= 0 ? /([a-zA-Z_:][\w:]*)\s*$/.exec(before.slice(0, braces))?.[1] ?? "" : "";
  if (quote) {
    if (braces < 0) return null;
    const label = /([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*$/.exec(before.slice(braces + 1, quoteStart))?.[1];
    return label ? { kind: "value", label, metric, from: quoteStart + 1, prefix: before.slice(quoteStart + 1) } : null;
  }
  const word = /[a-zA-Z_:][\w:.]*$/.exec(before)?.[0] ?? "", from = caret - word.length;
  if (/[\d.]$/.test(before.slice(0, from))) return null;
  if (braces >= 0) return /[=~]\s*$/.test(before.slice(0, from)) ? null : { kind: "label", metric, from, prefix: word };
  if (list) return { kind: "label", metric: "", from, prefix: word };
  if (/\[[^\]]*$/.test(before)) return null;
  return word ? { kind: "word", from, prefix: word } : null;
}

/**
 * Ranks names for a prefix: those that begin with it, then those that contain it, then those that have its letters
 * in order; at most `limit`.
 */
export function rank(names, prefix, limit = 50) {
  const wanted = prefix.toLowerCase(), groups = [[], [], []];
  for (const name of names) {
    const own = name.toLowerCase(), at = own.indexOf(wanted);
    if (at === 0) groups[0].push(name);
    else if (at > 0) groups[1].push(name);
    else if (wanted.length > 1 && hasLettersInOrder(own, wanted)) groups[2].push(name);
  }
  return groups.flat().slice(0, limit);
}

function hasLettersInOrder(text, letters) {
  let at = 0;
  for (const char of text) if (char === letters[at]) at++;
  return at === letters.length;
}

/** The completions of words that need no server. */
export const words = [...Object.keys(functions), ...keywords];
