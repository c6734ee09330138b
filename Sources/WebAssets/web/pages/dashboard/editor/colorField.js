// A button that shows a colour and opens the palette of named ones.
import { h, replace, setStyle } from "../../../lib/dom.js";
import { arrowKeys, popover } from "../../../lib/overlay.js";
import { loadStyle } from "../../../lib/styles.js";
import { hueNames, resolveColor } from "../../../models/colors.js";

await loadStyle("editor");

const named = [...hueNames, "text", "transparent"];

/** The palette by an element; `choose(color)` gets a name of ours, or what was written. */
export function openColors(anchor, { label, color, theme, choose }) {
  const box = h("div.color-grid", { role: "group", "aria-label": "Named colours" });
  const own = h("input.input", { value: color ?? "", placeholder: "#ff9900, rgb(…), orange", "aria-label": "Colour", spellcheck: "false", onchange: () => choose(own.value.trim()) });
  const handle = popover(anchor, h("div.color-box", box, own), { label });
  if (!handle) return;
  replace(box, named.map((one) => h("button.color-choice", { type: "button", "aria-label": one, "aria-pressed": String(one === color), style: { background: resolveColor(one, theme) }, onclick: () => { handle.close(); choose(one); } })));
  arrowKeys(box, ".color-choice");
  (box.querySelector("[aria-pressed=true]") ?? box.firstChild).focus({ focusVisible: false });
}

/** A button for a colour. `change(color)` gets a name of ours, or what was written: hex, rgb(), a CSS name. */
export function colorButton(label, color, change, theme) {
  const swatch = h("span.color-swatch"), name = h("span.cut");
  const button = h("button.button.outline.small.color-button", { type: "button", "aria-haspopup": "dialog", onclick: () => openColors(button, { label, color, theme, choose }) }, swatch, name);
  function draw() {
    setStyle(swatch, { background: color ? resolveColor(color, theme) : "" });
    name.textContent = color || "None";
    button.setAttribute("aria-label", `${label}: ${color || "none"}`);
  }
  function choose(next) {
    color = next;
    draw();
    change(next);
  }
  draw();
  return button;
}
