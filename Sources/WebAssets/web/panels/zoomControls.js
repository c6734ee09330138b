// Moving and enlarging a drawing: by dragging, by the wheel with Ctrl, and by buttons.
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

/**
 * Adds the buttons to `root` and listens on `surface`. `handlers`: move(dx, dy) in px, zoom(factor, x, y) around a place of the
 * surface, fit(). Returns { moved } that tells whether the last press was a drag.
 */
export function zoomControls(root, surface, { move, zoom, fit }) {
  const middle = () => [surface.clientWidth / 2, surface.clientHeight / 2];
  const button = (image, label, run) => h("button.button.square.small", { type: "button", "aria-label": label, onclick: run }, icon(image, 14));
  root.append(h("div.zoom-buttons", button("plus", "Larger", () => zoom(1.4, ...middle())), button("minus", "Smaller", () => zoom(1 / 1.4, ...middle())), button("monitor", "Show all", fit)));
  const state = { moved: false };
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    let { clientX: x, clientY: y } = event, far = 0;
    state.moved = false;
    const drag = (next) => {
      far += Math.abs(next.clientX - x) + Math.abs(next.clientY - y);
      if (far > 4) state.moved = true;
      if (state.moved) move(next.clientX - x, next.clientY - y);
      ({ clientX: x, clientY: y } = next);
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", () => removeEventListener("pointermove", drag), { once: true });
  });
  surface.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = surface.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  return state;
}
