// Panels of a type that is not known here: named, their JSON untouched.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

export const drawsEmpty = true;
export function mount(element) {
  const root = h("div.panel-state.unknown");
  element.append(root);
  return {
    update({ panel }) { replace(root, icon("dashboards", 24), h("p", `Panels of type “${panel.type || "unknown"}” are not supported`), h("p.small.soft", "Its settings are kept as they are.")); },
    destroy() { root.remove(); },
  };
}
