// Dashboard variables without their fetching: options, sorting, currents, order of resolution, URL form.
import { parseRegex } from "./fieldConfig.js";
import { referencedNames } from "./interpolate.js";

export const allValue = "$__all";
export const noneOption = { text: "None", value: "", isNone: true };
const list = (value) => (value == null ? [] : Array.isArray(value) ? value : [value]);

/** Options of a custom variable: "a, b\,c, text : value", or JSON. */
export function customOptions(query, valuesFormat) {
  if (valuesFormat === "json") {
    try {
      return JSON.parse(query).map((entry) => (typeof entry === "object" && entry ? { text: String(entry.text ?? entry.value), value: String(entry.value ?? entry.text) } : { text: String(entry), value: String(entry) }));
    } catch { return []; }
  }
  return (String(query ?? "").match(/(?:\\,|[^,])+/g) ?? []).map((part) => {
    const text = part.replaceAll("\\,", ",").trim();
    const pair = /^\s*(.+?)\s+:\s+(.+)$/.exec(text);
    return pair ? { text: pair[1].trim(), value: pair[2].trim() } : { text, value: text };
  }).filter(({ text }) => text !== "");
}

/** Filters and captures by a variable's regex. `entries`: [{ text, value }] or texts. */
export function applyRegex(entries, source, applyTo = "value") {
  const items = entries.map((entry) => (typeof entry === "object" && entry ? { text: String(entry.text ?? entry.value), value: String(entry.value ?? entry.text) } : { text: String(entry), value: String(entry) }));
  const regex = source ? parseRegex(source) : null;
  if (!regex) return unique(items);
  const global = regex.flags.includes("g"), out = [];
  for (const item of items) {
    const subject = applyTo === "text" ? item.text : item.value;
    const matches = global ? [...subject.matchAll(regex)] : [regex.exec(subject)].filter(Boolean);
    if (!matches.length) continue;
    const first = matches.find((match) => match.groups && (match.groups.value !== undefined || match.groups.text !== undefined));
    if (first) {
      const groups = Object.assign({}, ...matches.map((match) => Object.fromEntries(Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined))));
      const value = groups.value ?? groups.text;
      out.push({ text: groups.text ?? value, value });
    } else if (global && matches.length > 1) {
      for (const match of matches) out.push({ text: match[1] ?? match[0], value: match[1] ?? match[0] });
    } else {
      const [match] = matches;
      if (match.length > 1 && match[1] !== undefined) out.push({ text: match[1], value: match[1] });
      else out.push(item);
    }
  }
  return unique(out);
}

function unique(options) {
  const seen = new Set();
  return options.filter(({ value }) => !seen.has(value) && seen.add(value));
}

const firstNumber = (text) => { const match = /-?\d+(\.\d+)?/.exec(text); return match ? Number(match[0]) : -1; };
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted by the dashboard's number: 0 none, 1/2 alphabetical, 3/4 numeric, 5/6 ignoring case, 7/8 natural. */
export function sortOptions(options, sort) {
  if (!sort) return options;
  const compare = [
    (a, b) => order(a.text, b.text), (a, b) => firstNumber(a.text) - firstNumber(b.text),
    (a, b) => order(a.text.toLowerCase(), b.text.toLowerCase()), (a, b) => a.text.localeCompare(b.text, undefined, { numeric: true }),
  ][Math.floor((sort - 1) / 2)];
  if (!compare) return options;
  const sorted = [...options].sort(compare);
  return sort % 2 === 0 ? sorted.reverse() : sorted;
}

/** The text of a query variable, whichever form it has. */
export const variableQueryText = (query) => (typeof query === "string" ? query : query?.query ?? query?.expr ?? "");

/** A classic query as a task: { kind: "labelNames" | "labelValues" | "metrics" | "queryResult" | "series", … }. */
export function parseVariableQuery(query) {
  const text = variableQueryText(query).trim();
  let match = /^label_names\(\s*(.*?)\s*\)\s*$/s.exec(text);
  if (match) return { kind: "labelNames", selector: match[1] || null };
  match = /^label_values\(\s*(?:(.+?)\s*,\s*)?([\w:.$[\]{}"-]+)\s*\)\s*$/s.exec(text);
  if (match) {
    const selector = match[1]?.trim();
    return { kind: "labelValues", label: match[2].replace(/^"(.*)"$/, "$1"), selector: selector && selector !== "{}" ? selector : null };
  }
  match = /^metrics\(\s*(.+?)\s*\)\s*$/s.exec(text);
  if (match) return { kind: "metrics", pattern: match[1] };
  match = /^query_result\(\s*([\s\S]+?)\s*\)\s*$/.exec(text);
  if (match) return { kind: "queryResult", expression: match[1] };
  return text ? { kind: "series", selector: text } : { kind: "nothing" };
}

/** One query_result entry: `name{k="v",…} value timestamp`. */
export function queryResultText({ metric, value }) {
  const { __name__: name = "", ...labels } = metric ?? {};
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text}"`).join(",");
  return `${name}{${pairs}} ${value?.[1] ?? ""} ${Math.round((value?.[0] ?? 0) * 1000)}`;
}

/** A series as a selector text. */
export function seriesText(labels) {
  const { __name__: name = "", ...rest } = labels;
  const pairs = Object.entries(rest).map(([key, text]) => `${key}="${text}"`).join(",");
  return `${name}{${pairs}}`;
}

/**
 * The current value among new options: kept where still there; multi keeps what is left of it; else All if it
 * was all or is the default, else the first. Returns { text, value }.
 */
export function chooseCurrent(variable, options) {
  const { multi, includeAll, allowCustomValue, fromURL } = variable;
  const current = list(variable.current?.value).map(String);
  const all = { text: multi ? ["All"] : "All", value: multi ? [allValue] : allValue };
  if (includeAll && current.some((value) => value === allValue || value === "All")) return all;
  const byValue = new Map(options.map((option) => [option.value, option]));
  let kept = current.filter((value) => byValue.has(value)).map((value) => byValue.get(value));
  if (!kept.length) kept = current.map((value) => options.find((option) => option.text === value)).filter(Boolean);
  if (!kept.length && fromURL && allowCustomValue !== false && current.length && current[0] !== "") kept = current.map((value) => ({ text: value, value }));
  if (!kept.length) {
    if (includeAll) return all;
    if (!options.length) return { text: "None", value: multi ? [] : "", isNone: true };
    kept = [options[0]];
  }
  return multi ? { text: kept.map(({ text }) => text), value: kept.map(({ value }) => value) } : { text: kept[0].text, value: kept[0].value };
}

/** What references see: { name, value, text, type, multi, includeAll, verbatim }. */
export function variableForText(variable) {
  const { name, type, multi, includeAll } = variable;
  const current = variable.current ?? {};
  const isAll = list(current.value).includes(allValue);
  if (isAll) {
    if (variable.allValue) return { name, type, multi, includeAll, value: variable.allValue, text: "All", verbatim: true };
    return { name, type, multi, includeAll, value: (variable.options ?? []).map(({ value }) => value).filter((value) => value !== allValue), text: "All" };
  }
  return { name, type, multi, includeAll, value: current.value ?? "", text: current.text ?? current.value ?? "" };
}

/** Label of the current value for its control. */
export function currentText(variable) {
  const text = list(variable.current?.text);
  if (!text.length || text.join("") === "") return list(variable.current?.value).join(" + ") || "None";
  return text.join(" + ");
}

/** Names a variable depends on, among `names`. */
export function dependencies(variable, names) {
  const parts = [variable.query, variable.regex, variable.datasource, variable.definition && variable.type === "query" && !variable.query ? variable.definition : null];
  const found = referencedNames(parts.filter((part) => part != null));
  return [...found].filter((name) => name !== variable.name && names.has(name));
}

/** The shortest way from a name back to itself, as the names on it; null when there is none. `needs`: name → names. */
function cycleThrough(name, needs) {
  const cameFrom = new Map(), waiting = [name];
  for (const at of waiting) {
    for (const next of needs.get(at) ?? []) {
      if (next === name) {
        const way = [];
        for (let back = at; back !== name; back = cameFrom.get(back)) way.unshift(back);
        return [name, ...way];
      }
      if (cameFrom.has(next) || !needs.has(next)) continue;
      cameFrom.set(next, at);
      waiting.push(next);
    }
  }
  return null;
}

/** Cycles such that every name on some cycle is in one of them. */
function cyclesAmong(needs) {
  const cycles = [], named = new Set();
  for (const name of needs.keys()) {
    const cycle = named.has(name) ? null : cycleThrough(name, needs);
    if (!cycle) continue;
    cycles.push(cycle);
    for (const one of cycle) named.add(one);
  }
  return cycles;
}

/** A cycle as people read it: $a → $b → $a. */
export const cycleText = (cycle) => [...cycle, cycle[0]].map((name) => "$" + name).join(" → ");

/**
 * Groups of names in the order to resolve them: each group only needs earlier ones. Names that need themselves through
 * others are in no group but in `cycles`, a list of lists; what needs those is resolved with the values that they have.
 */
export function resolutionOrder(variables) {
  const names = new Set(variables.map(({ name }) => name));
  const waits = new Map(variables.map((variable) => [variable.name, new Set(dependencies(variable, names))]));
  const groups = [], cycles = [];
  while (waits.size) {
    const ready = [...waits].filter(([, needs]) => ![...needs].some((need) => waits.has(need))).map(([name]) => name);
    if (!ready.length) {
      const found = cyclesAmong(waits);
      cycles.push(...found);
      for (const name of found.flat()) waits.delete(name);
      continue;
    }
    groups.push(ready);
    for (const name of ready) waits.delete(name);
  }
  return { groups, cycles };
}

/** All names that depend on one, directly or not. */
export function dependents(variables, name) {
  const names = new Set(variables.map((variable) => variable.name));
  const found = new Set([name]);
  for (let grew = true; grew;) {
    grew = false;
    for (const variable of variables) {
      if (found.has(variable.name) || !dependencies(variable, names).some((need) => found.has(need))) continue;
      found.add(variable.name);
      grew = true;
    }
  }
  found.delete(name);
  return found;
}

/** { "var-name": values } for the address bar. */
export function variablesToQuery(variables) {
  const query = {};
  for (const variable of variables) {
    if (variable.skipUrlSync || variable.type === "constant") continue;
    if (variable.type === "adhoc") query["var-" + variable.name] = (variable.filters ?? []).map(({ key, operator, value }) => [key, operator, value].map((part) => String(part ?? "").replaceAll("|", "__gfp__")).join("|"));
    else query["var-" + variable.name] = list(variable.current?.value).map(String);
    if (!query["var-" + variable.name].length) query["var-" + variable.name] = [""];
  }
  return query;
}

/** Filters of an ad hoc variable from the address bar: "key|operator|value". */
export const filtersFromQuery = (values) => values.map((text) => text.split("|").map((part) => part.replaceAll("__gfp__", "|"))).filter((parts) => parts.length >= 3)
  .map(([key, operator, value]) => ({ key, operator, value }));

/** The interval of "auto": the range over `count` steps, at least `minimum` ms. */
export function autoInterval(rangeMs, count, minimum, round) {
  return Math.max(round(rangeMs / (count || 30)), minimum || 10e3);
}
