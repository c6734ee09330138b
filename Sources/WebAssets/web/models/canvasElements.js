// Elements of a canvas panel: where they stand, and what their texts, colours and sizes are.
import { displayText } from "./fieldConfig.js";
import { reduceValues } from "./reduce.js";
import { resolveColor } from "./colors.js";

const number = (value, other = 0) => (Number.isFinite(Number(value)) && value !== null && value !== "" ? Number(value) : other);

/** One direction: `near` and `far` are the distances (px, or % when it scales) from both edges, `size` the length. */
function along(kind, near, far, size) {
  const px = (value) => `${number(value)}px`;
  switch (kind) {
    case "right": case "bottom": return { end: px(far), size: px(size) };
    case "leftright": case "topbottom": return { start: px(near), end: px(far) };
    case "center": return { start: `calc(50% + ${number(near) - number(size) / 2}px)`, size: px(size) };
    case "scale": return { start: `${number(near)}%`, end: `${number(far)}%` };
    default: return { start: px(near), size: px(size) };
  }
}

/** The styles that put an element into its frame: { left, right, top, bottom, width, height, transform }. */
export function placed({ placement = {}, constraint = {} } = {}) {
  const { top, left, right, bottom, width, height, rotation } = placement ?? {};
  const x = along(constraint?.horizontal, left, right, width ?? 100), y = along(constraint?.vertical, top, bottom, height ?? 40);
  return { left: x.start, right: x.end, width: x.size, top: y.start, bottom: y.end, height: y.size, transform: number(rotation) ? `rotate(${number(rotation)}deg)` : undefined };
}

/** The field of a name in configured frames (times last), with its last value; null where there is none. */
export function valueOf(frames, name) {
  for (const isTime of [false, true]) for (const frame of frames) {
    const field = name && frame.fields.find((one) => (one.type === "time") === isTime && (one.displayName === name || one.name === name));
    if (field) { const value = reduceValues(field.values, "lastNotNull"); return { field, frame, value, shown: field.display(value) }; }
  }
  return null;
}

/** A text { mode: "fixed" | "field" | "template", fixed, field } filled from the data. */
export function textOf(text, frames, replace) {
  if (!text || typeof text !== "object") return typeof text === "string" ? replace(text) : "";
  if (text.mode === "field" || (!text.mode && text.field)) {
    const found = valueOf(frames, text.field);
    return found ? displayText(found.shown) : text.field ? "No data" : "";
  }
  return replace(String(text.fixed ?? ""));
}

/** A colour { fixed, field } for CSS; undefined where none is given. */
export function colorOf(color, frames, theme) {
  if (color?.field) { const found = valueOf(frames, color.field); if (found?.shown.color) return found.shown.color; }
  return color?.fixed ? resolveColor(color.fixed, theme) : undefined;
}

/** A size { fixed, field, min, max }: a field gives its share between both. */
export function sizeOf(size, frames, other) {
  if (size?.field) { const found = valueOf(frames, size.field); if (found) return number(size.min) + found.shown.percent * (number(size.max, 100) - number(size.min)); }
  return number(size?.fixed ?? size, other);
}

/** Lines between elements: [{ from, to, start: { x, y }, end: { x, y }, … }]; places are -1 … 1 from the middle, y upwards. `to` is null for one that ends in its own frame. */
export const connectionsOf = (elements) => elements.flatMap((element) => (Array.isArray(element?.connections) ? element.connections : []).filter((one) => one?.target).map((one) => ({ ...one, from: element.name, to: one.targetName ?? null, start: { x: number(one.source?.x), y: number(one.source?.y) }, end: { x: number(one.target.x), y: number(one.target.y) } })));
