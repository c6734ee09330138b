// Gauge: an arc per value, thresholds around it.
import { h, replace, setStyle, svg } from "../lib/dom.js";
import { fieldValues } from "../models/fieldValues.js";
import { absoluteSteps, displayText } from "../models/fieldConfig.js";
import { legible, mix, resolveColor, schemeStops, withAlpha } from "../models/colors.js";
import { endMark, glow, gradientBar, sparkline } from "./gaugeParts.js";
import { linked, linksOf } from "./links.js";
import { fitText, sizedGrid } from "./layout.js";

export const colorMode = "thresholds";
const degree = Math.PI / 180;
/** Where the scale begins and how far it goes: three quarters round, or a whole circle from the top. */
const shapes = { gauge: { start: -225 * degree, sweep: 270 * degree }, circle: { start: -90 * degree, sweep: 359.9 * degree } };

function arc({ start, sweep }, cx, cy, radius, from, to) {
  const a = start + sweep * from, b = start + sweep * to;
  const point = (angle) => `${(cx + radius * Math.cos(angle)).toFixed(2)} ${(cy + radius * Math.sin(angle)).toFixed(2)}`;
  return `M${point(a)}A${radius} ${radius} 0 ${(to - from) * sweep > Math.PI ? 1 : 0} 1 ${point(b)}`;
}

export function mount(element, view) {
  const root = h("div.tiles");
  element.append(root);
  let current = null;
  const observer = new ResizeObserver(() => draw());
  observer.observe(root);

  function draw() {
    if (!current || root.clientWidth < 4) return;
    const { frames, options, theme } = current;
    const values = fieldValues(frames, options.reduceOptions, { replace: (text, scoped) => view.runtime.replace(text, scoped, "text") });
    if (!values.length) { replace(root, h("div.panel-state", h("p", "No data"))); return; }
    const manual = options.sizing === "manual", { columns, rows, width, height } = sizedGrid(values.length, root.clientWidth, root.clientHeight, { orientation: options.orientation, aspect: 1.15, gap: 4, minWidth: manual ? options.minVizWidth ?? 75 : 0, minHeight: manual ? options.minVizHeight ?? 75 : 0 });
    root.classList.toggle("scrolls", manual);
    setStyle(root, { gridTemplateColumns: `repeat(${columns}, ${manual ? width + "px" : "minmax(0, 1fr)"})`, gridTemplateRows: `repeat(${rows}, ${manual ? height + "px" : "minmax(0, 1fr)"})` });
    replace(root, values.map((one) => gauge(one, width, height, options, theme, named(options.textMode, values.length > 1 || options.alwaysNames))));
  }

  const named = (mode, auto) => (mode === "value_and_name" || mode === "name" ? true : mode === "value" || mode === "none" ? false : auto);

  function gauge(one, width, height, options, theme, named) {
    const labelSize = named ? options.text?.titleSize || Math.max(10, Math.min(16, height * .12)) : 0, room = height - (named ? labelSize * 1.5 : 0), shape = options.shape === "circle" ? "circle" : "gauge", { start, sweep } = shapes[shape];
    // The arc leaves the lowest quarter open: its height is 0.86 of its width.
    const radius = Math.max(10, Math.min(width / 2, shape === "circle" ? room / 2 : room / 1.75) - 4), cx = width / 2, cy = shape === "circle" ? room / 2 : Math.max(radius + 2, room / 2 + radius * .12);
    const thick = radius * (options.barWidthFactor > 0 ? .08 + .36 * Math.min(1, options.barWidthFactor) : .26), { min, max } = one.field.range, markers = options.showThresholdMarkers !== false;
    const inner = radius - (markers ? radius * .09 : 0);
    const share = Number.isFinite(one.shown.numeric) ? Math.min(1, Math.max(0, (one.shown.numeric - min) / (max - min || 1))) : 0;
    const cap = options.barShape === "rounded" ? "round" : null, segments = Math.min(100, Math.floor(Number(options.segmentCount)) || 1), parts = [];
    // The bar begins at the neutral value, where the field has one.
    const neutral = one.field.config.custom?.neutral, zero = neutral != null && Number.isFinite(Number(neutral)) ? Math.min(1, Math.max(0, (Number(neutral) - min) / (max - min || 1))) : 0, [low, high] = share < zero ? [share, zero] : [zero, share];
    if (segments > 1) {
      const space = Math.min(.9, Math.max(.05, Number(options.segmentSpacing) || .3)) / segments;
      for (let at = 0; at < segments; at++) {
        const from = at / segments, to = (at + 1) / segments, lit = (from + to) / 2 >= low && (from + to) / 2 <= high, path = { d: arc(shapes[shape], cx, cy, inner - thick / 2, from + space / 2, to - space / 2), "stroke-width": thick };
        parts.push(lit ? svg("path", { ...path, stroke: one.shown.color, fill: "none" }) : svg("path.gauge-track", path));
      }
    } else {
      parts.push(svg("path.gauge-track", { d: arc(shapes[shape], cx, cy, inner - thick / 2, 0, 1), "stroke-width": thick, "stroke-linecap": cap }));
      const way = (from, to) => arc(shapes[shape], cx, cy, inner - thick / 2, from, to), { effects = {} } = options;
      if (high > low && effects.barGlow) parts.push(...glow(way(low, high), thick, one.shown.color));
      if (high > low && effects.gradient) parts.push(...gradientBar(low, high, thick, way, (at) => (one.field.config.color?.mode?.startsWith("continuous-") ? one.field.display(min + at * (max - min)).color : mix(one.shown.color, theme === "light" ? "#ffffff" : "#000000", .6 * (1 - at / (high || 1))))));
      else if (high > low) parts.push(svg("path", { d: way(low, Math.max(high, low + .002)), "stroke-width": thick, "stroke-linecap": cap, stroke: one.shown.color, fill: "none" }));
      if (options.endpointMarker === "point" || options.endpointMarker === "glow") {
        const angle = start + sweep * share, far = inner - thick / 2;
        parts.push(endMark(options.endpointMarker, cx + far * Math.cos(angle), cy + far * Math.sin(angle), thick, one.shown.color));
      }
    }
    if (options.effects?.centerGlow) parts.unshift(svg("circle", { cx, cy, r: inner - thick, fill: withAlpha(one.shown.color, .1) }));
    if (markers) {
      const stops = schemeStops(one.field.config.color?.mode ?? "", theme);
      const steps = stops ? stops.map((color, at) => ({ color, value: at === 0 ? null : min + (at / stops.length) * (max - min) })) : absoluteSteps(one.field.config.thresholds ?? { steps: [{ value: null, color: "green" }, { value: 80, color: "red" }] }, one.field.range, theme);
      const place = (value) => Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
      steps.forEach(({ value, color }, at) => {
        const from = value == null ? 0 : place(value), to = at + 1 < steps.length ? place(steps[at + 1].value) : 1;
        if (to - from > .001) parts.push(svg("path", { d: arc(shapes[shape], cx, cy, radius - radius * .03, from, to), "stroke-width": radius * .06, stroke: resolveColor(color, theme), fill: "none" }));
        if (options.showThresholdLabels && value != null && from > 0 && from < 1) {
          const angle = start + sweep * from;
          parts.push(svg("text.gauge-label", { x: cx + (radius + 4) * Math.cos(angle), y: cy + (radius + 4) * Math.sin(angle), "text-anchor": Math.cos(angle) < -.2 ? "end" : Math.cos(angle) > .2 ? "start" : "middle" }, displayText(one.field.display(value))));
        }
      });
    }
    if (options.sparkline) {
      const wide = (inner - thick) * 1.1, tall = (inner - thick) * .32;
      parts.push(sparkline(one, cx - wide / 2, cy + (inner - thick) * .34, wide, tall));
    }
    const text = displayText(one.shown), size = options.text?.valueSize || fitText(text, (inner - thick) * 1.7, radius * .62, { max: 70, min: 9 });
    if (options.textMode !== "name" && options.textMode !== "none") parts.push(svg("text.gauge-value", { x: cx, y: cy + size * .3, "font-size": size, fill: legible(one.shown.color, theme, size), "text-anchor": "middle" }, text));
    const links = linksOf(one.field, one.frame, one.value, null, view, one.row);
    return linked(".tile.gauge", links, { role: "img", "aria-label": `${one.name}: ${text}` }, svg("svg", { "aria-hidden": "true", width, height: room, viewBox: `0 0 ${width} ${room}` }, parts), named && h("div.gauge-name", { style: { fontSize: labelSize + "px" }, title: one.name }, one.name));
  }

  return { update(input) { current = input; draw(); }, resize: draw, destroy() { observer.disconnect(); root.remove(); } };
}
