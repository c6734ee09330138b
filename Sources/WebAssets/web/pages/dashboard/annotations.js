// Annotations: the dashboard's own from /api/annotations, and queries whose samples above zero are events.
import { api } from "../../lib/api.js";
import { decodeFrames, timeField } from "../../models/frames.js";
import { prometheusFormat } from "../../models/interpolate.js";
import { resolveColor } from "../../models/colors.js";
import { allPanels } from "../../models/grid.js";
import { parseDuration } from "../../models/timeRange.js";

/** Fetches all enabled annotations of the range, then redraws the charts in sight. */
export async function fetchAnnotations(page) {
  const { runtime, dashboard } = page, { range, epoch, scope } = runtime;
  const isRegion = (one) => one.target?.queryType === "timeRegions", hasRegions = page.annotationSources.some(isRegion) || allPanels(dashboard.panels).some(({ timeRegions }) => timeRegions?.length);
  const { regionTimes } = hasRegions ? await import("../../models/timeRegions.js") : {};
  const lists = await Promise.all(page.annotationSources.filter((one) => one.enable !== false).map(async (one) => {
    if (isRegion(one)) return regionTimes(one.target.timeRegion ?? {}, range, one.target.timeRegion?.timezone || runtime.timeZone).map(({ from, to }) => ({ time: from, timeEnd: to, title: "", text: one.name, tags: [], source: one }));
    try { return (await (one.builtIn || one.datasource?.uid === "-- Grafana --" || one.datasource?.uid === "grafana" || one.datasource === "-- Grafana --" ? stored(one, page) : queried(one, runtime, range))).map((event) => ({ ...event, source: one })); } catch { return []; }
  }));
  if (scope.ended || epoch !== runtime.epoch) return;
  const events = lists.flat(), changed = hasRegions || JSON.stringify(events.map(({ source, ...rest }) => rest)) !== JSON.stringify((runtime.annotations ?? []).map(({ source, ...rest }) => rest));
  runtime.annotations = events;
  runtime.annotationsFor = (panel, theme) => panelRegions(panel, regionTimes, range, runtime.timeZone, theme).concat(runtime.annotations.filter(({ source, panelId }) => applies(source.filter, panel) && (!panelId || panelId === panel.id)).map((event) => ({ time: event.time, end: event.timeEnd, color: resolveColor(event.source.iconColor ?? "rgba(0, 211, 255, 1)", theme), id: event.id, title: event.title, text: event.text, tags: event.tags, name: event.source.name })));
  if (changed) for (const view of runtime.views) if (view.visible && view.panel.type === "timeseries") view.draw();
}

const regionColors = { background6: "rgb(128, 128, 128)", gray: "rgb(128, 128, 128)", red: "red", green: "green", blue: "blue", yellow: "yellow" };
/** The regions that graphs of old kept in their panel. */
function panelRegions({ timeRegions }, regionTimes, range, zone, theme) {
  return (regionTimes && Array.isArray(timeRegions) ? timeRegions : []).filter((one) => one && (one.fill || one.line)).flatMap((one) => regionTimes(one, range, zone).map(({ from, to }) => ({
    time: from, end: one.fill === false ? undefined : to, color: resolveColor(one.colorMode === "custom" ? one.fillColor || one.lineColor : regionColors[one.colorMode] ?? "gray", theme), name: "Time region" })));
}

function applies(filter, panel) {
  if (!filter?.ids?.length) return true;
  return filter.ids.includes(panel.id) !== Boolean(filter.exclude);
}

async function stored(one, page) {
  const { runtime, dashboard } = page;
  if (one.builtIn && !dashboard.uid) return [];
  const byTags = one.target?.type === "tags" || one.type === "tags";
  const query = { from: runtime.range.from, to: runtime.range.to, limit: one.target?.limit ?? one.limit ?? 100, ...(byTags ? { tags: one.target?.tags ?? one.tags ?? [], matchAny: one.target?.matchAny ? "true" : null } : { dashboardUID: dashboard.uid }) };
  return (await api.get("/api/annotations", { query, signal: runtime.scope.signal })).map(({ id, time, timeEnd, text, title, tags, panelId }) => ({ id, time, timeEnd: timeEnd > time ? timeEnd : undefined, text: text ?? "", title: title ?? "", tags: tags ?? [], panelId }));
}

async function queried(one, runtime, range) {
  const source = runtime.source(one.datasource), expression = one.expr ?? one.target?.expr;
  if (!source || !expression) return [];
  const step = parseDuration(runtime.replace(one.step || one.target?.step || "60s")) ?? 60e3;
  const query = { refId: "Anno", datasource: { type: source.type, uid: source.uid }, expr: runtime.replace(expression, undefined, prometheusFormat), legendFormat: "", format: "time_series", range: true, instant: false, interval: Math.round(step / 1000) + "s", intervalMs: step, maxDataPoints: Math.ceil((range.to - range.from) / step), intervalFactor: 1 };
  const answer = await api.post("/api/ds/query", { from: String(range.from), to: String(range.to), queries: [query] }, { signal: runtime.scope.signal });
  const events = [], tagKeys = String(one.tagKeys ?? "").split(",").map((key) => key.trim()).filter(Boolean);
  for (const frame of decodeFrames(answer.results?.Anno)) {
    const times = timeField(frame)?.values ?? [], field = frame.fields.find((other) => other.type === "number");
    if (!field) continue;
    const labels = field.labels ?? {}, fill = (format) => String(format ?? "").replace(/\{\{\s*(.+?)\s*\}\}/g, (_, key) => labels[key] ?? "");
    const base = { title: fill(one.titleFormat), text: fill(one.textFormat), tags: tagKeys.map((key) => labels[key]).filter(Boolean) };
    let last = null;
    field.values.forEach((value, at) => {
      if (!(value > 0)) { last = null; return; }
      const time = one.useValueForTime ? Math.floor(value) : times[at];
      if (last && !one.useValueForTime && times[at] - (last.timeEnd ?? last.time) <= step) last.timeEnd = times[at];
      else { last = { ...base, time }; events.push(last); }
    });
  }
  return events.slice(0, 2000);
}
