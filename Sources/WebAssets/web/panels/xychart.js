// Scatter: numbers over numbers, as points, lines or both.
import { h } from "../lib/dom.js";
import { createChoice } from "./choice.js";
import { createLegend } from "./legend.js";
import { drawing, ticks } from "./canvas.js";
import { hideTooltip, showTooltip } from "./tooltip.js";
import { linksOf, offer } from "./links.js";
import { displayText } from "../models/fieldConfig.js";
import { withAlpha } from "../models/colors.js";
import { scatterSeries } from "../models/scatter.js";
import { formatTick } from "../models/units.js";

export const colorMode = "palette-classic", hasLegend = true;

export function mount(element, view) {
  const chart = h("div.graph-chart"), legendBox = h("div.graph-legend"), root = h("div.graph", chart, legendBox);
  element.append(root);
  const choice = createChoice(view, plan), legend = createLegend(legendBox, { onToggle: (name, add) => choice.toggle(name, add, all.map((one) => one.name)) });
  let current = null, all = [], series = [], points = [];
  const surface = drawing(chart, draw, hover, click);
  const colorOf = (one, row) => (one.color ? one.color.display(one.color.values[row]).color : one.y.display(one.y.values[row]).color) ?? one.y.color;

  function plan() {
    const { options, frames, fieldConfig } = current, settings = options.legend ?? {};
    all = scatterSeries(frames, options);
    choice.take(fieldConfig);
    series = all.filter(({ name }) => !choice.hides(name));
    root.classList.toggle("right", settings.placement === "right");
    legendBox.hidden = settings.showLegend === false;
    legend.update({ items: all.filter(({ y }) => !y.config.custom?.hideFrom?.legend).map(({ name, y }) => ({ name, color: y.color, hidden: choice.hides(name), values: [] })), mode: settings.displayMode === "table" ? "table" : "list", columns: [] });
    surface.paint();
  }
  /** The ends of an axis, on ticks where nobody set them. */
  function axisOf(fields, pixels) {
    let low = Infinity, high = -Infinity;
    for (const { values } of fields) for (const value of values) if (Number.isFinite(value)) { if (value < low) low = value; if (value > high) high = value; }
    if (low > high) [low, high] = [0, 1];
    if (low === high) [low, high] = [low - 1, high + 1];
    const { min, max, unit, decimals, custom = {} } = fields[0].config, has = (value) => value != null && value !== "" && Number.isFinite(Number(value));
    const { step } = ticks(low, high, pixels);
    low = has(min) ? Number(min) : Math.floor(low / step + 1e-9) * step;
    high = has(max) ? Number(max) : Math.ceil(high / step - 1e-9) * step;
    const marks = ticks(low, high, pixels);
    return { low, high, marks: marks.values, texts: marks.values.map((value) => formatTick(value, unit, decimals ?? null, marks.step)), label: custom.axisLabel, shown: custom.axisPlacement !== "hidden" };
  }
  function draw(context, width, height, ink) {
    points = [];
    if (!series.length) return;
    const yAxis = axisOf(series.map(({ y }) => y), Math.max(2, height / 50)), xAxis = axisOf(series.map(({ x }) => x), Math.max(2, width / 90));
    const xLabel = xAxis.label ?? series[0].x.displayName, yTitle = yAxis.label ? 18 : 0, left = yAxis.shown ? Math.max(...yAxis.texts.map((text) => context.measureText(text).width)) + 12 + yTitle : 8, bottom = (xAxis.shown ? 22 : 8) + (xLabel ? 18 : 0);
    const box = { left, top: 8, width: width - left - 12, height: height - 8 - bottom };
    const px = (value) => box.left + ((value - xAxis.low) / (xAxis.high - xAxis.low || 1)) * box.width, py = (value) => box.top + box.height - ((value - yAxis.low) / (yAxis.high - yAxis.low || 1)) * box.height;
    context.textBaseline = "middle";
    context.strokeStyle = ink.grid;
    context.fillStyle = ink.text;
    context.lineWidth = 1;
    context.beginPath();
    yAxis.marks.forEach((value, at) => { const y = Math.round(py(value)) + .5; context.moveTo(box.left, y); context.lineTo(box.left + box.width, y); context.textAlign = "right"; if (yAxis.shown) context.fillText(yAxis.texts[at], box.left - 6, y); });
    xAxis.marks.forEach((value, at) => { const x = Math.round(px(value)) + .5; context.moveTo(x, box.top); context.lineTo(x, box.top + box.height); context.textAlign = "center"; if (xAxis.shown) context.fillText(xAxis.texts[at], x, box.top + box.height + 12); });
    context.stroke();
    if (xLabel) context.fillText(xLabel, box.left + box.width / 2, height - 8);
    if (yTitle) {
      context.save();
      context.translate(8, box.top + box.height / 2);
      context.rotate(-Math.PI / 2);
      context.textAlign = "center";
      context.fillText(yAxis.label, 0, 0);
      context.restore();
    }
    context.save();
    context.beginPath();
    context.rect(box.left - 6, box.top - 6, box.width + 12, box.height + 12);
    context.clip();
    for (const one of series) {
      const { x, y, size } = one, { show = "points", pointSize = {}, lineWidth = 1, lineStyle = {}, fillOpacity = 50 } = y.config.custom ?? {}, fixed = Number(pointSize.fixed ?? pointSize) || 5, own = [];
      for (let row = 0; row < x.values.length; row++) if (Number.isFinite(x.values[row]) && Number.isFinite(y.values[row])) own.push({ one, row, x: px(x.values[row]), y: py(y.values[row]) });
      if (show.includes("lines")) {
        context.strokeStyle = y.color;
        context.lineWidth = Number(lineWidth) || 1;
        context.setLineDash(lineStyle.fill === "dash" ? lineStyle.dash ?? [10, 10] : lineStyle.fill === "dot" ? [1, 6] : []);
        context.beginPath();
        for (const point of own) context.lineTo(point.x, point.y);
        context.stroke();
        context.setLineDash([]);
      }
      if (show.includes("points")) for (const point of own) {
        const color = colorOf(one, point.row), share = size ? size.display(size.values[point.row]).percent : 0, { min = 1, max = 20 } = pointSize;
        point.radius = (size ? min + share * (max - min) : fixed) / 2;
        context.beginPath();
        context.arc(point.x, point.y, point.radius, 0, Math.PI * 2);
        context.fillStyle = withAlpha(color, fillOpacity / 100);
        context.fill();
        context.strokeStyle = color;
        context.lineWidth = 1;
        context.stroke();
      }
      points.push(...own);
    }
    context.restore();
  }
  /** The point nearest to a place, no more than 20 px away. */
  function near(x, y) {
    let best = null, least = 20;
    for (const point of points) { const distance = Math.hypot(point.x - x, point.y - y) - (point.radius ?? 0); if (distance < least) { least = distance; best = point; } }
    return best;
  }
  const tip = ({ one, row }, event, settings = {}) => showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: one.name, settings: current.options.tooltip,
    entries: [...new Set([one.x, one.y, one.size, one.color].filter(Boolean)), ...one.frame.fields.filter((field) => field.type === "string")].map((field) => ({ name: field.displayName, color: field === one.y ? colorOf(one, row) : null, value: displayText(field.display(field.values[row])) })), ...settings });
  function hover(x, y, event) {
    const found = x !== null && current?.options.tooltip?.mode !== "none" && near(x, y);
    if (found) tip(found, event); else hideTooltip(view);
  }
  function click(x, y, event) {
    const found = near(x, y);
    if (found) offer(linksOf(found.one.y, found.one.frame, found.one.y.values[found.row], null, view, found.row), (settings) => tip(found, event, settings));
  }
  return { update(input) { current = input; plan(); }, resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); } };
}
