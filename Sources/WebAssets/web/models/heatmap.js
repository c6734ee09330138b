// Cells of a heatmap from bucket series or from raw values.
import { timeField } from "./frames.js";
import { parseDuration } from "./timeRange.js";

const bound = (text) => { const number = Number(String(text).replace(/^\+?inf$/i, "Infinity").replace(/^-inf$/i, "-Infinity")); return Number.isNaN(number) ? null : number; };

/**
 * { times, step, rows: [{ label, low, high }], values: [row][column], min, max } from frames: one column per bucket
 * ("heatmap-rows"), a series per bucket, or with `calculate` raw values counted into buckets.
 */
export function heatmapCells(frames, options, range) {
  const cells = frames.find(({ meta }) => meta?.type === "heatmap-cells");
  if (cells) return counted(cells, options);
  if (options.calculate) return calculated(frames, options, range);
  const series = frames.flatMap((frame) => { const time = timeField(frame); return time ? frame.fields.filter((field) => field.type === "number").map((field) => ({ time: time.values, step: time.config?.interval, values: field.values, label: field.labels?.le ?? (frame.fields.filter((one) => one.type === "number").length > 1 ? field.name : field.displayName ?? field.name), isBound: bound(field.labels?.le ?? field.displayName ?? field.name) !== null })) : []; });
  if (!series.length) return null;
  const ordered = series.every(({ isBound }) => isBound) ? [...series].sort((a, b) => bound(a.label) - bound(b.label)) : series;
  const times = [...new Set(ordered.flatMap(({ time }) => time))].sort((a, b) => a - b), place = new Map(times.map((time, at) => [time, at]));
  const values = ordered.map((one) => { const row = new Array(times.length).fill(null); one.time.forEach((time, at) => { row[place.get(time)] = one.values[at]; }); return row; });
  // A bucket is named for its upper end, unless the panel says for its lower.
  const upward = options.rowsFrame?.layout === "ge";
  const rows = ordered.map(({ label }, at) => (upward ? { label: String(label), low: bound(label), high: ordered[at + 1] ? bound(ordered[at + 1].label) : Infinity } : { label: String(label), low: at ? bound(ordered[at - 1].label) : null, high: bound(label) }));
  const [kept, shown] = within(rows, values, options.yAxis);
  return finish({ times, step: ordered[0].step ?? stepOf(times), rows: kept, values: shown }, options);
}

/** Cells that were counted before: a row for each, with the time and the bounds of its values. */
function counted(frame, options) {
  const column = (...names) => frame.fields.find(({ name }) => names.includes(name)), time = timeField(frame), low = column("yMin", "y"), high = column("yMax"), count = column("Count", "count");
  if (!time || !count || !(low ?? high)) return null;
  const times = [...new Set(time.values)].sort((a, b) => a - b), keys = [...new Set((low ?? high).values)].sort((a, b) => a - b), place = new Map(times.map((one, at) => [one, at])), row = new Map(keys.map((one, at) => [one, at]));
  const values = keys.map(() => new Array(times.length).fill(null)), rows = keys.map((one, at) => ({ label: String(one), low: low ? one : keys[at - 1] ?? null, high: high && !low ? one : keys[at + 1] ?? null }));
  count.values.forEach((value, at) => {
    const own = row.get((low ?? high).values[at]);
    values[own][place.get(time.values[at])] = value;
    if (low && high) rows[own].high = high.values[at];
  });
  const [kept, shown] = within(rows, values, options.yAxis);
  return finish({ times, step: time.config?.interval ?? stepOf(times), rows: kept, values: shown, continuous: time.name === "xMin" }, options);
}

/** The rows between the limits of the y axis, of those that have bounds; all where none would be left. */
function within(rows, values, { min, max } = {}) {
  const low = min == null || min === "" ? -Infinity : Number(min), high = max == null || max === "" ? Infinity : Number(max);
  const inside = rows.map((row) => (row.high == null || row.high > low) && (row.low == null || row.low < high));
  return inside.some(Boolean) ? [rows.filter((_, at) => inside[at]), values.filter((_, at) => inside[at])] : [rows, values];
}

function calculated(frames, { calculation = {}, yAxis, filterValues, color }, range) {
  // Logarithmic buckets are equal ones of the logarithms.
  const scale = calculation.yBuckets?.scale ?? {}, base = scale.type === "log" ? Number(scale.log) || 2 : 0;
  const points = [];
  for (const frame of frames) { const time = timeField(frame); if (time) for (const field of frame.fields) if (field.type === "number") field.values.forEach((value, row) => { const y = base ? Math.log(value) / Math.log(base) : value; if (Number.isFinite(y)) points.push([time.values[row], y]); }); }
  if (!points.length) return null;
  const size = (part, span, fallback) => { const value = Number.isFinite(Number(part?.value)) ? Number(part?.value) : parseDuration(part?.value); return Number.isFinite(value) && value > 0 ? (part.mode === "count" ? span / value : value) : span / fallback; };
  let low = Infinity, high = -Infinity;
  for (const [, value] of points) { if (value < low) low = value; if (value > high) high = value; }
  const split = Number(calculation.yBuckets?.value), xStep = size(calculation.xBuckets, range.to - range.from, 30), yStep = base ? 1 / (split > 0 ? split : 1) : size(calculation.yBuckets, high - low || 1, 20);
  const columns = Math.min(500, Math.max(1, Math.ceil((range.to - range.from) / xStep))), first = Math.floor(low / yStep), count = Math.min(200, Math.floor(high / yStep) - first + 1);
  const values = Array.from({ length: count }, () => new Array(columns).fill(0));
  for (const [time, value] of points) { const x = Math.floor((time - range.from) / xStep), y = Math.floor(value / yStep) - first; if (x >= 0 && x < columns && y >= 0 && y < count) values[y][x]++; }
  const edge = (at) => Number((base ? base ** ((first + at) * yStep) : (first + at) * yStep).toPrecision(6));
  const [rows, shown] = within(values.map((_, at) => ({ label: String(edge(at)), low: edge(at), high: edge(at + 1) })), values, yAxis);
  return finish({ times: Array.from({ length: columns }, (_, at) => range.from + at * xStep), step: xStep, rows, values: shown, continuous: true }, { filterValues, color });
}

function finish(cells, { filterValues, color }) {
  let min = Infinity, max = -Infinity;
  const { le = 1e-9, ge = Infinity } = filterValues ?? {};
  for (const row of cells.values) row.forEach((value, at) => { if (value == null || !Number.isFinite(value) || (value <= le && value >= -le) || value > ge) { row[at] = null; return; } if (value < min) min = value; if (value > max) max = value; });
  if (min > max) [min, max] = [0, 1];
  return { ...cells, min: Number.isFinite(color?.min) ? color.min : min, max: Number.isFinite(color?.max) ? color.max : max };
}
const stepOf = (times) => (times.length > 1 ? Math.min(...times.slice(1).map((time, at) => time - times[at])) : 60e3);

/** A value's place (0-1) on the colour scale. The exponent belongs to the opacity mode. */
export function colorShare(value, { min, max }, color = {}) {
  const share = max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 1;
  return color.mode !== "opacity" || color.scale === "linear" ? share : share ** (Number(color.exponent) > 0 ? Number(color.exponent) : .5);
}
