// Candlestick: open, high, low and close over time, with volumes below; a time series in all else.
import { h } from "../lib/dom.js";
import { mount as mountSeries } from "./timeseries.js";
import { candleColumns, candleFields, candles, leastStep } from "../models/candles.js";
import { resolveColor, withAlpha } from "../models/colors.js";
import { reduceValues } from "../models/reduce.js";

export const colorMode = "palette-classic", hasLegend = true;
/** The share of the height that volumes take below candles. */
const volumeShare = .2;

export function mount(element, view) {
  let current = null, roles = {}, list = [];
  const note = h("div.panel-state", { hidden: true }), inner = mountSeries(element, view, { drawn: draw });
  element.append(note);

  /** The fields of candles give the axes their ends and the tooltip its rows, but no lines. */
  function prepared(input) {
    const { options, frames, theme } = input, { mode = "candles+volume", includeAllFields } = options, asVolume = mode === "volume";
    roles = candleFields(frames, options.fields);
    list = candles(candleColumns(frames, roles), options.colorStrategy);
    const part = new Map(Object.entries(roles).filter(([, field]) => field).map(([role, field]) => [field, role]));
    roles = {};
    const shown = (field, role) => (role ? (role === "volume") === asVolume || mode === "candles+volume" : includeAllFields) || field.type !== "number";
    const changed = (field) => {
      const role = part.get(field);
      if (!role) return field;
      const custom = { ...field.config.custom, drawStyle: "none", spanNulls: true, stacking: undefined, thresholdsStyle: undefined, hideFrom: { legend: true } };
      const most = reduceValues(field.values, "max") ?? 0, below = role === "volume" && !asVolume;
      return (roles[role] = { ...field, color: resolveColor(options.colors?.flat ?? "gray", theme), config: { ...field.config, ...(role === "volume" ? { min: 0 } : {}), ...(below ? { max: (most || 1) / volumeShare } : {}), custom: below ? { ...custom, axisPlacement: "hidden" } : custom } });
    };
    const fitting = frames.map((frame) => ({ ...frame, fields: frame.fields.filter((field) => shown(field, part.get(field))).map(changed) })).filter(({ fields }) => fields.some(({ type }) => type === "number"));
    return { ...input, frames: fitting, options: { ...options, tooltip: { mode: "multi", ...options.tooltip } } };
  }

  function draw(chart, plan) {
    const { canvas, plotArea: area } = chart, { options, theme } = current, series = (role) => plan.series.find((one) => one.field === roles[role]);
    if (!canvas || !area || !list.length) return;
    const axis = (series("close") ?? series("open") ?? series("high"))?.axis, volumes = series("volume")?.axis;
    const context = canvas.getContext("2d"), ratio = devicePixelRatio || 1, { up = "green", down = "red", flat = "gray" } = options.colors ?? {};
    const colors = { 1: resolveColor(up, theme), [-1]: resolveColor(down, theme), 0: resolveColor(flat, theme) };
    const x = (time) => area.left + chart.placeOf(time) * ratio, y = (value, key) => area.top + chart.heightOf(value, key) * ratio;
    const step = leastStep(list), wide = Math.max(ratio, Math.min(step ? (x(list[0].time + step) - x(list[0].time)) * .7 : 12 * ratio, 40 * ratio)), bars = options.candleStyle === "ohlcbars";
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.width, area.height);
    context.clip();
    for (const one of list) {
      const middle = x(one.time), color = colors[one.way];
      if (middle < area.left - wide || middle > area.left + area.width + wide) continue;
      if (volumes && one.volume !== null) {
        const top = y(one.volume, volumes);
        context.fillStyle = withAlpha(color, options.mode === "volume" ? .8 : .5);
        context.fillRect(middle - wide / 2, top, wide, area.top + area.height - top);
      }
      if (!axis || one.close === null) continue;
      const [high, low, open, close] = [one.high, one.low, one.open, one.close].map((value) => y(value, axis));
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = Math.max(ratio, Math.round(ratio));
      context.beginPath();
      context.moveTo(middle, high);
      context.lineTo(middle, low);
      if (bars) {
        context.moveTo(middle - wide / 2, open);
        context.lineTo(middle, open);
        context.moveTo(middle, close);
        context.lineTo(middle + wide / 2, close);
      } else context.fillRect(middle - wide / 2, Math.min(open, close), wide, Math.max(ratio, Math.abs(close - open)));
      context.stroke();
    }
    context.restore();
  }

  return {
    update(input) {
      current = input;
      const next = prepared(input), has = roles.close || roles.open || roles.volume;
      note.hidden = Boolean(has);
      note.textContent = has ? "" : "There are no fields for candles: name them open, high, low, close and volume, or choose them in the options";
      inner.update(next);
    },
    resize: () => inner.resize(),
    destroy() { inner.destroy(); note.remove(); },
    get canvas() { return inner.canvas; },
  };
}
