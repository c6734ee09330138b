// Charts over time on a canvas. The only file that knows uPlot; its options never leak.
import { decimate, nearestIndex } from "../models/decimate.js";
import { formatDate } from "../models/dateFormat.js";
import { stackColumns } from "../models/stack.js";
import { axisPattern } from "../models/timeRange.js";
import { perFrame } from "../lib/events.js";
import { onThemeChange } from "../lib/theme.js";
import { withAlpha } from "../models/colors.js";

let loading = null;

/** Loads the drawing library once. Charts wait for it by themselves; pages may call it early. */
export function loadCharts() {
  loading ??= globalThis.uPlot ? Promise.resolve() : new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("../../vendor/uPlot.iife.min.js", import.meta.url);
    script.onload = resolve;
    script.onerror = () => { loading = null; reject(new Error("The chart library did not load")); };
    document.head.append(script);
  });
  return loading;
}

/**
 * Makes a chart that fills `element`. Returns { update(input), resize(), destroy(), setCursorTime(ms | null), canvas }.
 * `handlers`: onZoom(from, to) after a drag, onMark(from, to, rect) after one with Ctrl, onZoomOut() on double click,
 * onHover(hover | null), onClick(hover, event), onDrawn() after each drawing.
 * A hover is { index, time, near, left, top, clientX, clientY, own }: `index` into the input's times, `near` the
 * series nearest to the pointer (-1: none close), `own` false when another chart with the same sync key is under
 * the pointer.
 *
 * The input:
 * - times: ascending ms (or numbers, when `x.time` is false); series: [{ name, values, color, axis, style:
 *   "line" | "bars" | "points" | "none" (only counts for its axis), interpolation: "linear" | "smooth" | "stepBefore" | "stepAfter", width, fill 0-1,
 *   gradient: "none" | "opacity" | "hue" | "scheme", colorSteps, dash, points: "auto" | "always" | "never", pointSize, spanGaps, stack,
 *   percent, barAlign, barWidth, fillBelow (index), hidden, valueText(value) to write values into the chart }]. In `values` null is a gap, undefined no sample.
 * - axes: [{ key, side: "left" | "right", format(value, increment), label, min, max, softMin, softMax, log, linearThreshold,
 *   centeredZero, grid, show, color, width, increments, binary, zeroMax }], one per `series[].axis`.
 *   `binary`: ticks at powers of two; `zeroMax`: the top of an axis on which all values are 0.
 * - range { from, to }; timeZone; sync: a key shared by charts whose crosshairs move together, or null.
 * - thresholds: [{ axis, mode, steps: [{ value, color }] }]; annotations: [{ time, end, color }].
 * - x: { time: false, format } for a numeric x axis, { label, grid } for any; showX: false hides it. zones: more time zones, with an
 *   x axis each. bare: no axes at all (sparklines).
 */
export function createChart(element, handlers = {}) {
  const chart = new Chart(element, handlers);
  return {
    update: (input) => chart.update(input),
    resize: () => chart.resize(),
    destroy: () => chart.destroy(),
    setCursorTime: (time) => chart.setCursorTime(time),
    get canvas() { return chart.plot?.ctx.canvas ?? null; },
    /** Where a time is: px from the left of the plot. */
    placeOf: (time) => chart.plot?.valToPos(time, "x") ?? 0,
    /** Where a value of an axis is: px from the top of the plot. */
    heightOf: (value, axis) => chart.plot?.valToPos(value, axis) ?? 0,
    /** The plot within the canvas, in its pixels: { left, top, width, height }. */
    get plotArea() { return chart.plot?.bbox ?? null; },
    get plotBox() { return chart.plot?.over.getBoundingClientRect() ?? null; },
  };
}

const axisFont = "12px Inter, \"Helvetica Neue\", Helvetica, Arial, \"Liberation Sans\", sans-serif";
let measure = null;
function textWidth(text) {
  measure ??= document.createElement("canvas").getContext("2d");
  measure.font = axisFont;
  return measure.measureText(text).width;
}

const second = 1e3, minute = 60e3, hour = 3600e3, day = 86400e3, month = 30 * day, year = 365 * day;
/** Steps between ticks of a time axis (ms); the library takes 30 days for a month and 365 for a year. */
const timeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, ...[1, 2, 5, 10, 15, 30].map((n) => n * second), ...[1, 2, 5, 10, 15, 30].map((n) => n * minute), ...[1, 2, 3, 4, 6, 8, 12].map((n) => n * hour),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15].map((n) => n * day), ...[1, 2, 3, 4, 6].map((n) => n * month), ...[1, 2, 5, 10, 25, 50, 100].map((n) => n * year)];

/** A short name of a time zone: CET, UTC, GMT+3. */
function zoneName(zone) {
  const timeZone = !zone || zone === "browser" ? undefined : zone.toLowerCase() === "utc" ? "UTC" : zone;
  return new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "short" }).formatToParts().find(({ type }) => type === "timeZoneName")?.value ?? zone;
}

/** The distance between ticks of a value axis: about a third of the root of its height in pixels fit. A power of two where
 * the unit counts in 1024s. */
function tickStep(low, high, height, binary) {
  const raw = (high - low) / Math.max(1.5, .3 * Math.sqrt(Math.max(height, 20)));
  // The library rounds steps that it does not know, as 1/8, to whole numbers, and would never reach the end.
  if (binary && raw >= 1) return 2 ** Math.round(Math.log2(raw));
  const base = 10 ** Math.floor(Math.log10(raw)), norm = raw / base;
  return Number((base * (norm < 1.5 ? 1 : norm <= 2.25 ? 2 : norm < 3 ? 2.5 : norm < 7.5 ? 5 : 10)).toPrecision(6));
}

class Chart {
  plot = null;
  input = null;
  steps = new Map();
  #signature = "";
  #destroyed = false;
  #over = false;

  constructor(element, handlers) {
    this.host = document.createElement("div");
    this.host.className = "chart";
    element.append(this.host);
    this.handlers = handlers;
    this.observer = new ResizeObserver(perFrame(() => this.resize()));
    this.observer.observe(this.host);
    this.forgetTheme = onThemeChange(() => { this.#signature = ""; if (this.input) this.update(this.input); });
  }

  update(input) {
    this.input = input;
    if (!globalThis.uPlot) {
      loadCharts().then(() => { if (!this.#destroyed && this.input === input) this.#draw(); }, (error) => { this.host.textContent = error.message; });
      return;
    }
    this.#draw();
  }

  #draw() {
    const width = this.host.clientWidth, height = this.host.clientHeight;
    if (width < 8 || height < 8) return;
    const data = this.#prepare(width);
    const signature = JSON.stringify(this.#structure());
    if (this.plot && signature === this.#signature) {
      if (this.plot.width !== width || this.plot.height !== height) this.plot.setSize({ width, height });
      this.plot.batch(() => {
        this.plot.setData(data, false);
        this.plot.setScale("x", this.#xRange());
      });
      return;
    }
    this.plot?.destroy();
    this.#signature = signature;
    this.plot = new globalThis.uPlot(this.#options(width, height), data, this.host);
    this.plot.over.addEventListener("mouseenter", () => { this.#over = true; });
    this.plot.over.addEventListener("mouseleave", () => { this.#over = false; this.handlers.onHover?.(null); });
    this.plot.over.addEventListener("click", (event) => {
      if (this.#dragged) return;
      const hover = this.#hover();
      if (hover) this.handlers.onClick?.(hover, event);
    });
    this.plot.over.addEventListener("mousedown", (event) => { this.#dragged = false; this.#marking = event.ctrlKey || event.metaKey; });
  }

  #dragged = false;
  #marking = false;
  /** Parts of value axes that the pointer chose: key → [min, max]. They stay until a double click. */
  #zoomed = new Map();

  #zoomY(part) {
    const { plot, input } = this;
    const parts = part ? input.axes.map(({ key }) => [key, part(key)]) : [];
    this.#zoomed = new Map(parts);
    plot.setScale("x", this.#xRange());
  }

  /** What forces a new plot when it changes: everything but times, values and the range. */
  #structure() {
    const { series, axes, sync, timeZone, zones, thresholds, annotations, x, showX, bare } = this.input;
    return [series.map(({ values, name, ...rest }) => rest), axes.map((axis) => ({ ...axis, format: axis.formatKey })), sync, timeZone, zones, thresholds, annotations, x, showX, bare,
      // Axis formats follow the length of the range.
      this.input.range ? axisPattern(this.input.range.to - this.input.range.from, 0) : 0];
  }

  #xRange() {
    const { range, times } = this.input;
    const min = range ? range.from : times[0] ?? 0, max = range ? range.to : times[times.length - 1] ?? 1;
    return { min, max: max > min ? max : min + 1 };
  }

  #prepare(width) {
    const { times, series } = this.input;
    const { columns, below } = stackColumns(series);
    this.below = below;
    const bars = series.some((one) => one.style === "bars");
    const limit = bars ? Infinity : Math.max(200, Math.round(width * 2));
    const reduced = decimate(times, columns, limit);
    this.drawnTimes = reduced.times;
    return [reduced.times, ...reduced.columns];
  }

  #options(width, height) {
    const { input } = this, { bare } = input;
    const style = getComputedStyle(this.host);
    const ink = style.getPropertyValue("--chart-ink").trim() || "#888", grid = style.getPropertyValue("--chart-grid").trim() || "rgba(128,128,128,.2)";
    const scales = { x: { time: input.x?.time !== false, min: this.#xRange().min, max: this.#xRange().max, auto: false, range: (u, min, max) => [min, max] } };
    for (const axis of input.axes) scales[axis.key] = this.#scale(axis);
    const shownAxes = bare ? [] : input.axes.filter((axis) => axis.show !== false);
    const zone = input.timeZone;
    return {
      width, height, ms: 1, pxAlign: true,
      padding: bare ? [2, 0, 0, 0] : [8, shownAxes.some((axis) => axis.side === "right") ? null : 12, input.showX === false ? 8 : null, shownAxes.some((axis) => axis.side !== "right") ? null : 8],
      tzDate: zone && zone !== "browser" ? (time) => globalThis.uPlot.tzDate(new Date(time), zone.toLowerCase() === "utc" ? "Etc/UTC" : zone) : (time) => new Date(time),
      legend: { show: false },
      scales,
      axes: [...this.#xAxes(ink, grid), ...(shownAxes.length ? shownAxes.map((axis, index) => this.#yAxis(axis, ink, grid, index === 0)) : [{ show: false }])],
      series: [{}, ...input.series.map((one, index) => this.#series(one, index))],
      bands: this.#bands(),
      cursor: bare ? { show: false } : {
        lock: false, dataIdx: (u, seriesIndex, closest) => closest,
        points: { size: 8, width: 2, ...(input.series.length > 30 ? { show: false } : {}) },
        drag: { x: Boolean(this.handlers.onZoom), y: false, setScale: false, dist: 5 },
        focus: { prox: -1 },
        bind: {
          dblclick: () => () => { if (this.#zoomed.size) this.#zoomY(); else this.handlers.onZoomOut?.(); return null; },
          // With Shift the pointer chooses a part of the value axes.
          mousedown: (u, target, handle) => (event) => {
            const upright = event.shiftKey && Boolean(this.handlers.onZoom);
            Object.assign(u.cursor.drag, { x: !upright && Boolean(this.handlers.onZoom), y: upright });
            return handle(event);
          },
          mouseup: (u, target, handle) => (event) => { handle(event); u.cursor.drag.y = false; },
        },
        sync: input.sync ? { key: input.sync, setSeries: false, scales: ["x", null], filters: { pub: (type, u) => !u.cursor.drag.y } } : undefined,
      },
      hooks: {
        setCursor: [() => { if (this.handlers.onHover) this.#report(); }],
        setSelect: [(u) => {
          const { left, width: size, top, height: tall } = u.select, upright = u.cursor.drag.y;
          if ((upright ? tall : size) < 5) return;
          this.#dragged = true;
          if (upright) {
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            if (this.#over) this.#zoomY((key) => [u.posToVal(top + tall, key), u.posToVal(top, key)]);
            return;
          }
          const from = u.posToVal(left, "x"), to = u.posToVal(left + size, "x");
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (!this.#over && input.sync) return;
          const box = u.over.getBoundingClientRect();
          if (this.#marking && this.handlers.onMark) this.handlers.onMark(Math.round(from), Math.round(to), new DOMRect(box.left + left, box.top, size, box.height));
          else this.handlers.onZoom?.(Math.round(from), Math.round(to));
        }],
        drawClear: [(u) => this.#drawAreas(u)],
        draw: [(u) => { this.#drawLines(u); this.#drawValues(u); this.#drawZones(u, ink); this.handlers.onDrawn?.(); }],
      },
    };
  }

  #scale(axis) {
    const { log, centeredZero, linearThreshold } = axis;
    const has = (value) => value != null && Number.isFinite(value);
    return {
      distr: log ? (linearThreshold != null ? 4 : 3) : 1, log: log === 2 ? 2 : 10, asinh: linearThreshold || 1,
      range: (u, low, high) => {
        const chosen = this.#zoomed.get(axis.key);
        if (chosen) { this.steps.set(axis.key, tickStep(...chosen, u.height - 40, axis.binary)); return chosen; }
        if (low == null) { low = 0; high = log ? 100 : 1; if (has(axis.min) && has(axis.max)) return [axis.min, axis.max]; }
        if (log) {
          const [min, max] = globalThis.uPlot.rangeLog(Math.max(has(axis.min) ? axis.min : low, linearThreshold != null ? -Infinity : 1e-12), has(axis.max) ? axis.max : high, log, true);
          return [min, max];
        }
        if (low === 0 && high === 0 && axis.zeroMax) high = axis.zeroMax;
        const part = (soft) => ({ pad: .1, soft: has(soft) ? soft : 0, mode: has(soft) ? 1 : 3 });
        const height = u.height - (this.input.showX === false ? 12 : 40);
        let [min, max] = low < high ? [has(axis.softMin) ? Math.min(low, axis.softMin) : low, has(axis.softMax) ? Math.max(high, axis.softMax) : high] : globalThis.uPlot.rangeNum(low, high, { min: part(axis.softMin), max: part(axis.softMax) });
        if (has(axis.min)) min = axis.min;
        if (has(axis.max)) max = axis.max;
        else max += (max - min) * .02;
        if (!(max > min)) max = min + 1;
        const step = axis.increments?.[0] ?? tickStep(min, max, height, axis.binary);
        this.steps.set(axis.key, step);
        // Limits that nobody set lie on ticks.
        if (!has(axis.min)) min = Number((Math.floor(min / step + 1e-9) * step).toPrecision(12));
        if (!has(axis.max)) max = Number((Math.ceil(max / step - 1e-9) * step).toPrecision(12));
        if (centeredZero) { const size = Math.max(Math.abs(min), Math.abs(max)); [min, max] = [-size, size]; }
        return min < max ? [min, max] : [min, min + 1];
      },
    };
  }

  /** The time axis, with several zones one below the other; the label belongs to the last. */
  #xAxes(ink, grid) {
    const { bare, showX, timeZone, zones = [], x } = this.input;
    if (bare) return [{ show: false }];
    const axes = [timeZone, ...(showX === false ? [] : zones)].map((zone, at) => ({ ...this.#xAxis(ink, grid, zone), ...(at ? { scale: "x", side: 2, grid: { show: false } } : {}) }));
    if (x?.label) Object.assign(axes[axes.length - 1], { label: x.label, labelSize: 20, labelFont: axisFont, labelGap: 0 });
    return axes;
  }

  #xAxis(ink, grid, zone) {
    const { input } = this;
    const time = input.x?.time !== false;
    const format = (u, value, increment) => time
      ? formatDate(value, axisPattern(increment, u.scales.x.max - u.scales.x.min), zone) : input.x.format(value, increment);
    return {
      show: input.showX !== false, stroke: ink, font: axisFont, size: 26, gap: 4,
      grid: { show: input.x?.grid !== false, stroke: grid, width: 1 / devicePixelRatio }, ticks: { stroke: grid, width: 1 / devicePixelRatio, size: 4 },
      ...(time ? { incrs: timeSteps } : {}),
      space: (u, axisIndex, min, max, dimension) => {
        if (!time) return Math.ceil(textWidth(format(u, max, (max - min) / 10))) + 16;
        // The shortest step whose own labels have room: those of whole minutes are shorter than those of seconds.
        const pixels = dimension / (max - min), step = timeSteps.find((one) => one * pixels >= textWidth(axisPattern(one, max - min)) + 16);
        return step ? step * pixels * .999 : dimension;
      },
      // The last one would be cut where no axis follows it.
      values: (u, splits, axisIndex, space, increment) => splits.map((value, at) => {
        if (value == null) return null;
        const text = format(u, value, increment), room = u.width - u.bbox.left / devicePixelRatio - u.valToPos(value, "x");
        return at === splits.length - 1 && u.bbox.width && room < textWidth(text) / 2 ? null : text;
      }),
    };
  }

  #yAxis(axis, ink, grid, first) {
    return {
      scale: axis.key, side: axis.side === "right" ? 1 : 3, stroke: axis.color ?? ink, font: axisFont, gap: 5,
      label: axis.label || undefined, labelSize: axis.label ? 22 : 0, labelFont: axisFont, labelGap: 0,
      grid: { show: axis.grid ?? first, stroke: grid, width: 1 / devicePixelRatio },
      ticks: { show: axis.border ?? false, stroke: grid, width: 1 / devicePixelRatio, size: 4 },
      border: axis.border ? { show: true, stroke: grid, width: 1 / devicePixelRatio } : undefined,
      ...(axis.log ? { space: 30 } : { incrs: () => [this.steps.get(axis.key) ?? 1], space: 5 }),
      size: (u, values) => axis.width || Math.min(Math.ceil(Math.max(0, ...(values ?? []).map((value) => textWidth(value ?? "")))) + 12, u.width * .4),
      values: (u, splits, index, space, increment) => splits.map((value) => (value == null ? null : axis.format(value, increment))),
    };
  }

  #series(one, index) {
    const { paths } = globalThis.uPlot;
    const style = one.style ?? "line";
    const width = style === "points" ? 0 : one.width ?? 1;
    const stroke = one.gradient === "scheme" && one.colorSteps ? (u) => this.#schemeGradient(u, one, 1) : one.color;
    const series = {
      label: one.name ?? "", scale: one.axis ?? "y", show: !one.hidden, stroke, width, spanGaps: one.spanGaps === true,
      fill: one.fill > 0 && style !== "points" ? this.#fill(one) : undefined,
      dash: one.dash?.length ? one.dash : undefined, cap: one.dash?.length && one.dash[0] === 0 ? "round" : undefined,
      auto: true, pxAlign: style === "bars" ? 1 : 0,
    };
    if (style === "bars") series.paths = paths.bars({ size: [one.barWidth ?? .6, 200], align: one.barAlign ?? 0 });
    else if (style === "points" || style === "none") series.paths = () => null;
    else if (one.interpolation === "smooth") series.paths = paths.spline();
    else if (one.interpolation === "stepBefore") series.paths = paths.stepped({ align: -1 });
    else if (one.interpolation === "stepAfter") series.paths = paths.stepped({ align: 1 });
    else series.paths = paths.linear();
    const size = one.pointSize ?? 5;
    const always = (one.points === "always" && style !== "none") || style === "points", never = style === "none" || (style === "bars" && !always);
    series.points = {
      size, fill: one.color, stroke: one.color, width: 1,
      show: (u, seriesIndex, first, last) => {
        if (always) return true;
        if (never || one.points === "never") return false;
        return last - first <= u.bbox.width / devicePixelRatio / (size * 2 + 6);
      },
      // Where the line shows nothing, a lone sample between two gaps still shows as a point.
      filter: (u, seriesIndex, show, gaps) => {
        if (show || never || !gaps?.length && u.data[0].length > 1) return null;
        const values = u.data[seriesIndex], alone = [];
        const [from, to] = u.series[0].idxs ?? [0, values.length - 1];
        let before = null;
        for (let at = from, run = 0; at <= to + 1; at++) {
          const value = at <= to ? values[at] : null;
          if (value != null) { run++; before = at; } else if (value === null) { if (run === 1) alone.push(before); run = 0; }
        }
        return alone.length ? alone : null;
      },
    };
    return series;
  }

  #fill(one) {
    const alpha = one.fill;
    if (one.gradient === "opacity" || one.gradient === "hue") {
      return (u) => {
        const { top, height } = u.bbox;
        const gradient = u.ctx.createLinearGradient(0, top, 0, top + height);
        gradient.addColorStop(0, withAlpha(one.color, alpha));
        gradient.addColorStop(1, withAlpha(one.color, one.gradient === "hue" ? alpha * .35 : 0));
        return gradient;
      };
    }
    if (one.gradient === "scheme" && one.colorSteps) return (u) => this.#schemeGradient(u, one, alpha);
    return withAlpha(one.color, alpha);
  }

  /** Colours by value along the y axis: hard steps. */
  #schemeGradient(u, one, alpha) {
    const scale = u.scales[one.axis ?? "y"], { top, height } = u.bbox;
    if (scale.min == null || !(height > 0)) return withAlpha(one.color, alpha);
    const gradient = u.ctx.createLinearGradient(0, top + height, 0, top);
    const place = (value) => Math.min(1, Math.max(0, (value - scale.min) / (scale.max - scale.min || 1)));
    one.colorSteps.forEach(({ value, color }, index) => {
      const from = index === 0 ? 0 : place(value), next = one.colorSteps[index + 1];
      gradient.addColorStop(from, withAlpha(color, alpha));
      if (next && !one.smooth) gradient.addColorStop(place(next.value), withAlpha(color, alpha));
    });
    return gradient;
  }

  #bands() {
    const bands = [];
    this.input.series.forEach((one, index) => {
      if (this.below[index] >= 0 && one.fill > 0) bands.push({ series: [index + 1, this.below[index] + 1] });
      else if (one.fillBelow >= 0) bands.push({ series: [index + 1, one.fillBelow + 1], fill: withAlpha(one.color, one.fill || .35) });
    });
    return bands.length ? bands : undefined;
  }

  #hover() {
    const { plot, input } = this, { left, top, idx } = plot.cursor;
    if (idx == null || left == null || left < 0) return null;
    const time = this.drawnTimes === input.times ? input.times[idx] : plot.posToVal(left, "x");
    const index = this.drawnTimes === input.times ? idx : nearestIndex(input.times, time);
    const box = plot.over.getBoundingClientRect();
    let near = -1, best = 30;
    if (this.#over) {
      for (let at = 0; at < input.series.length; at++) {
        if (input.series[at].hidden) continue;
        const value = plot.data[at + 1][idx];
        if (value == null) continue;
        const distance = Math.abs(plot.valToPos(value, input.series[at].axis ?? "y") - top);
        if (distance < best) { best = distance; near = at; }
      }
    }
    return { index, time: input.times[index], near, left, top, clientX: box.left + left, clientY: box.top + Math.max(0, top), own: this.#over };
  }

  #report = perFrame(() => { if (this.plot) this.handlers.onHover(this.#hover()); });

  /** Moves the crosshair from outside; null hides it. */
  setCursorTime(time) {
    if (!this.plot) return;
    this.plot.setCursor({ left: time == null ? -10 : this.plot.valToPos(time, "x"), top: -10 }, false);
  }

  #drawAreas(u) {
    const { ctx, bbox } = u;
    ctx.save();
    for (const { axis, mode, steps } of this.input.thresholds ?? []) {
      if (!mode.includes("area")) continue;
      const scale = u.scales[axis];
      if (scale?.min == null) continue;
      steps.forEach(({ value, color }, index) => {
        const low = Math.max(value ?? -Infinity, scale.min), high = Math.min(steps[index + 1]?.value ?? Infinity, scale.max);
        if (low >= high) return;
        const y = u.valToPos(high, axis, true), bottom = u.valToPos(low, axis, true);
        ctx.fillStyle = withAlpha(color, .12);
        ctx.fillRect(bbox.left, y, bbox.width, bottom - y);
      });
    }
    ctx.restore();
  }

  #drawLines(u) {
    const { ctx, bbox } = u, ratio = devicePixelRatio;
    const { thresholds = [], annotations = [] } = this.input;
    if (!thresholds.length && !annotations.length) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + 8 * ratio);
    ctx.clip();
    for (const { axis, mode, steps } of thresholds) {
      if (!mode.includes("line") && !mode.includes("dashed")) continue;
      ctx.lineWidth = 2 * ratio;
      ctx.setLineDash(mode.includes("dashed") ? [10 * ratio, 10 * ratio] : []);
      for (const { value, color } of steps) {
        if (value == null || u.scales[axis]?.min == null) continue;
        const y = u.valToPos(value, axis, true);
        if (y < bbox.top || y > bbox.top + bbox.height) continue;
        ctx.strokeStyle = withAlpha(color, .7);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
      }
    }
    for (const { time, end, color } of annotations) {
      const x = u.valToPos(time, "x", true);
      if (end > time) {
        const last = u.valToPos(end, "x", true);
        ctx.fillStyle = withAlpha(color, .1);
        ctx.fillRect(x, bbox.top, last - x, bbox.height);
        ctx.fillStyle = color;
        ctx.fillRect(x, bbox.top + bbox.height, last - x, 5 * ratio);
      } else {
        ctx.fillStyle = color;
        ctx.beginPath();
        ctx.moveTo(x - 5 * ratio, bbox.top + bbox.height + 6 * ratio);
        ctx.lineTo(x + 5 * ratio, bbox.top + bbox.height + 6 * ratio);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.fill();
      }
      ctx.strokeStyle = withAlpha(color, .8);
      ctx.lineWidth = ratio;
      ctx.setLineDash([4 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  /** Values beside their points, as many as do not cover each other. */
  #drawValues(u) {
    const { series, times } = this.input, { ctx, bbox } = u, ratio = devicePixelRatio;
    if (!series.some((one) => one.valueText && !one.hidden)) return;
    const [from, to] = u.series[0].idxs ?? [0, -1];
    ctx.save();
    ctx.font = axisFont.replace("12px", 12 * ratio + "px");
    ctx.textAlign = "center";
    series.forEach((one, index) => {
      if (!one.valueText || one.hidden) return;
      ctx.fillStyle = one.color;
      let free = -Infinity;
      for (let at = from; at <= to; at++) {
        const drawn = u.data[index + 1][at];
        if (drawn == null) continue;
        // Stacked: the place is the sum, the text the own value.
        const text = one.valueText(this.drawnTimes === times ? one.values[at] ?? drawn : drawn), half = ctx.measureText(text).width / 2;
        const x = u.valToPos(u.data[0][at], "x", true), y = Math.max(bbox.top + 12 * ratio, u.valToPos(drawn, one.axis ?? "y", true) - 6 * ratio);
        if (x - half < free || x + half > bbox.left + bbox.width + 8 * ratio) continue;
        free = x + half + 6 * ratio;
        ctx.fillText(text, x, y);
      }
    });
    ctx.restore();
  }

  /** With several time zones each of their axes is named, left of the plot. */
  #drawZones(u, ink) {
    const { zones = [], timeZone, showX, bare } = this.input, { ctx, bbox } = u, ratio = devicePixelRatio;
    if (!zones.length || showX === false || bare) return;
    ctx.save();
    ctx.font = axisFont.replace("12px", 10 * ratio + "px");
    ctx.fillStyle = ink;
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    [timeZone, ...zones].forEach((zone, at) => ctx.fillText(zoneName(zone), bbox.left - 6 * ratio, bbox.top + bbox.height + (at * 26 + 13) * ratio, bbox.left - 8 * ratio));
    ctx.restore();
  }

  resize() {
    if (this.#destroyed || !this.input) return;
    if (!this.plot) return this.update(this.input);
    const width = this.host.clientWidth, height = this.host.clientHeight;
    if (width < 8 || height < 8 || (width === this.plot.width && height === this.plot.height)) return;
    this.plot.setSize({ width, height });
  }

  destroy() {
    this.#destroyed = true;
    this.observer.disconnect();
    this.forgetTheme();
    this.#report.cancel();
    this.plot?.destroy();
    this.plot = null;
    // The plot's first drawing may still be on its way: `input` stays, the scales read it.
    this.host.remove();
  }
}
