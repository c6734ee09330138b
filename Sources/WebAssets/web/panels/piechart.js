// Pie and donut.
import { h } from "../lib/dom.js";
import { createChoice } from "./choice.js";
import { createLegend } from "./legend.js";
import { drawing } from "./canvas.js";
import { arranged, hideTooltip, showTooltip } from "./tooltip.js";
import { fieldValues } from "../models/fieldValues.js";
import { displayText } from "../models/fieldConfig.js";
import { paletteColor } from "../models/palette.js";
import { inkOn, resolveColor } from "../models/colors.js";
import { linksOf, offer } from "./links.js";

export const colorMode = "palette-classic", hasLegend = true;

export function mount(element, view) {
  const chart = h("div.graph-chart"), legendBox = h("div.graph-legend"), root = h("div.graph", chart, legendBox);
  element.append(root);
  const choice = createChoice(view, plan);
  let current = null, slices = [], geometry = null;
  const surface = drawing(chart, draw, (x, y, event) => hover(x, y, event), click);
  const legend = createLegend(legendBox, { onToggle: (name, add) => choice.toggle(name, add, slices.map((one) => one.name)) });

  function plan() {
    const { frames, options, theme } = current, all = fieldValues(frames, options.reduceOptions, { replace: (text, scoped) => view.runtime.replace(text, scoped, "text") }).filter((one) => Number.isFinite(one.value) && one.value > 0);
    const perValue = options.reduceOptions?.values;
    slices = all.map((one, at) => ({ ...one, color: perValue && one.field.config.color?.mode?.startsWith("palette") ? resolveColor(paletteColor(at), theme) : one.shown.color ?? one.field.color, text: displayText(one.shown) }));
    choice.take(current.fieldConfig);
    if (options.sort === "asc" || options.sort === "desc") slices.sort((a, b) => (options.sort === "asc" ? a.value - b.value : b.value - a.value));
    const total = slices.reduce((sum, one) => sum + (choice.hides(one.name) ? 0 : one.value), 0);
    for (const one of slices) one.share = choice.hides(one.name) ? 0 : one.value / (total || 1);
    const settings = options.legend ?? {}, values = settings.values ?? [];
    root.classList.toggle("right", settings.placement === "right");
    legendBox.hidden = settings.showLegend === false;
    legend.update({ items: slices.filter((one) => !one.field.config.custom?.hideFrom?.legend).map((one) => ({ name: one.name, color: one.color, hidden: choice.hides(one.name), values: values.map((kind) => (kind === "percent" ? { text: `${(one.share * 100).toFixed(settings.decimals ?? 0)}%`, numeric: one.share } : { text: one.text, numeric: one.value })) })), mode: settings.displayMode === "table" ? "table" : "list", columns: values.map((kind) => (kind === "percent" ? "Percent" : "Value")), sortBy: settings.sortBy, sortDesc: settings.sortDesc });
    surface.paint();
  }
  function draw(context, width, height, ink) {
    const radius = Math.max(4, Math.min(width, height) / 2 - 8), cx = width / 2, cy = height / 2, { options = {} } = current ?? {}, donut = options.pieType === "donut", labels = options.displayLabels ?? [];
    geometry = { radius, cx, cy, inner: donut ? radius * .6 : 0, arcs: [] };
    let angle = -Math.PI / 2;
    // The largest slice comes first, as nowhere said otherwise.
    const drawn = options.sort === "none" ? slices : [...slices].sort((a, b) => (options.sort === "asc" ? a.value - b.value : b.value - a.value));
    for (const one of drawn) {
      if (!one.share) continue;
      const end = angle + one.share * Math.PI * 2;
      context.beginPath();
      context.arc(cx, cy, radius, angle, end);
      context.arc(cx, cy, geometry.inner, end, angle, true);
      context.closePath();
      context.fillStyle = one.color;
      context.fill();
      if (slices.length > 1) { context.strokeStyle = ink.panel; context.lineWidth = 1.5; context.stroke(); }
      geometry.arcs.push({ one, angle, end });
      if (labels.length && one.share > .03) {
        const middle = (angle + end) / 2, at = donut ? radius * .8 : radius * .65;
        const lines = [labels.includes("name") && one.name, labels.includes("value") && one.text, labels.includes("percent") && `${(one.share * 100).toFixed(0)}%`].filter(Boolean);
        context.fillStyle = inkOn(one.color);
        context.textAlign = "center";
        context.textBaseline = "middle";
        lines.forEach((line, row) => context.fillText(line, cx + Math.cos(middle) * at, cy + Math.sin(middle) * at + (row - (lines.length - 1) / 2) * 14, radius * .7));
      }
      angle = end;
    }
  }
  /** The slice at a place; undefined where there is none. */
  function sliceAt(x, y) {
    const distance = Math.hypot(x - geometry.cx, y - geometry.cy);
    let angle = Math.atan2(y - geometry.cy, x - geometry.cx);
    if (angle < -Math.PI / 2) angle += Math.PI * 2;
    return distance <= geometry.radius && distance >= geometry.inner ? geometry.arcs.find((arc) => angle >= arc.angle && angle <= arc.end) : undefined;
  }
  function click(x, y, event) {
    const one = geometry && sliceAt(x, y)?.one;
    if (one) offer(linksOf(one.field, one.frame, one.value, null, view, one.row), (settings) => showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: "", entries: [{ name: one.name, color: one.color, value: one.text }], ...settings }));
  }
  function hover(x, y, event) {
    const found = x !== null && geometry && current.options.tooltip?.mode !== "none" && sliceAt(x, y);
    if (!found) return hideTooltip(view);
    const shown = current.options.tooltip?.mode === "multi" ? slices.filter((one) => one.share) : [found.one];
    showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: "", settings: current.options.tooltip, entries: arranged(shown.map((one) => ({ ...one, numeric: one.value })), current.options.tooltip).map((one) => ({ name: one.name, color: one.color, value: `${one.text} (${(one.share * 100).toFixed(1)}%)`, near: one.name === found.one.name })) });
  }
  return { update(input) { current = input; plan(); }, resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); } };
}
