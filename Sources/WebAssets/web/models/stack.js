// Stacked columns for drawing.

/**
 * Sums columns on top of each other within their groups, negative series apart from positive ones.
 * `series`: [{ values, stack, percent }] where `stack` is a group name or null. Returns
 * { columns, below }: columns to draw, and for each the index of the column below it in its stack, or -1.
 */
export function stackColumns(series) {
  const columns = [], below = [];
  const groups = new Map();
  series.forEach(({ values, stack, hidden }, index) => {
    columns.push(values);
    below.push(-1);
    if (stack == null || hidden) return;
    const key = stack + (isNegative(values) ? "-" : "+");
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(index);
  });
  for (const members of groups.values()) {
    const length = series[members[0]].values.length;
    const percent = series[members[0]].percent;
    let totals = null;
    if (percent) {
      totals = new Float64Array(length);
      for (const member of members) series[member].values.forEach((value, index) => { totals[index] += value ?? 0; });
    }
    const sums = new Float64Array(length);
    members.forEach((member, place) => {
      columns[member] = Array.from(series[member].values, (value, index) => {
        if (value == null) return place === 0 || sums[index] === 0 ? value : sums[index];
        sums[index] += totals ? (totals[index] === 0 ? 0 : value / totals[index]) : value;
        return sums[index];
      });
      if (place > 0) below[member] = members[place - 1];
    });
  }
  return { columns, below };
}

function isNegative(values) {
  let negative = false;
  for (const value of values) {
    if (value > 0) return false;
    if (value < 0) negative = true;
  }
  return negative;
}
