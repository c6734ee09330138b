// What a heatmap's tooltip shows below the value: the counts of the same time over all buckets, and the value on the colour scale.
import { h, setStyle } from "../lib/dom.js";
import { colorShare } from "../models/heatmap.js";

const width = 200;

function canvas(height) {
  const element = h("canvas", { "aria-hidden": "true" }), ratio = devicePixelRatio || 1, context = element.getContext("2d");
  element.width = width * ratio;
  element.height = height * ratio;
  setStyle(element, { width: width + "px", height: height + "px", display: "block", marginTop: "6px" });
  context.scale(ratio, ratio);
  return { element, context };
}

/** One bar for each bucket, the lowest at the left; that of `row` as it is, the others fainter. */
function histogram(cells, row, at, colorOf) {
  const height = 48, { element, context } = canvas(height), counts = cells.values.map((values) => values[at] ?? 0), most = Math.max(...counts, 0) || 1, wide = width / counts.length;
  counts.forEach((count, index) => {
    const tall = count > 0 ? Math.max(1, (count / most) * height) : 0;
    context.globalAlpha = index === row ? 1 : .45;
    context.fillStyle = count > 0 ? colorOf(count) : "transparent";
    context.fillRect(index * wide, height - tall, Math.max(1, wide - 1), tall);
  });
  return element;
}

/** The colours from the least to the greatest value, a mark where the value lies. */
function scale(cells, value, colorOf, color, ink) {
  const { element, context } = canvas(16), steps = 64;
  for (let step = 0; step < steps; step++) {
    context.fillStyle = colorOf(cells.min + ((step + .5) / steps) * (cells.max - cells.min));
    context.fillRect((step / steps) * width, 6, width / steps + .5, 10);
  }
  // The place counts as the value does: colours of "opacity" may lie closer.
  const x = Math.min(width - 3, Math.max(3, (cells.max > cells.min ? (value - cells.min) / (cells.max - cells.min) : colorShare(value, cells, color)) * width));
  context.fillStyle = ink;
  context.beginPath();
  context.moveTo(x - 4, 0);
  context.lineTo(x + 4, 0);
  context.lineTo(x, 6);
  context.fill();
  return element;
}

/** The picture of a cell by the panel's tooltip options; null where it asks for none. */
export function heatmapTip(cells, { row, at }, { tooltip = {}, color }, colorOf, ink) {
  const value = cells.values[row][at], parts = [];
  if (tooltip.yHistogram && cells.values.length > 1) parts.push(histogram(cells, row, at, colorOf));
  if (tooltip.showColorScale && value != null) parts.push(scale(cells, value, colorOf, color, ink));
  return parts.length ? h("div", parts) : null;
}
