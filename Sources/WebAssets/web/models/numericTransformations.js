// Transformations that calculate new frames from numbers: a fitted curve, a smoother series, counts in two directions.
import { calculatedName, makeFrame, timeField } from "./frames.js";
import { heatmapCells } from "./heatmap.js";

const nameOf = (field, frame, frames) => field.config?.displayName || calculatedName(field, frame, frames);
const finite = (value) => typeof value === "number" && Number.isFinite(value);

/** Coefficients [c0, c1, …] of the polynomial c0 + c1 x + … with the least squares through the points; null where there are too few. */
export function fitPolynomial(xs, ys, degree) {
  const size = Math.min(degree + 1, new Set(xs).size);
  if (size < 1) return null;
  const rows = Array.from({ length: size }, (_, row) => [...Array.from({ length: size }, (_, column) => xs.reduce((sum, x) => sum + x ** (row + column), 0)), xs.reduce((sum, x, at) => sum + ys[at] * x ** row, 0)]);
  for (let at = 0; at < size; at++) {
    let best = at;
    for (let row = at + 1; row < size; row++) if (Math.abs(rows[row][at]) > Math.abs(rows[best][at])) best = row;
    [rows[at], rows[best]] = [rows[best], rows[at]];
    if (Math.abs(rows[at][at]) < 1e-12) return null;
    for (let row = 0; row < size; row++) {
      if (row === at) continue;
      const factor = rows[row][at] / rows[at][at];
      for (let column = at; column <= size; column++) rows[row][column] -= factor * rows[at][column];
    }
  }
  return rows.map((row, at) => row[size] / row[at]);
}

/** The frames and a curve fitted to one field: over the time, or over another number. */
export function regression(frames, { modelType = "linear", degree = 2, predictionCount = 100, xFieldName, yFieldName }) {
  const all = frames.flatMap((frame) => frame.fields.map((field) => ({ frame, field, name: nameOf(field, frame, frames) })));
  const named = (wanted) => all.find(({ field, name }) => wanted && (name === wanted || field.name === wanted));
  const x = named(xFieldName) ?? all.find(({ field }) => field.type === "time") ?? all.find(({ field }) => field.type === "number");
  const y = named(yFieldName) ?? all.find((one) => one.field.type === "number" && one.field !== x?.field && (!x || one.frame === x.frame)) ?? all.find((one) => one.field.type === "number" && one.field !== x?.field);
  if (!x || !y || x.frame !== y.frame) return frames;
  const rows = x.field.values.map((value, row) => [value, y.field.values[row]]).filter(([a, b]) => finite(a) && finite(b));
  if (!rows.length) return frames;
  // From 0 to 1, so that powers of times (ms) keep their digits.
  let low = Infinity, high = -Infinity;
  for (const [value] of rows) { low = Math.min(low, value); high = Math.max(high, value); }
  const span = high - low || 1, count = Math.min(10_000, Math.max(2, Math.floor(Number(predictionCount)) || 100));
  const curve = fitPolynomial(rows.map(([value]) => (value - low) / span), rows.map(([, value]) => value), modelType === "polynomial" ? Math.min(5, Math.max(1, Math.floor(Number(degree)) || 2)) : 1);
  if (!curve) return frames;
  const name = modelType === "polynomial" ? "Polynomial regression" : "Linear regression", places = Array.from({ length: count }, (_, at) => at / (count - 1));
  const { displayName, displayNameFromDS, interval, ...config } = y.field.config ?? {};
  return [...frames, makeFrame([{ name: x.field.name, type: x.field.type, config: {}, values: places.map((place) => low + place * span) },
    { name, type: "number", config, values: places.map((place) => curve.reduceRight((sum, factor) => sum * place + factor, 0)) }], { refId: x.frame.refId, name })];
}

/** Series as running means over windows so wide that about `resolution` of them cover a series. */
export function smoothing(frames, { resolution = 100 }) {
  return frames.map((frame) => {
    if (!timeField(frame)) return frame;
    const size = Math.max(1, Math.ceil(frame.length / Math.max(1, Number(resolution) || 100))), half = size / 2;
    return { ...frame, fields: frame.fields.map((field) => {
      if (field.type !== "number") return field;
      const values = field.values.map((value, at) => {
        if (!finite(value)) return value;
        let sum = 0, count = 0;
        for (let near = Math.max(0, Math.ceil(at - half)); near <= Math.min(field.values.length - 1, Math.floor(at + half)); near++) if (finite(field.values[near])) { sum += field.values[near]; count++; }
        return sum / count;
      });
      return { ...field, values, config: { ...field.config, displayName: `${nameOf(field, frame, frames)} (smoothed)` } };
    }) };
  });
}

/** Counts of values in buckets of time and value: a row for each cell that has some. */
export function heatmap(frames, options) {
  let from = Infinity, to = -Infinity;
  for (const frame of frames) for (const time of timeField(frame)?.values ?? []) { if (time < from) from = time; if (time > to) to = time; }
  const { xBuckets, yBuckets } = options, cells = from <= to ? heatmapCells(frames, { calculate: true, calculation: { xBuckets, yBuckets } }, { from, to: to + 1 }) : null;
  if (!cells) return frames;
  const rows = cells.times.flatMap((time, at) => cells.rows.map((row, index) => [time, row, cells.values[index][at]])).filter(([, , count]) => count);
  const field = (name, type, values, config = {}) => ({ name, type, config, values });
  return [makeFrame([field("xMin", "time", rows.map(([time]) => time), { interval: cells.step }), field("yMin", "number", rows.map(([, row]) => row.low)), field("yMax", "number", rows.map(([, row]) => row.high)), field("Count", "number", rows.map(([, , count]) => count))], { refId: frames[0]?.refId, meta: { type: "heatmap-cells" } })];
}
