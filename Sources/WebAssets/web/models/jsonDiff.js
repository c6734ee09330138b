// Line difference of two JSON documents.

const sortKeys = (value) => (Array.isArray(value) ? value.map(sortKeys) : value && typeof value === "object" ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sortKeys(value[key])])) : value);
export const canonical = (value) => JSON.stringify(sortKeys(value), null, 2);

/** [{ kind: " " | "-" | "+" | "…", text }] with `context` equal lines around each change. */
export function diffLines(before, after, context = 3) {
  const a = canonical(before).split("\n"), b = canonical(after).split("\n");
  let start = 0, endA = a.length, endB = b.length;
  while (start < endA && start < endB && a[start] === b[start]) start++;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) { endA--; endB--; }
  const middle = lcs(a.slice(start, endA), b.slice(start, endB));
  const lines = [...a.slice(0, start).map((text) => ({ kind: " ", text })), ...middle, ...a.slice(endA).map((text) => ({ kind: " ", text }))];
  const keep = new Uint8Array(lines.length);
  lines.forEach(({ kind }, at) => { if (kind !== " ") for (let near = Math.max(0, at - context); near <= Math.min(lines.length - 1, at + context); near++) keep[near] = 1; });
  const out = [];
  lines.forEach((line, at) => { if (keep[at]) out.push(line); else if (out.length && out[out.length - 1].kind !== "…") out.push({ kind: "…", text: "" }); });
  if (out.length && out[out.length - 1].kind === "…") out.pop();
  return out;
}

function lcs(a, b) {
  // Very different documents are shown whole, not compared line by line.
  if (a.length * b.length > 4e6) return [...a.map((text) => ({ kind: "-", text })), ...b.map((text) => ({ kind: "+", text }))];
  const width = b.length + 1, table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
  const out = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push({ kind: " ", text: a[i] }); i++; j++; } else if (j >= b.length || (i < a.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) out.push({ kind: "-", text: a[i++] });
    else out.push({ kind: "+", text: b[j++] });
  }
  return out;
}
