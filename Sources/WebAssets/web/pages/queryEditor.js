// A PromQL field with completion of functions, metrics, labels and values.
import { h, replace } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { debounce } from "../lib/events.js";
import { place } from "../lib/overlay.js";
import { loadStyle } from "../lib/styles.js";
import { placeAt, rank, words } from "../models/promqlWords.js";

await loadStyle("editor");

const caches = new Map();

/** Metric names, label names and values of a data source, remembered for a minute. */
export function metadataOf(uid) {
  const cached = caches.get(uid);
  if (cached && Date.now() - cached.at < 60e3) return cached.reader;
  const memory = new Map(), base = `/api/datasources/uid/${encodeURIComponent(uid)}/resources/api/v1/`;
  const get = (path, query) => { const key = path + JSON.stringify(query ?? {}); if (!memory.has(key)) memory.set(key, api.get(base + path, { query: { ...query, start: String(Math.floor(Date.now() / 1000) - 3600), end: String(Math.floor(Date.now() / 1000)) } }).then((answer) => answer?.data ?? [], () => [])); return memory.get(key); };
  const reader = { metrics: () => get("label/__name__/values"), labels: (metric) => get("labels", metric ? { "match[]": metric } : {}), values: (label, metric) => get(`label/${encodeURIComponent(label)}/values`, metric ? { "match[]": metric } : {}), metadata: () => api.get(base + "metadata").then((answer) => answer?.data ?? {}, () => ({})) };
  caches.set(uid, { at: Date.now(), reader });
  return reader;
}

/** { element, value (get/set), focus, destroy }; `onRun(text)` on Shift+Enter or Enter, `onChange(text)` while typing. */
export function queryEditor({ value = "", uid, onRun, onChange, label = "Query" }) {
  const input = h("textarea.textarea.query-input", { value, rows: "1", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": label, placeholder: "Enter a PromQL query…", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list" });
  const list = h("div.popover.menu.completions", { role: "listbox", "aria-label": "Completions", hidden: true });
  let items = [], active = 0, context = null, asked = 0;
  const grow = () => { input.style.height = "auto"; input.style.height = Math.min(240, input.scrollHeight + 2) + "px"; };
  const close = () => { list.hidden = true; list.remove(); items = []; input.setAttribute("aria-expanded", "false"); };
  async function complete() {
    const mine = ++asked;
    context = placeAt(input.value, input.selectionStart) ?? rangeAt(input.value, input.selectionStart);
    if (!context) return close();
    const meta = metadataOf(typeof uid === "function" ? uid() : uid);
    const names = context.kind === "word" ? [...words, ...await meta.metrics()] : context.kind === "label" ? await meta.labels(context.metric) : context.kind === "value" ? await meta.values(context.label, context.metric) : ["$__rate_interval", "$__interval", "1m", "5m", "10m", "1h"];
    if (mine !== asked || document.activeElement !== input) return;
    const known = new Set(words);
    items = rank(names, context.prefix, 40).filter((text) => text !== context.prefix).map((text) => ({ text, kind: context.kind === "word" ? (known.has(text) ? "function" : "metric") : context.kind, tail: context.kind === "label" && context.metric ? "=" : context.kind === "range" ? "]" : "" }));
    active = 0;
    if (!items.length) return close();
    replace(list, items.map((item, at) => h("div.menu-item", { role: "option", class: at === 0 ? "active" : "", onpointerdown: (event) => { event.preventDefault(); accept(at); } }, h("span.cut", item.text), h("span.hint", item.kind))));
    document.body.append(list);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    place(list, input.getBoundingClientRect());
  }
  function accept(at) {
    const item = items[at], end = input.selectionStart, after = input.value.slice(end), tail = item.tail && !after.startsWith(item.tail) ? item.tail : "";
    input.setRangeText(item.text + tail, context.from, end, "end");
    close();
    changed();
  }
  const changed = () => { grow(); onChange?.(input.value); };
  const later = debounce(90, complete);
  input.addEventListener("input", () => { changed(); later(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (!list.hidden && items.length) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { active = (active + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length; [...list.children].forEach((one, at) => one.classList.toggle("active", at === active)); list.children[active].scrollIntoView({ block: "nearest" }); event.preventDefault(); return; }
      if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !event.ctrlKey)) { accept(active); event.preventDefault(); return; }
      if (event.key === "Escape") { close(); event.stopPropagation(); event.preventDefault(); return; }
    }
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || !input.value.includes("\n"))) { event.preventDefault(); later.cancel(); close(); onRun?.(input.value); }
  });
  requestAnimationFrame(grow);
  return { element: input, get value() { return input.value; }, set value(text) { input.value = text; grow(); }, focus: () => input.focus(), destroy() { later.cancel(); close(); } };
}

/** A duration in brackets at the caret. */
function rangeAt(text, caret) {
  const match = /\[([^\]\s]*)$/.exec(text.slice(0, caret));
  return match ? { kind: "range", prefix: match[1], from: caret - match[1].length } : null;
}
