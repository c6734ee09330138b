// The grid of panels: places views, watches which are in sight, opens and closes rows, moves and resizes.
import { h, replace } from "../../lib/dom.js";
import { perFrame } from "../../lib/events.js";
import { icon } from "../../lib/icons.js";
import { toast } from "../../lib/overlay.js";
import { allPanels, cellHeight, columns, expand, fittingLine, gap, moveItem, pixelHeight, toggleRow, totalHeight } from "../../models/grid.js";
import { PanelView } from "./panelView.js";

const narrow = matchMedia("(max-width: 768px)");

export class GridView {
  #views = new Map();
  #rows = new Map();
  #rowState = new Map();
  items = [];
  /** What decides about rows and panels that are shown under conditions; null where there are none. */
  conditions = null;
  /** Whether all panels are to be in sight at once, whatever their heights. */
  fits = false;
  #line = cellHeight + gap;

  constructor(runtime, scope, actions) {
    Object.assign(this, { runtime, scope, actions });
    this.element = h("div.grid");
    // One screen ahead is prepared; the rest waits.
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#viewOf.get(target)?.setVisible(isIntersecting);
    }, { rootMargin: "150px 0px" });
    scope.add(() => { this.observer.disconnect(); for (const view of this.#views.values()) view.destroy(); this.#views.clear(); });
    scope.on(narrow, "change", () => this.layout());
    scope.on(window, "resize", perFrame(() => { if (this.fits) this.layout(); }));
  }

  #viewOf = new WeakMap();

  /** Builds or moves everything after the dashboard, its variables or its rows changed. */
  layout() {
    const { runtime } = this;
    if (!this.conditions && allPanels(runtime.dashboard.panels).some((panel) => panel.conditionalRendering)) {
      import("./conditionalGrid.js").then(({ ConditionalGrid }) => { if (!this.conditions) { this.conditions = new ConditionalGrid(this); this.layout(); } });
    }
    this.items = expand(runtime.dashboard.panels, (name) => runtime.repeatValues(name), (row, key) => this.#rowState.get(key) ?? row.collapsed, this.conditions?.isHidden);
    const seen = new Set(this.items.map(({ key }) => key)), single = narrow.matches, focused = document.activeElement;
    this.element.classList.toggle("single", single);
    this.#line = this.fits ? fittingLine(totalHeight(this.items), innerHeight - Math.max(0, this.element.getBoundingClientRect().top) - 2 * gap) : cellHeight + gap;
    for (const [key, view] of this.#views) if (!seen.has(key)) { this.observer.unobserve(view.element); view.destroy(); this.#views.delete(key); }
    for (const [key, row] of this.#rows) if (!seen.has(key)) { row.remove(); this.#rows.delete(key); }
    // In the order in which they are read, so that the Tab key goes that way.
    let next = this.element.firstChild;
    for (const item of this.items) {
      const element = item.isRow ? this.#row(item) : this.#view(item).element;
      this.#place(element, item, single);
      if (element === next) next = next.nextSibling; else this.element.insertBefore(element, next);
    }
    if (focused !== document.activeElement && this.element.contains(focused)) focused.focus({ preventScroll: true });
    this.element.style.height = single ? "" : Math.max(0, pixelHeight(totalHeight(this.items), this.#line)) + "px";
  }

  get views() { return this.#views; }

  #place(element, { x, y, w, h: height }, single) {
    if (single) {
      element.style.cssText = "";
      element.style.height = pixelHeight(height) + "px";
      return;
    }
    const share = (cells) => `${((cells / columns) * 100).toFixed(4)}%`;
    element.style.left = `calc(${share(x)} + ${(gap * x / columns).toFixed(3)}px)`;
    element.style.width = `calc(${share(w)} - ${(gap - gap * w / columns).toFixed(3)}px)`;
    element.style.top = y * this.#line + "px";
    element.style.height = pixelHeight(height, this.#line) + "px";
  }

  #view(item) {
    let view = this.#views.get(item.key);
    if (view) {
      const changed = view.panel !== item.panel, scopedChanged = JSON.stringify(view.scoped) !== JSON.stringify(item.scoped);
      view.scoped = item.scoped;
      if (changed) view.setPanel(item.panel, { query: JSON.stringify([view.panel.targets, view.panel.datasource, view.panel.type]) !== JSON.stringify([item.panel.targets, item.panel.datasource, item.panel.type]) });
      else if (scopedChanged) view.setPanel(item.panel);
      view.item = item;
      return view;
    }
    view = new PanelView(this.runtime, item, this.actions);
    view.item = item;
    view.element.classList.add("grid-item");
    if (this.actions.canEdit && !item.clone) this.#movable(view);
    this.#views.set(item.key, view);
    this.#viewOf.set(view.element, view);
    this.observer.observe(view.element);
    return view;
  }

  #row(item) {
    let row = this.#rows.get(item.key);
    if (!row) {
      row = h("div.grid-item.grid-row-title");
      this.#rows.set(item.key, row);
    }
    const title = this.runtime.replace(String(item.panel.title ?? ""), item.scoped, "text"), key = item.key.replace(/^row-/, "");
    const menuButton = this.actions.rowMenu && !item.key.includes("-row-") ? h("button.button.plain.square.small.row-menu", { type: "button", "aria-label": "Row menu", onclick: () => this.actions.rowMenu(menuButton, item.panel) }, icon("more")) : null;
    replace(row, h("button.row-toggle", { type: "button", "aria-expanded": String(!item.collapsed), onclick: () => this.toggle(item, key) }, icon(item.collapsed ? "right" : "down"), h("span.cut", title || "Row"), item.collapsed ? h("span.soft.small", ` (${item.count} panel${item.count === 1 ? "" : "s"})`) : null), menuButton);
    row.classList.toggle("collapsed", item.collapsed);
    return row;
  }

  /** Opens or closes a row; repeated ones only on screen. */
  toggle(item, key) {
    if (item.panel.repeat || this.runtime.local) this.#rowState.set(key, !item.collapsed);
    else {
      this.runtime.dashboard.panels = toggleRow(this.runtime.dashboard.panels, item.panel);
      this.#rowState.delete(key);
    }
    this.layout();
  }

  setAllRows(collapsed) {
    for (const item of this.items.filter((one) => one.isRow)) if (item.collapsed !== collapsed) {
      const now = this.items.find((one) => one.key === item.key);
      if (now) this.toggle(now, item.key.replace(/^row-/, ""));
    }
  }

  #movable(view) {
    const grip = h("span.resize-grip", { "aria-hidden": "true" });
    view.element.append(grip);
    grip.addEventListener("pointerdown", (event) => this.#drag(event, view, true));
    view.header.addEventListener("pointerdown", (event) => { if (!event.target.closest("button, a")) this.#drag(event, view, false); });
  }

  #drag(event, view, resizing) {
    if (event.button !== 0 || event.pointerType === "touch" || !this.canMove) return;
    event.preventDefault();
    const start = { x: event.clientX, y: event.clientY }, cell = (this.element.clientWidth + gap) / columns, line = this.#line;
    let change = null;
    const move = (next) => {
      if (!change && Math.abs(next.clientX - start.x) + Math.abs(next.clientY - start.y) < 6) return;
      change ??= this.#change(view);
      change.by(Math.round((next.clientX - start.x) / cell), Math.round((next.clientY - start.y) / line), resizing);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => { removeEventListener("pointermove", move); change?.end(true); }, { once: true });
  }

  get canMove() { return !narrow.matches && Boolean(this.actions.canMove?.()); }

  /** Arrow keys move a panel, with Shift its lower right corner, until Enter or until the focus leaves; Escape puts it back. */
  moveByKeys(view) {
    if (!this.canMove) return;
    const { element } = view, change = this.#change(view), scope = this.scope.child();
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const offset = { false: [0, 0], true: [0, 0] };
    const end = (keep) => { scope.end(); change.end(keep); };
    scope.on(element, "keydown", (event) => {
      const step = by[event.key];
      if (step) {
        const sum = offset[event.shiftKey];
        sum[0] += step[0];
        sum[1] += step[1];
        change.by(...sum, event.shiftKey, offset[!event.shiftKey]);
        element.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" || event.key === "Escape") end(event.key === "Enter");
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    element.focus();
    scope.on(element, "focusout", () => end(true));
    toast("info", "Arrow keys move the panel, with Shift they resize it. Enter keeps it there, Escape puts it back.");
  }

  /** A panel on its way to another place or size; the others make room. */
  #change(view) {
    const before = { ...view.item };
    let moved = null, items = this.items;
    view.element.classList.add("moving");
    return {
      by: (dx, dy, resizing, [otherX, otherY] = [0, 0]) => {
        const [x, y, w, h] = resizing ? [otherX, otherY, dx, dy] : [dx, dy, otherX, otherY];
        const target = { key: view.key, x: before.x + x, y: before.y + y, w: Math.max(1, before.w + w), h: Math.max(2, before.h + h) };
        if (moved && JSON.stringify(moved) === JSON.stringify(target)) return;
        moved = target;
        items = moveItem(this.items, target);
        for (const item of items) { const element = this.#views.get(item.key)?.element ?? this.#rows.get(item.key); if (element) this.#place(element, item, false); }
        this.element.style.height = pixelHeight(totalHeight(items), this.#line) + "px";
      },
      end: (keep) => {
        view.element.classList.remove("moving");
        if (!moved) return;
        if (keep) for (const item of items) if (!item.clone) item.panel.gridPos = { ...item.panel.gridPos, x: Math.round(item.x), y: item.y, w: Math.round(item.panel.repeat && item.panel.repeatDirection !== "v" ? item.panel.gridPos?.w ?? item.w : item.w), h: item.h };
        this.layout();
        if (keep) this.actions.changed?.();
      },
    };
  }
}
