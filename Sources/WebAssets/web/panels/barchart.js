// Bar chart over categories.
import { h } from "../lib/dom.js";
import { createLegend } from "./legend.js";
import { cutText, drawing, ticks } from "./canvas.js";
import { arranged, hideTooltip, showTooltip } from "./tooltip.js";
import { displayText, legendChoice } from "../models/fieldConfig.js";
import { withAlpha } from "../models/colors.js";
import { formatTick } from "../models/units.js";
import { joinFrames } from "../pages/dashboard/inspect.js";

export const colorMode = "palette-classic", hasLegend = true;

export function mount(element, view) {
  const chart = h("div.graph-chart"), legendBox = h("div.graph-legend"), root = h("div.graph", chart, legendBox);
  element.append(root);
  const hidden = new Set(), legend = createLegend(legendBox, { onToggle(name) { if (hidden.has(name)) hidden.delete(name); else hidden.add(name); plan(); } });
  let current = null, bars = null, box = null, choice = "";
  const surface = drawing(chart, draw, hover);

  function plan() {
    const [frame] = joinFrames(current.frames), { options } = current;
    bars = null;
    if (frame) {
      const category = frame.fields.find((field) => field.displayName === options.xField || field.name === options.xField) ?? frame.fields.find((field) => field.type === "string") ?? frame.fields.find((field) => field.type === "time") ?? frame.fields[0];
      const fields = frame.fields.filter((field) => field.type === "number" && field !== category && !field.config.custom?.hideFrom?.viz);
      const names = legendChoice(current.fieldConfig);
      if (choice !== (choice = JSON.stringify(names))) { hidden.clear(); for (const { displayName } of names ? fields : []) if (!names.includes(displayName)) hidden.add(displayName); }
      bars = { names: category.values.map((value) => displayText(category.display(value))), fields, shown: fields.filter((field) => !hidden.has(field.displayName)) };
      legendBox.hidden = options.legend?.showLegend === false;
      legend.update({ items: fields.map((field) => ({ name: field.displayName, color: field.color, hidden: hidden.has(field.displayName), values: [] })), mode: "list", columns: [] });
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
    if (Number.isFinite(first.config.max)) high = first.config.max;
    if (Number.isFinite(first.config.min)) low = first.config.min;
    if (high <= low) high = low + 1;
    const marks = ticks(low, high, Math.max(2, Math.floor((horizontal ? width / 90 : height / 45)))), labels = marks.values.map((one) => formatTick(one, unit, first.config.decimals ?? null, marks.step));
    high = Math.max(high, Math.ceil(high / marks.step - 1e-9) * marks.step);
    const left = Math.min(width * .4, (horizontal ? Math.max(...names.map((name) => context.measureText(name).width)) : Math.max(...labels.map((text) => context.measureText(text).width))) + 10);
    box = { left, top: 6, width: width - left - 8, height: height - 30, horizontal, slot: (horizontal ? height - 30 : width - left - 8) / count, count };
    const along = (one) => (horizontal ? box.left + ((one - low) / (high - low)) * box.width : box.top + box.height - ((one - low) / (high - low)) * box.height);
    context.textBaseline = "middle";
    context.strokeStyle = ink.grid;
    context.fillStyle = ink.text;
    marks.values.forEach((one, at) => {
      const place = Math.round(along(one)) + .5;
      context.beginPath();
      if (horizontal) { context.moveTo(place, box.top); context.lineTo(place, box.top + box.height); context.textAlign = "center"; context.fillText(labels[at], place, height - 10); } else { context.moveTo(box.left, place); context.lineTo(box.left + box.width, place); context.textAlign = "right"; context.fillText(labels[at], left - 6, place); }
      context.stroke();
    });
    const groupWidth = box.slot * (options.groupWidth ?? .7), barWidth = Math.max(1, (stacking === "none" ? groupWidth / shown.length : groupWidth) * (options.barWidth ?? .97));
    names.forEach((name, at) => {
      const start = (horizontal ? box.top : box.left) + at * box.slot + (box.slot - groupWidth) / 2;
      let sum = 0;
      shown.forEach((field, number) => {
        const one = value(field, at);
        if (one == null) return;
        const from = stacking === "none" ? Math.max(low, 0) : sum, to = stacking === "none" ? one : (sum += one), a = along(from), b = along(to), across = start + (stacking === "none" ? (number * groupWidth) / shown.length : 0), color = field.display(field.values[at]).color ?? field.color;
        context.fillStyle = withAlpha(color, (field.config.custom?.fillOpacity ?? 80) / 100);
        if (horizontal) context.fillRect(Math.min(a, b), across, Math.abs(b - a), barWidth); else context.fillRect(across, Math.min(a, b), barWidth, Math.abs(b - a));
        context.fillStyle = ink.text;
        const text = displayText(field.display(field.values[at]));
        if (options.showValue === "always" || ((options.showValue ?? "auto") === "auto" && stacking === "none" && (horizontal ? barWidth > 14 : context.measureText(text).width < barWidth))) { context.textAlign = horizontal ? "left" : "center"; if (horizontal) context.fillText(text, b + 4, across + barWidth / 2); else context.fillText(text, across + barWidth / 2, b - 8); }
      });
      context.fillStyle = ink.text;
      const middle = (horizontal ? box.top : box.left) + (at + .5) * box.slot, every = horizontal ? Math.ceil(14 / box.slot) : Math.ceil(44 / box.slot);
      if (at % Math.max(1, every) === 0) { context.textAlign = horizontal ? "right" : "center"; if (horizontal) context.fillText(cutText(context, name, left - 10), left - 6, middle); else context.fillText(cutText(context, name, box.slot * Math.max(1, every) - 4), middle, height - 12); }
    });
  }
  function hover(x, y, event) {
    const at = x === null || !box ? -1 : Math.floor((box.horizontal ? y - box.top : x - box.left) / box.slot);
    if (at < 0 || at >= box.count || current.options.tooltip?.mode === "none") return hideTooltip(view);
    showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: bars.names[at], entries: bars.shown.map((field) => ({ name: field.displayName, color: field.display(field.values[at]).color ?? field.color, value: displayText(field.display(field.values[at])) })) });
  }
  return { update(input) { current = input; plan(); }, resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); } };
}
