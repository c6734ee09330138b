// Which exemplars a chart shows.

/** The highest in each of `count` equal parts of the range, as many lie on one another; in their order of time. */
export function chosenExemplars(list, { from, to }, count) {
  const size = (to - from) / count, best = new Map();
  for (const one of list) {
    if (!Number.isFinite(one.value) || one.time < from || one.time > to) continue;
    const part = Math.min(count - 1, Math.floor((one.time - from) / size));
    if (!best.has(part) || best.get(part).value < one.value) best.set(part, one);
  }
  return [...best.values()].sort((a, b) => a.time - b.time);
}
