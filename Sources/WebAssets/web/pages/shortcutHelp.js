import { h } from "../lib/dom.js";
import { dialog } from "../lib/overlay.js";

// Keys joined by " / " do the same.
const groups = [
  ["Anywhere", [["g h", "Home"], ["g d", "Dashboards"], ["g e", "Explore"], ["g a", "Alert rules"], ["g p", "Profile"], ["ctrl+k", "Search"], ["c t", "Dark or light"], ["?", "This list"]]],
  ["Time range", [["t z / t - / ctrl+z", "Zoom out"], ["t +", "Zoom in"], ["t ←", "Earlier"], ["t →", "Later"], ["t a", "Make absolute"], ["t c", "Copy range"], ["t v", "Paste range"]]],
  ["Dashboard", [["ctrl+s", "Save"], ["d r", "Refresh"], ["d s", "Settings"], ["d k / d v", "Kiosk mode"], ["d a", "Fit all panels into the window"], ["d E", "Expand all rows"], ["d C", "Collapse all rows"], ["d l", "Show or hide legends"], ["d x", "Show or hide exemplars"], ["ctrl+o", "Shared crosshair"], ["p v", "Paste panel"], ["escape", "Leave view, editor or kiosk"]]],
  ["Panel under the pointer", [["v", "View"], ["e", "Edit"], ["i", "Inspect"], ["p s / p e", "Share or embed"], ["p u", "Copy its link"], ["p x", "Explore"], ["p m", "Move or resize"], ["p d", "Duplicate"], ["p c", "Copy"], ["p l", "Legend"], ["ctrl+click", "Write an annotation; with ctrl+drag for a region"], ["shift+drag", "Zoom the y axis; a double click shows it whole"], ["p r", "Remove"]]],
];

export function openShortcuts() {
  if (document.querySelector(".dialog")) return;
  dialog("Keyboard shortcuts", () => ({ content: h("div.shortcut-grid", groups.map(([title, keys]) => h("section", h("h5", title), h("dl", keys.map(([key, text]) => h("div", h("dt", key.split(" ").map((part) => (part === "/" ? " / " : h("kbd", part)))), h("dd", text))))))) }), { wide: true });
}
