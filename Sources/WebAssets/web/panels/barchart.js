// Bar chart over categories.
import { h } from "../lib/dom.js";
import { createChoice } from "./choice.js";
import { createLegend, legendValues } from "./legend.js";
import { reducerName } from "../models/reduce.js";
import { cutText, drawing, font, ticks } from "./canvas.js";
import { arranged, hideTooltip, showTooltip } from "./tooltip.js";
import { displayText } from "../models/fieldConfig.js";
import { withAlpha } from "../models/colors.js";
import { linksOf, offer } from "./links.js";
import { formatTick } from "../models/units.js";
import { joinFrames } from "../pages/dashboard/inspect.js";

export const colorMode = "palette-classic", hasLegend = true;

export function mount(element, view) {
  const chart = h("div.graph-chart"), legendBox = h("div.graph-legend"), root = h("div.graph", chart, legendBox);
  element.append(root);
  const choice = createChoice(view, plan), legend = createLegend(legendBox, { onToggle: (name, add) => choice.toggle(name, add, bars.fields.map((field) => field.displayName)) });
  let current = null, bars = null, box = null;
  const surface = drawing(chart, draw, hover, click);

  function plan() {
    const [frame] = joinFrames(current.frames), { options } = current;
    bars = null;
    if (frame) {
      const category = frame.fields.find((field) => field.displayName === options.xField || field.name === options.xField) ?? frame.fields.find((field) => field.type === "string") ?? frame.fields.find((field) => field.type === "time") ?? frame.fields[0];
      const fields = frame.fields.filter((field) => field.type === "number" && field !== category && !field.config.custom?.hideFrom?.viz);
      choice.take(current.fieldConfig);
      const longest = Number(options.xTickLabelMaxLength) > 0 ? Number(options.xTickLabelMaxLength) : Infinity;
      const titles = category.values.map((value) => displayText(category.display(value))), painter = frame.fields.find((field) => options.colorByField && (field.displayName === options.colorByField || field.name === options.colorByField));
      bars = { frame, titles, names: titles.map((text) => (text.length > longest ? text.slice(0, longest) + "…" : text)), painter, fields, shown: fields.filter((field) => !choice.hides(field.displayName)) };
      legendBox.hidden = options.legend?.showLegend === false;
      root.classList.toggle("right", options.legend?.placement === "right");
      const settings = options.legend ?? {};
      legend.update({ items: fields.filter((field) => !field.config.custom?.hideFrom?.legend).map((field) => ({ name: field.displayName, color: field.color, hidden: choice.hides(field.displayName), values: legendValues(field, settings) })), mode: settings.displayMode === "table" ? "table" : "list", columns: (settings.calcs ?? []).map(reducerName), sortBy: settings.sortBy, sortDesc: settings.sortDesc });
    }
    surface.paint();
  }
  function draw(context, width, height, ink) {
    box = null;
    if (!bars?.shown.length || !bars.names.length) return;
    const { options } = current, { names, shown } = bars, stacking = options.stacking ?? "none", count = names.length;
    const horizontal = options.orientation === "horizontal" || (options.orientation === "auto" && count > 12 && height > width), totals = names.map((_, at) => shown.reduce((sum, field) => sum + Math.max(0, field.values[at] ?? 0), 0));
    const value = (field, at) => { const raw = field.values[at]; return raw == null ? null : stacking === "percent" ? raw / (totals[at] || 1) : raw; };
    const [first] = shown, unit = stacking === "percent" ? "percentunit" : first.config.unit;
    let high = stacking === "none" ? Math.max(0, ...shown.flatMap((field) => field.values.filter(Number.isFinite))) : stacking === "percent" ? 1 : Math.max(...totals), low = stacking === "none" ? Math.min(0, ...shown.flatMap((field) => field.values.filter(Number.isFinite))) : 0;
    const axis = first.config.custom ?? {};
    if (Number.isFinite(axis.axisSoftMax)) high = Math.max(high, axis.axisSoftMax);
    if (Number.isFinite(axis.axisSoftMin)) low = Math.min(low, axis.axisSoftMin);
    if (Number.isFinite(first.config.max)) high = first.config.max;
    if (Number.isFinite(first.config.min)) low = first.config.min;
    if (high <= low) high = low + 1;
    const marks = ticks(low, high, Math.max(2, Math.floor((horizontal ? width / 90 : height / 45)))), labels = marks.values.map((one) => formatTick(one, unit, first.config.decimals ?? null, marks.step));
    high = Math.max(high, Math.ceil(high / marks.step - 1e-9) * marks.step);
    const hasValues = axis.axisPlacement !== "hidden", turn = horizontal ? 0 : ((Number(options.xTickLabelRotation) || 0) * Math.PI) / 180;
    // Turned names need the height that their length takes, at most a third of the panel.
    const names0 = Math.max(...names.map((name) => context.measureText(name).width)), below = Math.min(height / 3, Math.max(24, Math.abs(Math.sin(turn)) * names0 + Math.abs(Math.cos(turn)) * 14 + 8));
    const title = axis.axisLabel && hasValues && !horizontal ? 18 : 0, leaning = turn < 0 ? Math.cos(turn) * names0 - width / count / 2 : 0, left = Math.max(Math.min(width * .2, leaning), !horizontal && !hasValues ? 8 : title + Math.min(width * .4, (horizontal ? Math.max(...names.map((name) => context.measureText(name).width)) : Math.max(...labels.map((text) => context.measureText(text).width))) + 10));
    // The highest bar's value is written above it.
    const top = horizontal || options.showValue === "never" ? 6 : 18;
    box = { left, top, width: width - left - 8, height: height - top - below, horizontal, slot: (horizontal ? height - top - below : width - left - 8) / count, count };
    if (title) {
      context.save();
      context.fillStyle = ink.text;
      context.translate(8, box.top + box.height / 2);
      context.rotate(-Math.PI / 2);
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(axis.axisLabel, 0, 0);
      context.restore();
    }
    const along = (one) => (horizontal ? box.left + ((one - low) / (high - low)) * box.width : box.top + box.height - ((one - low) / (high - low)) * box.height);
    context.textBaseline = "middle";
    context.strokeStyle = ink.grid;
    context.fillStyle = ink.text;
    marks.values.forEach((one, at) => {
      const place = Math.round(along(one)) + .5;
      context.beginPath();
      if (horizontal) { context.moveTo(place, box.top); context.lineTo(place, box.top + box.height); context.textAlign = "center"; if (hasValues) context.fillText(labels[at], place, height - 10); } else { context.moveTo(box.left, place); context.lineTo(box.left + box.width, place); context.textAlign = "right"; if (hasValues) context.fillText(labels[at], left - 6, place); }
      context.stroke();
    });
    const groupWidth = box.slot * (options.groupWidth ?? .7), barWidth = Math.max(1, (stacking === "none" ? groupWidth / shown.length : groupWidth) * (options.barWidth ?? .97));
    names.forEach((name, at) => {
      const start = (horizontal ? box.top : box.left) + at * box.slot + (box.slot - groupWidth) / 2;
      let sum = 0;
      shown.forEach((field, number) => {
        const one = value(field, at);
        if (one == null) return;
        const from = stacking === "none" ? Math.max(low, 0) : sum, to = stacking === "none" ? one : (sum += one), a = along(from), b = along(to), across = start + (stacking === "none" ? (number * groupWidth) / shown.length : 0), color = colorOf(field, at), { fillOpacity = 80, lineWidth = 1, gradientMode } = field.config.custom ?? {};
        const bar = horizontal ? [Math.min(a, b), across, Math.abs(b - a), barWidth] : [across, Math.min(a, b), barWidth, Math.abs(b - a)], radius = Math.min(.5, Math.max(0, Number(options.barRadius) || 0)) * barWidth;
        context.fillStyle = withAlpha(color, fillOpacity / 100);
        if (gradientMode === "opacity" || gradientMode === "hue") {
          context.fillStyle = horizontal ? context.createLinearGradient(b, 0, a, 0) : context.createLinearGradient(0, b, 0, a);
          context.fillStyle.addColorStop(0, withAlpha(color, fillOpacity / 100));
          context.fillStyle.addColorStop(1, withAlpha(color, gradientMode === "hue" ? fillOpacity / 250 : 0));
        }
        context.beginPath();
        context.roundRect(...bar, Math.min(radius, bar[2] / 2, bar[3] / 2));
        context.fill();
        if (lineWidth > 0) { context.strokeStyle = color; context.lineWidth = Number(lineWidth); context.stroke(); }
        context.fillStyle = ink.text;
        if (options.text?.valueSize) context.font = font.replace("12px", options.text.valueSize + "px");
        const text = displayText(field.display(field.values[at]));
        if (options.showValue === "always" || ((options.showValue ?? "auto") === "auto" && stacking === "none" && (horizontal ? barWidth > 14 : context.measureText(text).width < barWidth))) { context.textAlign = horizontal ? "left" : "center"; if (horizontal) context.fillText(text, b + 4, across + barWidth / 2); else context.fillText(text, across + barWidth / 2, b - 8); }
        context.font = font;
      });
      context.fillStyle = ink.text;
      const middle = (horizontal ? box.top : box.left) + (at + .5) * box.slot, spacing = Math.abs(Number(options.xTickLabelSpacing) || 0), every = Math.ceil((horizontal ? Math.max(14, spacing) : Math.max(spacing, turn ? 16 : 44)) / box.slot);
      if (at % Math.max(1, every) === 0) { context.textAlign = horizontal ? "right" : "center"; if (turn) {
        context.save();
        context.translate(middle, box.top + box.height + 8);
        context.rotate(turn);
        context.textAlign = turn > 0 ? "left" : "right";
        context.fillText(cutText(context, name, below / Math.max(.3, Math.abs(Math.sin(turn)))), 0, 0);
        context.restore();
      } else if (horizontal) context.fillText(cutText(context, name, left - 10), left - 6, middle); else context.fillText(cutText(context, name, box.slot * Math.max(1, every) - 4), middle, height - 12); }
    });
  }
  const colorOf = (field, at) => (bars.painter ? bars.painter.display(bars.painter.values[at]).color : field.display(field.values[at]).color) ?? field.color;
  /** The category at a place and the bar of those side by side: { at, near }; null off the bars. */
  function barAt(x, y) {
    const at = x === null || !box ? -1 : Math.floor((box.horizontal ? y - box.top : x - box.left) / box.slot);
    if (at < 0 || at >= box.count) return null;
    const { stacking = "none", groupWidth = .7 } = current.options, place = ((box.horizontal ? y - box.top : x - box.left) / box.slot - at - (1 - groupWidth) / 2) / groupWidth;
    return { at, near: stacking === "none" ? bars.shown[Math.min(bars.shown.length - 1, Math.max(0, Math.floor(place * bars.shown.length)))] : null };
  }
  function click(x, y, event) {
    const { at, near } = barAt(x, y) ?? {}, field = near ?? bars?.shown[0];
    if (at !== undefined) offer(linksOf(field, bars.frame, field.values[at], null, view, at), (settings) => showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: bars.titles[at], entries: [{ name: field.displayName, color: colorOf(field, at), value: displayText(field.display(field.values[at])) }], ...settings }));
  }
  function hover(x, y, event) {
    const found = barAt(x, y);
    if (!found || current.options.tooltip?.mode === "none") return hideTooltip(view);
    // Of bars side by side the one under the pointer; of stacked ones all.
    const { tooltip = {} } = current.options, { at, near } = found;
    const fields = bars.shown.filter((field) => !field.config.custom?.hideFrom?.tooltip && (tooltip.mode !== "single" || !near || field === near));
    showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: bars.titles[at], settings: tooltip, entries: arranged(fields.map((field) => ({ name: field.displayName, color: colorOf(field, at), numeric: field.values[at], value: displayText(field.display(field.values[at])), near: field === near })), tooltip) });
  }
  return { update(input) { current = input; plan(); }, resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); } };
}
