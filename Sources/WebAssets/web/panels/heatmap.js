// Heatmap: buckets over time, coloured by count.
import { h } from "../lib/dom.js";
import { drawing, timeTicks } from "./canvas.js";
import { heatmapTip } from "./heatmapTip.js";
import { hideTooltip, showTooltip } from "./tooltip.js";
import { heatColors, inkOn, resolveColor, withAlpha } from "../models/colors.js";
import { colorShare, heatmapCells } from "../models/heatmap.js";
import { formatDate } from "../models/dateFormat.js";
import { axisPattern } from "../models/timeRange.js";
import { formatValue } from "../models/units.js";

export const colorMode = "thresholds";

export function mount(element, view) {
  const root = h("div.graph.heat");
  element.append(root);
  let current = null, cells = null, box = null, colors = [], pictured = "", picture = null;
  const surface = drawing(root, draw, hover);
  const label = (text) => { const { yAxis = {} } = current.options, number = Number(text); return text.trim() !== "" && Number.isFinite(number) ? formatValue(number, yAxis.unit ?? "short", yAxis.decimals ?? null) : text; };

  const valueText = (value) => { const { unit, decimals } = current.options.cellValues ?? {}; return formatValue(value, unit || "short", decimals ?? null); };

  function draw(context, width, height, ink) {
    if (!cells) return;
    const { options, range, timeZone } = current, { rows, times, step, values } = cells, legend = options.legend?.show !== false, { axisPlacement, axisLabel, axisWidth } = options.yAxis ?? {}, onRight = axisPlacement === "right";
    const labels = axisPlacement === "hidden" ? [] : rows.map((row) => label(row.label)), title = axisLabel && labels.length ? 18 : 0;
    const side = labels.length ? Number(axisWidth) || Math.min(width * .3, Math.max(...labels.map((text) => context.measureText(text).width)) + 10) + title : 8, left = onRight ? 8 : side, bottom = 22 + (legend ? 26 : 0);
    box = { left, top: 4, width: width - side - 8, height: height - bottom - 4, row: (height - bottom - 4) / rows.length };
    const x = (time) => box.left + ((time - range.from) / (range.to - range.from)) * box.width, reverse = options.yAxis?.reverse, gap = Math.min(Number(options.cellGap ?? 1), 4), shift = cells.continuous ? 0 : step;
    const y = (row) => box.top + (reverse ? row : rows.length - 1 - row) * box.row;
    context.fillStyle = ink.text;
    context.textAlign = onRight ? "left" : "right";
    context.textBaseline = "middle";
    const every = Math.max(1, Math.ceil(16 / box.row));
    for (let row = 0; row < labels.length; row += every) context.fillText(labels[row], onRight ? box.left + box.width + 6 : left - 6, y(row) + box.row / 2);
    if (title) {
      context.save();
      context.translate(onRight ? width - 8 : 8, box.top + box.height / 2);
      context.rotate(-Math.PI / 2);
      context.textAlign = "center";
      context.fillText(axisLabel, 0, 0);
      context.restore();
    }
    context.textAlign = "center";
    const marks = timeTicks(range.from, range.to, Math.max(2, Math.floor(box.width / 90)));
    for (const time of marks.values) context.fillText(formatDate(time, axisPattern(marks.step, range.to - range.from), timeZone), x(time), box.top + box.height + 12);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    for (let row = 0; row < rows.length; row++) for (let at = 0; at < times.length; at++) {
      const value = values[row][at];
      if (value == null) continue;
      const from = x(times[at] - shift), to = x(times[at] - shift + step);
      context.fillStyle = colorOf(value);
      const wide = Math.max(1, to - from - gap), tall = Math.max(1, box.row - gap), radius = Math.min(Number(options.cellRadius) || 0, wide / 2, tall / 2);
      context.beginPath();
      context.roundRect(from + gap / 2, y(row) + gap / 2, wide, tall, radius);
      context.fill();
      const text = options.showValue === "always" || options.showValue === "auto" ? valueText(value) : "";
      if (text && (options.showValue === "always" || (tall > 14 && context.measureText(text).width < wide - 4))) { context.fillStyle = inkOn(colorOf(value)); context.fillText(text, from + (to - from) / 2, y(row) + box.row / 2); }
    }
    context.restore();
    if (legend) {
      const wide = Math.min(240, box.width * .5), top = height - 20;
      colors.forEach((color, at) => { context.fillStyle = options.color?.mode === "opacity" ? colorOf(cells.min + ((at + .5) / colors.length) * (cells.max - cells.min)) : color; context.fillRect(box.left + (at / colors.length) * wide, top, wide / colors.length + .6, 8); });
      context.fillStyle = ink.text;
      context.textAlign = "left";
      context.fillText(`${valueText(cells.min)} – ${valueText(cells.max)}`, box.left + wide + 8, top + 4);
    }
  }
  function colorOf(value) {
    const { color = {} } = current.options, share = colorShare(value, cells, color);
    return color.mode === "opacity" ? withAlpha(resolveColor(color.fill ?? "dark-orange", current.theme), Math.max(.05, share)) : colors[Math.min(colors.length - 1, Math.floor(share * colors.length))];
  }
  function hover(px, py, event) {
    if (px === null || !cells || !box || current.options.tooltip?.mode === "none") return hideTooltip(view);
    const { range } = current, time = range.from + ((px - box.left) / box.width) * (range.to - range.from), drawn = Math.floor((py - box.top) / box.row), row = current.options.yAxis?.reverse ? drawn : cells.rows.length - 1 - drawn, shift = cells.continuous ? 0 : cells.step;
    const at = cells.times.findIndex((one) => time >= one - shift && time < one - shift + cells.step);
    if (at < 0 || row < 0 || row >= cells.rows.length || px < box.left) return hideTooltip(view);
    const { low, high, label: name } = cells.rows[row], value = cells.values[row][at], place = `${row} ${at}`;
    // The same picture as long as the pointer stays over a cell.
    if (place !== pictured) { pictured = place; picture = heatmapTip(cells, { row, at }, current.options, colorOf, getComputedStyle(root).getPropertyValue("--chart-ink").trim()); }
    showTooltip(view, { picture, clientX: event.clientX, clientY: event.clientY, title: formatDate(cells.times[at], "YYYY-MM-DD HH:mm:ss", current.timeZone), entries: [{ name: low == null && high == null ? name : `${low == null ? "" : label(String(low)) + " – "}${label(high === Infinity ? "∞" : String(high))}`, color: value == null ? "transparent" : colorOf(value), value: value == null ? "–" : valueText(value) }] });
  }
  return {
    update(input) {
      current = input;
      pictured = "";
      const { options, theme } = input, { color = {} } = options;
      cells = heatmapCells(input.frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => ({ ...field, values: [...field.values] })) })), options, input.range);
      colors = heatColors(color.scheme ?? "Oranges", Number(color.steps) || 64, { reverse: color.reverse, theme });
      surface.paint();
    },
    resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); },
  };
}
