// Field config: defaults, overrides, names, thresholds, mappings, colours: what turns a value into text and colour.
import { calculatedName } from "./frames.js";
import { interpolateStops, mix, resolveColor, schemeStops, withAlpha } from "./colors.js";
import { colorByName, paletteColor } from "./palette.js";
import { reduceValues } from "./reduce.js";
import { display as displayValue, isDateUnit } from "./units.js";

const unsafe = new Set(["__proto__", "constructor", "prototype"]);

/** "/re/flags" or a plain pattern as RegExp; null when it does not compile. */
export function parseRegex(text) {
  const match = /^\/([\s\S]*)\/([a-z]*)$/.exec(text ?? "");
  try {
    return match ? new RegExp(match[1], [...new Set(match[2].replace(/[^gimsuy]/g, ""))].join("")) : new RegExp(text);
  } catch { return null; }
}

/** A test by the override's matcher: (field, frame) => boolean. Unknown matchers match nothing. */
export function fieldMatcher(matcher) {
  const { id, options } = matcher ?? {};
  const nameOf = (field) => field.displayName ?? field.name;
  switch (id) {
    case "byName": return (field) => nameOf(field) === options || field.name === options;
    case "byRegexp": {
      const regex = parseRegex(options);
      return (field) => { if (!regex) return false; regex.lastIndex = 0; return regex.test(nameOf(field)); };
    }
    case "byFrameRefID": return (field, frame) => frame.refId === options;
    case "byType": return (field) => field.type === options;
    case "numeric": return (field) => field.type === "number";
    case "time": return (field) => field.type === "time";
    case "byNames": {
      const names = new Set(options?.names ?? []);
      return options?.mode === "exclude" ? (field) => field.type === "number" && !names.has(nameOf(field)) : (field) => names.has(nameOf(field));
    }
    case "byRegexpOrNames": {
      const regex = options?.pattern ? parseRegex(options.pattern) : null, names = new Set(options?.names ?? []);
      return (field) => names.has(nameOf(field)) || Boolean(regex?.test(nameOf(field)));
    }
    case "first": return (field, frame) => frame.fields[0] === field;
    case "firstTimeField": return (field, frame) => frame.fields.find((other) => other.type === "time") === field;
    case "byValue": return (field) => field.type === "number" && compareValues(reduceValues(field.values, options?.reducer ?? "lastNotNull"), options?.op, options?.value);
    default: return () => false;
  }
}

/** gt, gte, lt, lte, eq, neq between a value and a limit. */
export function compareValues(value, operator, limit) {
  if (value == null) return operator === "neq" ? limit != null : operator === "eq" && limit == null;
  switch (operator) {
    case "gt": return value > limit;
    case "gte": return value >= limit;
    case "lt": return value < limit;
    case "lte": return value <= limit;
    case "neq": return value !== limit;
    default: return value === limit;
  }
}

function setPath(target, path, value) {
  const parts = String(path).split(".");
  if (parts.some((part) => unsafe.has(part))) return;
  let at = target;
  for (const part of parts.slice(0, -1)) at = at[part] = typeof at[part] === "object" && at[part] !== null ? { ...at[part] } : {};
  at[parts[parts.length - 1]] = value;
}

/** The step that holds for a value: the last one not above it. `range` { min, max } serves percentages. */
export function thresholdStep(thresholds, value, range) {
  const steps = thresholds?.steps ?? [];
  let found = steps[0];
  const scaled = thresholds?.mode === "percentage" ? ((value - range.min) / (range.max - range.min || 1)) * 100 : value;
  for (const step of steps) if (step.value == null || scaled >= step.value) found = step;
  return found;
}

/** The steps with absolute values: [{ value (null = −∞), color }]. */
export function absoluteSteps(thresholds, range, theme) {
  return (thresholds?.steps ?? []).map(({ value, color }) => ({
    value: value == null ? null : thresholds.mode === "percentage" ? range.min + (value / 100) * (range.max - range.min) : value, color: resolveColor(color, theme) }));
}

/** What a value maps to: { text?, color?, icon? } of the first mapping that matches, or null. */
export function applyMappings(mappings, value) {
  for (const { type, options } of mappings ?? []) {
    if (!options) continue;
    if (type === "value") {
      const key = typeof value === "boolean" ? String(value) : value == null ? "null" : String(value);
      if (Object.hasOwn(options, key)) return options[key];
    } else if (type === "range") {
      if (value == null || value === "" || !Number.isFinite(Number(value))) continue;
      const number = Number(value), from = options.from ?? -Infinity, to = options.to ?? Infinity;
      if (number >= from && number <= to) return options.result ?? {};
    } else if (type === "regex") {
      if (value == null) continue;
      const regex = parseRegex(options.pattern), match = regex?.exec(String(value));
      if (match) {
        const result = options.result ?? {};
        return result.text == null ? result : { ...result, text: String(value).replace(regex, result.text) };
      }
    } else if (type === "special") {
      const is = { null: value == null, nan: Number.isNaN(value), "null+nan": value == null || Number.isNaN(value), true: value === true || value === "true", false: value === false || value === "false", empty: value === "" };
      if (Object.hasOwn(is, options.match) && is[options.match]) return options.result ?? {};
    }
  }
  return null;
}

const defaultThresholds = { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 80, color: "red" }] };

/** The colour of a value by mode; `range` is the field's { min, max }. */
function valueColor(field, value, range, theme) {
  const { mode } = field.config.color ?? {};
  const stops = mode ? schemeStops(mode, theme) : null;
  if (stops) return interpolateStops(stops, (value - range.min) / (range.max - range.min || 1));
  return resolveColor(thresholdStep(field.config.thresholds ?? defaultThresholds, value, range)?.color ?? "green", theme);
}

/** The colour of a whole series. */
function seriesColor(field, index, range, theme) {
  const { mode, fixedColor, seriesBy } = field.config.color ?? {};
  switch (mode) {
    case "fixed": return resolveColor(fixedColor ?? "#808080", theme);
    case "shades": {
      const base = resolveColor(fixedColor ?? "green", theme), shift = ((index % 7) - 3) * .18;
      return shift < 0 ? mix(base, "#000000", -shift) : mix(base, "#ffffff", shift);
    }
    case "palette-classic": case undefined: return resolveColor(paletteColor(index), theme);
    case "palette-classic-by-name": return resolveColor(colorByName(field.displayName ?? field.name), theme);
    default: {
      const value = reduceValues(field.values, seriesBy === "min" || seriesBy === "max" ? seriesBy : "lastNotNull");
      return valueColor(field, value ?? 0, range, theme);
    }
  }
}

const byValue = (mode) => mode === "thresholds" || Boolean(mode?.startsWith("continuous-"));

const isLegendChoice = (override) => override?.__systemRef === "hideSeriesFrom";

/** The names that a click on a legend has left, by the override that keeps it; null when all are shown. */
export function legendChoice(fieldConfig) {
  const { mode, names } = (fieldConfig?.overrides ?? []).findLast(isLegendChoice)?.matcher?.options ?? {};
  return mode === "exclude" && Array.isArray(names) ? names : null;
}

/**
 * Frames with their fields configured: each gets `config`, `displayName`, `range` { min, max }, `color` (of the
 * series), `seriesIndex` (among numbers) and `display(value)` → { prefix, text, suffix, color, numeric, percent, icon }.
 * Context: { theme, timeZone, replace(text, scopedVariables), defaultColorMode, hasLegend }. A panel that has a legend to click
 * applies `legendChoice` itself.
 */
export function applyFieldConfig(frames, fieldConfig, context = {}) {
  const { theme = "dark", timeZone, replace = (text) => text, defaultColorMode = "thresholds", hasLegend = false } = context;
  const defaults = fieldConfig?.defaults ?? {};
  const overrides = (fieldConfig?.overrides ?? []).filter((override) => override && !(hasLegend && isLegendChoice(override))).map((override) => ({ test: fieldMatcher(override.matcher), byValue: override.matcher?.id === "byValue", properties: override.properties ?? [] }));
  const out = frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => ({ ...field })) }));
  let index = 0;
  for (const frame of out) {
    for (const field of frame.fields) {
      const own = field.config ?? {};
      // A transformation may have named it: that is the name that overrides mean.
      field.displayName = own.displayName || calculatedName(field, frame, out);
      field.config = { ...own, ...withoutEmpty(defaults), custom: { ...own.custom, ...defaults.custom } };
      if (field.type === "time" && defaults.unit && !isDateUnit(defaults.unit)) field.config.unit = own.unit;
      if (field.type === "number") field.seriesIndex = index++;
    }
  }
  for (const frame of out) {
    for (const field of frame.fields) {
      for (const override of overrides) {
        if (!override.test(field, frame)) continue;
        for (const { id, value } of override.properties.filter(Boolean)) setPath(field.config, id, value);
      }
    }
  }
  nameFields(out, replace);
  const shared = rangeOf(out.flatMap((frame) => frame.fields.filter((field) => field.type === "number")));
  for (const frame of out) {
    for (const field of frame.fields) {
      const { config } = field;
      if (config.color?.mode === undefined) config.color = { ...config.color, mode: field.type === "number" ? defaultColorMode : "thresholds" };
      const auto = config.fieldMinMax ? rangeOf([field]) : shared;
      field.range = { min: numberOr(config.min, auto.min), max: numberOr(config.max, auto.max) };
      if (field.type === "number") field.color = seriesColor(field, field.seriesIndex, field.range, theme);
      field.display = displayFunction(field, theme, timeZone);
    }
  }
  for (const frame of out) if (frame.meta?.timeCompare) for (const field of frame.fields) if (field.type === "number") nameEarlier(field, out);
  return out;
}

/** A series of an earlier time has the colour of the present one. */
function nameEarlier(field, frames) {
  const present = frames.flatMap((frame) => (frame.meta?.timeCompare ? [] : frame.fields)).find(({ displayName }) => displayName === field.displayName);
  field.color = withAlpha(present?.color ?? field.color, .6);
  field.displayName += " (comparison)";
}

const numberOr = (value, other) => (value != null && value !== "" && Number.isFinite(Number(value)) ? Number(value) : other);

function withoutEmpty(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

function rangeOf(fields) {
  let min = Infinity, max = -Infinity;
  for (const { values } of fields) {
    for (const value of values) {
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max } : { min: 0, max: 100 };
}

function nameFields(frames, replace) {
  const used = new Map();
  for (const frame of frames) {
    for (const field of frame.fields) {
      const { displayName } = field.config;
      if (displayName) {
        const calculated = field.displayName;
        field.displayName = replace(displayName, fieldVariables(field, frame, calculated)) || calculated;
      }
      if (field.type !== "number") continue;
      const seen = used.get(field.displayName) ?? 0;
      used.set(field.displayName, seen + 1);
    }
  }
}

/** `__field`, `__series`, `__cell_0…`, `__data` and `__value` for templates in names and links. */
export function fieldVariables(field, frame, name = field.displayName, row) {
  const cells = {};
  frame?.fields?.forEach((other, at) => { cells["__cell_" + at] = { value: row == null ? firstText(other.values) : other.values[row] }; });
  const data = {};
  if (row != null) for (const other of frame?.fields ?? []) data[other.displayName ?? other.name] = other.values[row];
  return {
    __field: { value: { name, labels: field.labels ?? {}, displayName: name } }, __series: { value: { name: frame?.name ?? name } },
    __data: { value: { fields: data } }, ...cells,
  };
}
const firstText = (values) => values.find((value) => value != null) ?? "";

function displayFunction(field, theme, timeZone) {
  const { config, range, type } = field;
  const { unit, decimals, mappings, noValue } = config;
  const hasMappings = mappings?.length > 0, dateField = type === "time" && !unit;
  const places = decimals == null || decimals === "" ? null : Number(decimals);
  const seriesColored = !byValue(config.color?.mode);
  const options = { timeZone }, { values = [] } = field;
  // Times of less than a minute are told apart by their milliseconds.
  const dateUnit = values.length > 1 && values[values.length - 1] - values[0] < 60e3 ? "time:YYYY-MM-DD HH:mm:ss.SSS" : "dateTimeAsSystem";
  return (value) => {
    const numeric = typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : value == null || value === "" ? NaN : Number(value);
    let color = seriesColored ? field.color : null, icon;
    if (hasMappings) {
      const mapped = applyMappings(mappings, value);
      if (mapped) {
        if (mapped.color) color = resolveColor(mapped.color, theme);
        icon = mapped.icon;
        if (mapped.text != null && mapped.text !== "") return { prefix: "", text: String(mapped.text), suffix: "", numeric, color: color ?? colorFor(numeric), percent: share(numeric), icon, mapped: true };
      }
    }
    if (value == null || value === "") return { prefix: "", text: noValue ?? "", suffix: "", numeric: NaN, color: color ?? resolveColor(config.thresholds?.steps?.[0]?.color ?? "text", theme), percent: 0, icon };
    let shown;
    if (dateField) shown = displayValue(value, dateUnit, null, options);
    else if (type === "number" || typeof value === "number" || (type !== "string" && Number.isFinite(numeric)) || (unit && unit !== "string" && typeof value === "string" && value.trim() !== "" && Number.isFinite(numeric) && type !== "string")) shown = displayValue(numeric, unit, places, options);
    else shown = { prefix: "", text: typeof value === "object" ? JSON.stringify(value) : String(value), suffix: "" };
    return { ...shown, numeric, color: color ?? colorFor(numeric), percent: share(numeric), icon };
  };

  function colorFor(numeric) { return valueColor(field, Number.isNaN(numeric) ? -Infinity : numeric, range, theme); }
  function share(numeric) { return Number.isFinite(numeric) ? Math.min(1, Math.max(0, (numeric - range.min) / (range.max - range.min || 1))) : 0; }
}

/** A display result as one string. */
export const displayText = ({ prefix, text, suffix }) => (prefix ?? "") + text + (suffix ?? "");
