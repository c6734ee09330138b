// What can be pointed at below a chart: a mark for each annotation, which tells what it is.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { popover } from "../lib/overlay.js";
import { formatDate } from "../models/dateFormat.js";
import { sanitized } from "./sanitize.js";
import { hideTooltip, showTooltip } from "./tooltip.js";

const touched = matchMedia("(max-width: 768px), (pointer: coarse)");

/** Makes marks in `element`, the chart's box. update(events, chart, timeZone): events [{ id, time, end, color, title, text, tags, name }]. */
export function createMarks(element, view) {
  const root = h("div.annotation-marks");
  element.append(root);
  let drawn = "";
  return {
    update(events, chart, timeZone) {
      const box = chart.plotBox, own = element.getBoundingClientRect();
      if (!box) return replace(root);
      const room = touched.matches ? 40 : 10, groups = [];
      for (const event of [...events].sort((a, b) => a.time - b.time)) {
        const x = box.left - own.left + Math.max(0, chart.placeOf(event.time));
        if (x < box.left - own.left - 1 || x > box.right - own.left + 1) continue;
        const last = groups[groups.length - 1];
        if (last && x - last.x < room) last.events.push(event); else groups.push({ x, events: [event] });
      }
      const top = box.bottom - own.top, key = JSON.stringify([groups, top, timeZone]);
      if (key === drawn) return;
      drawn = key;
      // Marks that stay keep the focus.
      while (root.children.length > groups.length) root.lastChild.remove();
      groups.forEach(({ x, events: members }, at) => {
        const mark = root.children[at] ?? root.appendChild(h("button.annotation-mark", { type: "button", "aria-haspopup": "dialog", onclick: () => open(mark, timeZone), onpointerenter: (event) => hint(mark, event, timeZone), onpointerleave: () => hideTooltip(view) }));
        mark.events = members;
        mark.style.left = x + "px";
        mark.style.top = top + "px";
        mark.setAttribute("aria-label", `Annotation: ${members.map((one) => plain(one.title || one.text) || one.name).join(", ").slice(0, 200)}`);
      });
    },
    destroy() { root.remove(); },
  };

  function hint(mark, event, timeZone) {
    showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: spanText(mark.events[0], timeZone), entries: mark.events.map((one) => ({ name: plain([one.title, one.text].filter(Boolean).join(" ")) || one.name, color: one.color, value: (one.tags ?? []).join(", ") })) });
  }
  function open(mark, timeZone) {
    hideTooltip(view, true);
    const { actions } = view;
    const handle = popover(mark, h("div.annotation-box", mark.events.slice(0, 20).map((one) => h("section.stack", h("div.row", h("span.swatch", { style: { "--swatch": one.color } }), h("span.small.soft.grow", spanText(one, timeZone)),
      one.id && actions.annotate ? [h("button.button.plain.square.small", { type: "button", "aria-label": "Edit annotation", onclick: () => { handle.close(); actions.annotate(view, one, mark); } }, icon("edit")),
        h("button.button.plain.square.small", { type: "button", "aria-label": "Delete annotation", onclick: () => { handle.close(); actions.removeAnnotation(one); } }, icon("trash"))] : null),
    one.title ? h("strong", plain(one.title)) : null, one.text ? h("div", sanitized(String(one.text))) : null, one.tags?.length ? h("div.row.wrap", one.tags.map((tag) => h("span.badge", tag))) : null, h("div.small.soft", one.name)))), { label: "Annotations" });
  }
}

const spanText = ({ time, end }, timeZone) => [time, ...(end > time ? [end] : [])].map((one) => formatDate(one, "YYYY-MM-DD HH:mm:ss", timeZone)).join(" – ");
/** The text alone of what may have markup. */
const plain = (text) => (/[<&]/.test(text ?? "") ? sanitized(String(text)).textContent : String(text ?? "")).trim();
