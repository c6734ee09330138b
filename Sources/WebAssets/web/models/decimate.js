// Fewer points than pixels show the same line.

/**
 * Keeps per bucket each series' smallest and largest value, in their order, when there are more than
 * `limit` times. Columns stay aligned: every bucket becomes two times, its first and its last.
 * Returns { times, columns }, the same arrays when nothing was to do. Null (a gap) survives in a bucket
 * without values.
 */
export function decimate(times, columns, limit) {
  const length = times.length;
  if (length <= limit || limit < 4) return { times, columns };
  const buckets = Math.floor(limit / 2), size = length / buckets;
  const outTimes = new Array(buckets * 2);
  const bounds = new Int32Array(buckets + 1);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor(bucket * size), end = Math.min(length, Math.floor((bucket + 1) * size));
    bounds[bucket] = start;
    outTimes[2 * bucket] = times[start];
    outTimes[2 * bucket + 1] = times[Math.max(start, end - 1)];
    if (outTimes[2 * bucket + 1] === outTimes[2 * bucket]) outTimes[2 * bucket + 1] += 1e-3;
  }
  bounds[buckets] = length;
  const outColumns = columns.map((column) => {
    const out = new Array(buckets * 2);
    for (let bucket = 0; bucket < buckets; bucket++) {
      let low = -1, high = -1, gap = false;
      for (let index = bounds[bucket]; index < bounds[bucket + 1]; index++) {
        const value = column[index];
        if (value == null) { gap ||= value === null; continue; }
        if (low < 0 || value < column[low]) low = index;
        if (high < 0 || value > column[high]) high = index;
      }
      const empty = gap ? null : undefined;
      out[2 * bucket] = low < 0 ? empty : column[Math.min(low, high)];
      out[2 * bucket + 1] = low < 0 ? empty : column[Math.max(low, high)];
    }
    return out;
  });
  return { times: outTimes, columns: outColumns };
}

/** The index of the sorted array's value nearest to `target`; -1 when it is empty. */
export function nearestIndex(sorted, target) {
  let low = 0, high = sorted.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < target) low = middle; else high = middle;
  }
  return target - sorted[low] <= sorted[high] - target ? low : high;
}
