// Table: columns with their formats and cell kinds; only the rows in sight exist.
import { h, replace, setStyle } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { menu, popover } from "../lib/overlay.js";
import { perFrame } from "../lib/events.js";
import { displayText } from "../models/fieldConfig.js";
import { inkOn, legible, mix, resolveColor, withAlpha } from "../models/colors.js";
import { colorByName } from "../models/palette.js";
import { keepsUnit, reduceValues, reducerName } from "../models/reduce.js";
import { barBackground, lamps } from "./bargauge.js";
import { linksOf } from "./links.js";
import { textWidth, wrappedLines } from "./layout.js";
import { safeURL } from "../pages/dashboard/panelView.js";

export const colorMode = "thresholds";
const heights = { sm: 36, md: 42, lg: 48 };
// Rows of what a finger can touch; the style's file for touch has the same condition.
const touched = matchMedia("(max-width: 768px), (pointer: coarse)");
const oldKinds = { "color-background-solid": { type: "color-background", mode: "basic" }, "gradient-gauge": { type: "gauge", mode: "gradient" }, "lcd-gauge": { type: "gauge", mode: "lcd" }, "basic": { type: "gauge", mode: "basic" } };

export function mount(element, view) {
  const scroller = h("div.grid-table", { role: "table", tabindex: "0" }), footer = h("div.grid-foot", { hidden: true });
  const root = h("div.table-panel", scroller, footer);
  element.append(root);
  let current = null, chosenFrame = 0, sort = null, columns = [], rows = [], onPage = [], page = 0, rowHeight = 36, body = null, first = -1, tops = null, markdown = null;
  const filters = new Map(), widths = new Map();
  const observer = new ResizeObserver(perFrame(() => draw()));
  observer.observe(root);
  scroller.addEventListener("scroll", perFrame(() => drawRows()), { passive: true });

  function draw() {
    if (!current || !root.clientWidth) return;
    const { frames, options } = current;
    const usable = frames.filter((frame) => frame.fields.length > 0);
    const at = Math.min(chosenFrame || options.frameIndex || 0, Math.max(0, usable.length - 1)), frame = usable[at];
    if (!frame) { replace(scroller, h("div.panel-state", h("p", "No data"))); return; }
    rowHeight = Math.max(heights[options.cellHeight] ?? 36, touched.matches ? 40 : 0);
    columns = frame.fields.filter((field) => !field.config.custom?.hidden && !field.config.custom?.hideFrom?.viz).map((field) => column(field, frame));
    if (!markdown && columns.some(({ kind }) => kind.type === "markdown")) import("./markdown.js").then((module) => { ({ markdown } = module); draw(); }, () => {});
    layout();
    let edge = 0;
    columns.forEach((one, at) => { one.stuck = at < (Number(options.frozenColumns?.left) || 0) ? edge : null; edge += one.width; });
    rows = order(frame, options);
    const body0 = scroller.scrollTop, left = scroller.scrollLeft;
    body = h("div.grid-body", { role: "rowgroup" });
    const total = columns.reduce((sum, one) => sum + one.width, 0);
    replace(scroller, options.showHeader === false ? null : head(frame), body, summary(frame, options));
    for (const part of scroller.children) part.style.width = Math.max(total, 0) + "px";
    first = -1;
    const isPaged = options.enablePagination ?? options.footer?.enablePagination ?? false;
    footer.hidden = usable.length < 2 && !isPaged;
    replace(footer);
    showPage(isPaged);
    scroller.scrollTop = body0;
    scroller.scrollLeft = left;
    drawRows();
    if (usable.length > 1) {
      const select = h("select.select.small", { "aria-label": "Table", onchange: () => { chosenFrame = Number(select.value); draw(); } }, usable.map((one, index) => h("option", { value: String(index), selected: index === at }, frameName(one, index))));
      footer.prepend(select);
    }
  }
  /** Takes the rows of the page, as many as fit, and offers the others. */
  function showPage(isPaged) {
    onPage = rows;
    if (isPaged) {
      const turn = (label, image, by) => h("button.button.plain.square.small", { type: "button", "aria-label": label, onclick: () => { page += by; draw(); footer.querySelector(`[aria-label="${label}"]:not(:disabled)`)?.focus(); } }, icon(image));
      const before = turn("Previous page", "left", -1), after = turn("Next page", "right", 1), status = h("span", { role: "status" }, "No rows");
      // Before the room is measured: the footer takes its part of it.
      footer.append(h("span.grid-pages", before, status, after));
      const taken = [...scroller.children].reduce((height, part) => height + (part === body ? 0 : part.offsetHeight), 0);
      const size = Math.max(1, Math.floor((scroller.clientHeight - taken) / rowHeight)), last = Math.max(0, Math.ceil(rows.length / size) - 1);
      page = Math.min(page, last);
      onPage = rows.slice(page * size, (page + 1) * size);
      before.disabled = page === 0;
      after.disabled = page === last;
      if (rows.length) status.textContent = `${page * size + 1} – ${page * size + onPage.length} of ${rows.length} rows`;
    }
    tops = rowTops();
    body.style.height = topOf(onPage.length) + "px";
  }
  /** Where each row of the page begins, and where the last one ends; null where all are equally high. */
  function rowTops() {
    const wrapping = columns.filter(({ wraps }) => wraps);
    if (!wrapping.length) return null;
    const widthOf = (text) => textWidth(text, 13), most = Number(current.options.maxRowHeight) > 0 ? Math.max(rowHeight, Number(current.options.maxRowHeight)) : 600, out = [0];
    for (const row of onPage) {
      const lines = Math.max(...wrapping.map(({ field, width }) => wrappedLines(displayText(field.display(field.values[row])), width - 17, widthOf)));
      out.push(out[out.length - 1] + Math.min(most, Math.max(rowHeight, rowHeight - 20 + lines * 20)));
    }
    return out;
  }
  const topOf = (at) => (tops ? tops[at] : at * rowHeight);
  /** The row at a height of the body. */
  function rowAt(height) {
    if (!tops) return Math.floor(height / rowHeight);
    let low = 0, high = tops.length - 1;
    while (low < high) { const middle = (low + high + 1) >> 1; if (tops[middle] <= height) low = middle; else high = middle - 1; }
    return low;
  }
  const frameName = (frame, index) => frame.fields.find((field) => field.type === "number")?.displayName ?? frame.name ?? frame.refId ?? String(index + 1);

  function column(field, frame) {
    const custom = field.config.custom ?? {};
    let kind = custom.cellOptions ?? (custom.displayMode ? oldKinds[custom.displayMode] ?? { type: custom.displayMode } : { type: "auto" });
    if (Object.hasOwn(oldKinds, kind.type)) kind = oldKinds[kind.type];
    const align = custom.align && custom.align !== "auto" ? custom.align : field.type === "number" ? "right" : "left";
    return { field, frame, kind, align, wraps: Boolean(custom.wrapText ?? kind.wrapText), wrapsHeader: Boolean(custom.wrapHeaderText), fixed: Number(custom.width) > 0 ? Number(custom.width) : widths.get(field.displayName), minimum: Number(custom.minWidth) > 0 ? Number(custom.minWidth) : 100, width: 0 };
  }

  function layout() {
    const room = scroller.clientWidth - (scroller.offsetWidth - scroller.clientWidth ? 0 : 0);
    let rest = room, open = columns.filter((one) => { if (one.fixed) { one.width = one.fixed; rest -= one.fixed; } return !one.fixed; });
    for (const one of open) {
      let longest = one.field.displayName.length * 7.2 + 40;
      const step = Math.max(1, Math.floor(one.field.values.length / 50));
      for (let at = 0; at < one.field.values.length; at += step) longest = Math.max(longest, Math.min(60, displayText(one.field.display(one.field.values[at])).length) * 7.4 + 24);
      one.natural = Math.max(one.minimum, one.kind.type === "gauge" ? 180 : longest);
    }
    const natural = open.reduce((sum, one) => sum + one.natural, 0), spare = Math.max(0, rest - natural);
    for (const one of open) one.width = Math.floor(one.natural + spare * (one.natural / (natural || 1)));
  }

  function order(frame, options) {
    let indices = Array.from({ length: frame.length }, (_, at) => at);
    for (const [name, wanted] of filters) {
      const field = frame.fields.find((one) => one.displayName === name);
      if (field && wanted.size) indices = indices.filter((row) => wanted.has(displayText(field.display(field.values[row]))));
    }
    const keys = sort ? [sort] : options.sortBy ?? [];
    for (const { displayName, desc } of [...keys].reverse()) {
      const field = frame.fields.find((one) => one.displayName === displayName || one.name === displayName);
      if (!field) continue;
      const { values } = field, factor = desc ? -1 : 1;
      indices.sort((a, b) => { const x = values[a], y = values[b]; if (x == null || y == null) return x == null ? (y == null ? 0 : 1) : -1; return (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true })) * factor; });
    }
    return indices;
  }

  function head() {
    return h("div.grid-row.grid-head", { role: "row" }, columns.map((one) => {
      const name = one.field.displayName, sorted = (sort ? [sort] : current.options.sortBy ?? []).find((key) => key.displayName === name);
      const filter = one.field.config.custom?.filterable && h("button.grid-filter", { type: "button", "aria-label": "Filter " + name, class: filters.get(name)?.size ? "on" : "", onclick: (event) => openFilter(event.currentTarget, one) }, icon("filter", 12));
      return h("div.grid-cell", { role: "columnheader", "aria-sort": sorted ? (sorted.desc ? "descending" : "ascending") : null, class: `${one.align}${one.stuck == null ? "" : " stuck"}`, style: { width: one.width + "px", left: one.stuck == null ? "" : one.stuck + "px" } },
        h(one.wrapsHeader ? "button.wraps" : "button.cut", { type: "button", title: one.field.config.description ?? name, onclick: () => { sort = !sorted ? { displayName: name, desc: false } : !sorted.desc ? { displayName: name, desc: true } : { displayName: null }; draw(); } }, name, sorted ? (sorted.desc ? " ↓" : " ↑") : ""), filter,
        h("span.grid-grip", { onpointerdown: (event) => resize(event, one) }));
    }));
  }
  function resize(event, one) {
    event.preventDefault();
    const startX = event.clientX, width = one.width, move = (next) => { widths.set(one.field.displayName, Math.max(40, width + next.clientX - startX)); draw(); };
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
  }
  function openFilter(anchor, one) {
    const name = one.field.displayName, texts = [...new Set(one.field.values.map((value) => displayText(one.field.display(value))))].slice(0, 500), wanted = new Set(filters.get(name) ?? []);
    const handle = popover(anchor, h("div.filter-box", h("div.filter-list", texts.map((text) => h("label.check", h("input", { type: "checkbox", checked: wanted.has(text), onchange: (event) => { if (event.target.checked) wanted.add(text); else wanted.delete(text); } }), text || "(empty)"))),
      h("div.row", h("button.button.small.primary", { type: "button", onclick: () => { filters.set(name, wanted); handle.close(); draw(); } }, "Apply"), h("button.button.small", { type: "button", onclick: () => { filters.delete(name); handle.close(); draw(); } }, "Clear"))), { label: "Filter" });
  }

  function drawRows() {
    if (!body) return;
    const from = Math.max(0, rowAt(scroller.scrollTop) - 4), to = Math.min(onPage.length, rowAt(scroller.scrollTop + scroller.clientHeight) + 5);
    if (from === first && body.dataset.to === String(to)) return;
    first = from;
    body.dataset.to = to;
    const fragment = document.createDocumentFragment();
    for (let at = from; at < to; at++) fragment.append(line(onPage[at], at));
    body.replaceChildren(fragment);
  }
  function line(row, at) {
    const element = h("div.grid-row", { role: "row", style: { transform: `translateY(${topOf(at)}px)`, height: topOf(at + 1) - topOf(at) + "px" } });
    const whole = columns.find((one) => one.kind.type === "color-background" && one.kind.applyToRow);
    if (whole) { const { color } = whole.field.display(whole.field.values[row]); setStyle(element, { background: color, color: inkOn(color) }); }
    for (const one of columns) element.append(cell(one, row, Boolean(whole)));
    return element;
  }
  function cell(one, row, painted) {
    const { field, frame, kind } = one, value = field.values[row], shown = field.display(value), text = displayText(shown);
    const box = h("div.grid-cell", { role: "cell", class: `${one.align}${one.wraps ? " wraps" : ""}${one.stuck == null ? "" : " stuck"}`, style: { width: one.width + "px", left: one.stuck == null ? "" : one.stuck + "px" } });
    const links = linksOf(field, frame, value, null, view, row);
    let content = text;
    switch (kind.type) {
      case "color-text": box.style.color = legible(shown.color, current.theme); break;
      case "color-background": if (!painted && text !== "") setStyle(box, { background: kind.mode === "basic" ? shown.color : `linear-gradient(120deg, ${mix(shown.color, "#000000", .15)}, ${shown.color})`, color: inkOn(shown.color) }); break;
      case "gauge": {
        if (!Number.isFinite(shown.numeric)) break;
        const share = shown.percent, track = h("span.cell-track", { class: kind.mode ?? "gradient" });
        if (kind.mode === "lcd") track.append(...lamps(field, share, Math.max(4, Math.floor((one.width - 80) / 10)), current.theme));
        else track.append(setStyle(h("span.bar-fill", { class: kind.mode ?? "gradient" }), { width: (share * 100).toFixed(1) + "%", background: barBackground(field, shown, share, kind.mode ?? "gradient", "90deg", current.theme) }));
        box.classList.add("with-gauge");
        content = [track, kind.valueDisplayMode === "hidden" ? null : h("span.cell-value", { style: { color: kind.valueDisplayMode === "text" ? "" : legible(shown.color, current.theme) } }, text)];
        break;
      }
      case "sparkline": content = Array.isArray(value?.values ?? value) || value?.fields ? sparkline(value, shown.color ?? field.color ?? "#73BF69", one.width, rowHeight) : text; break;
      case "image": content = value ? h("img", { src: safeURL(String(value)), alt: kind.alt ?? "", title: kind.title || null, loading: "lazy", style: { maxHeight: rowHeight - 6 + "px" } }) : ""; break;
      case "markdown": content = markdown ? h("div.cell-markdown", markdown(String(value ?? ""))) : text; break;
      case "json-view": content = h("code.cut", typeof value === "string" ? value : JSON.stringify(value)); break;
      case "pill": content = pills(value).map((part) => { const own = field.display(part), color = own.mapped && own.color ? own.color : resolveColor(colorByName(part), current.theme); return h("span.badge", { style: { background: color, color: inkOn(color) } }, own.mapped ? displayText(own) : part); }); break;
      case "data-links": if (links.length) return append2(box, links.map((link) => h("a.link", { href: link.href, target: link.target }, link.text))); break;
      default: if (typeof value === "object" && value !== null && Array.isArray(value.values)) content = sparkline(value, field.color ?? "#73BF69", one.width, rowHeight); break;
    }
    if (links.length > 1 && content === text) content = h("button.link", { type: "button", "aria-haspopup": "menu", onclick: (event) => menu(event.currentTarget, links.map((link) => ({ ...link, icon: "external" }))) }, text);
    else if (links.length && content === text) content = h("a.link", { href: links[0].href, target: links[0].target, rel: "noopener", title: links[0].text }, text);
    append2(box, content);
    if (text.length > 12 && content === text) box.title = text;
    if (field.config.custom?.inspect) box.append(h("button.cell-inspect", { type: "button", "aria-label": "Inspect value", onclick: (event) => popover(event.currentTarget, h("pre.code", typeof value === "object" ? JSON.stringify(value, null, 2) : String(value)), { label: "Value" }) }, icon("eye", 12)));
    return box;
  }
  const append2 = (box, content) => { box.append(...[content].flat().filter((part) => part != null)); return box; };

  /** The reducers below a column: those of the panel's footer, else the column's own. */
  function footerOf({ field }, { footer: wanted }) {
    if (!wanted?.show) return field.config.custom?.footer?.reducers ?? [];
    const only = [wanted.fields].flat().filter(Boolean);
    return field.type === "number" && (!only.length || only.includes(field.displayName) || only.includes(field.name)) ? (wanted.reducer?.length ? wanted.reducer : ["sum"]) : [];
  }
  /** Rows below the table, one for each reducer of any column; the first column names it. */
  function summary(frame, options) {
    const wanted = columns.map((one) => footerOf(one, options)), countRows = options.footer?.show && options.footer.countRows && (options.footer.reducer?.[0] ?? "count") === "count";
    const ids = countRows ? ["count"] : [...new Set(wanted.flat())];
    if (!ids.length) return null;
    const value = (one, id) => {
      const { field } = one, result = reduceValues(rows.map((row) => field.values[row]), id);
      return keepsUnit(id) && !Array.isArray(result) ? displayText(field.display(result)) : result == null ? "" : id === "diffperc" ? (result * 100).toFixed(1) + "%" : [result].flat().join(", ");
    };
    return h("div.grid-summary", { role: "rowgroup" }, ids.map((id) => h("div.grid-row", { role: "row" }, columns.map((one, index) => {
      const text = countRows ? (index ? "" : String(rows.length)) : wanted[index].includes(id) ? value(one, id) : "";
      return h("div.grid-cell", { role: "cell", class: index ? one.align : "left", style: { width: one.width + "px" }, title: text }, index ? h("span.cut", text) : [h("span.soft", reducerName(id)), h("span.cut", text)]);
    }))));
  }

  return { update(input) { current = input; draw(); }, resize: draw, destroy() { observer.disconnect(); root.remove(); } };
}

/** The parts of a cell of pills: an array, its JSON, or a text with commas. */
function pills(value) {
  if (typeof value === "string" && value.trim().startsWith("[")) try { value = JSON.parse(value); } catch { /* A text like any other. */ }
  return (Array.isArray(value) ? value.map(String) : String(value ?? "").split(",")).map((part) => part.trim()).filter(Boolean);
}

/** A small line in a cell. `value`: { values } or a frame. */
function sparkline(value, color, width, height) {
  const numbers = (value.values ?? value.fields?.find((field) => field.type === "number")?.values ?? value).filter((one) => Number.isFinite(one));
  const canvas = h("canvas"), ratio = devicePixelRatio || 1, w = Math.max(20, width - 20), tall = height - 10;
  canvas.width = w * ratio;
  canvas.height = tall * ratio;
  setStyle(canvas, { width: w + "px", height: tall + "px" });
  const context = canvas.getContext("2d"), low = Math.min(...numbers), high = Math.max(...numbers);
  context.scale(ratio, ratio);
  context.strokeStyle = color;
  context.fillStyle = withAlpha(color, .15);
  context.beginPath();
  numbers.forEach((one, at) => { const x = (at / Math.max(1, numbers.length - 1)) * w, y = tall - 1 - ((one - low) / (high - low || 1)) * (tall - 2); if (at) context.lineTo(x, y); else context.moveTo(x, y); });
  context.stroke();
  context.lineTo(w, tall);
  context.lineTo(0, tall);
  context.fill();
  return canvas;
}
