// The query page's panels in its address: g0.expr, g0.tab, … as Prometheus writes them, so that links
// of alerts and of other tools open the same view. Pure.
import { formatDuration, parseDuration } from "./timeRange.js";
import { formatDate } from "./dateFormat.js";

/** A new panel. Times are ms; `end` and `moment` null mean now; `step` is in seconds, null for automatic. */
export const newPanel = (expr = "") => ({ expr, tab: "table", end: null, moment: null, range: 3600e3, density: "medium", step: null, stacked: false });

const points = { low: 100, medium: 250, high: 750 };
const tabs = { 0: "graph", 1: "table", graph: "graph", table: "table" };

/** The panels of an address; one empty panel when it names none. Unknown or malformed values are left out. */
export function panelsFromQuery(query) {
  const panels = [];
  for (let at = 0; at < 100; at++) {
    const get = (name) => query.get(`g${at}.${name}`);
    if (get("expr") == null) break;
    const panel = newPanel(get("expr"));
    panel.tab = tabs[get("tab")] ?? "table";
    panel.end = parseInput(get("end_input"));
    panel.moment = parseInput(get("moment_input"));
    const range = parseDuration(get("range_input") ?? "");
    if (range > 0) panel.range = range;
    if (points[get("res_density")]) panel.density = get("res_density");
    const step = Number(get("res_step") ?? get("step_input") ?? NaN);
    if (step > 0 && get("res_type") !== "auto") panel.step = step;
    panel.stacked = get("display_mode") === "stacked" || get("stacked") === "1";
    panels.push(panel);
  }
  return panels.length ? panels : [newPanel()];
}

/** The query text for panels, without "?". */
export function panelsToQuery(panels) {
  const query = new URLSearchParams();
  panels.forEach((panel, at) => {
    const set = (name, value) => query.set(`g${at}.${name}`, value);
    set("expr", panel.expr);
    set("tab", panel.tab);
    if (panel.end != null) set("end_input", formatInput(panel.end));
    if (panel.moment != null) set("moment_input", formatInput(panel.moment));
    set("range_input", formatDuration(panel.range));
    set("res_type", panel.step ? "custom" : "auto");
    if (panel.step) set("res_step", String(panel.step));
    else set("res_density", panel.density);
    set("display_mode", panel.stacked ? "stacked" : "lines");
  });
  return query.toString();
}

/** Seconds between the points of a graph: whole, at least 1. */
export const stepSeconds = (panel) => panel.step ?? Math.max(1, Math.floor(panel.range / 1000 / points[panel.density]));

/** "2026-11-25 10:00:00" in UTC, as the address has it, as ms; null when it is none. */
export function parseInput(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?/.exec(text ?? "");
  if (!match) return null;
  const [, year, month, day, hour, minute, second = 0] = match.map(Number);
  const time = Date.UTC(year, month - 1, day, hour, minute, second || 0);
  return Number.isFinite(time) ? time : null;
}

export const formatInput = (time) => formatDate(time, "YYYY-MM-DD HH:mm:ss", "utc");

/**
 * The matrix of a range query as columns over a common grid: { times (ms), series: [{ metric, values }] },
 * where a missing step is null. `start`, `end` and `step` in seconds.
 */
export function matrixColumns(matrix, start, end, step) {
  const count = Math.max(0, Math.floor((end - start) / step + 1e-9) + 1);
  const times = Array.from({ length: count }, (_, at) => Math.round((start + at * step) * 1000));
  const series = matrix.map(({ metric, values = [] }) => {
    const column = new Array(count).fill(null);
    for (const [time, text] of values) {
      const at = Math.round((time - start) / step), value = Number(text === "+Inf" ? "Infinity" : text === "-Inf" ? "-Infinity" : text);
      // A canvas draws no infinity; the table shows it.
      if (at >= 0 && at < count) column[at] = Number.isFinite(value) ? value : null;
    }
    return { metric, values: column };
  });
  return { times, series };
}
