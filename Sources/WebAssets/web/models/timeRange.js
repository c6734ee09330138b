// Time ranges: "now-5m", "now/d", absolute times; their text, zoom and shift.
import { dateParts, formatDate, fromParts } from "./dateFormat.js";

export const units = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3, M: 30 * 86400e3, y: 365 * 86400e3 };

/** "1h30m", "15s", "90" (seconds) as ms; null when it is none. */
export function parseDuration(text) {
  if (typeof text === "number") return text * 1000;
  const trimmed = String(text ?? "").trim().replace(/^>/, "");
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  let total = 0, rest = trimmed;
  if (!rest) return null;
  while (rest) {
    const match = /^(\d+(?:\.\d+)?)(ms|[smhdwMy])/.exec(rest);
    if (!match) return null;
    total += Number(match[1]) * units[match[2]];
    rest = rest.slice(match[0].length);
  }
  return total;
}

/** A span (ms) in its largest whole unit: 90000 → "90s", 120000 → "2m". */
export function formatDuration(ms) {
  for (const unit of ["y", "w", "d", "h", "m", "s"]) {
    if (ms >= units[unit] && ms % units[unit] === 0) return ms / units[unit] + unit;
  }
  return ms + "ms";
}

/** Adds whole months to wall clock parts, the day held within the month. */
function addMonths(parts, months) {
  const index = parts.year * 12 + parts.month - 1 + months;
  const year = Math.floor(index / 12), month = index - year * 12 + 1;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { ...parts, year, month, day: Math.min(parts.day, last) };
}

function shift(time, amount, unit, zone) {
  if (unit === "M" || unit === "Q" || unit === "y") {
    return fromParts(addMonths(dateParts(time, zone), amount * (unit === "y" ? 12 : unit === "Q" ? 3 : 1)), zone);
  }
  if (unit === "d" || unit === "w") {
    const parts = dateParts(time, zone);
    return fromParts({ ...parts, day: parts.day + amount * (unit === "w" ? 7 : 1) }, zone);
  }
  return time + amount * units[unit];
}

/** The start of the unit that holds the time, or its last millisecond. Weeks begin on `weekStart` (0 = Sunday). */
function round(time, unit, up, zone, weekStart = 1, fiscal = 0) {
  const p = dateParts(time, zone);
  let start = { year: p.year, month: p.month, day: p.day, hour: p.hour, minute: p.minute, second: p.second, ms: 0 };
  const clear = (...keys) => keys.forEach((key) => { start[key] = key === "month" || key === "day" ? 1 : 0; });
  switch (unit) {
    case "s": break;
    case "m": clear("second"); break;
    case "h": clear("second", "minute"); break;
    case "d": clear("second", "minute", "hour"); break;
    case "w": clear("second", "minute", "hour"); start.day -= (p.weekday - weekStart + 7) % 7; break;
    case "M": clear("second", "minute", "hour", "day"); break;
    case "Q": case "fQ": {
      const first = unit === "fQ" ? fiscal : 0;
      clear("second", "minute", "hour", "day");
      start = addMonths(start, -(((p.month - 1 - first) % 3 + 3) % 3));
      break;
    }
    case "y": clear("second", "minute", "hour", "day", "month"); break;
    case "fy": clear("second", "minute", "hour", "day"); start = addMonths(start, -((p.month - 1 - fiscal + 12) % 12)); break;
    default: return null;
  }
  const begin = fromParts(start, zone);
  return up ? shift(begin, 1, unit.replace("f", ""), zone) - 1 : begin;
}

/**
 * A time text as ms: relative ("now-1d/d", also "2024-01-01||+1d/d"), ms since the epoch, ISO 8601, or
 * "YYYY-MM-DD HH:mm:ss" in the zone. `up` rounds to the end of a unit. Null when it is none.
 */
export function parseTime(text, { up = false, zone, now = Date.now(), weekStart, fiscal } = {}) {
  if (typeof text === "number") return text;
  text = String(text ?? "").trim();
  let time, rest;
  if (text.startsWith("now")) [time, rest] = [now, text.slice(3)];
  else if (text.includes("||")) {
    const [anchor, math] = text.split("||");
    [time, rest] = [parseTime(anchor, { zone, now }), math];
  } else return parseAbsolute(text, zone);
  if (time == null) return null;
  while (rest) {
    const match = /^(?:([+-])(\d*)(f?[QMy]|[smhdw])|\/(f?[Qy]|[smhdwM]))/.exec(rest);
    if (!match) return null;
    if (match[4]) time = round(time, match[4], up, zone, weekStart, fiscal);
    else time = shift(time, (match[1] === "-" ? -1 : 1) * Number(match[2] || 1), match[3].replace("f", ""), zone);
    rest = rest.slice(match[0].length);
  }
  return Number.isFinite(time) ? time : null;
}

function parseAbsolute(text, zone) {
  if (/^-?\d{9,}$/.test(text)) return Number(text);
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?$/.exec(text);
  if (match) {
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 59) return null;
    return fromParts({ year, month, day, hour, minute, second, ms: Number((match[7] ?? "0").padEnd(3, "0")) }, zone);
  }
  const compact = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?$/.exec(text);
  if (compact) return parseAbsolute(`${compact[1]}-${compact[2]}-${compact[3]} ${compact[4] ?? "00"}:${compact[5] ?? "00"}:${compact[6] ?? "00"}`, zone);
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** A raw range { from, to } as times: { from, to, raw }, in ms. Bad texts fall back to the last six hours. */
export function resolveRange(raw, options = {}) {
  const now = options.now ?? Date.now();
  let from = parseTime(raw.from, { ...options, now, up: false }) ?? now - 6 * units.h;
  let to = parseTime(raw.to, { ...options, now, up: true }) ?? now;
  if (from > to) [from, to] = [to, from];
  return { from, to, raw };
}

/** Whether a text is relative to now. */
export const isRelative = (text) => String(text).startsWith("now");

const names = { s: "second", m: "minute", h: "hour", d: "day", w: "week", M: "month", y: "year" };
const quick = (text, from, to = "now") => ({ text, from, to });

/** Ranges offered by the time picker, in its order. */
export const quickRanges = [
  ...[["5m", 5, "m"], ["15m", 15, "m"], ["30m", 30, "m"], ["1h", 1, "h"], ["3h", 3, "h"], ["6h", 6, "h"], ["12h", 12, "h"], ["24h", 24, "h"],
    ["2d", 2, "d"], ["7d", 7, "d"], ["30d", 30, "d"], ["90d", 90, "d"], ["6M", 6, "M"], ["1y", 1, "y"], ["2y", 2, "y"], ["5y", 5, "y"]]
    .map(([span, number, unit]) => quick(`Last ${number} ${names[unit]}${number === 1 ? "" : "s"}`, "now-" + span)),
  quick("Yesterday", "now-1d/d", "now-1d/d"), quick("Day before yesterday", "now-2d/d", "now-2d/d"), quick("This day last week", "now-7d/d", "now-7d/d"),
  quick("Previous week", "now-1w/w", "now-1w/w"), quick("Previous month", "now-1M/M", "now-1M/M"), quick("Previous year", "now-1y/y", "now-1y/y"),
  quick("Today", "now/d", "now/d"), quick("Today so far", "now/d"), quick("This week", "now/w", "now/w"), quick("This week so far", "now/w"),
  quick("This month", "now/M", "now/M"), quick("This month so far", "now/M"), quick("This year", "now/y", "now/y"), quick("This year so far", "now/y"),
];

/** A raw range as people say it: "Last 5 minutes", "2024-01-01 00:00:00 to …". */
export function describeRange(raw, zone) {
  const known = quickRanges.find(({ from, to }) => from === raw.from && to === raw.to);
  if (known) return known.text;
  const last = raw.to === "now" && /^now-(\d+)([smhdwMy])$/.exec(raw.from);
  if (last) return `Last ${last[1]} ${names[last[2]]}${last[1] === "1" ? "" : "s"}`;
  return `${describeTime(raw.from, zone)} to ${describeTime(raw.to, zone)}`;
}

/** A raw time as text: relative ones as they are. */
export function describeTime(text, zone) {
  if (isRelative(text)) return String(text);
  const time = parseTime(text, { zone });
  return time == null ? String(text) : formatDate(time, "YYYY-MM-DD HH:mm:ss", zone);
}

/** The range twice as wide around its centre; 30 s when it was empty. Absolute. */
export function zoomOut({ from, to }) {
  const span = to - from, half = span === 0 ? 15e3 : span, centre = from + span / 2;
  return { from: Math.round(centre - half), to: Math.round(centre + half) };
}

/** The half of the range around its centre. Absolute. */
export function zoomIn({ from, to }) {
  const quarter = (to - from) / 4;
  return { from: Math.round(from + quarter), to: Math.round(to - quarter) };
}

/** The range moved by half its span; forwards no further than now. Absolute. */
export function moveRange({ from, to }, direction, now = Date.now()) {
  let by = direction * (to - from) / 2;
  if (by > 0 && to + by > now) by = Math.max(0, now - to);
  return { from: Math.round(from + by), to: Math.round(to + by) };
}

/** The pattern for times on an axis or in a tooltip of a range with this increment (ms). */
export function axisPattern(increment, span) {
  if (increment < 1e3) return "HH:mm:ss.SSS";
  if (increment < 60e3 || span <= 60e3) return "HH:mm:ss";
  if (increment < units.d) return span <= units.d ? "HH:mm" : "MM/DD HH:mm";
  if (increment < 28 * units.d) return "MM/DD";
  return increment < units.y ? "YYYY-MM" : "YYYY";
}

/** Refresh intervals offered, filtered by what the server allows (ms). */
export const refreshIntervals = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"];
