// Spans of equal states for the state timeline.
import { timeField } from "./frames.js";

/**
 * [{ name, field, spans: [{ from, to, value }] }]; with `merge` equal neighbours become one span, nulls end it. A field's
 * `spanNulls` (true or ms) lets a value hold over nulls, `insertNulls` (ms) ends it where the next sample is further away.
 */
export function stateRows(frames, { merge = true, end = Infinity } = {}) {
  const out = [];
  for (const frame of frames) {
    const time = timeField(frame);
    if (!time) continue;
    const step = time.config?.interval ?? (time.values.length > 1 ? time.values[time.values.length - 1] - time.values[time.values.length - 2] : 60e3);
    for (const field of frame.fields) {
      if (field === time || field.config?.custom?.hideFrom?.viz) continue;
      const spans = [], { spanNulls, insertNulls } = field.config?.custom ?? {}, longest = Number(insertNulls) || (time.config?.interval ? step * 1.5 : Infinity);
      field.values.forEach((value, row) => {
        if (value == null) return;
        let after = row + 1;
        if (spanNulls) while (after < field.values.length && field.values[after] == null) after++;
        const from = time.values[row], next = time.values[after], bridged = after > row + 1 && (spanNulls === true || next - from <= Number(spanNulls)), last = spans[spans.length - 1];
        const to = Math.min(end, next === undefined ? from + step : bridged ? next : after > row + 1 ? time.values[row + 1] : next - from > longest && spanNulls !== true ? from + step : next);
        if (merge && last && last.value === value && last.to >= from) last.to = to;
        else spans.push({ from, to, value });
      });
      out.push({ name: field.displayName ?? field.name, field, frame, spans });
    }
  }
  return out;
}
