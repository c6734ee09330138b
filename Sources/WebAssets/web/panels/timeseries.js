// Time series: frames to chart input, legend, tooltip.
import { h } from "../lib/dom.js";
import { createChart } from "../charts/chart.js";
import { createChoice } from "./choice.js";
import { createLegend, legendValues, withDecimals } from "./legend.js";
import { arranged, hideTooltip, showTooltip } from "./tooltip.js";
import { drawable, joinColumns, spanShortGaps, timeField, withGaps } from "../models/frames.js";
import { absoluteSteps, displayText } from "../models/fieldConfig.js";
import { reducerName } from "../models/reduce.js";
import { schemeStops } from "../models/colors.js";
import { formatDate } from "../models/dateFormat.js";
import { formatTick, isBinaryUnit } from "../models/units.js";
import { follow, linksOf } from "./links.js";

export const colorMode = "palette-classic", hasLegend = true;

/** `extra.drawn(chart, plan)` draws more after each drawing. */
export function mount(element, view, extra = {}) {
  const { runtime } = view;
  const chartBox = h("div.graph-chart"), legendBox = h("div.graph-legend"), note = h("div.graph-note", { hidden: true });
  const root = h("div.graph", chartBox, legendBox, note);
  element.append(root);
  const choice = createChoice(view, () => draw());
  let current = null, plan = null, annotations = [], marks = null, exemplars = null, exemplarList = [], ended = false;

  const chart = createChart(chartBox, {
    onZoom: runtime.setTime && ((from, to) => { if (!current.x) runtime.setTime({ from, to }); }),
    onZoomOut: runtime.zoomOut && (() => { if (!current.x) runtime.zoomOut(); }),
    onHover: (hover) => hovering(hover),
    onMark: view.actions?.annotate && ((time, end, rect) => view.actions.annotate(view, { time, end }, rect)),
    onClick: (hover, event) => ((event.ctrlKey || event.metaKey) && view.actions?.annotate ? view.actions.annotate(view, { time: hover.time }, new DOMRect(event.clientX, event.clientY, 0, 0)) : pin(hover)),
    onDrawn: () => {
      extra.drawn?.(chart, plan);
      if (annotations.length || marks) drawMarks();
      exemplars?.update(exemplarList, chart, plan.axes[0]?.key, current.timeZone);
    },
  });
  const legend = createLegend(legendBox, { onToggle: (name, add) => choice.toggle(name, add, plan.series.map((one) => one.name)), onColor: view.actions?.recolor && ((item, anchor) => view.actions.recolor(view, item, anchor)) });

  function draw() {
    plan = planSeries(current, choice.hides);
    const { options } = current, legendOptions = options.legend ?? {}, zones = [options.timezone ?? []].flat().map((zone) => zone || current.timeZone);
    const shown = legendOptions.showLegend !== false && legendOptions.displayMode !== "hidden" && plan.series.length > 0 && !runtime.hideLegends;
    const right = legendOptions.placement === "right";
    root.classList.toggle("right", right);
    legendBox.hidden = !shown;
    legendBox.style.width = right && legendOptions.width ? legendOptions.width + "px" : "";
    if (shown) {
      const calcs = legendOptions.calcs ?? [];
      const items = plan.series.filter((one) => !one.field.config.custom?.hideFrom?.legend).map((one) => ({ name: one.name, color: one.color, hidden: one.hidden, values: legendValues(one.field, legendOptions) }));
      const limit = Number(legendOptions.limit) > 0 ? Number(legendOptions.limit) : 500;
      legend.update({ items: items.slice(0, limit), mode: legendOptions.displayMode === "table" ? "table" : "list", columns: calcs.map((calc) => (legendOptions.legacyNames ? calc : reducerName(calc))), sortBy: legendOptions.sortBy, sortDesc: legendOptions.sortDesc });
    }
    note.hidden = !plan.message;
    note.textContent = plan.message ?? "";
    if (plan.outside) note.append(" ", h("button.button.small", { type: "button", onclick: () => runtime.setTime?.({ from: plan.times[0], to: plan.times[plan.times.length - 1] }) }, "Zoom to data"));
    annotations = current.x ? [] : runtime.annotationsFor?.(view.panel, current.theme) ?? [];
    chart.update({ times: plan.times, series: plan.series, axes: plan.axes, range: current.range, timeZone: zones[0] ?? current.timeZone, zones: zones.slice(1), x: current.x ? { ...plan.x, ...xAxis(current.x) } : plan.x, sync: !current.x && runtime.dashboard?.graphTooltip ? runtime.syncKey ?? "dashboard" : null, thresholds: plan.thresholds, annotations: annotations.map(({ time, end, color }) => ({ time, end, color })), showX: plan.x.show });
    drawExemplars();
  }

  async function drawMarks() {
    if (!marks) {
      const { createMarks } = await import("./annotationMarks.js");
      if (ended) return;
      marks ??= createMarks(chartBox, view);
    }
    marks.update(annotations, chart, current.timeZone);
  }

  /** Exemplars follow the data: the chart does not wait for them. */
  async function drawExemplars() {
    const { result } = view, wanted = result && (runtime.exemplars ?? current.panel.targets?.some((target) => target?.exemplar && !target.hide));
    let list = [];
    if (wanted) {
      const { createExemplarMarks, exemplarsOf } = await import("./exemplars.js");
      list = await exemplarsOf(view, runtime.exemplars === true);
      if (ended || view.result !== result) return;
      exemplars ??= createExemplarMarks(chartBox);
    }
    exemplarList = list;
    exemplars?.update(list, chart, plan.axes[0]?.key, current.timeZone);
  }

  function rowsAt(hover) {
    const { tooltip = {} } = current.options;
    const rows = [];
    plan.series.forEach((one, index) => {
      if (one.hidden || one.field.config.custom?.hideFrom?.tooltip) return;
      const at = sampleNear(one.original, hover.index, plan.reach);
      const value = at < 0 ? null : one.original[at];
      if (value == null) return;
      rows.push({ name: one.name, near: index === hover.near, numeric: value, index, series: one });
    });
    return arranged(rows, tooltip).map(formatted);
  }

  /** A row whose texts are made when they are read: a tooltip shows some of hundreds. */
  function formatted(row) {
    const { field, color } = row.series, decimals = current.options.legend?.decimals;
    let shown;
    const display = () => (shown ??= field.display(row.numeric));
    return { name: row.name, near: row.near, index: row.index,
      get color() { return display().mapped && display().color ? display().color : color; },
      get value() { return withDecimals(field, row.numeric, decimals) ?? displayText(display()); } };
  }

  const titleOf = (time) => (current.x ? displayText(current.x.display(time)) : formatDate(time, "YYYY-MM-DD HH:mm:ss", current.timeZone));

  function hovering(hover) {
    const mode = current?.options.tooltip?.mode ?? "single";
    if (!hover || mode === "none" || !plan?.times.length) return hideTooltip(view);
    if (!hover.own && runtime.dashboard?.graphTooltip !== 2) return;
    if (!hover.own && !view.visible) return;
    let rows = rowsAt(hover);
    if (mode === "single" && hover.own) {
      if (hover.near < 0 && rows.length > 1) return hideTooltip(view);
      rows = rows.filter((row) => row.index === hover.near || rows.length === 1);
    }
    if (!rows.length) return hideTooltip(view);
    const owner = hover.own ? view : runtime.dashboard?.graphTooltip === 2 ? null : view;
    if (owner) showTooltip(view, { clientX: hover.clientX, clientY: hover.clientY, title: titleOf(hover.time), entries: rows, settings: current.options.tooltip });
  }

  function pin(hover) {
    const rows = rowsAt(hover), near = rows.find((row) => row.near) ?? (rows.length === 1 ? rows[0] : null);
    if (!near) return;
    const one = plan.series[near.index];
    const links = linksOf(one.field, one.frame, one.original[hover.index], hover.time, view);
    const direct = links.find(({ oneClick }) => oneClick);
    if (direct) return follow(direct);
    if (view.actions?.annotate) links.push({ text: "Add annotation", run: () => view.actions.annotate(view, { time: hover.time }, new DOMRect(hover.clientX, hover.clientY, 0, 0)) });
    showTooltip(view, { clientX: hover.clientX, clientY: hover.clientY, title: titleOf(hover.time), entries: rows, pin: true, actions: links, settings: current.options.tooltip });
  }

  return {
    update(input) {
      current = input.panel?.type === "trend" ? asTrend(input) : input;
      choice.take(input.fieldConfig);
      draw();
    },
    resize() { chart.resize(); },
    destroy() { ended = true; hideTooltip(view, true); chart.destroy(); root.remove(); },
    get canvas() { return chart.canvas; },
  };
}

/** A trend has a number in the place of the time: the field that is chosen, else the first. */
function asTrend(input) {
  const { xField } = input.options, isX = (field) => field.type === "number" && (!xField || field.displayName === xField || field.name === xField);
  const frames = input.frames.map((frame) => { const x = frame.fields.find(isX); return x ? { ...frame, fields: [{ ...x, type: "time", config: { ...x.config, interval: undefined } }, ...frame.fields.filter((field) => field !== x && field.type !== "time")] } : { ...frame, fields: [] }; });
  let from = Infinity, to = -Infinity;
  for (const { fields: [x] } of frames) for (const value of x?.values ?? []) { if (value < from) from = value; if (value > to) to = value; }
  return { ...input, frames, x: input.frames.flatMap(({ fields }) => fields).find(isX), range: from <= to ? { from, to } : { from: 0, to: 1 } };
}
const xAxis = ({ config }) => ({ time: false, format: (value, increment) => formatTick(value, config.unit, config.decimals ?? null, increment) });

/** The nearest index with a sample, at most `reach` away; -1 when there is none. */
function sampleNear(values, index, reach) {
  if (values[index] != null) return index;
  if (values[index] === null) return -1;
  for (let step = 1; step <= reach; step++) {
    if (values[index - step] != null) return index - step;
    if (values[index + step] != null) return index + step;
  }
  return -1;
}

const numberOrNull = (value) => (value == null || value === "" || !Number.isFinite(Number(value)) ? null : Number(value));

/** Frames as chart input: { times, series, x, axes, thresholds, message }. */
export function planSeries({ frames, range, theme }, isHidden) {
  const columns = [], found = [];
  let hasTime = false, x = { show: true };
  for (const frame of frames) {
    const time = timeField(frame);
    if (!time) continue;
    if (!hasTime) { const { axisPlacement, axisLabel, axisGridShow } = time.config?.custom ?? {}; x = { show: axisPlacement !== "hidden", label: axisLabel || "", grid: axisGridShow ?? true }; }
    hasTime = true;
    for (const field of frame.fields) {
      if (field.type !== "number" && field.type !== "boolean") continue;
      const custom = field.config.custom ?? {};
      let times = time.values, values = drawable(field.type === "boolean" ? field.values.map((value) => (value == null ? null : Number(value))) : field.values);
      if (!ascending(times)) ({ times, values } = sorted(times, values));
      if (custom.transform === "negative-Y") values = values.map((value) => (value == null ? value : -value));
      else if (custom.transform === "constant") { const first = values.find((value) => value != null); values = values.map(() => first ?? null); }
      const step = numberOrNull(custom.insertNulls) ?? time.config?.interval;
      const missing = numberOrNull(custom.nullValue);
      if (custom.spanNulls !== true && !(custom.drawStyle === "bars" || custom.drawStyle === "points")) ({ times, values } = withGaps(times, values, step, missing));
      if (missing !== null) values = values.map((value) => value ?? missing);
      columns.push({ times, values });
      found.push({ field, frame, custom });
    }
  }
  const joined = joinColumns(columns);
  const axes = new Map(), series = [];
  found.forEach(({ field, frame, custom }, index) => {
    const axis = axisFor(axes, field, custom);
    let values = joined.values[index];
    const span = custom.spanNulls === true ? true : numberOrNull(custom.spanNulls);
    const original = values;
    if (typeof span === "number" && span > 0) values = spanShortGaps(joined.times, values, span);
    const stacking = custom.stacking?.mode;
    const style = custom.drawStyle ?? "line";
    const earlier = Boolean(frame.meta?.timeCompare), dash = earlier ? [5, 5] : custom.lineStyle?.fill === "dash" ? custom.lineStyle.dash ?? [10, 10] : custom.lineStyle?.fill === "dot" ? [0, custom.lineStyle.dash?.[1] ?? 10] : null;
    const one = {
      name: field.displayName, color: field.color ?? "#808080", axis: axis.key, style, interpolation: custom.lineInterpolation ?? "linear", width: custom.lineWidth ?? 1,
      fill: earlier ? 0 : (custom.fillOpacity ?? 0) / 100, gradient: custom.gradientMode ?? "none", dash, points: custom.showPoints ?? "auto", pointSize: custom.pointSize ?? 5,
      spanGaps: span === true, stack: stacking === "normal" || stacking === "percent" ? `${axis.key}|${custom.stacking.group ?? "A"}|${style}|${earlier}` : null, percent: stacking === "percent",
      barAlign: custom.barAlignment ?? 0, barWidth: custom.barWidthFactor ?? .6, hidden: Boolean(custom.hideFrom?.viz) || isHidden(field.displayName), values,
      valueText: custom.showValues ? (value) => displayText(field.display(value)) : undefined,
    };
    // A series that its thresholds colour is drawn as with a gradient of them.
    if (custom.thresholdsStyle?.mode === "series") Object.assign(one, { gradient: "scheme", colorSteps: absoluteSteps(field.config.thresholds, field.range, theme) });
    else if (one.gradient === "scheme") {
      const mode = field.config.color?.mode, stops = mode ? schemeStops(mode, theme) : null;
      if (stops) { one.colorSteps = stops.map((color, at) => ({ color, value: field.range.min + (at / (stops.length - 1)) * (field.range.max - field.range.min) })); one.smooth = true; }
      else if (mode === "thresholds") one.colorSteps = absoluteSteps(field.config.thresholds, field.range, theme);
      else one.gradient = "opacity";
    }
    // What the chart does not draw itself stays out of its signature.
    Object.defineProperties(one, { field: { value: field }, frame: { value: frame }, original: { value: original } });
    series.push(one);
  });
  for (const [index, { custom }] of found.entries()) {
    if (!custom.fillBelowTo) continue;
    const below = series.findIndex((one) => one.name === custom.fillBelowTo);
    if (below >= 0 && below !== index) series[index].fillBelow = below;
  }
  const thresholds = [];
  for (const [index, { field, custom }] of found.entries()) {
    const mode = custom.thresholdsStyle?.mode;
    if (!mode || mode === "off" || mode === "series" || thresholds.some((one) => one.axis === series[index].axis)) continue;
    thresholds.push({ axis: series[index].axis, mode, steps: absoluteSteps(field.config.thresholds, field.range, theme) });
  }
  const { times } = joined;
  const outside = times.length > 0 && range && (times[times.length - 1] < range.from || times[0] > range.to);
  const message = !hasTime && frames.length ? "Data does not have a time field" : hasTime && !series.length ? "Data does not have a numeric field" : outside ? "Data is outside time range" : null;
  const step = times.length > 1 ? (times[times.length - 1] - times[0]) / (times.length - 1) : 1;
  return { times, series, x, axes: sideAxes([...axes.values()]), thresholds, message, outside, reach: Math.max(1, Math.ceil((range.to - range.from) / 60 / Math.max(step, 1))) };
}

const ascending = (times) => { for (let at = 1; at < times.length; at++) if (times[at] < times[at - 1]) return false; return true; };
function sorted(times, values) {
  const order = times.map((_, at) => at).sort((a, b) => times[a] - times[b]);
  return { times: order.map((at) => times[at]), values: order.map((at) => values[at]) };
}

/** A limit of an axis of shares (0-1); old dashboards write them as percent. */
const shareLimit = (value) => { const limit = numberOrNull(value); return limit != null && Math.abs(limit) > 1 ? limit / 100 : limit; };

/** The axis of a field: fields with the same unit, placement, limits and scale share one. */
function axisFor(axes, field, custom) {
  const { unit = "", decimals, min, max } = field.config, scale = custom.scaleDistribution ?? {};
  const percent = custom.stacking?.mode === "percent";
  const key = [percent ? "percentunit" : unit, custom.axisPlacement ?? "auto", min, max, custom.axisSoftMin, custom.axisSoftMax, scale.type, scale.log, scale.linearThreshold, custom.axisCenteredZero, custom.axisLabel].join("|");
  if (!axes.has(key)) {
    const shownUnit = percent && !/^percent/.test(unit) ? "percentunit" : percent ? "percentunit" : unit;
    axes.set(key, { key: "y" + axes.size, placement: custom.axisPlacement ?? "auto", formatKey: `${shownUnit}|${decimals}`, format: (value, increment) => formatTick(value, shownUnit, decimals == null || decimals === "" ? null : Number(decimals), increment),
      label: custom.axisLabel || "", width: Number(custom.axisWidth) > 0 ? Number(custom.axisWidth) : 0, min: percent ? shareLimit(min) ?? 0 : numberOrNull(min), max: percent ? shareLimit(max) ?? 1 : numberOrNull(max), softMin: numberOrNull(custom.axisSoftMin), softMax: numberOrNull(custom.axisSoftMax),
      log: scale.type === "log" || scale.type === "symlog" ? Number(scale.log) || 2 : null, linearThreshold: scale.type === "symlog" ? Number(scale.linearThreshold) || 1 : undefined, centeredZero: Boolean(custom.axisCenteredZero),
      grid: custom.axisGridShow, border: Boolean(custom.axisBorderShow), color: custom.axisColorMode === "series" ? field.color : undefined, increments: /^bool/.test(unit) ? [1] : undefined,
      binary: isBinaryUnit(shownUnit), zeroMax: shownUnit === "percentunit" ? 1 : undefined });
  }
  return axes.get(key);
}

function sideAxes(axes) {
  let autos = 0;
  return axes.map(({ placement, ...axis }) => ({ ...axis, show: placement !== "hidden", side: placement === "right" || (placement === "auto" && autos++ > 0) ? "right" : "left" }));
}
