// The one tooltip of all charts: rows are reused, so moving the mouse builds nothing.
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

const limit = 40;
let box = null, timeLine, list, more, links, owner = null, pinned = false;
const rows = [];

function build() {
  timeLine = h("div.tip-time");
  list = h("div");
  more = h("div.soft");
  links = h("div.tip-links", { hidden: true });
  box = h("div.chart-tip", { hidden: true, role: "tooltip" }, timeLine, list, more, links);
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

/**
 * Shows rows [{ name, color, value, near }] by the pointer. `by` owns the tooltip until it hides it.
 * `pin` keeps it open, with `actions` [{ text, href, target, run }] below.
 */
export function showTooltip(by, { clientX, clientY, title, entries, pin = false, actions = [] }) {
  if (!box) build();
  if (pinned && !pin) return;
  owner = by;
  pinned = pin;
  if (!box.isConnected) document.body.append(box);
  box.hidden = false;
  box.classList.toggle("pinned", pin);
  timeLine.textContent = title ?? "";
  timeLine.hidden = !title;
  const count = Math.min(entries.length, limit);
  for (let at = 0; at < count; at++) {
    const row = rowAt(at), { name, color, value, near } = entries[at];
    row.element.hidden = false;
    if (row.name.textContent !== name) row.name.textContent = name;
    row.value.textContent = value;
    if (row.color !== color) { row.color = color; row.swatch.style.setProperty("--swatch", color ?? "transparent"); }
    row.element.classList.toggle("near", Boolean(near));
  }
  for (let at = count; at < rows.length; at++) rows[at].element.hidden = true;
  more.textContent = entries.length > count ? `and ${entries.length - count} more` : "";
  links.hidden = !pin || !actions.length;
  links.replaceChildren(...(pin ? actions.map((action) => (action.href ? h("a.link", { href: action.href, target: action.target, rel: "noopener" }, icon("external", 12), action.text) : h("button.link", { type: "button", onclick: () => { hideTooltip(by, true); action.run(); } }, action.text))) : []));
  const { offsetWidth: width, offsetHeight: height } = box, margin = 12;
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
