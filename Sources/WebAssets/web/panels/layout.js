// Tiles in a box: how many columns give the largest tiles of a good shape.

/** Columns and rows for `count` tiles in width x height. `orientation`: "auto", "horizontal" (rows) or "vertical" (columns). */
export function tileGrid(count, width, height, orientation = "auto", aspect = 2.2) {
  if (count <= 1) return { columns: 1, rows: 1 };
  if (orientation === "vertical") return { columns: count, rows: 1 };
  if (orientation === "horizontal") return { columns: 1, rows: count };
  let best = { columns: 1, rows: count }, score = -1;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns), tileWidth = width / columns, tileHeight = height / rows;
    const size = Math.min(tileWidth, tileHeight * aspect) * (1 - (columns * rows - count) * .02);
    if (size > score) { score = size; best = { columns, rows }; }
  }
  return best;
}

/**
 * The grid of tiles as `tileGrid`, none smaller than `minWidth` x `minHeight` (px; 0: no least size): { columns, rows, width, height }
 * with the size of one tile without the gaps. It may be larger than the box.
 */
export function sizedGrid(count, width, height, { orientation, aspect, gap = 0, minWidth = 0, minHeight = 0 }) {
  let { columns, rows } = tileGrid(count, width, height, orientation === "horizontal" || orientation === "vertical" ? orientation : "auto", aspect);
  const most = Math.max(1, Math.floor((width + gap) / (minWidth + gap || 1)));
  if (minWidth > 0 && columns > most && orientation !== "vertical") { columns = most; rows = Math.ceil(count / columns); }
  return { columns, rows, width: Math.max(minWidth, Math.floor((width - gap * (columns - 1)) / columns)), height: Math.max(minHeight, Math.floor((height - gap * (rows - 1)) / rows)) };
}

/** How many lines a text takes in a width (px) when it breaks between words, or within one that is too long. `widthOf(text)` measures. */
export function wrappedLines(text, width, widthOf) {
  let lines = 0;
  for (const paragraph of String(text).split("\n")) {
    let used = 0;
    lines++;
    for (const word of paragraph.match(/\S+\s*/g) ?? []) {
      const size = widthOf(word.trimEnd());
      if (used > 0 && used + size > width) { lines++; used = 0; }
      if (size > width) lines += Math.ceil(size / width) - 1;
      used = size > width ? size % width : used + widthOf(word);
    }
  }
  return lines;
}

let measure = null;
const family = 'Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif';

/** The width (px) of a text. */
export function textWidth(text, size, weight = 400) {
  measure ??= document.createElement("canvas").getContext("2d");
  measure.font = `${weight} ${size}px ${family}`;
  return measure.measureText(text).width;
}

/** The largest font size (px) at which a text fits into width x height. */
export function fitText(text, width, height, { max = 200, min = 8, weight = 500, lineHeight = 1.2 } = {}) {
  const size = Math.min((width / Math.max(1, textWidth(text, 100, weight))) * 100, height / lineHeight, max);
  return Math.max(min, Math.floor(size));
}
