// Which fields of a scatter chart go together.
import { fieldMatcher } from "./fieldConfig.js";

/** Of old a side was a name, now it is { matcher }. */
const sideTest = (side) => (typeof side === "string" ? (field) => field.displayName === side || field.name === side : side?.matcher ? fieldMatcher(side.matcher) : null);
const numbersOf = (frame) => frame.fields.filter((field) => field.type === "number" && !field.config?.custom?.hideFrom?.viz);

/**
 * [{ name, frame, x, y, size, color }] (fields, the last two may be missing) by the panel's options. Where they name no fields, the
 * first number is x, or the one chosen, and each other number a y of its own.
 */
export function scatterSeries(frames, { mapping, seriesMapping, series = [], dims = {} } = {}) {
  const auto = (mapping ?? seriesMapping) !== "manual" || !series.length, out = [];
  if (auto) {
    const x0 = sideTest(series[0]?.x ?? dims.x), excluded = new Set(dims.exclude ?? []);
    for (const frame of frames) {
      const numbers = numbersOf(frame), x = numbers.find((field) => x0?.(field, frame)) ?? numbers[0];
      for (const y of numbers) if (y !== x && !excluded.has(y.displayName)) out.push({ name: y.displayName, frame, x, y });
    }
    return out;
  }
  for (const one of series) {
    const [isX, isY, isSize, isColor] = [one.x, one.y, one.size ?? one.pointSize?.field, one.color ?? one.pointColor?.field].map(sideTest), number = one.frame?.matcher?.options;
    for (const [at, frame] of frames.entries()) {
      if (one.frame?.matcher?.id === "byIndex" && Number(number) !== at) continue;
      const find = (test) => (test ? frame.fields.find((field) => test(field, frame)) : undefined), numbers = numbersOf(frame), x = isX ? find(isX) : numbers[0], y = isY ? find(isY) : numbers.find((field) => field !== x);
      if (x && y) out.push({ name: one.name?.fixed || (typeof one.name === "string" && one.name) || y.displayName, frame, x, y, size: find(isSize), color: find(isColor) });
    }
  }
  return out;
}
