// Counts of values in equal buckets.

/** { size, buckets: [{ low, high, counts: [per column] }] } of columns of numbers. */
export function histogramBuckets(columns, { bucketSize, bucketOffset = 0, bucketCount = 30 } = {}) {
  const numbers = columns.map((values) => values.filter((value) => Number.isFinite(value))), all = numbers.flat();
  if (!all.length) return { size: 1, buckets: [] };
  let low = Infinity, high = -Infinity;
  for (const value of all) { if (value < low) low = value; if (value > high) high = value; }
  let size = Number(bucketSize) > 0 ? Number(bucketSize) : 0;
  if (!size) {
    const raw = (high - low || Math.abs(high) || 1) / Math.max(1, bucketCount || 30), base = 10 ** Math.floor(Math.log10(raw));
    size = base * ([1, 2, 2.5, 5, 10].find((factor) => factor * base >= raw * .999) ?? 10);
  }
  const first = Math.floor((low - bucketOffset) / size), count = Math.min(1000, Math.floor((high - bucketOffset) / size) - first + 1);
  const buckets = Array.from({ length: count }, (_, at) => ({ low: Number(((first + at) * size + bucketOffset).toPrecision(12)), high: Number(((first + at + 1) * size + bucketOffset).toPrecision(12)), counts: new Array(columns.length).fill(0) }));
  numbers.forEach((values, column) => { for (const value of values) { const at = Math.floor((value - bucketOffset) / size) - first; if (buckets[at]) buckets[at].counts[column]++; } });
  return { size, buckets };
}
