// The one tooltip of all charts: rows are reused, so moving the mouse builds nothing.
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

const most = 40, rowHeight = 18;
let box = null, timeLine, list, more, below, links, owner = null, pinned = false;
const rows = [];
// The size that the rows were measured at, and what it holds for.
let size = { width: 0, height: 0, key: "", name: 0, value: 0 };

function build() {
  timeLine = h("div.tip-time");
  list = h("div");
  more = h("div.soft");
  below = h("div");
  links = h("div.tip-links", { hidden: true });
  box = h("div.chart-tip", { hidden: true, role: "tooltip" }, timeLine, list, more, below, links);
  document.addEventListener("pointerdown", (event) => { if (pinned && !box.contains(event.target)) hideTooltip(owner, true); });
  document.addEventListener("keydown", (event) => { if (pinned && event.key === "Escape") { event.stopPropagation(); hideTooltip(owner, true); } }, { capture: true });
  addEventListener("scroll", () => { if (!pinned) hideTooltip(owner); }, { capture: true, passive: true });
}

function rowAt(index) {
  if (rows[index]) return rows[index];
  const swatch = h("span.swatch"), name = h("span.name"), value = h("span.value");
  const element = h("div.tip-row", swatch, name, value);
  list.append(element);
  return (rows[index] = { element, swatch, name, value, color: "" });
}

/** Rows [{ numeric, … }] by a panel's tooltip settings: sorted, without zeros. */
export function arranged(rows, { sort, hideZeros } = {}) {
  const shown = hideZeros ? rows.filter(({ numeric }) => numeric !== 0) : rows;
  if (sort === "asc") shown.sort((a, b) => a.numeric - b.numeric);
  else if (sort === "desc") shown.sort((a, b) => b.numeric - a.numeric);
  return shown;
}

/**
 * Shows rows [{ name, color, value, near }] by the pointer. `by` owns the tooltip until it hides it.
 * `pin` keeps it open, with `actions` [{ text, href, target, run }] below, `picture` is an element between. `settings` are the panel's:
 * { maxWidth, maxHeight } (px).
 */
export function showTooltip(by, { clientX, clientY, title, entries, pin = false, actions = [], picture = null, settings = {} }) {
  if (!box) build();
  if (pinned && !pin) return;
  if (owner !== by) {
    size.key = "";
    box.style.maxWidth = settings.maxWidth > 0 ? `min(${Number(settings.maxWidth)}px, calc(100vw - 16px))` : "";
    box.style.maxHeight = settings.maxHeight > 0 ? `min(${Number(settings.maxHeight)}px, calc(100vh - 16px))` : "";
  }
  owner = by;
  pinned = pin;
  if (!box.isConnected) document.body.append(box);
  box.hidden = false;
  box.classList.toggle("pinned", pin);
  timeLine.textContent = title ?? "";
  timeLine.hidden = !title;
  // No more than fit into the 60 % of the window that the style grants; a pinned one scrolls.
  const limit = pin ? most : Math.min(most, Math.max(3, Math.floor(((settings.maxHeight > 0 ? Math.min(settings.maxHeight, innerHeight - 16) : innerHeight * .6) - 64) / rowHeight)));
  const count = Math.min(entries.length, limit);
  // The series under the pointer is always among those shown.
  const near = entries.findIndex((one) => one.near);
  if (near >= limit) entries = [...entries.slice(0, limit - 1), entries[near], ...entries.slice(limit - 1, near), ...entries.slice(near + 1)];
  let nameLength = 0, valueLength = 0;
  for (let at = 0; at < count; at++) {
    const row = rowAt(at), { name, color, value, near } = entries[at];
    if (row.element.hidden) row.element.hidden = false;
    if (row.text !== name) row.text = row.name.textContent = name;
    if (row.shown !== value) row.shown = row.value.textContent = value;
    nameLength = Math.max(nameLength, String(name).length);
    valueLength = Math.max(valueLength, String(value).length);
    if (row.color !== color) { row.color = color; row.swatch.style.setProperty("--swatch", color ?? "transparent"); }
    row.element.classList.toggle("near", Boolean(near));
  }
  for (let at = count; at < rows.length; at++) if (!rows[at].element.hidden) rows[at].element.hidden = true;
  more.textContent = entries.length > count ? `and ${entries.length - count} more` : "";
  if (picture !== below.firstChild) below.replaceChildren(...(picture ? [picture] : []));
  links.hidden = !pin || !actions.length;
  if (pin || links.firstChild) links.replaceChildren(...(pin ? actions.map((action) => (action.href ? h("a.link", { href: action.href, target: action.target, rel: "noopener" }, icon("external", 12), action.text) : h("button.link", { type: "button", onclick: () => { hideTooltip(by, true); action.run(); } }, action.text))) : []));
  // Laid out as a whole only when it may need another size; else each row by itself.
  const key = [count, pin, picture?.clientHeight, actions.length, more.textContent.length, title?.length].join();
  if (key !== size.key || nameLength > size.name || valueLength > size.value) {
    box.classList.remove("sized");
    box.style.width = "";
    size = { width: box.offsetWidth + 1, height: box.offsetHeight, key, name: nameLength, value: valueLength };
    box.style.width = size.width + "px";
    box.classList.add("sized");
  }
  const { width, height } = size, margin = 12;
  let left = clientX + margin, top = clientY + margin;
  if (left + width > innerWidth - 8) left = Math.max(8, clientX - width - margin);
  if (top + height > innerHeight - 8) top = Math.max(8, innerHeight - height - 8);
  box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

export function hideTooltip(by, force = false) {
  if (!box || (by !== owner && by) || (pinned && !force)) return;
  pinned = false;
  box.hidden = true;
  owner = null;
}
