// The expression field: grows with its text, completes metrics, labels, values and functions.
import { h, replace } from "../lib/dom.js";
import { isAbort, prometheus } from "../lib/api.js";
import { functions, placeAt, rank, words } from "../models/promqlWords.js";

let metrics = null;
/** Names and help of all metrics: { name: help }. Asked for once a minute at most. */
function metricNames(signal) {
  if (!metrics || Date.now() - metrics.time > 60e3) {
    const promise = Promise.all([prometheus("/api/v1/label/__name__/values", {}, { signal }), prometheus("/api/v1/metadata", {}, { signal })])
      .then(([names, metadata]) => names.data.map((name) => [name, metadata.data?.[name]?.[0]?.help ?? metadata.data?.[name.replace(/_(total|bucket|count|sum)$/, "")]?.[0]?.help ?? ""]));
    metrics = { time: Date.now(), promise };
    promise.catch(() => { metrics = null; });
  }
  return metrics.promise;
}

async function offers(place, signal) {
  if (place.kind === "word") {
    const known = new Map(words.map((word) => [word, functions[word] ?? "keyword"]));
    for (const [name, help] of await metricNames(signal)) known.set(name, help);
    return rank([...known.keys()], place.prefix).map((text) => ({ text, hint: known.get(text), call: Object.hasOwn(functions, text) }));
  }
  const match = place.metric ? [`{__name__="${place.metric}"}`] : undefined;
  const path = place.kind === "label" ? "/api/v1/labels" : `/api/v1/label/${encodeURIComponent(place.label)}/values`;
  const { data } = await prometheus(path, { "match[]": match, limit: 10000 }, { signal });
  return rank(data.filter((name) => name !== "__name__"), place.prefix).map((text) => ({ text, hint: "" }));
}

/**
 * Makes the field. `handlers`: onRun(text) for Enter, onChange(text). Returns { element, value, focus }.
 * The list follows the ARIA pattern of a combobox.
 */
export function createEditor(scope, text, handlers, id) {
  const list = h("ul.completions", { id: id + "-list", role: "listbox", hidden: true, "aria-label": "Completions" });
  const field = h("textarea.textarea.expression", {
    value: text, rows: 1, spellcheck: "false", autocomplete: "off", autocapitalize: "off", placeholder: "Expression (Enter runs it, Shift+Enter for a new line)",
    "aria-label": "Expression", role: "combobox", "aria-expanded": "false", "aria-controls": id + "-list", "aria-autocomplete": "list",
  });
  let shown = [], chosen = -1, place = null, request = null;

  const grow = () => { field.style.height = "auto"; field.style.height = Math.min(field.scrollHeight + 2, 320) + "px"; };
  const hide = () => { request?.abort(); list.hidden = true; shown = []; chosen = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };

  async function complete(force) {
    place = placeAt(field.value, field.selectionStart);
    if (!place || (!force && !place.prefix && place.kind === "word")) return hide();
    request?.abort();
    request = new AbortController();
    const own = request;
    try {
      const found = await offers(place, own.signal);
      if (own.signal.aborted || scope.ended) return;
      if (!found.length || (found.length === 1 && found[0].text === place.prefix)) return hide();
      shown = found;
      chosen = 0;
      draw();
    } catch (error) {
      // Completion is a help: without a server there is none.
      if (!isAbort(error)) hide();
    }
  }
  function draw() {
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    replace(list, shown.map((offer, at) => h("li", { id: `${id}-${at}`, role: "option", "aria-selected": String(at === chosen), onpointerdown: (event) => { event.preventDefault(); chosen = at; take(); } },
      h("span.mono.cut", offer.text), offer.hint ? h("span.small.soft.cut", offer.hint) : null)));
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }
  function take() {
    const offer = shown[chosen];
    if (!offer || !place) return hide();
    const rest = field.value.slice(field.selectionStart);
    const tail = offer.call && !rest.startsWith("(") ? "(" : "";
    field.setRangeText(offer.text + tail, place.from, field.selectionStart, "end");
    hide();
    changed();
  }
  function changed() { grow(); handlers.onChange?.(field.value); }

  scope.on(field, "input", () => { changed(); complete(false); });
  scope.on(field, "blur", hide);
  scope.on(field, "click", hide);
  scope.on(field, "keydown", (event) => {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); complete(true); return; }
    if (!list.hidden) {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (move) { event.preventDefault(); chosen = (chosen + move + shown.length) % shown.length; draw(); return; }
      if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) { event.preventDefault(); take(); return; }
      if (event.key === "Escape") { event.stopPropagation(); hide(); return; }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); hide(); handlers.onRun?.(field.value); }
  });
  scope.add(() => request?.abort());
  requestAnimationFrame(grow);
  return {
    element: h("div.expression-box", field, list),
    get value() { return field.value; },
    set value(next) { field.value = next; changed(); },
    focus: () => field.focus(),
  };
}
