// What newer gauges may have besides their arc: a line of the values, colours along the bar, a mark at its end, a glow.
import { svg } from "../lib/dom.js";
import { withAlpha } from "../models/colors.js";
import { sparkPath } from "../models/sparkline.js";

const slices = 40;

/** A bar whose colour grows along it: `stroke(from, to)` gives the path (d) of a part, `colorAt(share)` a colour. */
export function gradientBar(low, high, thick, stroke, colorAt) {
  const count = Math.max(2, Math.ceil((high - low) * slices)), step = (high - low) / count;
  return Array.from({ length: count }, (_, at) => svg("path", { d: stroke(low + at * step, Math.min(high, low + (at + 1.15) * step)), "stroke-width": thick, fill: "none", stroke: colorAt(low + (at + .5) * step) }));
}

/** A mark at the end of the bar. */
export const endMark = (kind, x, y, thick, color) => svg("circle", kind === "glow"
  ? { cx: x, cy: y, r: (thick * .75).toFixed(1), fill: withAlpha(color, .45) } : { cx: x, cy: y, r: (thick * .22).toFixed(1), fill: "#fff", stroke: "rgba(0, 0, 0, .4)", "stroke-width": 1 });

/** A glow behind the bar or in the middle, as wider strokes that fade. */
export const glow = (d, thick, color) => [1.5, 1.3, 1.15].map((wide) => svg("path", { d, fill: "none", stroke: withAlpha(color, .1), "stroke-width": thick * wide }));

/** The field's values as a line below the number. */
export function sparkline(one, x, y, width, height) {
  const path = one.row == null ? sparkPath(one.field.values, width, height) : "";
  if (!path || height < 6) return null;
  return svg("g.gauge-spark", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, svg("path", { d: path, fill: "none", stroke: one.shown.color, "stroke-width": 1.5, "stroke-linejoin": "round" }));
}
