// Popovers, menus, dialogs, drawers, toasts and hints.
import { append, h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { Scope } from "./events.js";

/** Places a fixed element under (or above) an anchor's rectangle, inside the window. */
export function place(element, rect, align = "start") {
  const { offsetWidth: width, offsetHeight: height } = element, margin = 8;
  let left = align === "end" ? rect.right - width : rect.left, top = rect.bottom + 4;
  if (top + height > innerHeight - margin && rect.top - 4 - height > margin) top = rect.top - 4 - height;
  left = Math.max(margin, Math.min(left, innerWidth - width - margin));
  top = Math.max(margin, Math.min(top, innerHeight - height - margin));
  element.style.left = left + "px";
  element.style.top = top + "px";
}

let openPopover = null;

/**
 * Shows `content` by an anchor (element or rectangle) until it is closed, Escape, or a click elsewhere.
 * Returns { element, close, scope }. A second click on the same anchor closes it.
 */
export function popover(anchor, content, { align = "start", className = "", onClose, label } = {}) {
  const same = openPopover?.anchor === anchor;
  openPopover?.close();
  if (same) return null;
  const scope = new Scope();
  const isElement = anchor instanceof Element, before = document.activeElement;
  const element = h("div.popover", { class: className, role: "dialog", "aria-label": label ?? (isElement ? anchor.getAttribute("aria-label") : null), tabindex: "-1" });
  append(element, content);
  document.body.append(element);
  scope.on(element, "keydown", (event) => keepFocus(event, element));
  // Whoever opened it moves the focus to a part of it; else it goes to the whole, so that the keyboard can go on from there.
  queueMicrotask(() => { if (!scope.ended && !element.contains(document.activeElement)) element.focus({ preventScroll: true }); });
  const reposition = () => place(element, isElement ? anchor.getBoundingClientRect() : anchor, align);
  reposition();
  if (isElement) anchor.setAttribute("aria-expanded", "true");
  const handle = { anchor, element, scope, reposition, close() {
    if (scope.ended) return;
    scope.end();
    element.remove();
    if (openPopover === handle) openPopover = null;
    if (isElement) { anchor.setAttribute("aria-expanded", "false"); }
    if (document.activeElement === document.body) (isElement && anchor.isConnected ? anchor : before)?.focus?.({ preventScroll: true });
    onClose?.();
  } };
  openPopover = handle;
  scope.on(document, "pointerdown", (event) => { if (!element.contains(event.target) && !(isElement && anchor.contains(event.target))) handle.close(); }, { capture: true });
  scope.on(document, "keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); handle.close(); } }, { capture: true });
  scope.on(window, "resize", reposition);
  scope.on(window, "popstate", () => handle.close());
  return handle;
}

export const closePopover = () => openPopover?.close();

/** Moves focus through the items of a list with the arrow keys. */
export function arrowKeys(element, selector = ".menu-item") {
  element.addEventListener("keydown", (event) => {
    const items = [...element.querySelectorAll(selector)].filter((item) => !item.disabled);
    if (!items.length || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement);
    const to = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : event.key === "ArrowDown" ? (at + 1) % items.length : (at - 1 + items.length) % items.length;
    items[to].focus();
  });
}

/**
 * Shows a menu. Items: { text, icon, hint, run, href, checked, danger, disabled, items (a submenu shown in place) },
 * null or "-" for a line, { title } for a heading. An item with `toggle` leaves the menu open; it returns whether it is
 * chosen now. Long menus have a field to search in.
 */
export function menu(anchor, items, options = {}) {
  const list = h("div.menu", { role: "menu" });
  const search = items.length > 15 ? h("input.input.menu-search", { type: "search", placeholder: "Search", "aria-label": "Search the menu", spellcheck: "false" }) : null;
  const handle = popover(anchor, search ? h("div.options", search, list) : list, options);
  if (!handle) return null;
  const fill = (entries, back) => replace(list,
    back && h("button.menu-item", { type: "button", role: "menuitem", onclick: back }, icon("left"), "Back"),
    entries.filter((entry) => entry !== undefined && entry !== false).map((entry) => {
      if (entry === null || entry === "-") return h("hr");
      if (entry.title) return h("div.menu-title", entry.title);
      const content = [entry.icon && icon(entry.icon), h("span.cut", entry.text), entry.hint && h("span.hint", entry.hint), entry.items && h("span.hint", "›")];
      if (entry.href) return h("a.menu-item", { href: entry.href, target: entry.target, rel: entry.target && "noopener", role: "menuitem", onclick: () => handle.close() }, content);
      return h("button.menu-item", { type: "button", role: entry.toggle ? "menuitemcheckbox" : entry.checked === undefined ? "menuitem" : "menuitemradio", "aria-checked": entry.checked === undefined ? null : String(entry.checked),
        class: entry.danger ? "danger" : "", disabled: entry.disabled, onclick: (event) => {
          if (entry.toggle) { entry.checked = entry.toggle(); event.currentTarget.setAttribute("aria-checked", String(entry.checked)); return; }
          if (entry.items) { fill(entry.items, () => fill(items)); handle.reposition(); list.querySelector(".menu-item")?.focus(); return; }
          handle.close();
          entry.run?.();
        } }, content);
    }));
  fill(items);
  handle.reposition();
  arrowKeys(list);
  if (search) searchMenu(search, list, (wanted) => fill(items.filter((entry) => entry?.text?.toLowerCase().includes(wanted))), handle);
  else (list.querySelector("[aria-checked=true]") ?? list.querySelector(".menu-item"))?.focus({ focusVisible: false });
  return handle;
}

/** The field above a long menu: Enter takes the first item that is left, the arrow goes down to it. */
function searchMenu(search, list, show, handle) {
  search.addEventListener("input", () => { show(search.value.trim().toLowerCase()); handle.reposition(); });
  search.addEventListener("keydown", (event) => {
    const first = list.querySelector(".menu-item");
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter") first?.click();
    else return;
    event.preventDefault();
  });
  focusField(search);
}

/** Focuses a field of what was just opened; where fingers type, a keyboard would hide what is below it. */
export function focusField(field) {
  const target = matchMedia("(pointer: coarse)").matches ? field.closest(".popover, .dialog, .drawer") ?? field : field;
  target.focus({ preventScroll: true, focusVisible: false });
}

/** The Tab key goes round inside an element. */
function keepFocus(event, element) {
  if (event.key !== "Tab") return;
  const items = [...element.querySelectorAll("a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']")].filter((item) => item.tabIndex >= 0 && item.checkVisibility());
  if (!items.length) { event.preventDefault(); return; }
  const first = items[0], last = items[items.length - 1], now = document.activeElement;
  if (event.shiftKey && (now === first || now === element)) { event.preventDefault(); last.focus(); }
  else if (!event.shiftKey && now === last) { event.preventDefault(); first.focus(); }
}

function trapFocus(scope, element) {
  const before = document.activeElement;
  scope.add(() => before?.isConnected && before.focus({ preventScroll: true }));
  scope.on(element, "keydown", (event) => keepFocus(event, element));
}

/** A modal dialog. `build(close)` returns { content, footer }. Returns close. */
export function dialog(title, build, { wide = false, onClose } = {}) {
  const scope = new Scope();
  const close = () => { if (scope.ended) return; backdrop.remove(); scope.end(); onClose?.(); };
  const { content, footer } = build(close);
  const box = h("section.dialog", { role: "dialog", "aria-modal": "true", "aria-label": title, class: wide ? "wide" : "", tabindex: "-1" },
    h("header", h("h4", title), h("button.button.plain.square.small", { type: "button", "aria-label": "Close", onclick: close }, icon("close"))),
    h("div.content", content), footer && h("footer", footer));
  const backdrop = h("div.backdrop", { onpointerdown: (event) => { if (event.target === backdrop) close(); } }, box);
  document.body.append(backdrop);
  trapFocus(scope, box);
  scope.on(window, "keydown", (event) => { if (event.key === "Escape" && !openPopover) { event.stopPropagation(); close(); } });
  scope.on(window, "popstate", close);
  (box.querySelector("[autofocus], .content input:not([type=checkbox]), .content textarea, footer .primary") ?? box).focus();
  return close;
}

/** A panel from the right side. `build(element, close)` fills it. */
export function drawer(title, build, { onClose } = {}) {
  const scope = new Scope();
  const close = () => { if (scope.ended) return; element.remove(); scope.end(); onClose?.(); };
  const element = h("aside.drawer", { role: "dialog", "aria-label": title, tabindex: "-1" },
    h("header", h("div.row.spread", h("h4.cut", title), h("button.button.plain.square.small", { type: "button", "aria-label": "Close", onclick: close }, icon("close")))));
  document.body.append(element);
  build(element, close, scope);
  trapFocus(scope, element);
  scope.on(window, "keydown", (event) => { if (event.key === "Escape" && !openPopover) { event.stopPropagation(); close(); } });
  scope.on(window, "popstate", close);
  element.focus();
  return close;
}

/** Asks before doing what cannot be undone. Resolves to whether it was confirmed. */
export function confirm(title, text, action = "Delete") {
  return new Promise((resolve) => {
    let answer = false;
    dialog(title, (close) => ({
      content: h("p", text),
      footer: [h("button.button", { type: "button", onclick: close }, "Cancel"),
        h("button.button.danger", { type: "button", autofocus: true, onclick: () => { answer = true; close(); } }, action)],
    }), { onClose: () => resolve(answer) });
  });
}

let toasts = null;
/** A message for a few seconds; kinds: "success", "warning", "error", "info". */
export function toast(kind, text, detail) {
  toasts ??= h("div.toasts", { role: "status", "aria-live": "polite" });
  if (!toasts.isConnected) document.body.append(toasts);
  const element = h("div.toast", { class: kind }, icon(kind === "success" ? "check" : kind === "info" ? "info" : kind === "warning" ? "warning" : "error"),
    h("div.grow", h("div", text), detail && h("div.small.soft", detail)), h("button", { type: "button", "aria-label": "Dismiss", onclick: () => element.remove() }, icon("close")));
  toasts.append(element);
  while (toasts.children.length > 4) toasts.firstChild.remove();
  setTimeout(() => element.remove(), kind === "error" ? 8000 : 4000);
}

/** A notice inside a page. */
export const notice = (kind, text, detail) => h("div.notice", { class: kind, role: kind === "error" ? "alert" : "note" },
  icon(kind === "success" ? "check" : kind === "warning" ? "warning" : kind === "info" ? "info" : "error"), h("div.grow", h("div", text), detail && h("div.small.soft", detail)));

/** Shows the `aria-label` or `data-hint` of buttons as a bubble after a moment; call once. */
export function startHints() {
  let bubble = null, timer = 0, current = null;
  const hide = () => { clearTimeout(timer); bubble?.remove(); bubble = current = null; };
  document.addEventListener("pointerover", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-hint], button[aria-label]") : null;
    if (target === current) return;
    hide();
    if (!target || event.pointerType === "touch") return;
    current = target;
    timer = setTimeout(() => {
      if (!target.isConnected || target.getAttribute("aria-expanded") === "true") return;
      bubble = h("div.hint-bubble", { role: "tooltip" }, target.dataset.hint ?? target.getAttribute("aria-label"));
      document.body.append(bubble);
      place(bubble, target.getBoundingClientRect());
    }, 350);
  });
  document.addEventListener("pointerdown", hide, { capture: true });
  document.addEventListener("keydown", hide, { capture: true });
  addEventListener("scroll", hide, { capture: true, passive: true });
}
