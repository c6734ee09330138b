// Gauge: an arc per value, thresholds around it.
import { h, replace, setStyle, svg } from "../lib/dom.js";
import { fieldValues } from "../models/fieldValues.js";
import { absoluteSteps, displayText } from "../models/fieldConfig.js";
import { legible, resolveColor, schemeStops } from "../models/colors.js";
import { linked, linksOf } from "./links.js";
import { fitText, sizedGrid } from "./layout.js";

export const colorMode = "thresholds";
const start = (-225 * Math.PI) / 180, sweep = (270 * Math.PI) / 180;

function arc(cx, cy, radius, from, to) {
  const a = start + sweep * from, b = start + sweep * to;
  const point = (angle) => `${(cx + radius * Math.cos(angle)).toFixed(2)} ${(cy + radius * Math.sin(angle)).toFixed(2)}`;
  return `M${point(a)}A${radius} ${radius} 0 ${(to - from) * 270 > 180 ? 1 : 0} 1 ${point(b)}`;
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
    replace(root, values.map((one) => gauge(one, width, height, options, theme, values.length > 1 || options.alwaysNames)));
  }

  function gauge(one, width, height, options, theme, named) {
    const labelSize = named ? options.text?.titleSize || Math.max(10, Math.min(16, height * .12)) : 0, room = height - (named ? labelSize * 1.5 : 0);
    // The arc leaves the lowest quarter open: its height is 0.86 of its width.
    const radius = Math.max(10, Math.min(width / 2, room / 1.75) - 4), cx = width / 2, cy = Math.max(radius + 2, room / 2 + radius * .12);
    const thick = radius * .26, { min, max } = one.field.range, markers = options.showThresholdMarkers !== false;
    const inner = radius - (markers ? radius * .09 : 0);
    const share = Number.isFinite(one.shown.numeric) ? Math.min(1, Math.max(0, (one.shown.numeric - min) / (max - min || 1))) : 0;
    const parts = [svg("path.gauge-track", { d: arc(cx, cy, inner - thick / 2, 0, 1), "stroke-width": thick })];
    if (share > 0) parts.push(svg("path", { d: arc(cx, cy, inner - thick / 2, 0, Math.max(share, .002)), "stroke-width": thick, stroke: one.shown.color, fill: "none" }));
    if (markers) {
      const stops = schemeStops(one.field.config.color?.mode ?? "", theme);
      const steps = stops ? stops.map((color, at) => ({ color, value: at === 0 ? null : min + (at / stops.length) * (max - min) })) : absoluteSteps(one.field.config.thresholds ?? { steps: [{ value: null, color: "green" }, { value: 80, color: "red" }] }, one.field.range, theme);
      const place = (value) => Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
      steps.forEach(({ value, color }, at) => {
        const from = value == null ? 0 : place(value), to = at + 1 < steps.length ? place(steps[at + 1].value) : 1;
        if (to - from > .001) parts.push(svg("path", { d: arc(cx, cy, radius - radius * .03, from, to), "stroke-width": radius * .06, stroke: resolveColor(color, theme), fill: "none" }));
        if (options.showThresholdLabels && value != null && from > 0 && from < 1) {
          const angle = start + sweep * from;
          parts.push(svg("text.gauge-label", { x: cx + (radius + 4) * Math.cos(angle), y: cy + (radius + 4) * Math.sin(angle), "text-anchor": Math.cos(angle) < -.2 ? "end" : Math.cos(angle) > .2 ? "start" : "middle" }, displayText(one.field.display(value))));
        }
      });
    }
    const text = displayText(one.shown), size = options.text?.valueSize || fitText(text, (inner - thick) * 1.7, radius * .62, { max: 70, min: 9 });
    parts.push(svg("text.gauge-value", { x: cx, y: cy + size * .3, "font-size": size, fill: legible(one.shown.color, theme, size), "text-anchor": "middle" }, text));
    const links = linksOf(one.field, one.frame, one.value, null, view, one.row);
    return linked(".tile.gauge", links, { role: "img", "aria-label": `${one.name}: ${text}` }, svg("svg", { width, height: room, viewBox: `0 0 ${width} ${room}` }, parts), named && h("div.gauge-name", { style: { fontSize: labelSize + "px" }, title: one.name }, one.name));
  }

  return { update(input) { current = input; draw(); }, resize: draw, destroy() { observer.disconnect(); root.remove(); } };
}
