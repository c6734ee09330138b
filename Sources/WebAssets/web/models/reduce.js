// Reducers: a column to one value.

const compare = (a, b) => a - b;
const numbersOf = (values) => {
  const out = [];
  for (const value of values) if (typeof value === "number" && !Number.isNaN(value)) out.push(value);
  return out;
};

/** The value below which `share` (0-1) of the sorted numbers lie. */
function percentile(values, share) {
  const sorted = numbersOf(values).sort(compare);
  if (!sorted.length) return null;
  return sorted[Math.min(sorted.length - 1, Math.round((sorted.length - 1) * share))];
}

const isNull = (value) => value == null || Number.isNaN(value);
const sum = (values) => { let total = 0; for (const value of values) total += value; return total; };
const extreme = (pick) => (values) => {
  let best = null;
  for (const value of values) if (typeof value === "number" && !Number.isNaN(value) && (best === null || pick(value, best))) best = value;
  return best;
};
const lastNotNull = (values) => {
  for (let at = values.length - 1; at >= 0; at--) if (!isNull(values[at])) return values[at];
  return null;
};
const firstNotNull = (values) => {
  for (const value of values) if (!isNull(value)) return value;
  return null;
};
const variance = (values) => {
  const numbers = numbersOf(values);
  if (!numbers.length) return null;
  const mean = sum(numbers) / numbers.length;
  return sum(numbers.map((value) => (value - mean) ** 2)) / numbers.length;
};

const reducers = {
  lastNotNull: ["Last *", lastNotNull], last: ["Last", (values) => (values.length ? values[values.length - 1] : null)],
  firstNotNull: ["First *", firstNotNull], first: ["First", (values) => (values.length ? values[0] : null)],
  min: ["Min", extreme((value, best) => value < best)], max: ["Max", extreme((value, best) => value > best)],
  mean: ["Mean", (values) => { const numbers = numbersOf(values); return numbers.length ? sum(numbers) / numbers.length : null; }],
  sum: ["Total", (values) => { const numbers = numbersOf(values); return numbers.length ? sum(numbers) : null; }],
  count: ["Count", (values) => values.length], countAll: ["Count all", (values) => values.length],
  range: ["Range", (values) => { const numbers = numbersOf(values); return numbers.length ? reduceValues(numbers, "max") - reduceValues(numbers, "min") : null; }],
  delta: ["Delta", (values) => {
    let total = 0, last = null;
    for (const value of numbersOf(values)) { if (last !== null) total += value >= last ? value - last : value; last = value; }
    return total;
  }],
  step: ["Step", (values) => {
    const numbers = numbersOf(values);
    let best = null;
    for (let at = 1; at < numbers.length; at++) { const step = numbers[at] - numbers[at - 1]; if (best === null || step < best) best = step; }
    return best;
  }],
  diff: ["Difference", (values) => { const first = firstNotNull(values), last = lastNotNull(values); return first == null ? null : last - first; }],
  diffperc: ["Difference percent", (values) => { const first = firstNotNull(values), last = lastNotNull(values); return first == null ? null : first === 0 ? 0 : (last - first) / first; }],
  logmin: ["Min (above zero)", (values) => extreme((value, best) => value < best)(numbersOf(values).filter((value) => value > 0))],
  median: ["Median", (values) => {
    const sorted = numbersOf(values).sort(compare), middle = sorted.length >> 1;
    return sorted.length ? (sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2) : null;
  }],
  variance: ["Variance", variance], stdDev: ["StdDev", (values) => { const found = variance(values); return found == null ? null : Math.sqrt(found); }],
  allIsZero: ["All zeros", (values) => values.length > 0 && values.every((value) => value === 0)], allIsNull: ["All nulls", (values) => values.every(isNull)],
  changeCount: ["Change count", (values) => { let count = 0; for (let at = 1; at < values.length; at++) if (values[at] !== values[at - 1]) count++; return count; }],
  distinctCount: ["Distinct count", (values) => new Set(values).size],
  uniqueValues: ["All unique values", (values) => [...new Set(values)]], allValues: ["All values", (values) => [...values]],
};
const aliases = { current: "lastNotNull", avg: "mean", total: "sum", name: "lastNotNull" };

/** The canonical id of a reducer, or the id itself when unknown. */
export const reducerId = (id) => (Object.hasOwn(aliases, id) ? aliases[id] : id);

/** A column reduced by a reducer's id; null for an unknown one. */
export function reduceValues(values, id) {
  const name = reducerId(id);
  if (Object.hasOwn(reducers, name)) return reducers[name][1](values);
  const centile = /^p(\d{1,2})$/.exec(name);
  return centile ? percentile(values, Number(centile[1]) / 100) : null;
}

/** The heading of a reducer. */
export function reducerName(id) {
  const name = reducerId(id);
  if (Object.hasOwn(reducers, name)) return reducers[name][0];
  const centile = /^p(\d{1,2})$/.exec(name);
  return centile ? `${centile[1]}th %` : String(id);
}

/** Whether the result has the unit of the column. */
export const keepsUnit = (id) => !["count", "countAll", "allIsZero", "allIsNull", "changeCount", "distinctCount", "diffperc"].includes(reducerId(id));

/** [id, name] of all reducers for pickers. */
export const reducerChoices = [...Object.entries(reducers).map(([id, [name]]) => [id, name]), ["p50", "50th %"], ["p90", "90th %"], ["p95", "95th %"], ["p99", "99th %"]];
