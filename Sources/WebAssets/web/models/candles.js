// Candles: the fields that make them, and what each candle is like.
import { joinColumns, timeField } from "./frames.js";

const names = { open: ["open", "o"], high: ["high", "h", "max"], low: ["low", "l", "min"], close: ["close", "c"], volume: ["volume", "v"] };

/** The fields of numbers that are { open, high, low, close, volume }: chosen in the options, else by their names; one alone is the close. */
export function candleFields(frames, chosen = {}) {
  const numbers = frames.flatMap((frame) => frame.fields.filter(({ type }) => type === "number")), found = {};
  const nameOf = (field) => String(field.displayName ?? field.name);
  for (const [role, own] of Object.entries(names)) {
    const wanted = chosen?.[role];
    found[role] = numbers.find((field) => (wanted ? nameOf(field) === wanted || field.name === wanted : own.includes(nameOf(field).toLowerCase()) || own.includes(field.name.toLowerCase())));
  }
  if (!found.open && !found.close) found.close = numbers.find((field) => !Object.values(found).includes(field));
  return found;
}

/**
 * Candles [{ time, open, high, low, close, volume, way }] of columns; `way`: 1 up, -1 down, 0 flat. A missing open is the close
 * before, a missing close the open after, a missing high or low the greater or lesser of both.
 */
export function candles({ times, open, high, low, close, volume }, strategy = "open-close") {
  const out = [], at = (values, index) => (Number.isFinite(values?.[index]) ? values[index] : null);
  let before = null;
  times.forEach((time, index) => {
    const last = close ? at(close, index) : at(open, index + 1) ?? at(open, index), first = open ? at(open, index) : before ?? last;
    if (first === null || last === null) {
      // A volume may stand by itself.
      if (at(volume, index) !== null) out.push({ time, open: null, high: null, low: null, close: null, volume: at(volume, index), way: 0 });
      return;
    }
    const base = strategy === "close-close" ? before ?? first : first;
    out.push({ time, open: first, high: Math.max(at(high, index) ?? -Infinity, first, last), low: Math.min(at(low, index) ?? Infinity, first, last), close: last, volume: at(volume, index), way: Math.sign(last - base) });
    before = last;
  });
  return out;
}

/** The columns of the fields { open, … }, each on the times of its frame: { times, open, … } over all times. */
export function candleColumns(frames, fields) {
  const roles = Object.keys(fields).filter((role) => fields[role]);
  const joined = joinColumns(roles.map((role) => ({ times: timeField(frames.find((frame) => frame.fields.includes(fields[role])))?.values ?? [], values: fields[role].values })));
  return { times: joined.times, ...Object.fromEntries(roles.map((role, at) => [role, joined.values[at]])) };
}

/** The least distance between neighbours (ms); 0 for fewer than two. */
export function leastStep(list) {
  let least = Infinity;
  for (let at = 1; at < list.length; at++) least = Math.min(least, list[at].time - list[at - 1].time);
  return Number.isFinite(least) ? least : 0;
}
