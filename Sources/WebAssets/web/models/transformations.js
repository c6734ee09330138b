// Transformations: frames in, frames out, in the order the panel lists them.
import { calculatedName, guessType, makeFrame, timeField } from "./frames.js";
import { compareValues, fieldMatcher, parseRegex } from "./fieldConfig.js";
import { histogramBuckets } from "./histogram.js";
import { heatmap, regression, smoothing } from "./numericTransformations.js";
import { keepsUnit, reduceValues, reducerName } from "./reduce.js";
import { parseTime } from "./timeRange.js";

/** Applies a list of { id, options, disabled, filter, topic }. Unknown ones, and those for annotations, leave the frames as they are. */
export function transform(frames, transformations, { replace = (text) => text } = {}) {
  let current = frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => ({ ...field, values: field.values })) }));
  for (const { id, options, disabled, filter, topic } of transformations ?? []) {
    if (disabled || (topic && topic !== "series") || !Object.hasOwn(table, id)) continue;
    const wanted = filter?.options ? parseRegex(filter.id === "byRefId" || filter.id === "byFrameRefID" ? `^(?:${filter.options})$` : filter.options) : null;
    const chosen = wanted ? current.filter((frame) => wanted.test(frame.refId ?? "")) : current, rest = wanted ? current.filter((frame) => !wanted.test(frame.refId ?? "")) : [];
    current = [...table[id](chosen, options ?? {}, replace), ...rest];
  }
  return current;
}

const nameOf = (field, frame, frames) => field.config?.displayName || calculatedName(field, frame, frames);
const isNull = (value) => value == null || Number.isNaN(value);
const withValues = (field, values, rest) => ({ ...field, values, ...rest });
const pickRows = (frame, rows) => ({ ...frame, length: rows.length, fields: frame.fields.map((field) => withValues(field, rows.map((row) => field.values[row]))) });
const column = (name, values, type = guessType(values), rest = {}) => ({ name, type, config: {}, values, ...rest });

function organize(frames, { excludeByName = {}, includeByName = {}, indexByName = {}, renameByName = {}, orderByMode, orderBy }) {
  const including = Object.values(includeByName).some(Boolean);
  return frames.map((frame) => {
    const names = new Map(frame.fields.map((field) => [field, nameOf(field, frame, frames)]));
    const get = (object, field) => (Object.hasOwn(object, names.get(field)) ? object[names.get(field)] : Object.hasOwn(object, field.name) ? object[field.name] : undefined);
    let fields = frame.fields.filter((field) => (including ? get(includeByName, field) : !get(excludeByName, field)));
    if (orderByMode === "auto" && orderBy?.length) fields = [...fields].sort((a, b) => names.get(a).localeCompare(names.get(b), undefined, { numeric: true }) * (orderBy[0].desc ? -1 : 1));
    else if (Object.keys(indexByName).length) fields = [...fields].sort((a, b) => (get(indexByName, a) ?? 1e6) - (get(indexByName, b) ?? 1e6));
    return { ...frame, fields: fields.map((field) => { const renamed = get(renameByName, field); return renamed ? { ...field, config: { ...field.config, displayName: renamed } } : field; }) };
  });
}

/** Rows of all frames, those that agree in all shared columns laid together. */
function merge(frames) {
  const usable = frames.filter((frame) => frame.fields.length);
  if (usable.length < 2) return usable;
  const fields = new Map();
  for (const frame of usable) for (const field of frame.fields) { const name = keyName(field, frame, usable); if (!fields.has(name)) fields.set(name, { ...field, count: 0 }); fields.get(name).count++; }
  const names = [...fields.keys()], shared = names.filter((name) => fields.get(name).count === usable.length);
  const rows = [], byKey = new Map();
  for (const frame of usable) {
    const own = frame.fields.map((field) => [keyName(field, frame, usable), field]);
    for (let row = 0; row < frame.length; row++) {
      const entry = Object.fromEntries(own.map(([name, field]) => [name, field.values[row]]));
      const key = JSON.stringify(shared.map((name) => entry[name]));
      const fitting = shared.length ? byKey.get(key)?.find((other) => own.every(([name]) => other[name] === undefined || other[name] === entry[name])) : null;
      if (fitting) { Object.assign(fitting, entry); continue; }
      rows.push(entry);
      if (!byKey.has(key)) byKey.set(key, []);
      byKey.get(key).push(entry);
    }
  }
  return [makeFrame(names.map((name) => { const { count, ...field } = fields.get(name); return withValues(field, rows.map((row) => row[name] ?? null)); }), { refId: usable[0].refId })];
}
const keyName = (field, frame, frames) => (field.type === "number" && field.labels ? nameOf(field, frame, frames) : field.name);

function joinByField(frames, { byField, mode = "outer" }) {
  const parts = frames.map((frame) => ({ frame, key: byField ? frame.fields.find((field) => field.name === byField || nameOf(field, frame, frames) === byField) : timeField(frame) })).filter(({ key }) => key);
  if (parts.length < 2) return parts.length ? parts.map(({ frame, key }) => ({ ...frame, fields: [key, ...frame.fields.filter((field) => field !== key)] })) : frames;
  const tabular = mode === "outerTabular" || (mode !== "inner" && parts.some(({ key }) => new Set(key.values).size < key.values.length));
  const keys = new Map(), rows = [];
  parts.forEach(({ key }, part) => {
    const used = new Map();
    key.values.forEach((value, row) => {
      const place = tabular ? (used.get(value) ?? 0) : 0;
      used.set(value, place + 1);
      const id = typeof value + value + "\u0000" + place;
      if (!keys.has(id)) { keys.set(id, rows.length); rows.push({ value, at: new Array(parts.length).fill(-1) }); }
      rows[keys.get(id)].at[part] = row;
    });
  });
  let chosen = mode === "inner" ? rows.filter(({ at }) => at.every((row) => row >= 0)) : rows;
  if (parts[0].key.type === "time" || parts[0].key.type === "number") chosen = [...chosen].sort((a, b) => a.value - b.value);
  const fields = [withValues(parts[0].key, chosen.map(({ value }) => value))];
  const seen = new Map();
  parts.forEach(({ frame, key }, part) => {
    for (const field of frame.fields) {
      if (field === key) continue;
      const times = (seen.get(field.name) ?? 0) + 1;
      seen.set(field.name, times);
      fields.push(withValues(field, chosen.map(({ at }) => (at[part] < 0 ? (field.type === "number" ? null : null) : field.values[at[part]])), { name: times > 1 && !field.labels ? `${field.name} ${times}` : field.name }));
    }
  });
  return [makeFrame(fields, { refId: parts.map(({ frame }) => frame.refId).join("-") })];
}

function groupBy(frames, { fields = {} }) {
  return frames.flatMap((frame) => {
    const setting = (field) => fields[nameOf(field, frame, frames)] ?? fields[field.name];
    const keys = frame.fields.filter((field) => setting(field)?.operation === "groupby");
    if (!keys.length) return [];
    const groups = new Map();
    for (let row = 0; row < frame.length; row++) { const key = JSON.stringify(keys.map((field) => field.values[row])); if (!groups.has(key)) groups.set(key, []); groups.get(key).push(row); }
    const rows = [...groups.values()], out = keys.map((field) => withValues(field, rows.map(([first]) => field.values[first])));
    for (const field of frame.fields) {
      const wanted = setting(field);
      if (wanted?.operation !== "aggregate") continue;
      for (const id of wanted.aggregations ?? []) out.push(column(`${nameOf(field, frame, frames)} (${id})`, rows.map((members) => reduceValues(members.map((row) => field.values[row]), id)), undefined, { config: { ...field.config, displayName: undefined, displayNameFromDS: undefined } }));
    }
    return [makeFrame(out, { refId: frame.refId })];
  });
}

const operators = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "**": (a, b) => a ** b, "%": (a, b) => a % b };
const unary = { abs: Math.abs, exp: Math.exp, ln: Math.log, floor: Math.floor, ceil: Math.ceil, round: Math.round, sqrt: Math.sqrt };

function calculateField(frames, options, replace) {
  const { mode = "reduceRow", alias, replaceFields } = options;
  if (mode === "reduceRow" || mode === "binary") frames = frames.length > 1 && frames.every((frame) => timeField(frame)) ? joinByField(frames, {}) : frames;
  return frames.map((frame) => {
    const numbers = frame.fields.filter((field) => field.type === "number"), byName = (name) => frame.fields.find((field) => nameOf(field, frame, frames) === name || field.name === name);
    const values = [], added = [];
    if (mode === "reduceRow") {
      const { reducer = "sum", include } = options.reduce ?? {}, used = include?.length ? numbers.filter((field) => include.includes(nameOf(field, frame, frames))) : numbers;
      for (let row = 0; row < frame.length; row++) values.push(reduceValues(used.map((field) => field.values[row]), reducer));
      added.push(column(alias || reducerName(reducer), values, "number"));
    } else if (mode === "binary") {
      const { left, right, operator = "+" } = options.binary ?? {}, apply = operators[operator];
      const name = (side) => { const found = typeof side === "object" ? side?.fixed ?? side?.matcher?.options : side; return typeof found === "string" ? replace(found) : found; }, sideOf = (side) => { const field = byName(name(side)); return field ? (row) => field.values[row] : Number.isFinite(Number(name(side))) && name(side) !== "" ? () => Number(name(side)) : () => null; };
      // A type stands for all fields of it: a column each.
      const many = left?.matcher?.id === "byType" ? frame.fields.filter(({ type }) => type === left.matcher.options) : null;
      if (many) {
        const other = sideOf(right), all = many.map((field) => column(`${nameOf(field, frame, frames)} ${operator} ${name(right)}`, field.values.map((value, row) => { const second = other(row); return apply && !isNull(value) && !isNull(second) ? apply(value, second) : null; }), "number"));
        return { ...frame, fields: replaceFields ? [...frame.fields.filter((field) => field.type === "time"), ...all] : [...frame.fields, ...all] };
      }
      const a = sideOf(left), b = sideOf(right);
      for (let row = 0; row < frame.length; row++) { const x = a(row), y = b(row); values.push(apply && !isNull(x) && !isNull(y) ? apply(x, y) : null); }
      added.push(column(alias || `${name(left)} ${operator} ${name(right)}`, values, "number"));
    } else if (mode === "unary") {
      const { fieldName, operator = "abs" } = options.unary ?? {}, field = byName(fieldName), apply = unary[operator];
      if (field && apply) added.push(column(alias || `${operator}(${fieldName})`, field.values.map((value) => (isNull(value) ? null : apply(value))), "number"));
    } else if (mode === "cumulativeFunctions") {
      const { field: name, reducer = "sum" } = options.cumulative ?? {}, field = byName(name) ?? numbers[0];
      if (field) { let total = 0, count = 0; added.push(column(alias || `cumulative ${reducer}(${nameOf(field, frame, frames)})`, field.values.map((value) => { if (!isNull(value)) { total += value; count++; } return reducer === "mean" ? (count ? total / count : 0) : total; }), "number")); }
    } else if (mode === "windowFunctions") {
      const { field: name, reducer = "mean", windowAlignment = "trailing", windowSize = .1, windowSizeMode = "percentage" } = options.window ?? {}, field = byName(name) ?? numbers[0];
      if (field) { const size = Math.max(1, windowSizeMode === "percentage" ? Math.ceil(windowSize * frame.length) : windowSize), before = windowAlignment === "centered" ? Math.floor(size / 2) : size - 1, after = windowAlignment === "centered" ? Math.ceil(size / 2) : 1; added.push(column(alias || `${reducer}(${nameOf(field, frame, frames)})`, field.values.map((_, at) => reduceValues(field.values.slice(Math.max(0, at - before), at + after), reducer)), "number")); }
    } else if (mode === "index") added.push(column(alias || "Row", Array.from({ length: frame.length }, (_, row) => (options.index?.asPercentile ? row / frame.length : row)), "number"));
    return { ...frame, fields: replaceFields ? [...frame.fields.filter((field) => field.type === "time"), ...added] : [...frame.fields, ...added] };
  });
}

function filterFieldsByName(frames, { include, exclude, byVariable, variable }, replace) {
  const test = (part) => {
    if (!part) return null;
    const names = byVariable || part.variable ? replace(part.variable ?? variable ?? "").replace(/^\{|\}$/g, "").split(/,| \+ /) : part.names ?? [], set = new Set(names), regex = part.pattern ? parseRegex(replace(part.pattern)) : null;
    return set.size || regex ? (name, field) => set.has(name) || set.has(field.name) || Boolean(regex?.test(name)) : null;
  };
  const keep = test(include), drop = test(exclude);
  return frames.map((frame) => ({ ...frame, fields: frame.fields.filter((field) => { const name = nameOf(field, frame, frames); return (!keep || keep(name, field)) && !(drop && drop(name, field)); }) })).filter((frame) => frame.fields.length);
}

function reduce(frames, { mode = "seriesToRows", reducers = [], includeTimeField, labelsToFields: withLabels }) {
  if (mode === "reduceFields") return frames.map((frame) => makeFrame(frame.fields.filter((field) => field.type !== "time" || includeTimeField).flatMap((field) => reducers.map((id) => withValues(field, [reduceValues(field.values, id)], { config: { ...field.config, displayName: reducers.length > 1 ? `${nameOf(field, frame, frames)} ${reducerName(id)}` : field.config?.displayName ?? nameOf(field, frame, frames) } }))), { refId: frame.refId }));
  const rows = frames.flatMap((frame) => frame.fields.filter((field) => field.type === "number" || (field.type === "time" && includeTimeField) || field.type === "boolean").map((field) => ({ field, name: nameOf(field, frame, frames) })));
  const labels = withLabels ? [...new Set(rows.flatMap(({ field }) => Object.keys(field.labels ?? {})))].sort() : [];
  return [makeFrame([column("Field", rows.map(({ name, field }) => (withLabels ? field.name : name)), "string"), ...labels.map((label) => column(label, rows.map(({ field }) => field.labels?.[label] ?? ""), "string")), ...reducers.map((id) => column(reducerName(id), rows.map(({ field }) => reduceValues(field.values, id)), undefined, { config: { ...withoutNames(rows[0]?.field.config) } }))], { refId: frames[0]?.refId })];
}
const withoutNames = ({ displayName, displayNameFromDS, interval, ...rest } = {}) => rest;

function renameByRegex(frames, { regex, renamePattern = "" }) {
  const expression = parseRegex(regex);
  if (!expression) return frames;
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => { if (field.type === "time" && frame.fields.length > 1) return field; const name = nameOf(field, frame, frames); return { ...field, config: { ...field.config, displayName: name.replace(expression, renamePattern) } }; }) }));
}

function sortBy(frames, { sort = [] }) {
  const [key] = sort;
  if (!key?.field) return frames;
  return frames.map((frame) => {
    const field = frame.fields.find((one) => nameOf(one, frame, frames) === key.field || one.name === key.field);
    if (!field) return frame;
    const rows = Array.from({ length: frame.length }, (_, row) => row).sort((a, b) => { const x = field.values[a], y = field.values[b]; const result = x == null || y == null ? (x == null ? (y == null ? 0 : 1) : -1) : typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true }); return key.desc ? -result : result; });
    return pickRows(frame, rows);
  });
}

function labelsToFields(frames, { mode = "columns", keepLabels, valueLabel }) {
  const out = [];
  for (const frame of frames) {
    const values = frame.fields.filter((field) => field.labels && Object.keys(field.labels).length);
    if (!values.length) { out.push(frame); continue; }
    if (mode === "rows") { for (const field of values) { const keys = Object.keys(field.labels); out.push(makeFrame([column("label", keys, "string"), column("value", keys.map((key) => field.labels[key]), "string")], { refId: frame.refId, name: nameOf(field, frame, frames) })); } continue; }
    for (const field of values) {
      const time = timeField(frame), keys = Object.keys(field.labels).filter((key) => key !== "__name__" || keepLabels?.includes(key)).filter((key) => !keepLabels?.length || keepLabels.includes(key));
      const named = valueLabel && field.labels[valueLabel] ? field.labels[valueLabel] : field.name;
      out.push(makeFrame([...(time ? [time] : []), ...keys.filter((key) => key !== valueLabel).map((key) => column(key, new Array(frame.length).fill(field.labels[key]), "string")), { ...field, name: named, labels: undefined, config: { ...field.config, displayNameFromDS: undefined } }], { refId: frame.refId }));
    }
  }
  return mode === "columns" ? merge(out) : out;
}

function timeSeriesTable(frames, options) {
  const groups = new Map();
  for (const frame of frames) { const key = frame.refId ?? ""; if (!groups.has(key)) groups.set(key, []); groups.get(key).push(frame); }
  return [...groups].map(([refId, members]) => {
    const series = members.flatMap((frame) => frame.fields.filter((field) => field.type === "number").map((field) => ({ frame, field }))), labels = [...new Set(series.flatMap(({ field }) => Object.keys(field.labels ?? {})))];
    const stat = options[refId]?.stat ?? "lastNotNull";
    return makeFrame([...labels.map((label) => column(label, series.map(({ field }) => field.labels?.[label] ?? ""), "string")), column(groups.size > 1 ? `Trend #${refId}` : "Trend", series.map(({ field, frame }) => ({ values: field.values, times: timeField(frame)?.values, numeric: reduceValues(field.values, stat) })), "frame")], { refId });
  });
}

function extractFields(frames, { source, format = "json", replace, keepTime, jsonPaths, regExp, delimiter }) {
  return frames.map((frame) => {
    const field = frame.fields.find((one) => nameOf(one, frame, frames) === source || one.name === source);
    if (!field) return frame;
    const deep = (value, path) => String(path).split(/[.[\]]+/).filter(Boolean).reduce((at, part) => (at != null && Object.hasOwn(Object(at), part) ? at[part] : undefined), value);
    const parse = (value) => {
      if (value == null) return {};
      if (typeof value === "object") return value;
      if (format === "kvp") return Object.fromEntries([...String(value).matchAll(/"?([\w.-]+)"?\s*[=:]\s*(?:"([^"]*)"|([^\s,;]+))/g)].map((match) => [match[1], match[2] ?? match[3]]));
      if (format === "delimiter") return Object.fromEntries(String(value).split(delimiter || ",").map((part) => [part.trim(), true]));
      if (format === "regexp") return parseRegex(regExp)?.exec(String(value))?.groups ?? {};
      try { return JSON.parse(value); } catch { return {}; }
    };
    const parsed = field.values.map(parse), paths = format === "json" && jsonPaths?.length ? jsonPaths.map(({ path, alias }) => [alias || path, (value) => deep(value, path)]) : [...new Set(parsed.flatMap((value) => Object.keys(Object(value))))].map((key) => [key, (value) => Object(value)[key]]);
    const added = paths.map(([name, get]) => column(name, parsed.map((value) => get(value) ?? null)));
    return { ...frame, fields: replace ? [...(keepTime ? frame.fields.filter((one) => one.type === "time") : []), ...added] : [...frame.fields, ...added] };
  });
}

function filterByValue(frames, { type = "include", match = "any", filters = [] }, replace) {
  if (!filters.length) return frames;
  return frames.map((frame) => {
    const tests = filters.map(({ fieldName, config }) => { const field = frame.fields.find((one) => nameOf(one, frame, frames) === fieldName || one.name === fieldName); return field ? { field, test: valueTest(config ?? {}, replace) } : null; }).filter(Boolean);
    if (!tests.length) return frame;
    const rows = [];
    for (let row = 0; row < frame.length; row++) { const hit = match === "all" ? tests.every(({ field, test }) => test(field.values[row])) : tests.some(({ field, test }) => test(field.values[row])); if (hit === (type === "include")) rows.push(row); }
    return pickRows(frame, rows);
  });
}
function valueTest({ id, options = {} }, replace) {
  const filled = (value) => (typeof value === "string" ? replace(value) : value), wanted = filled(options.value), from = Number(filled(options.from)), to = Number(filled(options.to)), same = (value) => (typeof value === "number" ? value === Number(wanted) : String(value) === String(wanted));
  switch (id) {
    case "isNull": return (value) => value == null;
    case "isNotNull": return (value) => value != null;
    case "greater": return (value) => compareValues(value, "gt", Number(wanted)) && value != null;
    case "greaterOrEqual": return (value) => value != null && value >= Number(wanted);
    case "lower": return (value) => value != null && value < Number(wanted);
    case "lowerOrEqual": return (value) => value != null && value <= Number(wanted);
    case "equal": return same;
    case "notEqual": return (value) => !same(value);
    case "between": return (value) => value > from && value < to;
    case "regex": { const regex = parseRegex(wanted); return (value) => Boolean(regex?.test(String(value ?? ""))); }
    case "isNullOrEmpty": return (value) => value == null || value === "";
    case "substring": return (value) => String(value ?? "").toLowerCase().includes(String(wanted ?? "").toLowerCase());
    case "notSubstring": return (value) => !String(value ?? "").toLowerCase().includes(String(wanted ?? "").toLowerCase());
    default: return () => true;
  }
}

function convertFieldType(frames, { conversions = [] }) {
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => {
    const conversion = conversions.find(({ targetField }) => targetField === nameOf(field, frame, frames) || targetField === field.name);
    if (!conversion) return field;
    const convert = { number: (value) => { const text = typeof value === "string" ? value.replace(/[^\d.eE+-]/g, "") : value, number = Number(text); return text == null || text === "" || Number.isNaN(number) ? null : number; }, string: (value) => (value == null ? value : typeof value === "object" ? JSON.stringify(value) : String(value)), time: (value) => (value == null ? null : typeof value === "number" ? value : parseTime(value)), boolean: (value) => Boolean(value) && value !== "false" && value !== "0" }[conversion.destinationType];
    return convert ? { ...field, type: conversion.destinationType, values: field.values.map(convert) } : field;
  }) }));
}

function prepareTimeSeries(frames, { format = "multi" }) {
  if (format === "wide") return joinByField(frames, {});
  return frames.flatMap((frame) => {
    const time = timeField(frame), texts = frame.fields.filter((field) => field.type === "string"), numbers = frame.fields.filter((field) => field.type === "number");
    if (!time) return [];
    if (!texts.length) return numbers.map((field) => makeFrame([time, field], { refId: frame.refId }));
    return numbers.flatMap((field) => partition(frame, texts).map((rows) => makeFrame([withValues(time, rows.map((row) => time.values[row])), withValues(field, rows.map((row) => field.values[row]), { labels: { ...field.labels, ...Object.fromEntries(texts.map((text) => [text.name, text.values[rows[0]]])) } })], { refId: frame.refId })));
  });
}
function partition(frame, fields) {
  const groups = new Map();
  for (let row = 0; row < frame.length; row++) { const key = JSON.stringify(fields.map((field) => field.values[row])); if (!groups.has(key)) groups.set(key, []); groups.get(key).push(row); }
  return [...groups.values()];
}

function seriesToRows(frames) {
  const rows = frames.flatMap((frame) => { const time = timeField(frame); return time ? frame.fields.filter((field) => field.type === "number").flatMap((field) => { const name = nameOf(field, frame, frames); return time.values.map((value, row) => [value, name, field.values[row]]); }) : []; }).sort((a, b) => b[0] - a[0]);
  return [makeFrame([column("Time", rows.map((row) => row[0]), "time"), column("Metric", rows.map((row) => row[1]), "string"), column("Value", rows.map((row) => row[2]), "number")], { refId: frames[0]?.refId })];
}

function groupingToMatrix(frames, { columnField = "Time", rowField = "Time", valueField = "Value", emptyValue }) {
  return frames.map((frame) => {
    const find = (name) => frame.fields.find((field) => nameOf(field, frame, frames) === name || field.name === name), across = find(columnField), down = find(rowField), value = find(valueField);
    if (!across || !down || !value) return frame;
    const columns = [...new Set(across.values)], rows = [...new Set(down.values)], cells = new Map();
    for (let row = 0; row < frame.length; row++) cells.set(JSON.stringify([down.values[row], across.values[row]]), value.values[row]);
    const empty = emptyValue === "zero" ? 0 : emptyValue === "true" ? true : emptyValue === "false" ? false : emptyValue === "null" ? null : "";
    return makeFrame([withValues(down, rows, { name: `${rowField}\\${columnField}`, config: {} }), ...columns.map((name) => column(String(name), rows.map((row) => cells.get(JSON.stringify([row, name])) ?? empty), value.type, { config: withoutNames(value.config) }))], { refId: frame.refId });
  });
}

function concatenate(frames, { frameNameMode, frameNameLabel = "frame" }) {
  const length = Math.max(0, ...frames.map((frame) => frame.length));
  return [{ ...makeFrame(frames.flatMap((frame) => frame.fields.map((field) => withValues(field, [...field.values, ...new Array(length - frame.length).fill(null)], frameNameMode === "label" ? { labels: { ...field.labels, [frameNameLabel]: frame.name ?? frame.refId } } : {}))), { refId: frames[0]?.refId }), length }];
}

function limit(frames, { limitField = 10 }, replace) {
  const count = Number(replace(String(limitField)));
  return frames.map((frame) => (Number.isFinite(count) && frame.length > Math.abs(count) ? pickRows(frame, Array.from({ length: Math.abs(count) }, (_, at) => (count < 0 ? frame.length + count + at : at))) : frame));
}

function partitionByValues(frames, { fields = [], keepFields, naming = {} }) {
  return frames.flatMap((frame) => {
    const keys = fields.map((name) => frame.fields.find((field) => nameOf(field, frame, frames) === name || field.name === name)).filter(Boolean);
    if (!keys.length) return [frame];
    return partition(frame, keys).map((rows) => { const part = pickRows(frame, rows), labels = Object.fromEntries(keys.map((key) => [key.name, String(key.values[rows[0]])])); return { ...part, name: naming.asLabels ? frame.name : Object.values(labels).join(" "), fields: part.fields.filter((field, at) => keepFields || !keys.includes(frame.fields[at])).map((field) => (field.type === "time" ? field : { ...field, labels: { ...field.labels, ...labels }, config: { ...field.config, displayNameFromDS: undefined } })) }; });
  });
}

/** Each row becomes a field: a column gives the name, one the value, those named as settings set those, others are labels. */
function rowsToFields(frames, { mappings = [] }) {
  return frames.map((frame) => {
    const roles = new Map(frame.fields.map((field) => {
      const own = nameOf(field, frame, frames), chosen = mappings.find(({ fieldName }) => fieldName === own || fieldName === field.name);
      return [field, chosen ? chosen.handlerKey ?? "__ignore" : Object.keys(configHandlers).find((one) => one.toLowerCase() === own.toLowerCase()) ?? ""];
    }));
    const find = (role, type) => frame.fields.find((field) => roles.get(field) === role) ?? frame.fields.find((field) => field.type === type && roles.get(field) === "");
    const name = find("field.name", "string"), value = find("field.value", "number");
    if (!name || !value) return frame;
    return makeFrame(name.values.map((text, row) => {
      const config = withoutNames(value.config), labels = {};
      for (const [field, role] of roles) {
        if (field === name || field === value || role === "__ignore") continue;
        if (Object.hasOwn(configHandlers, role)) { if (field.values[row] != null) configHandlers[role](config, field.values[row]); } else if (field.type === "string" || role === "field.label") labels[field.name] = String(field.values[row]);
      }
      return column(String(text), [value.values[row]], value.type, { config, labels });
    }), { refId: frame.refId });
  });
}

function transpose(frames) {
  return frames.map((frame) => {
    const [first, ...rest] = frame.fields;
    if (!first) return frame;
    return makeFrame([column("Field", rest.map((field) => nameOf(field, frame, frames)), "string"), ...first.values.map((value, row) => column(String(value), rest.map((field) => field.values[row]), rest.every((field) => field.type === "number") ? "number" : undefined))], { refId: frame.refId });
  });
}

/** A row for each set of the labels to join by, a column for each value of one label. */
function joinByLabels(frames, { value, join = [] }) {
  const fields = frames.flatMap((frame) => frame.fields.filter((field) => field.type === "number" && field.labels));
  if (!value || !fields.length) return frames;
  const keys = join.length ? join : [...new Set(fields.flatMap(({ labels }) => Object.keys(labels)))].filter((key) => key !== value && key !== "__name__").sort(), rows = new Map(), names = [];
  for (const { labels, values } of fields) {
    const name = labels[value], key = JSON.stringify(keys.map((label) => labels[label] ?? ""));
    if (name === undefined) continue;
    if (!names.includes(name)) names.push(name);
    if (!rows.has(key)) rows.set(key, { labels, cells: {} });
    rows.get(key).cells[name] = values[0];
  }
  const list = [...rows.values()];
  return [makeFrame([...keys.map((key) => column(key, list.map(({ labels }) => labels[key] ?? ""), "string")), ...names.map((name) => column(name, list.map(({ cells }) => cells[name] ?? null), "number"))], { refId: frames[0].refId })];
}

/** Counts of values in buckets: columns of the bounds, then one of counts for each field, or one for all. */
function histogram(frames, { bucketSize, bucketOffset, bucketCount, combine }) {
  const fields = frames.flatMap((frame) => frame.fields.filter((field) => field.type === "number").map((field) => ({ field, name: nameOf(field, frame, frames) })));
  if (!fields.length) return frames;
  const { buckets } = histogramBuckets(combine ? [fields.flatMap(({ field }) => field.values)] : fields.map(({ field }) => field.values), { bucketSize, bucketOffset: Number(bucketOffset) || 0, bucketCount });
  const config = { unit: fields[0].field.config?.unit };
  return [makeFrame([column("xMin", buckets.map(({ low }) => low), "number", { config }), column("xMax", buckets.map(({ high }) => high), "number", { config }),
    ...(combine ? ["Count"] : fields.map(({ name }) => name)).map((name, at) => column(name, buckets.map(({ counts }) => counts[at]), "number"))], { refId: frames[0].refId })];
}

/** What a value of a config query sets of a field, by the handler's key. */
const configHandlers = {
  min: (config, value) => { config.min = Number(value); }, max: (config, value) => { config.max = Number(value); }, decimals: (config, value) => { config.decimals = Number(value); }, unit: (config, value) => { config.unit = String(value); },
  displayName: (config, value) => { config.displayName = String(value); }, color: (config, value) => { config.color = { mode: "fixed", fixedColor: String(value) }; }, description: (config, value) => { config.description = String(value); }, noValue: (config, value) => { config.noValue = String(value); },
  threshold1: (config, value) => { config.thresholds = { mode: "absolute", steps: [...(config.thresholds?.steps ?? [{ value: null, color: "green" }]), { value: Number(value), color: "red" }].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity)) }; },
};

/** One query's values become settings of the others' fields. */
function configFromData(frames, { configRefId = "config", applyTo, mappings = [] }) {
  const source = frames.find((frame) => frame.refId === configRefId), rest = frames.filter((frame) => frame.refId !== configRefId);
  if (!source) return frames;
  const settings = source.fields.flatMap((field) => {
    const name = nameOf(field, source, frames), mapping = mappings.find(({ fieldName }) => fieldName === name || fieldName === field.name), key = mapping ? mapping.handlerKey : Object.keys(configHandlers).find((one) => one.toLowerCase() === name.toLowerCase());
    const value = reduceValues(field.values, mapping?.reducerId ?? "lastNotNull");
    return key && Object.hasOwn(configHandlers, key) && value != null && keepsUnit(mapping?.reducerId ?? "lastNotNull") ? [(config) => configHandlers[key](config, value)] : [];
  });
  const test = applyTo?.id ? fieldMatcher(applyTo) : (field) => field.type === "number";
  return rest.map((frame) => ({ ...frame, fields: frame.fields.map((field) => {
    if (!test({ ...field, displayName: nameOf(field, frame, rest) }, frame)) return field;
    const config = { ...field.config };
    for (const set of settings) set(config);
    return { ...field, config };
  }) }));
}

const cases = { "Upper Case": (text) => text.toUpperCase(), "Lower Case": (text) => text.toLowerCase(), Trim: (text) => text.trim(), "Sentence Case": (text) => text.charAt(0).toUpperCase() + text.slice(1), "Title Case": (text) => text.replace(/\b\w/g, (letter) => letter.toUpperCase()) };
function formatString(frames, { stringField, outputFormat = "Upper Case", substringStart = 0, substringEnd = 100 }) {
  const change = outputFormat === "Substring" ? (text) => text.slice(substringStart, substringEnd) : Object.hasOwn(cases, outputFormat) ? cases[outputFormat] : (text) => text;
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => (nameOf(field, frame, frames) === stringField ? { ...field, values: field.values.map((value) => (value == null ? value : change(String(value)))) } : field)) }));
}

function formatTime(frames, { timeField: name, outputFormat = "YYYY-MM-DD HH:mm:ss" }) {
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => (nameOf(field, frame, frames) === name ? { ...field, config: { ...field.config, unit: `time:${outputFormat}` } } : field)) }));
}

const table = {
  organize, merge, joinByField, seriesToColumns: joinByField, groupBy, calculateField, filterFieldsByName, reduce, renameByRegex, sortBy, labelsToFields, timeSeriesTable, extractFields, filterByValue, convertFieldType, prepareTimeSeries,
  seriesToRows, groupingToMatrix, concatenate, limit, partitionByValues, rowsToFields, transpose, formatTime, joinByLabels, histogram, configFromData, formatString, regression, smoothing, heatmap,
  filterByRefId: (frames, { include }) => { const regex = include ? parseRegex(include) : null; return regex ? frames.filter((frame) => regex.test(frame.refId ?? "")) : frames; },
  filterFrames: (frames, { include }) => { const regex = include ? parseRegex(include) : null; return regex ? frames.filter((frame) => regex.test(frame.refId ?? "")) : frames; },
  filterFields: (frames, { include }) => { const test = include ? fieldMatcher(include) : null; return test ? frames.map((frame) => ({ ...frame, fields: frame.fields.filter((field) => test({ ...field, displayName: nameOf(field, frame, frames) }, frame)) })) : frames; },
};

/** [id, name] for pickers. */
export const transformationChoices = [["organize", "Organize fields"], ["merge", "Merge tables"], ["joinByField", "Join by field"], ["groupBy", "Group by"], ["calculateField", "Add field from calculation"], ["filterFieldsByName", "Filter fields by name"], ["reduce", "Reduce"], ["renameByRegex", "Rename by regex"], ["sortBy", "Sort by"], ["labelsToFields", "Labels to fields"], ["timeSeriesTable", "Time series to table"], ["extractFields", "Extract fields"], ["filterByValue", "Filter by value"], ["convertFieldType", "Convert field type"], ["prepareTimeSeries", "Prepare time series"], ["seriesToRows", "Series to rows"], ["groupingToMatrix", "Grouping to matrix"], ["concatenate", "Concatenate fields"], ["filterByRefId", "Filter by query"], ["limit", "Limit"], ["partitionByValues", "Partition by values"], ["transpose", "Transpose"], ["histogram", "Histogram"], ["joinByLabels", "Join by labels"], ["configFromData", "Config from query results"], ["formatString", "Format string"], ["rowsToFields", "Rows to fields"], ["regression", "Regression"], ["smoothing", "Smoothing"], ["heatmap", "Heatmap"]];
