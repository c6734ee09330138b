// Transformations of the panel's data, each with a form; any of them as JSON, too.
import { h, replace } from "../../../lib/dom.js";
import { icon } from "../../../lib/icons.js";
import { menu } from "../../../lib/overlay.js";
import { calculatedName } from "../../../models/frames.js";
import { reducerChoices, reducerName } from "../../../models/reduce.js";
import { transform, transformationChoices } from "../../../models/transformations.js";
import { transformationForm } from "../../../models/transformationForms.js";
import { control, controlList, holderOf, jsonControl } from "./controls.js";

const names = new Map(transformationChoices);
const small = (label, image, run, properties = {}) => h("button.button.plain.square.small", { type: "button", "aria-label": label, onclick: run, ...properties }, icon(image));

/** Names of all fields of frames, each once. */
export const fieldNamesOf = (frames) => [...new Set(frames.flatMap((frame) => frame.fields.map((field) => field.config?.displayName || calculatedName(field, frame, frames))))].filter(Boolean);

/** Fields to show, their order and their names. */
function organizeControl(holder, form) {
  const box = h("div.stack"), of = (path) => holder.read(path) ?? {};
  const order = () => { const index = of("indexByName"); return [...form.fieldNames()].sort((a, b) => (index[a] ?? 1e6) - (index[b] ?? 1e6)); };
  const put = (path, name, value) => { const next = { ...of(path) }; if (value === undefined || value === "" || value === false) delete next[name]; else next[name] = value; holder.write(path, next); form.changed(); };
  const move = (at, by) => { const list = order(); list.splice(at + by, 0, ...list.splice(at, 1)); holder.write("indexByName", Object.fromEntries(list.map((name, index) => [name, index]))); form.changed(); draw(); };
  function draw() {
    const list = order();
    replace(box, list.length ? list.map((name, at) => {
      const hidden = Boolean(of("excludeByName")[name]);
      return h("div.row.list-line", small(`Move ${name} up`, "up", () => move(at, -1), { disabled: at === 0 }), small(`Move ${name} down`, "down", () => move(at, 1), { disabled: at === list.length - 1 }),
        small(`${hidden ? "Show" : "Hide"} ${name}`, hidden ? "eyeOff" : "eye", () => { put("excludeByName", name, !hidden); draw(); }, { "aria-pressed": String(!hidden) }), h("span.cut.grow", { title: name }, name),
        h("input.input.small", { value: of("renameByName")[name] ?? "", placeholder: "Rename", "aria-label": `New name of ${name}`, onchange: (event) => put("renameByName", name, event.target.value) }));
    }) : h("span.soft.small", "The queries have found no fields yet"));
  }
  draw();
  return box;
}

/** For each field: a key of groups, a calculation over them, or nothing. */
function groupsControl(option, holder, form) {
  const setting = (name) => holder.read(option.path)?.[name];
  const put = (name, value) => { const next = { ...holder.read(option.path) }; if (value) next[name] = value; else delete next[name]; holder.write(option.path, next); form.changed(); };
  const line = (name) => {
    const aggregations = h("span"), draw = () => {
      const chosen = setting(name)?.operation === "aggregate";
      replace(aggregations, chosen ? control({ kind: "reducers", label: `Calculations of ${name}`, path: "aggregations" }, { read: () => setting(name)?.aggregations ?? [], write: (_, value) => put(name, { operation: "aggregate", aggregations: value }) }, form) : null);
    };
    const element = h("select.select.small", { "aria-label": `What ${name} is for`, onchange: () => { put(name, element.value ? { operation: element.value, aggregations: setting(name)?.aggregations ?? (element.value === "aggregate" ? ["lastNotNull"] : []) } : null); draw(); } },
      [["", "Not used"], ["groupby", "Group by"], ["aggregate", "Calculate"]].map(([value, text]) => h("option", { value, selected: (setting(name)?.operation ?? "") === value }, text)));
    draw();
    return h("div.row.list-line", h("span.cut.grow", { title: name }, name), element, aggregations);
  };
  return h("div.stack", form.fieldNames().map(line));
}

/** Names that are ticked. */
function someNamesControl(option, holder, form) {
  const chosen = () => holder.read(option.path) ?? [], all = [...new Set([...form.fieldNames(), ...chosen()])];
  return h("fieldset.field", h("legend.label", option.label), all.map((name) => h("label.check", h("input", { type: "checkbox", "aria-label": name, checked: chosen().includes(name), onchange: (event) => { holder.write(option.path, event.target.checked ? [...chosen(), name] : chosen().filter((one) => one !== name)); form.changed(); } }), h("span.cut", name))));
}

/** Fields by ticks and by a pattern. */
const nameFilterControl = (option, holder, form) => h("div.stack", control({ kind: "text", label: "Pattern", path: option.path + ".pattern", placeholder: "/…/" }, holder, form), someNamesControl({ label: option.label, path: option.path + ".names" }, holder, form));

/** A list of objects, each with options of its own. */
function rowsControl(option, holder, form) {
  const box = h("div.stack");
  const list = () => holder.read(option.path) ?? [];
  const save = (next) => { holder.write(option.path, next); form.changed(); draw(); };
  function draw() {
    replace(box, list().map((row, at) => h("div.list-card-row", { role: "group", "aria-label": `${option.label} ${at + 1}` }, h("div.row.spread", h("span.small.soft", `${option.label} ${at + 1}`), small(`Remove ${option.label.toLowerCase()}`, "close", () => save(list().filter((one) => one !== row)))), controlList(option.options, holderOf(row), form))),
      h("button.button.small", { type: "button", onclick: () => save([...list(), option.start()]) }, icon("plus"), option.label));
  }
  draw();
  return box;
}

const own = {
  organize: (option, holder, form) => organizeControl(holder, form), groups: groupsControl, nameFilter: nameFilterControl, rows: rowsControl, someNames: someNamesControl,
  reducer: (option, holder, form) => control({ kind: "pick", label: option.label, path: option.path, choices: reducerChoices, fallback: option.fallback }, holder, form),
};

function formOf(one, form) {
  const options = transformationForm(one.id), holder = holderOf(one.options ??= {});
  if (!options.length) return h("p.soft.small", "Nothing to set.");
  // Options that show others are drawn together; the larger ones stand for themselves.
  const plain = options.filter(({ kind }) => !Object.hasOwn(own, kind) || kind === "reducer" || kind === "someNames");
  const large = options.filter((option) => !plain.includes(option));
  return h("div.stack", plain.length ? plainControls(plain, holder, form) : null, large.map((option) => own[option.kind](option, holder, form)));
}

/** As controlList, with the kinds that only transformations have. */
function plainControls(options, holder, form) {
  const box = h("div.form-grid"), shown = () => options.map((option) => !option.when || option.when(holder.read)).join();
  let last = "";
  const inner = { ...form, changed: () => { form.changed(); if (shown() !== last) draw(); } };
  function draw() {
    last = shown();
    replace(box, options.filter((option) => !option.when || option.when(holder.read)).map((option) => (Object.hasOwn(own, option.kind) ? own[option.kind](option, holder, inner) : control(option, holder, inner))));
  }
  draw();
  return box;
}

/** The tab of transformations. `editor` is the panel editor: { panel, view, redraw(), drawTabs(), form }. */
export function transformationsTab(editor) {
  const { panel, view } = editor, list = (panel.transformations ??= []), asJSON = new Set();
  const box = h("div.stack");
  const changed = () => editor.redraw();
  const again = () => { editor.redraw(); editor.drawTabs("transformations"); };
  // The fields that a transformation gets are those that the ones before it give.
  const fieldNames = (at) => { try { return fieldNamesOf(transform(view.result?.frames ?? [], list.slice(0, at))); } catch { return []; } };
  const add = h("button.button.small", { type: "button", "aria-haspopup": "menu", onclick: () => menu(add, transformationChoices.map(([id, text]) => ({ text, run: () => { list.push({ id, options: id === "reduce" ? { reducers: ["lastNotNull"] } : {} }); again(); } }))) }, icon("plus"), "Add transformation");
  function row(one, at) {
    const name = names.get(one.id) ?? one.id, isJSON = asJSON.has(one) || !transformationForm(one.id);
    return h("div.query-row", { role: "group", "aria-label": `Transformation ${at + 1}: ${name}` }, h("div.row.wrap", h("span.badge", String(at + 1)), h("strong.cut", name), h("span.grow"), h("span.row", transformationForm(one.id) ? small(isJSON ? "Show the form" : "Show as JSON", "code", () => { if (isJSON) asJSON.delete(one); else asJSON.add(one); draw(); }, { "aria-pressed": String(isJSON) }) : null,
      small(one.disabled ? "Enable" : "Disable", one.disabled ? "eyeOff" : "eye", () => { one.disabled = !one.disabled; again(); }), small("Move up", "up", () => { list.splice(at - 1, 0, ...list.splice(at, 1)); again(); }, { disabled: at === 0 }), small("Move down", "down", () => { list.splice(at + 1, 0, ...list.splice(at, 1)); again(); }, { disabled: at === list.length - 1 }), small("Remove", "trash", () => { list.splice(at, 1); again(); }))),
    isJSON ? jsonControl("Options", holderOf(one), "options", {}, changed) : formOf(one, { ...editor.form, changed, fieldNames: () => fieldNames(at) }));
  }
  function draw() { replace(box, list.map(row), list.length ? null : h("div.empty", "Transformations change what the queries found before it is drawn: join, rename, filter, calculate."), add); }
  draw();
  return box;
}
