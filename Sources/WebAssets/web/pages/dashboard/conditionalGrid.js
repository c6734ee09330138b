// Decides for a grid which rows and panels are shown, and asks on behalf of panels that their data hides.
import { perFrame } from "../../lib/events.js";
import { asksForData, isShown } from "../../models/conditions.js";

export class ConditionalGrid {
  /** Panels whose data is known: panel → whether there is any. */
  #data = new Map();
  #asking = new Set();

  constructor(grid) {
    const { runtime, scope } = grid, again = perFrame(() => { this.#read(runtime); grid.layout(); });
    this.isHidden = (panel, scoped) => Boolean(panel.conditionalRendering) && !isShown(panel.conditionalRendering, {
      values: (name) => this.#values(runtime, scoped, name), range: runtime.range, hasData: this.#hasData(runtime, panel) });
    for (const event of ["variables", "time"]) scope.add(runtime.on(event, again));
    scope.add(runtime.on("refresh", () => { this.#ask(runtime, again); }));
    scope.add(() => again.cancel());
    scope.add(runtime.on("loading", (busy) => { if (!busy) again(); }));
    // Results may have come before this.
    again();
  }

  #values(runtime, scoped, name) {
    if (scoped && Object.hasOwn(scoped, name)) return [String(scoped[name].value)];
    return runtime.variables.find(name) ? runtime.repeatValues(name).map(({ value }) => String(value)) : null;
  }

  /** A row has data when one of its panels has some. */
  #hasData(runtime, panel) {
    if (panel.type !== "row") return this.#data.get(panel) ?? null;
    const known = (panel.panels ?? []).map((one) => this.#data.get(one)).filter((one) => one !== undefined);
    return known.length ? known.some(Boolean) : null;
  }

  #read(runtime) {
    for (const { panel, result } of runtime.views) if (result && asksForData(panel.conditionalRendering)) this.#data.set(panel, result.frames.some(({ length }) => length > 0));
  }

  /** What is hidden as it has no data is not on the page: a query without a picture tells whether that has changed. */
  #ask(runtime, again) {
    for (const [panel, has] of this.#data) {
      if (has || this.#asking.has(panel) || [...runtime.views].some((view) => view.panel === panel)) continue;
      this.#asking.add(panel);
      runtime.request({ panel, scoped: {}, width: 500, ended: false, visible: false, begin() {}, abandon: () => this.#asking.delete(panel),
        take: ({ frames }) => { this.#asking.delete(panel); this.#data.set(panel, frames.some(({ length }) => length > 0)); again(); } });
    }
  }
}
