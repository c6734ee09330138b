// Spans of equal states for the state timeline.
import { timeField } from "./frames.js";

/** [{ name, field, spans: [{ from, to, value }] }]; with `merge` equal neighbours become one span, nulls end it. */
export function stateRows(frames, { merge = true, end = Infinity } = {}) {
  const out = [];
  for (const frame of frames) {
    const time = timeField(frame);
    if (!time) continue;
    const step = time.config?.interval ?? (time.values.length > 1 ? time.values[time.values.length - 1] - time.values[time.values.length - 2] : 60e3);
    for (const field of frame.fields) {
      if (field === time || field.config?.custom?.hideFrom?.viz) continue;
      const spans = [];
      field.values.forEach((value, row) => {
        const from = time.values[row], next = time.values[row + 1], to = Math.min(end, next === undefined ? from + step : next - from > step * 1.5 && time.config?.interval ? from + step : next), last = spans[spans.length - 1];
        if (value == null) return;
        if (merge && last && last.value === value && last.to >= from) last.to = to;
        else spans.push({ from, to, value });
      });
      out.push({ name: field.displayName ?? field.name, field, frame, spans });
    }
  }
  return out;
}
