// Values to show in stat, gauge, bar gauge and pie: one per field and calculation.
import { keepsUnit, reduceValues, reducerName } from "./reduce.js";
import { parseRegex, fieldVariables } from "./fieldConfig.js";

/**
 * [{ name, value, shown (a display result), field, frame, row?, calc }] by the panel's reduceOptions
 * { values, calcs, fields, limit } over configured frames.
 */
export function fieldValues(frames, reduceOptions = {}, { replace = (text) => text, maxFields = 200 } = {}) {
  const { values: all = false, calcs = ["lastNotNull"], fields = "", limit } = reduceOptions;
  const wanted = fieldFilter(fields);
  const out = [];
  for (const frame of frames) {
    const label = frame.fields.find((field) => field.type === "string");
    for (const field of frame.fields) {
      if (!wanted(field)) continue;
      if (field.config.custom?.hideFrom?.viz) continue;
      if (all) {
        const count = Math.min(frame.length, limit ?? 25);
        for (let row = 0; row < count && out.length < maxFields; row++) {
          const name = field.config.displayName ? replace(field.config.displayName, fieldVariables(field, frame, field.displayName, row)) : label ? String(label.values[row]) : field.displayName;
          out.push({ name, value: field.values[row], shown: field.display(field.values[row]), field, frame, row, calc: null });
        }
      } else {
        for (const calc of calcs.length ? calcs : ["lastNotNull"]) {
          if (out.length >= maxFields) return out;
          const value = reduceValues(field.values, calc);
          const shown = keepsUnit(calc) || field.type !== "number" ? field.display(value) : { ...field.display(value), prefix: "", text: String(value), suffix: "" };
          out.push({ name: calcs.length > 1 ? `${field.displayName} (${reducerName(calc)})` : field.displayName, value, shown, field, frame, calc });
        }
      }
    }
  }
  return out;
}

/** Which fields take part: "" numbers, "/.*\/" all, else a pattern or a name. */
function fieldFilter(fields) {
  if (!fields) return (field) => field.type === "number";
  const regex = /^\/.*\/[a-z]*$/s.test(fields) ? parseRegex(fields) : null;
  return (field) => {
    if (!regex) return field.displayName === fields || field.name === fields;
    regex.lastIndex = 0;
    return regex.test(field.displayName) && (fields !== "/.*/" || field.type !== "time");
  };
}
