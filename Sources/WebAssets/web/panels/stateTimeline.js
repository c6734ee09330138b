// State timeline and status history.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { createLegend } from "./legend.js";
import { cutText, drawing, timeTicks } from "./canvas.js";
import { arranged, hideTooltip, showTooltip } from "./tooltip.js";
import { stateRows } from "../models/states.js";
import { absoluteSteps, displayText } from "../models/fieldConfig.js";
import { inkOn, mix, resolveColor, withAlpha } from "../models/colors.js";
import { paletteColor } from "../models/palette.js";
import { linksOf, offer } from "./links.js";
import { formatDate } from "../models/dateFormat.js";
import { axisPattern, formatDuration } from "../models/timeRange.js";

export const colorMode = "thresholds";

/** The legend of numbers coloured by thresholds: what lies below the second step, and what begins at each other one. */
function thresholdItems(field, theme) {
  const { color, thresholds } = field?.config ?? {};
  if (color?.mode !== "thresholds" || !(thresholds?.steps?.length > 1)) return [];
  const steps = absoluteSteps(thresholds, field.range, theme), text = (value) => displayText(field.display(value));
  return steps.map(({ value, color: own }, at) => ({ name: at ? `${text(value)}+` : `< ${text(steps[1].value)}`, color: own, hidden: false, values: [] }));
}

export function mount(element, view) {
  const chart = h("div.graph-chart"), legendBox = h("div.graph-legend"), pager = h("div.grid-foot", { hidden: true }), root = h("div.graph", chart, legendBox, pager);
  element.append(root);
  const legend = createLegend(legendBox);
  let current = null, rows = [], all = [], page = 0, box = null, colors = new Map();
  const surface = drawing(chart, draw, hover, click);
  const isHistory = () => current.panel.type === "status-history";
  const colorOf = (row, value) => { const shown = row.field.display(value); return typeof value === "string" && !shown.mapped ? colors.get(value) : shown.color ?? "#808080"; };

  function draw(context, width, height, ink) {
    if (!rows.length) return;
    const { options, range, timeZone } = current, left = Math.min(width * .3, Math.max(...rows.map((row) => context.measureText(row.name).width)) + 12), bottom = 22;
    box = { left, width: width - left - 8, height: height - bottom, row: (height - bottom) / rows.length };
    const x = (time) => Math.min(box.left + box.width, Math.max(box.left, box.left + ((time - range.from) / (range.to - range.from)) * box.width)), tall = box.row * Math.min(1, Math.max(.1, options.rowHeight ?? .9)), narrow = isHistory() ? Math.min(1, options.colWidth ?? .9) : 1;
    context.textBaseline = "middle";
    rows.forEach((row, at) => {
      const top = at * box.row + (box.row - tall) / 2, { fillOpacity = 70, lineWidth = 0 } = row.field.config.custom ?? {};
      context.fillStyle = ink.text;
      context.textAlign = "right";
      context.fillText(cutText(context, row.name, left - 10), left - 8, top + tall / 2);
      context.textAlign = (options.alignValue ?? "left") === "center" ? "center" : options.alignValue === "right" ? "right" : "left";
      for (const span of row.spans) {
        const from = x(span.from), to = x(span.to), color = colorOf(row, span.value);
        if (to <= from) continue;
        const wide = Math.max(1, (to - from) * narrow), start = from + (to - from - wide) / 2;
        context.fillStyle = withAlpha(color, fillOpacity / 100);
        context.fillRect(start, top, wide, tall);
        if (lineWidth) { context.strokeStyle = color; context.lineWidth = lineWidth; context.strokeRect(start, top, wide, tall); }
        if (options.showValue === "never" || tall < 12 || wide < 14) continue;
        const text = displayText(row.field.display(span.value)), cut = options.showValue === "always" ? text : cutText(context, text, wide - 8);
        context.fillStyle = inkOn(mix(ink.panel || color, color, fillOpacity / 100));
        if (cut) context.fillText(cut, context.textAlign === "center" ? start + wide / 2 : context.textAlign === "right" ? start + wide - 4 : start + 4, top + tall / 2);
      }
    });
    context.fillStyle = ink.text;
    context.textAlign = "center";
    const marks = timeTicks(range.from, range.to, Math.max(2, Math.floor(box.width / 70)));
    for (const time of marks.values) context.fillText(formatDate(time, axisPattern(marks.step, range.to - range.from), timeZone), x(time), height - 9);
  }
  /** Takes the rows of the page and offers the others. */
  function turn(to) {
    const size = Number(current.options.perPage ?? 20) || Infinity, last = Math.max(0, Math.ceil(all.length / size) - 1);
    page = Math.max(0, Math.min(to, last));
    rows = last ? all.slice(page * size, (page + 1) * size) : all;
    pager.hidden = !last;
    const button = (label, image, by) => h("button.button.plain.square.small", { type: "button", "aria-label": label, disabled: page + by < 0 || page + by > last, onclick: () => { turn(page + by); pager.querySelector(`[aria-label="${label}"]:not(:disabled)`)?.focus(); } }, icon(image));
    replace(pager, last ? h("span.grid-pages", button("Previous page", "left", -1), h("span", { role: "status" }, `${page * size + 1} – ${page * size + rows.length} of ${all.length}`), button("Next page", "right", 1)) : null);
    surface.paint();
  }
  function click(px, py, event) {
    const row = box && px >= box.left ? rows[Math.floor(py / box.row)] : null, { range, timeZone } = current, time = range.from + ((px - (box?.left ?? 0)) / (box?.width || 1)) * (range.to - range.from), span = row?.spans.find((one) => time >= one.from && time < one.to);
    if (span) offer(linksOf(row.field, row.frame, span.value, span.from, view), (settings) => showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: formatDate(span.from, "YYYY-MM-DD HH:mm:ss", timeZone), entries: [{ name: row.name, color: colorOf(row, span.value), value: displayText(row.field.display(span.value)) }], ...settings }));
  }
  function hover(px, py, event) {
    if (px === null || !box || px < box.left || current.options.tooltip?.mode === "none") return hideTooltip(view);
    const { range } = current, time = range.from + ((px - box.left) / box.width) * (range.to - range.from), near = Math.floor(py / box.row);
    const shown = (current.options.tooltip?.mode === "multi" ? rows : [rows[near]]).filter(Boolean).map((row) => ({ row, span: row.spans.find((one) => time >= one.from && time < one.to) })).filter(({ span }) => span);
    if (!shown.length) return hideTooltip(view);
    const first = shown.find(({ row }) => row === rows[near]) ?? shown[0];
    showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: `${formatDate(first.span.from, "YYYY-MM-DD HH:mm:ss", current.timeZone)} · ${formatDuration(Math.round((first.span.to - first.span.from) / 1000) * 1000)}`, settings: current.options.tooltip, entries: arranged(shown.filter(({ row }) => !row.field.config.custom?.hideFrom?.tooltip).map(({ row, span }) => ({ name: row.name, color: colorOf(row, span.value), numeric: row.field.display(span.value).numeric, value: displayText(row.field.display(span.value)), near: row === rows[near] })), current.options.tooltip) });
  }
  return {
    update(input) {
      current = input;
      const { options } = input;
      all = stateRows(input.frames, { merge: !isHistory() && options.mergeValues !== false, end: input.range.to });
      turn(page);
      const texts = [...new Set(all.flatMap((row) => row.spans.map((span) => span.value)).filter((value) => typeof value === "string"))];
      colors = new Map(texts.map((text, at) => [text, resolveColor(paletteColor(at), input.theme)]));
      const items = new Map();
      for (const row of all) for (const span of row.spans) { const text = displayText(row.field.display(span.value)); if (items.size < 30 && !items.has(text)) items.set(text, { name: text, color: colorOf(row, span.value), hidden: false, values: [] }); }
      const mapped = all.some((row) => row.field.config.mappings?.length) || texts.length > 0;
      const steps = mapped ? [] : thresholdItems(all[0]?.field, input.theme);
      legendBox.hidden = options.legend?.showLegend === false || !(mapped || steps.length);
      legend.update({ items: mapped ? [...items.values()] : steps, mode: "list", columns: [] });
      surface.paint();
    },
    resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); },
  };
}
