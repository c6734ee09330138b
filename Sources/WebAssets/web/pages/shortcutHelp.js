import { h } from "../lib/dom.js";
import { dialog } from "../lib/overlay.js";

const groups = [
  ["Anywhere", [["g h", "Home"], ["g d", "Dashboards"], ["g e", "Explore"], ["g a", "Alert rules"], ["g p", "Profile"], ["ctrl+k", "Search"], ["c t", "Dark or light"], ["?", "This list"]]],
  ["Time range", [["t z", "Zoom out"], ["t ←", "Earlier"], ["t →", "Later"], ["t a", "Make absolute"], ["t c", "Copy range"], ["t v", "Paste range"]]],
  ["Dashboard", [["ctrl+s", "Save"], ["d r", "Refresh"], ["d s", "Settings"], ["d k", "Kiosk mode"], ["d a", "Fit all panels into the window"], ["d E", "Expand all rows"], ["d C", "Collapse all rows"], ["d l", "Show or hide legends"], ["ctrl+o", "Shared crosshair"], ["escape", "Leave view, editor or kiosk"]]],
  ["Panel under the pointer", [["v", "View"], ["e", "Edit"], ["i", "Inspect"], ["p s", "Share"], ["p x", "Explore"], ["p m", "Move or resize"], ["p d", "Duplicate"], ["p l", "Legend"], ["p r", "Remove"]]],
];

export function openShortcuts() {
  if (document.querySelector(".dialog")) return;
  dialog("Keyboard shortcuts", () => ({ content: h("div.shortcut-grid", groups.map(([title, keys]) => h("section", h("h5", title), h("dl", keys.map(([key, text]) => h("div", h("dt", key.split(" ").map((part) => h("kbd", part))), h("dd", text))))))) }), { wide: true });
}
