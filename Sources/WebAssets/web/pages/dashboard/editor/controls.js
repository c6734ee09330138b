// The controls of options: models/panelOptions.js says which there are.
//
// `holder` is where values lie: { read(path), write(path, value) }. `form` is what all controls of an editor share:
// { changed(), redraw(), fieldNames(), theme }. `redraw` draws the options anew, as others may now be hidden or shown.
import { h, replace } from "../../../lib/dom.js";
import { icon } from "../../../lib/icons.js";
import { menu } from "../../../lib/overlay.js";
import { reducerChoices, reducerName } from "../../../models/reduce.js";
import { unitGroups } from "../../../models/units.js";
import { readPath, writePath } from "../../../models/panelOptions.js";
import { colorButton } from "./colorField.js";
import { linksControl, mappingsControl, thresholdsControl } from "./lists.js";

/** Values of an object by their paths. */
export const holderOf = (object) => ({ read: (path) => readPath(object, path), write: (path, value) => writePath(object, path, value) });

/** The control of an option with its label; null where the option's condition does not hold. */
export function control(option, holder, form) {
  if (option.when && !option.when(holder.read)) return null;
  return kinds[option.kind](option, holder, form);
}

/** Controls of a list of options that are drawn anew when one of them shows or hides another. */
export function controlList(options, holder, form) {
  const box = h("div.stack"), inner = { ...form, redraw: () => draw() };
  const shown = () => options.map((option) => !option.when || option.when(holder.read)).join();
  let last = shown();
  inner.changed = () => {
    form.changed();
    if (shown() === last) return;
    const label = document.activeElement?.getAttribute("aria-label");
    draw();
    // The control that was used is another one now.
    if (label) box.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
  };
  function draw() {
    last = shown();
    replace(box, options.map((option) => control(option, holder, inner)));
  }
  draw();
  return box;
}

const labelled = (option, ...content) => h("div.field", h("span.label", option.label), content);

function input(option, holder, form, { tag = "input.input.small", parse = (value) => value, properties = {} } = {}) {
  const element = h(tag, { value: holder.read(option.path) ?? "", placeholder: option.placeholder ?? "", "aria-label": option.label, spellcheck: "false", ...properties, oninput: () => { holder.write(option.path, parse(element.value)); form.changed(); } });
  return labelled(option, element);
}

function pickControl(option, holder, form) {
  const current = holder.read(option.path) ?? option.fallback;
  // What the file says and no choice offers stays chosen.
  const choices = option.choices.some(([value]) => value === current) ? option.choices : [...option.choices, [current, typeof current === "object" ? JSON.stringify(current) : String(current)]];
  const element = h("select.select.small", { "aria-label": option.label, onchange: () => { holder.write(option.path, choices[element.selectedIndex][0]); form.changed(); } },
    choices.map(([value, name]) => h("option", { selected: value === current }, name)));
  return labelled(option, element);
}

function slideControl(option, holder, form) {
  const shown = h("span.soft.small", String(holder.read(option.path) ?? option.fallback));
  const element = h("input", { type: "range", min: option.low, max: option.high, step: option.step, "aria-label": option.label, oninput: () => { holder.write(option.path, Number(element.value)); shown.textContent = element.value; form.changed(); } });
  element.value = holder.read(option.path) ?? option.fallback;
  return h("div.field", h("span.label.row.spread", option.label, shown), element);
}

function severalControl(option, holder, form, choices = option.choices, nameOf = (id) => choices.find(([one]) => one === id)?.[1] ?? id) {
  const chosen = () => holder.read(option.path) ?? [], label = h("span.cut");
  const draw = () => { label.textContent = chosen().map(nameOf).join(", ") || "None"; };
  const toggle = (id) => { holder.write(option.path, chosen().includes(id) ? chosen().filter((one) => one !== id) : [...chosen(), id]); draw(); form.changed(); return chosen().includes(id); };
  const button = h("button.button.outline.small.several", { type: "button", "aria-haspopup": "menu", "aria-label": option.label, onclick: () => menu(button, choices.map(([id, name]) => ({ text: name, checked: chosen().includes(id), toggle: () => toggle(id) }))) }, label, icon("down"));
  draw();
  return labelled(option, button);
}

function fieldNameControl(option, holder, form) {
  const element = h("input.input.small", { value: holder.read(option.path) ?? "", "aria-label": option.label, list: "field-names", spellcheck: "false", onchange: () => { holder.write(option.path, element.value); form.changed(); } });
  return labelled(option, element);
}

/** Which fields take part: numbers, all, or one by its name. */
function fieldFilterControl(option, holder, form) {
  const current = holder.read(option.path) ?? "", exact = (name) => `/^${name.replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&")}$/`;
  const choices = [["", "Numeric fields"], ["/.*/", "All fields"], ...form.fieldNames().map((name) => [exact(name), name])];
  return pickControl({ ...option, choices, fallback: current }, { ...holder, read: () => current }, form);
}

const kinds = {
  text: input,
  area: (option, holder, form) => input(option, holder, form, { tag: "textarea.textarea.plain" }),
  number: (option, holder, form) => input(option, holder, form, { parse: (value) => (value.trim() === "" || !Number.isFinite(Number(value)) ? undefined : Number(value)), properties: { inputmode: "decimal" } }),
  unit: (option, holder, form) => input({ ...option, placeholder: "none, bytes, percent, s, …" }, holder, form, { properties: { list: "unit-names" } }),
  tick: (option, holder, form) => h("label.check", h("input.switch", { type: "checkbox", "aria-label": option.label, checked: Boolean(holder.read(option.path) ?? option.fallback), onchange: (event) => { holder.write(option.path, event.target.checked); form.changed(); } }), option.label),
  pick: pickControl,
  slide: slideControl,
  several: severalControl,
  reducers: (option, holder, form) => severalControl(option, holder, form, reducerChoices, reducerName),
  fieldName: fieldNameControl,
  fieldFilter: fieldFilterControl,
  color: (option, holder, form) => labelled(option, colorButton(option.label, holder.read(option.path), (color) => { holder.write(option.path, color); form.changed(); }, form.theme)),
  thresholds: thresholdsControl,
  mappings: mappingsControl,
  links: linksControl,
};

/** The lists that text fields offer by their ids. */
export const suggestions = (fieldNames) => [
  h("datalist", { id: "unit-names" }, unitGroups.flatMap(([group, list]) => list.map(([id, label]) => h("option", { value: id }, `${group}: ${label}`)))),
  h("datalist", { id: "field-names" }, fieldNames.map((name) => h("option", { value: name }))),
];

/** A part of the panel as JSON; what does not parse is told and not taken. */
export function jsonControl(label, holder, path, fallback, changed) {
  const fault = h("span.fault", { role: "alert" }), element = h("textarea.textarea.json-part", { value: JSON.stringify(holder.read(path) ?? fallback, null, 2), spellcheck: "false", "aria-label": label, onchange: () => {
    try { holder.write(path, JSON.parse(element.value)); fault.textContent = ""; changed(); } catch (error) { fault.textContent = error.message; }
  } });
  return h("div.field", element, fault);
}
