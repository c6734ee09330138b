// A line of a few points, for small pictures beside a value.

/** The path of a line through `values` (null: a gap) in width x height px; "" where there is nothing to draw. */
export function sparkPath(values, width, height, most = 80) {
  let low = Infinity, high = -Infinity;
  for (const value of values) if (Number.isFinite(value)) { if (value < low) low = value; if (value > high) high = value; }
  if (low > high || values.length < 2) return "";
  const every = Math.max(1, Math.ceil(values.length / most)), last = values.length - 1;
  let path = "", open = false;
  for (let at = 0; at <= last; at = at < last ? Math.min(last, at + every) : last + 1) {
    const value = values[at];
    if (!Number.isFinite(value)) { open = false; continue; }
    const y = high > low ? height - ((value - low) / (high - low)) * height : height / 2;
    path += `${open ? "L" : "M"}${((at / last) * width).toFixed(1)} ${y.toFixed(1)}`;
    open = true;
  }
  return path;
}
