// Steps of range queries, as the dashboard API defines them.

const bounds = [[10, 1], [15, 10], [35, 20], [75, 50], [150, 100], [350, 200], [750, 500], [1500, 1e3], [3500, 2e3], [7500, 5e3], [12500, 10e3], [17500, 15e3], [25e3, 20e3],
  [45e3, 30e3], [90e3, 60e3], [210e3, 120e3], [450e3, 300e3], [750e3, 600e3], [1050e3, 900e3], [1500e3, 1200e3], [2700e3, 1800e3], [5400e3, 3600e3], [9000e3, 7200e3],
  [16200e3, 10800e3], [32400e3, 21600e3], [86400e3, 43200e3], [604800e3, 86400e3], [1814400e3, 604800e3], [3628800e3, 2592000e3]];

/** A span rounded to a step that people would choose, in ms. */
export function roundInterval(ms) {
  for (const [bound, result] of bounds) if (ms < bound) return result;
  return 31536000e3;
}

/** What a panel asks for: the range over its points, but not under the lowest interval. */
export const panelInterval = (rangeMs, maxDataPoints, lowest) => Math.max(roundInterval(rangeMs / Math.max(1, maxDataPoints)), lowest);
