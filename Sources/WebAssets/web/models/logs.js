// Log lines from frames: the text, its time, level and labels.
import { timeField } from "./frames.js";

const bodies = ["body", "line", "message", "msg", "log", "text", "content"], hidden = new Set(["id", "tsNs", "labels", "labelTypes", "severity"]);
const levels = { critical: ["critical", "crit", "fatal", "emerg", "alert", "panic"], error: ["error", "err", "eror"], warning: ["warning", "warn"], info: ["info", "information", "notice", "informational"], debug: ["debug", "dbug"], trace: ["trace", "verbose"] };
const levelOf = new Map(Object.entries(levels).flatMap(([level, words]) => words.map((word) => [word, level])));
const named = new RegExp(`\\b(?:level|lvl|severity|loglevel)["']?\\s*[=:]\\s*["']?(${[...levelOf.keys()].join("|")})\\b`, "i"), anywhere = new RegExp(`\\b(${[...levelOf.keys()].join("|")})\\b`, "i");

/** "critical", "error", "warning", "info", "debug", "trace" or "unknown": by a label, else by a word of the line. */
export function logLevel(text, labels = {}) {
  for (const name of ["level", "detected_level", "severity", "lvl", "loglevel"]) {
    const level = levelOf.get(String(labels[name] ?? "").toLowerCase());
    if (level) return level;
  }
  const [, word] = named.exec(text) ?? anywhere.exec(text.slice(0, 400)) ?? [];
  return levelOf.get(word?.toLowerCase()) ?? "unknown";
}

/** Without the colours of terminals. */
const plain = (text) => text.replace(/\u001b\[[\d;]*[A-Za-z]/g, "");

/**
 * Lines [{ time, text, level, labels, fields, field, frame, row }] of all frames that have a text. The line is the column named for it,
 * else the first of texts, the name of a metric last; further columns are `fields`.
 */
export function logLines(frames) {
  return frames.flatMap((frame) => {
    const time = timeField(frame), texts = frame.fields.filter(({ type }) => type === "string");
    const field = bodies.map((name) => texts.find((one) => one.name.toLowerCase() === name)).find(Boolean) ?? texts.find(({ name }) => !hidden.has(name) && name !== "__name__") ?? texts.find(({ name }) => name === "__name__"), sets = frame.fields.find(({ name, type }) => name === "labels" && type === "other");
    if (!field) return [];
    const rest = frame.fields.filter((one) => one !== field && one !== time && one !== sets && (!hidden.has(one.name) || one.name === "severity") && one.type !== "other");
    return field.values.map((value, row) => {
      const labels = { ...field.labels, ...(sets?.values[row] && typeof sets.values[row] === "object" ? sets.values[row] : {}) }, text = plain(String(value ?? ""));
      const fields = rest.filter((one) => one.values[row] != null && one.values[row] !== "").map((one) => [one.displayName ?? one.name, one.display ? one.display(one.values[row]) : one.values[row]]);
      return { time: time?.values[row] ?? null, text, level: logLevel(text, { ...Object.fromEntries(rest.filter((one) => one.type === "string").map((one) => [one.name, one.values[row]])), ...labels }), labels, fields, field, frame, row };
    });
  });
}

/** By time, the newest first unless `order` is "Ascending"; lines of one time keep their order. */
export function sortedLines(lines, order) {
  const sign = order === "Ascending" ? 1 : -1;
  return lines.map((line, at) => ({ line, at })).sort((a, b) => sign * ((a.line.time ?? 0) - (b.line.time ?? 0)) || a.at - b.at).map(({ line }) => line);
}

const same = {
  exact: (text) => text.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]?\d*Z?/g, ""),
  numbers: (text) => text.replace(/\d+(\.\d+)?/g, ""),
  signature: (text) => text.replace(/\w+/g, "").replace(/\s/g, ""),
};

/** Neighbours that are the same by a strategy ("none", "exact", "numbers", "signature") as one, with their `count`. */
export function withoutRepeats(lines, strategy = "none") {
  const key = Object.hasOwn(same, strategy) ? same[strategy] : null, out = [];
  if (!key) return lines.map((line) => ({ ...line, count: 1 }));
  let last = null;
  for (const line of lines) {
    const own = key(line.text);
    if (own === last) out[out.length - 1].count++;
    else out.push({ ...line, count: 1 });
    last = own;
  }
  return out;
}

/** Labels that every line has with the same value, and for each line the others. */
export function commonLabels(lines) {
  const [first, ...rest] = lines;
  return Object.fromEntries(Object.entries(first?.labels ?? {}).filter(([name, value]) => rest.every(({ labels }) => labels[name] === value)));
}

/** A line that is JSON, on several lines; others as they are. */
export function pretty(text) {
  if (!/^\s*[{[]/.test(text)) return text;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
