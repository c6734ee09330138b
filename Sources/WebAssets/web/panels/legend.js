// Legends as lists or tables, below or beside a chart.
import { h, replace } from "../lib/dom.js";
import { displayText } from "../models/fieldConfig.js";
import { keepsUnit, reduceValues } from "../models/reduce.js";
import { formatTick } from "../models/units.js";

/**
 * Makes a legend in `element`. `handlers`: onToggle(name, add), onHover(name | null), onColor(item, element) where a swatch opens the colours. update({ items, mode, columns,
 * sortBy, sortDesc }): items [{ name, color, hidden, values: [{ text, numeric }] }], columns the headings of values.
 */
export function createLegend(element, handlers = {}) {
  let state = null, sort = null;
  const root = h("div.legend", { class: handlers.onColor ? "has-colors" : "" });
  element.append(root);
  root.addEventListener("click", (event) => {
    const heading = event.target.closest?.("[data-column]");
    if (heading) return sortBy(Number(heading.dataset.column));
    const entry = event.target.closest?.("[data-index]");
    // A mouse can hit the swatch; the editor's overrides do the same for all others.
    if (entry && handlers.onColor && event.target.closest(".swatch") && event.pointerType !== "touch") return handlers.onColor(state.items[Number(entry.dataset.index)], entry);
    if (entry) handlers.onToggle?.(state.items[Number(entry.dataset.index)].name, event.ctrlKey || event.metaKey || event.shiftKey);
  });
  root.addEventListener("pointerover", (event) => { const entry = event.target.closest?.("[data-index]"); handlers.onHover?.(entry ? state.items[Number(entry.dataset.index)]?.name : null); });
  root.addEventListener("pointerleave", () => handlers.onHover?.(null));

  function sortBy(column) {
    if (sort?.column === column) sort = sort.desc ? { column, desc: false } : { column: null };
    else sort = { column, desc: true };
    draw();
  }
  function ordered() {
    const entries = state.items.map((item, index) => ({ item, index }));
    const wanted = String(state.sortBy ?? "").toLowerCase(), at = state.columns.findIndex((column) => column.toLowerCase() === wanted);
    const chosen = sort ?? { column: at >= 0 ? at : wanted === "name" ? -1 : null, desc: state.sortDesc };
    if (chosen.column == null) return { entries, chosen: { column: null } };
    const key = ({ item }) => (chosen.column === -1 ? item.name : item.values[chosen.column]?.numeric ?? -Infinity);
    entries.sort((a, b) => { const first = key(a), second = key(b); return typeof first === "string" ? first.localeCompare(second) : (Number.isNaN(first) ? -Infinity : first) - (Number.isNaN(second) ? -Infinity : second); });
    if (chosen.desc) entries.reverse();
    return { entries, chosen };
  }
  function draw() {
    const { mode, columns } = state, { entries, chosen } = ordered();
    root.classList.toggle("as-table", mode === "table");
    root.classList.toggle("as-list", mode !== "table");
    const button = (item, index) => h("button.legend-name", { type: "button", dataset: { index }, "aria-pressed": String(!item.hidden), title: item.name }, h("span.swatch", { style: { "--swatch": item.color } }), h("span.cut", item.name));
    if (mode !== "table") {
      replace(root, entries.map(({ item, index }) => h("span.legend-item", { class: item.hidden ? "off" : "" }, button(item, index), item.values.map((value, at) => h("span.legend-value", columns[at] + ": ", value.text)))));
      return;
    }
    const heading = (text, column) => h("th", { scope: "col", "aria-sort": chosen.column === column ? (chosen.desc ? "descending" : "ascending") : null }, h("button", { type: "button", dataset: { column } }, text, chosen.column === column ? (chosen.desc ? " ▾" : " ▴") : ""));
    replace(root, h("table", h("thead", h("tr", heading("Name", -1), columns.map(heading))),
      h("tbody", entries.map(({ item, index }) => h("tr", { class: item.hidden ? "off" : "" }, h("td", button(item, index)), item.values.map((value) => h("td.number", value.text)))))));
  }
  return {
    root,
    update(next) {
      const same = state && JSON.stringify(next) === JSON.stringify(state);
      state = next;
      if (!same) draw();
    },
  };
}

/** What a legend tells of a field by its panel's settings { calcs, decimals }: [{ text, numeric }]. */
export const legendValues = (field, { calcs = [], decimals }) => calcs.map((calc) => legendValue(field, calc, decimals));

function legendValue(field, calc, decimals) {
  const value = reduceValues(field.values, calc);
  if (!keepsUnit(calc)) return { text: value == null ? "" : calc === "diffperc" ? (value * 100).toFixed(1) + "%" : String(value), numeric: Number(value) };
  return { text: withDecimals(field, value, decimals) ?? displayText(field.display(value)), numeric: value ?? NaN };
}

/** The text with the legend's own decimals, where the panel has some and the field none. */
export function withDecimals(field, value, decimals) {
  if (decimals == null || field.config.decimals != null || value == null || field.config.mappings?.length) return null;
  return formatTick(value, field.config.unit, Number(decimals));
}
