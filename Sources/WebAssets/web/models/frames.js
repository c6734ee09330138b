// Frames: columns of equal length. { refId, name, meta, length, fields: [{ name, type, labels, config, values }] }
// Types: "time" (ms), "number", "string", "boolean", "other".

/** One result of /api/ds/query as frames; NaN and infinities are put back from `data.entities`. */
export function decodeFrames(result, refId) {
  const frames = [];
  for (const { schema = {}, data = {} } of result?.frames ?? []) {
    const values = Array.isArray(data.values) ? data.values : [];
    const fields = (schema.fields ?? []).map((field, index) => {
      const column = Array.isArray(values[index]) ? values[index] : [];
      const entities = data.entities?.[index];
      if (entities) {
        for (const at of entities.NaN ?? []) column[at] = NaN;
        for (const at of entities.Inf ?? []) column[at] = Infinity;
        for (const at of entities.NegInf ?? []) column[at] = -Infinity;
      }
      return { name: String(field.name ?? ""), type: field.type ?? guessType(column), labels: field.labels, config: { ...field.config }, values: column };
    });
    frames.push({ refId: refId ?? schema.refId, name: schema.name, meta: schema.meta ?? {}, length: fields[0]?.values.length ?? 0, fields });
  }
  return frames;
}

/** The type of a column by its first value. */
export function guessType(values) {
  for (const value of values) {
    if (value == null) continue;
    return typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : typeof value === "string" ? "string" : "other";
  }
  return "other";
}

export const timeField = (frame) => frame.fields.find((field) => field.type === "time");
export const numericFields = (frame) => frame.fields.filter((field) => field.type === "number");

/** A frame from columns, the length taken from the first. */
export const makeFrame = (fields, rest = {}) => ({ meta: {}, ...rest, length: fields[0]?.values.length ?? 0, fields });

/** {a="b", c="d"} with sorted names. */
export function labelText(labels) {
  const keys = Object.keys(labels ?? {}).filter((key) => key !== "__name__").sort();
  return keys.length ? "{" + keys.map((key) => `${key}="${labels[key]}"`).join(", ") + "}" : "";
}

/** The name of a field before any configured one: the data source's, else name and labels. */
export function calculatedName(field, frame, frames) {
  if (field.config?.displayNameFromDS) return field.config.displayNameFromDS;
  if (field.type === "time" && !field.labels) return field.name || "Time";
  const labels = labelText(field.labels);
  if (!labels) return field.name === "Value" && frame?.name ? frame.name : field.name || (frame?.name ?? "");
  const sameFrame = (frame?.fields ?? []).filter((other) => other.type === field.type).length;
  if (field.name === "Value" || field.name === "") {
    const keys = Object.keys(field.labels).filter((key) => key !== "__name__");
    if (keys.length === 1 && (frames?.length ?? 1) > 1) return field.labels[keys[0]];
    return labels;
  }
  return sameFrame > 1 || (frames?.length ?? 1) > 1 ? `${field.name} ${labels}` : field.name;
}

/** Inserts null where samples are further apart than the step, so that lines break there; or `fill`, where it is given. */
export function withGaps(times, values, interval, fill = null) {
  if (!(interval > 0)) return { times, values };
  let broken = false;
  for (let at = 1; at < times.length && !broken; at++) broken = times[at] - times[at - 1] > interval;
  if (!broken) return { times, values };
  const outTimes = [], outValues = [];
  for (let at = 0; at < times.length; at++) {
    if (at > 0 && times[at] - times[at - 1] > interval) {
      outTimes.push(times[at - 1] + interval);
      outValues.push(fill);
      // A value that stands for what is missing holds until the next sample.
      if (fill !== null && times[at] - times[at - 1] > 2 * interval) {
        outTimes.push(times[at] - interval);
        outValues.push(fill);
      }
    }
    outTimes.push(times[at]);
    outValues.push(values[at]);
  }
  return { times: outTimes, values: outValues };
}

const same = (a, b) => a === b || (a.length === b.length && a[0] === b[0] && a[a.length - 1] === b[b.length - 1] && a.every((time, at) => time === b[at]));

/**
 * Joins columns over their union of times. `columns`: [{ times, values }]; returns { times, values: [[…]] }
 * where undefined marks "no sample here" and null a gap.
 */
export function joinColumns(columns) {
  if (!columns.length) return { times: [], values: [] };
  const first = columns[0].times;
  if (columns.every(({ times }) => same(times, first))) return { times: first, values: columns.map(({ values }) => values) };
  const union = new Set();
  for (const { times } of columns) for (const time of times) union.add(time);
  const times = Float64Array.from(union).sort();
  const place = new Map();
  times.forEach((time, at) => place.set(time, at));
  return {
    times: Array.from(times),
    values: columns.map(({ times: own, values }) => {
      const out = new Array(times.length).fill(undefined);
      for (let at = 0; at < own.length; at++) out[place.get(own[at])] = values[at];
      return out;
    }),
  };
}

/** Turns nulls into "no sample" where the hole is at most `limit` ms wide, so that lines span them. */
export function spanShortGaps(times, values, limit) {
  const out = values.slice();
  let last = -1;
  for (let at = 0; at < out.length; at++) {
    if (out[at] == null) continue;
    if (last >= 0 && at - last > 1 && times[at] - times[last] <= limit) for (let hole = last + 1; hole < at; hole++) if (out[hole] === null) out[hole] = undefined;
    last = at;
  }
  return out;
}

/** Finite numbers or null, as charts draw them. */
export function drawable(values) {
  let clean = true;
  for (const value of values) if (value != null && !Number.isFinite(value)) { clean = false; break; }
  return clean ? values : values.map((value) => (value == null || Number.isFinite(value) ? value : null));
}

/** Rows of a frame as arrays of texts by the fields' display functions, or raw. */
export function frameToCSV(frame, formatted = false) {
  // Spreadsheets would run a text that starts like a formula.
  const cell = (text) => {
    const safe = /^[=+@\t\r]/.test(text) || (text.startsWith("-") && Number.isNaN(Number(text))) ? "'" + text : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const name = (field) => cell(field.displayName ?? field.config?.displayNameFromDS ?? field.name);
  const lines = [frame.fields.map(name).join(",")];
  for (let row = 0; row < frame.length; row++) {
    lines.push(frame.fields.map((field) => {
      const value = field.values[row];
      if (formatted && field.display) { const shown = field.display(value); return cell(shown.prefix + shown.text + shown.suffix); }
      if (value == null) return "";
      return cell(field.type === "time" ? new Date(value).toISOString() : String(value));
    }).join(","));
  }
  return lines.join("\r\n");
}
