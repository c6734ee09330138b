// What a legend leaves visible: a click shows one series alone, with Ctrl or Shift each is switched by itself.
import { legendChoice } from "../models/fieldConfig.js";

/** The choice of a view's legend, kept in its panel: it goes along when the dashboard is saved. `changed()` draws anew. */
export function createChoice(view, changed) {
  const shown = new Set();
  let saved = "";
  return {
    hides: (name) => shown.size > 0 && !shown.has(name),
    /** What was saved holds until a click; a refresh does not bring it back. */
    take(fieldConfig) {
      const names = legendChoice(fieldConfig);
      if (saved === (saved = JSON.stringify(names))) return;
      shown.clear();
      for (const name of names ?? []) shown.add(name);
    },
    /** A click on one of the names `all`. */
    async toggle(name, add, all) {
      if (add) {
        if (!shown.size) for (const other of all) shown.add(other);
        if (!shown.delete(name)) shown.add(name);
        if (all.every((one) => shown.has(one))) shown.clear();
      } else if (shown.size === 1 && shown.has(name)) shown.clear();
      else { shown.clear(); shown.add(name); }
      changed();
      const { keepChoice } = await import("../models/seriesOverride.js");
      saved = keepChoice(view.panel, shown.size ? [...shown] : null);
    },
  };
}
