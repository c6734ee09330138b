// The dashboard's grid: 24 columns; rows, repeats, compaction.

export const columns = 24, cellHeight = 30, gap = 8;

/** Pixels of a height in cells. */
export const pixelHeight = (h, line = cellHeight + gap) => h * line - gap;

/** Pixels from one line to the next so that so many lines take the room, also where that is more than they need. */
export const fittingLine = (lines, room) => Math.max(gap + 6, Math.floor((room + gap) / Math.max(1, lines)));

const position = (panel) => {
  const { x = 0, y = 0, w = 6, h = 3 } = panel.gridPos ?? {};
  const whole = (value, fallback, low, high) => Math.min(high, Math.max(low, Number.isFinite(Number(value)) ? Math.round(Number(value)) : fallback));
  const width = whole(w, 6, 1, columns);
  return { x: whole(x, 0, 0, columns - width), y: whole(y, 0, 0, 1e6), w: width, h: whole(h, 3, 1, 1000) };
};

/** Sections of a dashboard: [{ row (panel or null), panels }] in order; a collapsed row's panels are its own. */
export function sections(panels) {
  const sorted = [...(panels ?? [])].filter((panel) => panel && typeof panel === "object").sort((a, b) => {
    const first = position(a), second = position(b);
    return first.y - second.y || first.x - second.x || (a.type === "row" ? -1 : b.type === "row" ? 1 : 0);
  });
  const out = [{ row: null, panels: [] }];
  for (const panel of sorted) {
    if (panel.type === "row") out.push({ row: panel, panels: panel.collapsed ? panel.panels ?? [] : [] });
    else if (!out[out.length - 1].row?.collapsed) out[out.length - 1].panels.push(panel);
    else out.push({ row: null, panels: [panel] });
  }
  return out[0].panels.length ? out : out.slice(1);
}

/**
 * What to show: items { key, panel, x, y, w, h, scoped, row, isRow, collapsed, count } from top to bottom. `values(name)`
 * gives the chosen values of a variable ([{ text, value }]) for repeats; `isCollapsed(row, key)` tells the state of a row,
 * `isHidden(panel, scoped)` what is left out.
 */
export function expand(panels, values = () => [], isCollapsed = (row) => row.collapsed, isHidden = () => false) {
  const items = [];
  let top = 0;
  for (const section of sections(panels)) {
    const repeats = section.row?.repeat ? values(section.row.repeat) : null;
    for (const [number, value] of (repeats?.length ? repeats : [null]).entries()) {
      const scoped = value ? { [section.row.repeat]: value } : {};
      const suffix = value && number > 0 ? `-row-${number}` : "";
      if (section.row && isHidden(section.row, scoped)) continue;
      let base = section.row ? position(section.row).y + 1 : 0;
      if (section.row) {
        const key = section.row.id + suffix, collapsed = Boolean(isCollapsed(section.row, key));
        items.push({ key: "row-" + key, panel: section.row, x: 0, y: top, w: columns, h: 1, scoped, isRow: true, collapsed, count: section.panels.length });
        top += 1;
        if (collapsed) continue;
      }
      const first = section.panels.length ? Math.min(...section.panels.map((panel) => position(panel).y)) : 0;
      if (!section.row || section.row.collapsed || first < base) base = Math.min(first, section.row ? base : first);
      if (section.row?.collapsed) base = first;
      const placed = placeSection(section.panels.filter((panel) => !isHidden(panel, scoped)), values, scoped, suffix);
      let end = top;
      for (const item of placed) {
        item.y = item.y - base + top;
        item.row = section.row;
        end = Math.max(end, item.y + item.h);
        items.push(item);
      }
      top = end;
    }
  }
  return compact(items);
}

function placeSection(panels, values, scoped, suffix) {
  const out = [];
  const sorted = [...panels].sort((a, b) => position(a).y - position(b).y || position(a).x - position(b).x);
  let shift = 0;
  for (const panel of sorted) {
    const grid = position(panel);
    const repeats = panel.repeat ? values(panel.repeat) : null;
    if (!repeats?.length) {
      out.push({ key: panel.id + suffix, panel, ...grid, y: grid.y + shift, scoped });
      continue;
    }
    const vertical = panel.repeatDirection === "v";
    const width = vertical ? grid.w : Math.max(columns / repeats.length, columns / (panel.maxPerRow || 4));
    let x = vertical ? grid.x : 0, y = grid.y + shift;
    const start = y;
    repeats.forEach((value, number) => {
      if (!vertical && x + width > columns + 1e-9) { x = 0; y += grid.h; }
      if (vertical && number > 0) y += grid.h;
      out.push({ key: panel.id + suffix + (number ? `-clone-${number}` : ""), panel, x, y, w: width, h: grid.h, scoped: { ...scoped, [panel.repeat]: value }, clone: number > 0 });
      if (!vertical) x += width;
    });
    shift += y - start;
  }
  return out;
}

const overlaps = (a, b) => a.x < b.x + b.w - 1e-9 && b.x < a.x + a.w - 1e-9 && a.y < b.y + b.h && b.y < a.y + a.h;

/** Moves items up as far as they go, in order; rows hold what is above them. Mutates and returns the list. */
export function compact(items) {
  const sorted = [...items].sort((a, b) => a.y - b.y || a.x - b.x);
  const heights = new Float64Array(columns * 2);
  const slots = (item) => [Math.max(0, Math.floor(item.x * 2 + 1e-6)), Math.min(columns * 2, Math.ceil((item.x + item.w) * 2 - 1e-6))];
  for (const item of sorted) {
    const [from, to] = slots(item);
    let top = 0;
    for (let slot = from; slot < to; slot++) top = Math.max(top, heights[slot]);
    item.y = top;
    for (let slot = from; slot < to; slot++) heights[slot] = top + item.h;
  }
  return sorted;
}

/** Moves or resizes one item ({ key, x, y, w, h }): others that it covers are pushed down, then all compacted. */
export function moveItem(items, moved) {
  const next = items.map((item) => ({ ...item, ...(item.key === moved.key ? moved : {}) }));
  const chosen = next.find((item) => item.key === moved.key);
  chosen.w = Math.min(columns, Math.max(1, chosen.w));
  chosen.h = Math.max(1, chosen.h);
  chosen.x = Math.min(columns - chosen.w, Math.max(0, chosen.x));
  chosen.y = Math.max(0, chosen.y);
  const settle = (item, depth) => {
    if (depth > 500) return;
    for (const other of next) {
      if (other === item || other === chosen || !overlaps(item, other)) continue;
      other.y = item.y + item.h;
      settle(other, depth + 1);
    }
  };
  settle(chosen, 0);
  return compact(next);
}

/** Height of all items in cells. */
export const totalHeight = (items) => items.reduce((height, item) => Math.max(height, item.y + item.h), 0);

/** A dashboard's panels with a row opened or closed: children move between it and the top level. */
export function toggleRow(panels, row) {
  if (row.collapsed) {
    const children = row.panels ?? [];
    const { panels: _, ...open } = row;
    const rowY = position(row).y;
    const first = children.length ? Math.min(...children.map((child) => position(child).y)) : 0;
    const moved = children.map((child) => ({ ...child, gridPos: { ...position(child), y: position(child).y - first + rowY + 1 } }));
    const height = moved.reduce((most, child) => Math.max(most, child.gridPos.y + child.gridPos.h - rowY - 1), 0);
    return panels.flatMap((panel) => {
      if (panel === row) return [{ ...open, collapsed: false, panels: [] }, ...moved];
      if (position(panel).y > rowY) return [{ ...panel, gridPos: { ...position(panel), y: position(panel).y + height } }];
      return [panel];
    });
  }
  const section = sections(panels).find((one) => one.row === row);
  const children = new Set(section?.panels ?? []);
  const height = [...children].reduce((most, child) => Math.max(most, position(child).y + position(child).h - position(row).y - 1), 0);
  return panels.filter((panel) => !children.has(panel)).map((panel) => {
    if (panel === row) return { ...row, collapsed: true, panels: [...children] };
    if (position(panel).y > position(row).y) return { ...panel, gridPos: { ...position(panel), y: Math.max(position(row).y + 1, position(panel).y - height) } };
    return panel;
  });
}

/** All panels, also those in collapsed rows. */
export function allPanels(panels) {
  const out = [];
  for (const panel of panels ?? []) {
    if (!panel || typeof panel !== "object") continue;
    out.push(panel);
    if (panel.type === "row" && Array.isArray(panel.panels)) out.push(...panel.panels.filter((child) => child && typeof child === "object"));
  }
  return out;
}
