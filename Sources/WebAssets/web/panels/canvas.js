// A canvas that fills its box at the screen's resolution, for panels that draw by themselves.
import { h } from "../lib/dom.js";
import { perFrame } from "../lib/events.js";
import { onThemeChange } from "../lib/theme.js";

export const font = "12px Inter, \"Helvetica Neue\", Helvetica, Arial, \"Liberation Sans\", sans-serif";

/** `draw(context, width, height, ink)` runs now, on each new size and theme; `onMove(x, y, event)` with null off the canvas, `onClick(x, y, event)`. */
export function drawing(element, draw, onMove, onClick) {
  const canvas = h("canvas.drawing"), context = canvas.getContext("2d");
  element.append(canvas);
  const paint = perFrame(() => {
    const width = element.clientWidth, height = element.clientHeight, ratio = devicePixelRatio || 1;
    if (width < 4 || height < 4) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = font;
    const style = getComputedStyle(element);
    draw(context, width, height, { text: style.getPropertyValue("--chart-ink").trim(), grid: style.getPropertyValue("--chart-grid").trim(), panel: style.getPropertyValue("--panel").trim() });
  });
  const observer = new ResizeObserver(paint), forget = onThemeChange(paint);
  observer.observe(element);
  if (onMove) {
    const move = perFrame((event) => { const box = canvas.getBoundingClientRect(); onMove(event.clientX - box.left, event.clientY - box.top, event); });
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerleave", () => { move.cancel(); onMove(null); });
  }
  if (onClick) canvas.addEventListener("click", (event) => { const box = canvas.getBoundingClientRect(); onClick(event.clientX - box.left, event.clientY - box.top, event); });
  return { canvas, paint, destroy() { observer.disconnect(); forget(); paint.cancel(); canvas.remove(); } };
}

/** A text cut to a width with an ellipsis. */
export function cutText(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let low = 0, high = text.length;
  while (low < high) { const middle = (low + high + 1) >> 1; if (context.measureText(text.slice(0, middle) + "…").width <= width) low = middle; else high = middle - 1; }
  return low > 0 ? text.slice(0, low) + "…" : "";
}

/** Round steps for an axis: [first, …] within low..high, about `count` of them. */
export function ticks(low, high, count) {
  const raw = (high - low) / Math.max(1, count), base = 10 ** Math.floor(Math.log10(raw || 1)), norm = raw / base, step = base * (norm < 1.5 ? 1 : norm < 3 ? 2 : norm < 7 ? 5 : 10), out = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9 && out.length < 100; value += step) out.push(Number(value.toPrecision(12)));
  return { values: out, step };
}

/** Times for an axis: [ms], aligned to the clock, about `count` of them. */
export function timeTicks(from, to, count) {
  const steps = [1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 7200e3, 10800e3, 21600e3, 43200e3, 86400e3, 172800e3, 604800e3, 2592000e3, 7776000e3, 31536000e3];
  const step = steps.find((one) => (to - from) / one <= count) ?? steps[steps.length - 1], offset = new Date(from).getTimezoneOffset() * 60e3, out = [];
  for (let time = Math.ceil((from - offset) / step) * step + offset; time <= to && out.length < 100; time += step) out.push(time);
  return { values: out, step };
}
