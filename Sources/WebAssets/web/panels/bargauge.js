// Bar gauge: a bar per value, basic, gradient or as lamps.
import { h, replace, setStyle } from "../lib/dom.js";
import { fieldValues } from "../models/fieldValues.js";
import { absoluteSteps, displayText, thresholdStep } from "../models/fieldConfig.js";
import { interpolateStops, legible, resolveColor, schemeStops, withAlpha } from "../models/colors.js";
import { createChoice } from "./choice.js";
import { createLegend, legendValues } from "./legend.js";
import { reducerName } from "../models/reduce.js";
import { linked, linksOf } from "./links.js";
import { fitText, textWidth } from "./layout.js";

export const colorMode = "thresholds", hasLegend = true;

/** The colour a field gives to a share (0-1) of its range. */
function colorAt(field, share, theme) {
  const { min, max } = field.range, value = min + share * (max - min), stops = schemeStops(field.config.color?.mode ?? "", theme);
  if (stops) return interpolateStops(stops, share);
  if (field.config.color?.mode === "thresholds") return resolveColor(thresholdStep(field.config.thresholds ?? { steps: [{ value: null, color: "green" }, { value: 80, color: "red" }] }, value, field.range)?.color ?? "green", theme);
  return field.color;
}

/** Background of a bar that is filled to `share`. */
export function barBackground(field, shown, share, mode, direction, theme) {
  if (mode !== "gradient") return withAlpha(shown.color, mode === "basic" ? .75 : 1);
  const stops = schemeStops(field.config.color?.mode ?? "", theme);
  const points = stops ? stops.map((color, at) => ({ color, at: at / (stops.length - 1) }))
    : field.config.color?.mode === "thresholds" ? absoluteSteps(field.config.thresholds, field.range, theme).map(({ value, color }) => ({ color, at: value == null ? 0 : Math.min(1, Math.max(0, (value - field.range.min) / (field.range.max - field.range.min || 1))) }))
    : [{ color: withAlpha(shown.color, .4), at: 0 }, { color: shown.color, at: 1 }];
  if (share <= 0) return points[0]?.color ?? shown.color;
  return `linear-gradient(${direction}, ${points.filter((point, index) => index === 0 || point.at <= share).map((point) => `${point.color} ${((point.at / share) * 100).toFixed(1)}%`).concat(`${colorAt(field, share, theme)} 100%`).join(", ")})`;
}

/** Lamps of a bar, those up to `share` lit. */
export const lamps = (field, share, count, theme, unlit = .16) => Array.from({ length: count }, (_, at) => {
  const color = colorAt(field, (at + .5) / count, theme);
  return h("span.lamp", { style: { background: (at + .5) / count <= share ? color : withAlpha(color, unlit) } });
});

export function mount(element, view) {
  const root = h("div.bars"), legendBox = h("div.graph-legend", { hidden: true }), chart = h("div.graph-chart", root), whole = h("div.graph.bar-gauge", chart, legendBox);
  element.append(whole);
  let current = null, all = [];
  const choice = createChoice(view, () => draw());
  const legend = createLegend(legendBox, { onToggle: (name, add) => choice.toggle(name, add, all.map((one) => one.name)), onColor: view.actions?.recolor && ((item, anchor) => view.actions.recolor(view, item, anchor)) });
  const observer = new ResizeObserver(() => draw());
  observer.observe(root);

  function draw() {
    if (!current || root.clientWidth < 4) return;
    const { frames, options } = current, settings = { ...options.legend, calcs: Array.isArray(options.legend?.calcs) ? options.legend.calcs : [] };
    all = fieldValues(frames, options.reduceOptions, { replace: (text, scoped) => view.runtime.replace(text, scoped, "text") });
    const values = all.filter((one) => !choice.hides(one.name));
    legendBox.hidden = !settings.showLegend;
    whole.classList.toggle("right", settings.placement === "right");
    if (settings.showLegend) legend.update({ items: all.filter((one) => !one.field.config.custom?.hideFrom?.legend).map((one) => ({ name: one.name, color: one.shown.color, hidden: choice.hides(one.name), values: legendValues(one.field, settings) })),
      mode: settings.displayMode === "table" ? "table" : "list", columns: settings.calcs.map(reducerName), sortBy: settings.sortBy, sortDesc: settings.sortDesc });
    if (!values.length) { replace(root, h("div.panel-state", h("p", "No data"))); return; }
    const vertical = options.orientation === "vertical" || ((options.orientation ?? "auto") === "auto" && root.clientWidth > root.clientHeight * 1.2 && values.length > 1 && root.clientWidth / values.length > 40 && root.clientHeight > 120);
    root.classList.toggle("vertical", vertical);
    if (vertical) drawVertical(values); else drawHorizontal(values);
  }

  const shareOf = (one) => (Number.isFinite(one.shown.numeric) ? Math.min(1, Math.max(0, (one.shown.numeric - one.field.range.min) / (one.field.range.max - one.field.range.min || 1))) : 0);

  function bar(one, vertical, cells) {
    const { options, theme } = current, mode = options.displayMode ?? "gradient", share = shareOf(one);
    const track = h("div.bar-track", { class: `${options.showUnfilled === false ? "bare" : ""} ${mode}` });
    if (mode === "lcd") {
      const count = Math.max(4, Math.floor(cells / 12));
      track.append(...lamps(one.field, share, count, theme, options.showUnfilled === false ? 0 : .16));
      return track;
    }
    const fill = h("div.bar-fill", { class: mode });
    setStyle(fill, { [vertical ? "height" : "width"]: (share * 100).toFixed(2) + "%", background: barBackground(one.field, one.shown, share, mode, vertical ? "0deg" : "90deg", theme) });
    if (mode === "basic") fill.style.boxShadow = vertical ? `inset 0 2px 0 ${one.shown.color}` : `inset -2px 0 0 ${one.shown.color}`;
    track.append(fill);
    return track;
  }
  const wrap = (one, ...children) => {
    const links = linksOf(one.field, one.frame, one.value, null, view, one.row);
    return linked(".bar-row", links, { title: `${one.name}: ${displayText(one.shown)}` }, children);
  };

  function drawHorizontal(values) {
    const { options } = current, top = options.namePlacement === "top", hidden = options.namePlacement === "hidden" || (values.length === 1 && (options.namePlacement ?? "auto") === "auto");
    const manual = options.sizing === "manual", nameSize = options.text?.titleSize || 13;
    const rowHeight = Math.max(manual ? options.minVizHeight ?? 16 : 16, Math.min(manual ? options.maxVizHeight ?? 300 : 300, (root.clientHeight - (values.length - 1) * 8) / values.length));
    const valueSize = options.text?.valueSize || Math.min(34, Math.max(11, rowHeight * (top ? .45 : .6)));
    const longest = values.map((one) => displayText(one.shown)).reduce((a, b) => (b.length > a.length ? b : a), "");
    const valueWidth = options.valueMode === "hidden" ? 0 : Math.min(root.clientWidth * .4, longest.length * valueSize * .6 + 12);
    const nameWidth = hidden || top ? 0 : Math.min(root.clientWidth * .4, Math.ceil(Math.max(...values.map((one) => textWidth(one.name, nameSize)))) + 10);
    setStyle(root, { gridTemplateColumns: "1fr", gridAutoRows: `${Math.floor(rowHeight)}px`, "--value": valueWidth + "px", "--name": nameWidth + "px", gridAutoFlow: "" });
    replace(root, values.map((one) => {
      const value = options.valueMode === "hidden" ? null : h("div.bar-value", { style: { color: options.valueMode === "text" ? "" : legible(one.shown.color, current.theme, valueSize), fontSize: valueSize + "px" } }, displayText(one.shown));
      const row = wrap(one, hidden ? null : h("div.bar-name", { style: { fontSize: nameSize + "px" } }, one.name), h("div.bar-line", bar(one, false, root.clientWidth - valueWidth - nameWidth), value));
      row.classList.toggle("on-top", top);
      return row;
    }));
  }

  function drawVertical(values) {
    const { options } = current, hidden = options.namePlacement === "hidden";
    const width = Math.max(options.sizing === "manual" ? options.minVizWidth ?? 8 : 8, (root.clientWidth - (values.length - 1) * 8) / values.length);
    const longest = values.map((one) => displayText(one.shown)).reduce((a, b) => (b.length > a.length ? b : a), "");
    const size = options.text?.valueSize || fitText(longest, width - 4, 40, { max: 30, min: 10 });
    setStyle(root, { gridTemplateColumns: `repeat(${values.length}, ${Math.floor(width)}px)`, gridAutoRows: "100%" });
    replace(root, values.map((one) => wrap(one, options.valueMode === "hidden" ? null : h("div.bar-value", { style: { color: options.valueMode === "text" ? "" : legible(one.shown.color, current.theme, size), fontSize: size + "px" } }, displayText(one.shown)), bar(one, true, root.clientHeight - size - 34), hidden ? null : h("div.bar-name", { style: { fontSize: (options.text?.titleSize || 13) + "px" } }, one.name))));
  }

  return { update(input) { current = input; choice.take(input.fieldConfig); draw(); }, resize: draw, destroy() { observer.disconnect(); whole.remove(); } };
}
