// A dashboard at work: time range, variables, refresh, and one query batch for all visible panels.
import { api, isAbort } from "../../lib/api.js";
import { Emitter } from "../../lib/events.js";
import { decodeFrames } from "../../models/frames.js";
import { interpolate, prometheusFormat } from "../../models/interpolate.js";
import { addFilters } from "../../models/adhoc.js";
import { panelInterval } from "../../models/step.js";
import { parseDuration, resolveRange } from "../../models/timeRange.js";
import { allValue, cycleText, variableForText, variablesToQuery } from "../../models/variables.js";
import { session } from "../session.js";
import { VariableStore } from "./variableStore.js";

/** Panel types that never query. */
export const silentTypes = new Set(["row", "text", "dashlist", "alertlist", "news", "welcome", "gettingstarted", "annolist"]);

export class DashboardRuntime extends Emitter {
  /** Views that want data, as they come into sight. */
  views = new Set();
  epoch = 0;
  #due = new Set();
  #frame = 0;
  #running = new Set();
  #tick = null;
  #missed = false;

  constructor({ dashboard, meta, scope, router, query, local = false }) {
    super();
    Object.assign(this, { dashboard, meta, scope, router, local });
    const time = dashboard.time ?? {};
    this.raw = { from: query.get("from") ?? time.from ?? "now-6h", to: query.get("to") ?? time.to ?? "now" };
    const zone = query.get("timezone") ?? query.get("tz") ?? dashboard.timezone;
    this.timeZone = !zone || zone === "browser" ? session.user?.timezone || "browser" : zone;
    const refresh = query.get("refresh") ?? dashboard.refresh;
    this.refreshInterval = typeof refresh === "string" ? refresh : "";
    this.variables = new VariableStore(this, query);
    this.resolveTime();
    scope.add(() => this.cancel());
    scope.on(document, "visibilitychange", () => {
      if (document.hidden || !this.#missed) return;
      this.#missed = false;
      this.refresh();
    });
  }

  /** Resolves the variables, then lets panels query. */
  async start() {
    await this.variables.resolveAll();
    if (this.scope.ended) return;
    this.ready = true;
    this.writeURL();
    this.emit("variables");
    this.#schedule();
    this.#startTimer();
  }

  // MARK: Time

  resolveTime() {
    const delay = parseDuration(this.dashboard.timepicker?.nowDelay) ?? 0;
    this.range = resolveRange(this.raw, { zone: this.timeZone, now: Date.now() - delay, weekStart: this.weekStart, fiscal: this.dashboard.fiscalYearStartMonth });
    return this.range;
  }

  /** The day on which weeks begin, 0 (Sunday) to 6; undefined where neither the dashboard nor the user says. */
  get weekStart() { return weekStart(this.dashboard.weekStart) ?? weekStart(session.user?.weekStart); }

  /** Sets the range from raw texts or times (ms); `push` adds a step to the browser's history. */
  setTime({ from, to }, { push = true } = {}) {
    this.raw = { from: String(from), to: String(to) };
    this.resolveTime();
    this.writeURL(push);
    this.emit("time");
    this.#startTimer();
    this.timeChanged();
  }

  async timeChanged() {
    if (await this.variables.resolveAll({ timeOnly: true })) { this.emit("variables"); this.emit("layout"); }
    this.refresh();
  }

  setTimeZone(zone) {
    this.timeZone = zone || "browser";
    this.resolveTime();
    this.router?.setQuery({ timezone: zone || null });
    this.emit("time");
    this.refresh();
  }

  /** The panel's own range: timeFrom replaces it, timeShift moves it back. `info` says so. */
  panelRange(panel) {
    let { from, to } = this.range, info = "";
    const own = panel.timeFrom && this.replace(String(panel.timeFrom)), shift = panel.timeShift && this.replace(String(panel.timeShift));
    if (own) {
      const raw = /^now/.test(own) ? { from: own, to: "now" } : { from: "now-" + own, to: "now" };
      if (parseDuration(own) != null || /^now/.test(own)) { ({ from, to } = resolveRange(raw, { zone: this.timeZone })); info = "Last " + own.replace(/^now-/, ""); }
    }
    const by = shift ? parseDuration(shift) : null;
    if (by) { from -= by; to -= by; info += (info ? ", " : "") + "shifted by " + shift; }
    const { type, timeCompare } = panel;
    if (timeCompare && timeCompare !== "__noPeriod" && (type === "timeseries" || type === "graph")) info += (info ? ", " : "") + (timeCompare === "__previousPeriod" ? "beside the time before" : `beside ${timeCompare} before`);
    return { from, to, info: panel.hideTimeOverride ? "" : info };
  }

  // MARK: Refresh

  setRefresh(text) {
    this.refreshInterval = text;
    this.router?.setQuery({ refresh: text || null });
    this.#startTimer();
    this.emit("time");
  }

  #startTimer() {
    this.#tick?.();
    this.#tick = null;
    this.#live();
    let every = this.refreshInterval === "auto" ? Math.max(5e3, panelInterval(this.range.to - this.range.from, 1000, 5e3)) : parseDuration(this.refreshInterval);
    if (!every || !(every > 0)) return;
    every = Math.max(every, parseDuration(session.settings?.minRefreshInterval) ?? 5e3);
    this.#tick = this.scope.every(every, () => {
      if (document.hidden) { this.#missed = true; return; }
      if (this.#running.size === 0) this.refresh();
    });
  }

  #stopLive = null;

  /** `liveNow`: pictures move on with the time between refreshes, by a pixel or so. */
  #live() {
    this.#stopLive?.();
    this.#stopLive = null;
    if (!this.dashboard.liveNow || !/now/.test(this.raw.to)) return;
    this.#stopLive = this.scope.every(Math.max(1000, (this.range.to - this.range.from) / 1000), () => {
      if (document.hidden || this.loading) return;
      this.resolveTime();
      for (const view of this.views) if (view.visible && view.result) { view.result.range = this.panelRange(view.panel); view.draw(); }
    });
  }

  /** Runs all visible panels again; others when they come into sight. */
  refresh() {
    if (!this.ready) return;
    this.cancel();
    this.resolveTime();
    this.epoch++;
    for (const view of this.views) if (view.visible) this.#due.add(view);
    this.emit("refresh");
    this.#schedule();
  }

  /** A view that became visible or changed asks for data. */
  request(view) {
    this.#due.add(view);
    this.#schedule();
  }

  get loading() { return this.#running.size > 0; }

  cancel() {
    for (const controller of this.#running) controller.abort();
    this.#running.clear();
    this.#due.clear();
    this.emit("loading", false);
  }

  #schedule() {
    if (this.#frame || !this.ready) return;
    this.#frame = 1;
    queueMicrotask(() => { this.#frame = 0; if (!this.scope.ended) this.#run(); });
  }

  async #run() {
    const views = [...this.#due].filter((view) => !view.ended);
    this.#due.clear();
    if (!views.length) return;
    const batches = new Map();
    for (const view of views) {
      if (Array.isArray(view.panel.snapshotData)) { view.take({ frames: snapshotFrames(view.panel.snapshotData), errors: [], range: this.panelRange(view.panel), queries: [] }); continue; }
      const work = this.prepare(view);
      if (!work.queries.length) { view.take({ frames: [], errors: work.errors, range: work.range, queries: [] }); continue; }
      for (const one of view.panel.timeCompare ? await this.#withEarlier(work) : [work]) {
        const key = one.range.from + ":" + one.range.to;
        if (!batches.has(key)) batches.set(key, { range: one.range, works: [] });
        batches.get(key).works.push(one);
      }
      view.begin();
    }
    await Promise.all([...batches.values()].map((batch) => this.#send(batch)));
  }

  /** The queries of a panel view, ready to send: { view, queries, errors, range }. */
  prepare(view) {
    const { panel, scoped } = view;
    const range = this.panelRange(panel), errors = [], queries = [];
    if (!silentTypes.has(panel.type)) {
      const points = Number(panel.maxDataPoints) > 0 ? Number(panel.maxDataPoints) : Math.max(50, Math.floor(view.width || 500));
      for (const target of panel.targets ?? []) {
        if (!target || target.hide) continue;
        const reference = target.datasource?.uid === "-- Mixed --" ? null : target.datasource ?? panel.datasource;
        const pseudo = pseudoSource(reference) ?? pseudoSource(panel.datasource);
        if (pseudo === "dashboard") { queries.push(...this.#shared(panel, target, view, points, range, errors)); continue; }
        if (pseudo === "grafana") continue;
        const query = this.query(target, reference, panel, scoped, points, range, errors);
        queries.push(...query);
      }
    }
    return { view, queries, errors, range };
  }

  /** The work, and the same of the earlier time that its panel is compared with. */
  async #withEarlier(work) {
    const { inPairs } = await import("../../models/timeCompare.js");
    return inPairs(work, this.replace(String(work.view.panel.timeCompare), work.view.scoped));
  }

  #shared(panel, target, view, points, range, errors) {
    const other = this.findPanel(target.panelId);
    if (!other || other === panel) { errors.push({ refId: target.refId, message: `Panel ${target.panelId} is not on this dashboard` }); return []; }
    return (other.targets ?? []).filter((one) => one && !one.hide && pseudoSource(one.datasource ?? other.datasource) !== "dashboard")
      .flatMap((one) => this.query(one, one.datasource ?? other.datasource, other, view.scoped, points, range, errors));
  }

  query(target, reference, panel, scoped, points, range, errors) {
    const expression = target.expr ?? target.query ?? "";
    const isExpression = reference?.type === "__expr__" || reference?.uid === "__expr__" || reference === "__expr__";
    if (!isExpression && (typeof expression !== "string" || !expression.trim())) return [];
    const source = isExpression ? { type: "__expr__", uid: "__expr__" } : this.source(reference, scoped);
    if (!source) {
      errors.push({ refId: target.refId, message: `Data source ${sourceName(reference)} was not found`, missingSource: reference });
      return [];
    }
    const stuck = this.variables.stuckIn(String(expression));
    if (stuck) {
      errors.push({ refId: target.refId, message: `$${stuck.name} has no value, as it refers to itself: ${cycleText(stuck.cycle)}` });
      return [];
    }
    const replace = (text) => this.replace(text, scoped);
    const lowest = parseDuration(replace(panel.interval ?? "")) ?? parseDuration(source.jsonData?.timeInterval) ?? 15e3;
    const intervalMs = panelInterval(range.to - range.from, points, lowest);
    const common = { refId: target.refId ?? "A", datasource: { type: source.type, uid: source.uid }, intervalMs, maxDataPoints: points, utcOffsetSec: -new Date(range.from).getTimezoneOffset() * 60 };
    if (isExpression) return [{ ...target, ...common }];
    const format = typeof target.format === "string" ? target.format : "time_series";
    const expr = addFilters(this.replace(expression, scoped, prometheusFormat), this.variables.filtersFor(source.uid));
    const query = { ...common, expr, format, legendFormat: replace(target.legendFormat ?? ""), interval: replace(target.interval ?? ""), intervalFactor: Number(target.intervalFactor) || 1, exemplar: false };
    const instant = Boolean(target.instant), ranged = target.range ?? !instant;
    if (instant && ranged) return [{ ...query, range: true, instant: false }, { ...query, refId: query.refId + "-Instant", range: false, instant: true }];
    return [{ ...query, range: !instant, instant }];
  }

  async #send({ range, works }) {
    const controller = new AbortController();
    this.#running.add(controller);
    this.emit("loading", true);
    const unique = new Map(), queries = [];
    for (const work of works) {
      work.keys = work.queries.map((query) => {
        const { refId, ...rest } = query, key = JSON.stringify(rest);
        if (!unique.has(key)) {
          unique.set(key, queries.length + "_" + refId);
          queries.push({ ...query, refId: unique.get(key) });
        }
        return unique.get(key);
      });
    }
    let answer = null, failure = null;
    try {
      answer = await api.post("/api/ds/query", { from: String(range.from), to: String(range.to), queries }, { signal: controller.signal, accept: (status) => status < 500 && status !== 401 && status !== 403 && status !== 404 });
      if (!answer?.results) failure = { message: answer?.message ?? "The server sent no results" };
    } catch (error) {
      if (isAbort(error)) { for (const { view } of works) view.abandon(); return; }
      failure = error;
    } finally {
      if (this.#running.delete(controller) && this.#running.size === 0) this.emit("loading", false);
    }
    for (const work of works) {
      if (work.view.ended || controller.signal.aborted) continue;
      const result = readResults(work, answer, failure), whole = work.pair ? work.pair(work, result) : result;
      if (whole) work.view.take(whole);
    }
  }

  // MARK: Text

  /** Looks a variable up for interpolation. */
  lookup(name, scoped) {
    if (scoped && Object.hasOwn(scoped, name)) return { name, plain: false, type: "scoped", ...scoped[name] };
    const variable = this.variables.find(name);
    if (variable) return variableForText(variable);
    const plain = (value, text) => ({ name, value, text, plain: true });
    switch (name) {
      case "__from": return plain(this.range.from);
      case "__to": return plain(this.range.to);
      case "timeFilter": case "__timeFilter": return undefined;
      case "__dashboard": return plain({ uid: this.dashboard.uid, name: this.dashboard.title, toString() { return this.name; } });
      case "__name": return plain(this.dashboard.title);
      case "__org": return plain({ name: session.settings?.user?.orgName ?? "Main Org.", id: 1, toString() { return String(this.id); } });
      case "__user": return plain({ login: session.user?.login, email: session.user?.email, id: session.user?.id, toString() { return String(this.id); } });
      case "__timezone": return plain(this.timeZone === "browser" ? Intl.DateTimeFormat().resolvedOptions().timeZone : this.timeZone);
      case "__url_time_range": return { name, value: `from=${encodeURIComponent(this.raw.from)}&to=${encodeURIComponent(this.raw.to)}`, plain: true };
      case "__all_variables": return { name, value: queryString(variablesToQuery(this.variables.list)), plain: true };
      case "__url": return plain({ path: location.pathname, params: location.search });
      default: return undefined;
    }
  }

  replace(text, scoped, format) {
    return interpolate(text, (name) => this.lookup(name, scoped), format);
  }

  /** The values of a variable that panels repeat for: [{ text, value }]. */
  repeatValues(name) {
    const variable = this.variables.find(name);
    if (!variable) return [];
    const values = [variable.current?.value].flat().filter((value) => value != null);
    if (values.includes(allValue)) return (variable.options ?? []).filter(({ value }) => value !== allValue);
    return values.map((value) => (variable.options ?? []).find((option) => option.value === value) ?? { text: String(value), value });
  }

  // MARK: Parts

  source(reference, scoped) {
    let wanted = reference;
    if (typeof wanted === "object" && wanted) wanted = wanted.uid == null ? wanted : this.replace(String(wanted.uid), scoped, "raw");
    else if (typeof wanted === "string") wanted = this.replace(wanted, scoped, "raw");
    return session.findSource(wanted);
  }

  findPanel(id) {
    for (const panel of this.dashboard.panels ?? []) {
      if (panel?.id === id) return panel;
      for (const child of panel?.type === "row" ? panel.panels ?? [] : []) if (child?.id === id) return child;
    }
    return null;
  }

  writeURL(push = false) {
    if (!this.router || this.local) return;
    this.router.setQuery({ from: this.raw.from, to: this.raw.to, timezone: this.timeZone, ...(this.refreshInterval ? { refresh: this.refreshInterval } : {}), ...variablesToQuery(this.variables.list) }, { replace: !push });
  }

  /** The address of this view with absolute times, for sharing. */
  sharedURL({ locked = true, theme = null, panelId = null, path = location.pathname } = {}) {
    const query = { orgId: "1", from: locked ? String(this.range.from) : this.raw.from, to: locked ? String(this.range.to) : this.raw.to, timezone: this.timeZone, ...variablesToQuery(this.variables.list), ...(theme ? { theme } : {}), ...panelId };
    return location.origin + path + "?" + queryString(query);
  }
}

export function queryString(query) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) for (const item of [value].flat()) if (item != null) search.append(key, item);
  return search.toString();
}

function readResults({ keys, queries, errors, range }, answer, failure) {
  const frames = [], problems = [...errors];
  if (failure) problems.push({ message: failure.message });
  keys.forEach((key, at) => {
    const result = answer?.results?.[key], { refId } = queries[at];
    if (!result) { if (!failure) problems.push({ refId, message: "The server sent no result" }); return; }
    if (result.error) problems.push({ refId, message: result.error, status: result.status });
    frames.push(...decodeFrames(result, refId));
  });
  nameTableValues(frames);
  return { frames, errors: problems, range, queries, answer: keys.map((key) => answer?.results?.[key]) };
}

/** Value columns of tables carry their query's letter only where there are several tables. */
function nameTableValues(frames) {
  const tables = frames.filter((frame) => frame.fields.some((field) => /^Value( #|$)/.test(field.name)) && frame.fields.some((field) => field.type === "string"));
  const letters = new Set(tables.map((frame) => frame.refId));
  for (const frame of tables) for (const field of frame.fields) if (/^Value( #.*)?$/.test(field.name)) field.name = letters.size > 1 ? `Value #${frame.refId}` : "Value";
}

/** Frames that a snapshot carries: ours, or columns in the form of /api/ds/query. */
function snapshotFrames(list) {
  return list.filter((frame) => frame && typeof frame === "object").flatMap((frame) => (frame.schema ? decodeFrames({ frames: [frame] }) : Array.isArray(frame.fields)
    ? [{ refId: frame.refId, name: frame.name, meta: frame.meta ?? {}, length: frame.fields[0]?.values?.length ?? 0, fields: frame.fields.map((field) => ({ name: String(field.name ?? ""), type: field.type, labels: field.labels, config: field.config ?? {}, values: Array.isArray(field.values) ? field.values : [] })) }] : []));
}

export function pseudoSource(reference) {
  const uid = typeof reference === "string" ? reference : reference?.uid;
  if (uid === "-- Dashboard --") return "dashboard";
  if (uid === "grafana" || uid === "-- Grafana --") return "grafana";
  return uid === "-- Mixed --" ? "mixed" : null;
}

const sourceName = (reference) => (typeof reference === "string" ? reference : reference?.uid ?? reference?.type ?? "(none)");
const weekStart = (name) => ({ sunday: 0, monday: 1, saturday: 6 })[name];
