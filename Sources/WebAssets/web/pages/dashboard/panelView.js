// One panel on the page: frame, header, states, and the plugin that draws.
import { append, h, replace } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { menu, popover } from "../../lib/overlay.js";
import { onThemeChange, shownTheme } from "../../lib/theme.js";
import { applyFieldConfig } from "../../models/fieldConfig.js";
import { loadPanel } from "../../panels/registry.js";
import { pseudoSource, silentTypes } from "./runtime.js";

const valueTypes = new Set(["stat", "gauge", "bargauge", "table", "singlestat"]);

export class PanelView {
  visible = false;
  ended = false;
  #plugin = null;
  #mountedType = null;
  #seenEpoch = -1;
  #loading = 0;

  /** `actions`: what the page offers: menu(view) → items, view(view), edit(view), inspect(view, tab). */
  constructor(runtime, item, actions = {}) {
    this.runtime = runtime;
    this.actions = actions;
    this.panel = item.panel;
    this.scoped = item.scoped ?? {};
    this.key = item.key;
    this.title = h("h2.panel-title");
    this.notes = h("div.panel-notes");
    this.body = h("div.panel-body");
    this.bar = h("div.bar-loading", { hidden: true });
    this.menuButton = h("button.button.plain.square.small.panel-menu", { type: "button", "aria-haspopup": "menu", onclick: () => menu(this.menuButton, actions.menu(this), { align: "end" }) }, icon("more"));
    this.header = h("header.panel-header", this.title, this.notes, h("span.grow"), actions.menu ? this.menuButton : null);
    this.element = h("section.panel", { tabindex: "-1" }, this.bar, this.header, this.body);
    this.drawHeader();
    this.element.addEventListener("pointerenter", () => { runtime.hovered = this; });
    this.element.addEventListener("pointerleave", () => { if (runtime.hovered === this) runtime.hovered = null; });
    this.forgetTheme = onThemeChange(() => this.draw());
    runtime.views.add(this);
  }

  get width() { return this.body.clientWidth - 16; }
  safeURL(text) { return safeURL(text); }

  /** Called when the panel comes into sight or leaves it. */
  setVisible(visible) {
    this.visible = visible;
    if (!visible || this.ended) return;
    if (silentTypes.has(this.panel.type)) { if (!this.result || this.#seenEpoch !== this.runtime.epoch) { this.#seenEpoch = this.runtime.epoch; this.take({ frames: [], errors: [], range: this.runtime.range, queries: [] }); } return; }
    if (this.#dirty) this.draw();
    if (this.#seenEpoch !== this.runtime.epoch) this.runtime.request(this);
  }

  #dirty = false;

  /** The panel's JSON changed: draws it anew, and queries when asked. */
  setPanel(panel, { query = true } = {}) {
    this.panel = panel;
    this.drawHeader();
    if (query) { this.#seenEpoch = -1; if (this.visible) this.runtime.request(this); }
    this.draw();
  }

  begin() {
    this.#seenEpoch = this.runtime.epoch;
    this.#loading++;
    this.bar.hidden = false;
    this.element.setAttribute("aria-busy", "true");
  }

  abandon() {
    this.#done();
    this.#seenEpoch = -1;
  }

  #done() {
    this.#loading = 0;
    this.bar.hidden = true;
    this.element.removeAttribute("aria-busy");
  }

  /** New data: { frames, errors, range, queries }. */
  take(result) {
    if (this.ended) return;
    this.#done();
    this.#seenEpoch = this.runtime.epoch;
    // A refresh that failed keeps the last picture; the header says what is wrong.
    if (result.errors.length && !result.frames.length && this.result?.frames.length && !result.errors.some((error) => error.missingSource)) result = { ...result, frames: this.result.frames, stale: true };
    this.result = result;
    this.draw();
    this.actions.onData?.(this);
  }

  drawHeader() {
    const { panel, runtime } = this;
    const title = runtime.replace(String(panel.title ?? ""), this.scoped, "text");
    this.title.textContent = title;
    this.title.title = title;
    this.element.setAttribute("aria-label", title || "Panel");
    this.menuButton.setAttribute("aria-label", title ? `Menu of panel ${title}` : "Panel menu");
    this.element.classList.toggle("transparent", Boolean(panel.transparent));
    this.element.classList.toggle("untitled", !title);
    const errors = this.result?.errors ?? [], range = this.runtime.panelRange(panel);
    replace(this.notes,
      panel.description ? this.#note("info", "Description", (anchor) => this.#describe(anchor)) : null,
      panel.links?.length ? this.#note("link", "Links", (anchor) => menu(anchor, panel.links.map((link) => ({ text: runtime.replace(link.title || "Link", this.scoped, "text"), icon: "link", href: safeURL(runtime.replace(link.url ?? "", this.scoped, "percentencode")), target: link.targetBlank ? "_blank" : null })))) : null,
      range.info ? h("span.panel-time", icon("clock", 12), range.info) : null,
      errors.length ? this.#note("warning", errors.map((error) => error.message).join("\n"), () => this.actions.inspect?.(this, "error"), "fault") : null);
  }

  #note(image, label, run, className = "") {
    const button = h("button.panel-note", { type: "button", "aria-label": label, class: className, onclick: () => run(button) }, icon(image, 14));
    return button;
  }

  async #describe(anchor) {
    const { markdown } = await import("../../panels/markdown.js");
    popover(anchor, h("div.description", markdown(this.runtime.replace(String(this.panel.description), this.scoped, "text"))), { label: "Description" });
  }

  /** Draws the last data again (theme, options or size of the page changed). */
  async draw() {
    if (this.ended || !this.result) return;
    if (!this.visible) { this.#dirty = true; return; }
    this.#dirty = false;
    this.drawHeader();
    const { panel, runtime } = this;
    if (this.#mountedType !== panel.type) {
      this.#plugin?.destroy();
      this.#plugin = null;
      replace(this.body);
      this.#mountedType = panel.type;
      let module;
      try { module = await loadPanel(panel.type); } catch { this.#mountedType = null; return this.#say("This panel's code could not be loaded", "error"); }
      if (this.ended || this.#mountedType !== panel.type || this.#plugin) return;
      this.#module = module;
      this.#plugin = module.mount(this.body, this);
    }
    if (!this.#plugin) return;
    let frames;
    try {
      frames = await this.#transformed();
      if (this.ended) return;
      this.frames = applyFieldConfig(frames, panel.fieldConfig, { theme: shownTheme(), timeZone: runtime.timeZone, replace: (text, scoped) => runtime.replace(text, { ...this.scoped, ...scoped }, "text"), hasLegend: this.#module.hasLegend, defaultColorMode: this.#module.colorMode ?? (valueTypes.has(panel.type) ? "thresholds" : "palette-classic") });
    } catch (error) {
      console.error(error);
      return this.#say(error.message, "error");
    }
    const message = this.#message();
    if (message) return this.#say(message.text, message.kind, message.action);
    this.state?.remove();
    this.state = null;
    try {
      this.#plugin?.update({ frames: this.frames, options: panel.options ?? {}, fieldConfig: panel.fieldConfig ?? {}, range: this.result.range ?? runtime.range, timeZone: runtime.timeZone, theme: shownTheme(), panel });
    } catch (error) {
      console.error(error);
      this.#say("This panel could not be drawn: " + error.message, "error");
    }
  }

  #module = null;

  async #transformed() {
    const { panel, runtime } = this, shared = (panel.targets ?? []).find((one) => one?.withTransforms && pseudoSource(one.datasource ?? panel.datasource) === "dashboard");
    // What another panel queried comes, when asked for, as that panel shows it.
    const transformations = [...(shared && runtime.findPanel(shared.panelId)?.transformations || []), ...(panel.transformations ?? [])];
    if (!transformations.length) return this.result.frames;
    const { transform } = await import("../../models/transformations.js");
    return transform(this.result.frames, transformations, { replace: (text) => this.runtime.replace(text, this.scoped, "text") });
  }

  #message() {
    const { errors, frames } = this.result;
    if (silentTypes.has(this.panel.type)) return null;
    const missing = errors.find((error) => error.missingSource !== undefined);
    if (missing && !frames.length) return { text: missing.message, kind: "error", action: this.actions.rebind ? { text: "Use the default data source", run: () => this.actions.rebind(missing.missingSource) } : null };
    if (errors.length && !frames.length) return { text: errors[0].message, kind: "error" };
    if (!frames.some((frame) => frame.length > 0) && !this.#module.drawsEmpty) return { text: this.panel.fieldConfig?.defaults?.noValue || "No data", kind: "none" };
    return null;
  }

  #say(text, kind, action) {
    this.state?.remove();
    this.state = h("div.panel-state", { class: kind, role: kind === "error" ? "alert" : null }, kind === "error" ? icon("warning", 20) : null, h("p", text), action ? h("button.button.small", { type: "button", onclick: action.run }, action.text) : null);
    append(this.body, this.state);
  }

  resize() { this.#plugin?.resize?.(); }

  destroy() {
    if (this.ended) return;
    this.ended = true;
    this.runtime.views.delete(this);
    if (this.runtime.hovered === this) this.runtime.hovered = null;
    this.forgetTheme();
    this.#plugin?.destroy();
    this.#plugin = null;
    this.element.remove();
  }
}

/** Only http(s), mailto and relative addresses; anything else becomes "#". */
export function safeURL(text) {
  const url = String(text).trim();
  if (/^(https?:|mailto:|\/(?!\/)|\?|#|\.{0,2}\/)/i.test(url) || !/^[^/?#]*:/.test(url)) return url;
  return "#";
}
