// A panel beside an earlier time: the same queries, their samples moved to the present.
import { parseDuration } from "./timeRange.js";

/** How far back a panel's `timeCompare` lies, in ms; 0 for none. */
export function compareDistance(text, { from, to }) {
  if (text === "__previousPeriod") return to - from;
  const distance = parseDuration(text);
  return distance > 0 ? distance : 0;
}

/** Frames of an earlier time, their times moved by `distance` (ms). */
export function moved(frames, distance) {
  return frames.map((frame) => ({ ...frame, refId: `${frame.refId ?? ""}-compare`, meta: { ...frame.meta, timeCompare: { diffMs: -distance, isTimeShiftQuery: true } },
    fields: frame.fields.map((field) => (field.type === "time" ? { ...field, values: field.values.map((time) => (time == null ? time : time + distance)) } : field)) }));
}

/**
 * A panel's work, as the runtime prepares it, and the same for the earlier time. Each carries `pair(work, result)`, which
 * returns the two results as one when both have come, before that null. Only drawings over time are compared.
 */
export function inPairs(work, text) {
  const { range, view: { panel } } = work, distance = ["timeseries", "graph"].includes(panel.type) ? compareDistance(text, range) : 0;
  if (!distance) return [work];
  const came = new Map();
  const earlier = { ...work, errors: [], range: { ...range, from: range.from - distance, to: range.to - distance } };
  work.pair = earlier.pair = (one, result) => {
    came.set(one, result);
    if (came.size < 2) return null;
    const now = came.get(work), then = came.get(earlier);
    return { ...now, frames: [...now.frames, ...moved(then.frames, distance)], errors: [...now.errors, ...then.errors.map((error) => ({ ...error, message: `${error.message} (comparison)` }))] };
  };
  return [work, earlier];
}
