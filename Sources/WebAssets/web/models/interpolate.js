// Variable references in text: $name, ${name}, ${name.field}, ${name:format}, [[name:format]].
import { formatDate } from "./dateFormat.js";

const reference = /\$(\w+)|\[\[(\w+?)(?:\.([^\]:]+))?(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?:\["((?:[^"\\]|\\.)*)"\])?(?::([^}]+))?\}/g;

/** Names of the variables that a text (or any value holding texts) refers to. */
export function referencedNames(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  const names = new Set();
  for (const match of text.matchAll(reference)) names.add(match[1] ?? match[2] ?? match[5]);
  return names;
}

export const escapeRegex = (text) => String(text).replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
/** Regex characters escaped for a PromQL string: the backslash doubled. */
export const escapePromRegex = (text) => String(text).replace(/\\/g, "\\\\\\\\").replace(/[$^*{}[\]'+?.()|]/g, "\\\\$&");
export const escapePromText = (text) => String(text).replace(/\\/g, "\\\\").replace(/'/g, "\\'");

const list = (value) => (Array.isArray(value) ? value : [value]);
const percent = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

/** A value by the name of a format; unknown names give the glob form. */
export function formatVariable(value, format, variable = {}) {
  const [name, ...argument] = String(format ?? "glob").split(":");
  const items = list(value).map((item) => (item == null ? "" : typeof item === "object" ? JSON.stringify(item) : String(item)));
  switch (name) {
    case "raw": return items.join(",");
    case "regex": return items.length === 1 ? escapeRegex(items[0]) : "(" + items.map(escapeRegex).join("|") + ")";
    case "pipe": return items.join("|");
    case "csv": return items.join(",");
    case "json": return JSON.stringify(Array.isArray(value) ? items : value);
    case "distributed": return items.map((item, at) => (at ? `${variable.name}=${item}` : item)).join(",");
    case "lucene": {
      const quote = (item) => (item === "" ? "__empty__" : item.replace(/[+\-&|=><!(){}[\]^"~*?:\\/ ]/g, "\\$&"));
      return items.length === 1 && !Array.isArray(value) ? quote(items[0]) : items.length ? "(" + items.map((item) => `"${item.replace(/["\\]/g, "\\$&")}"`).join(" OR ") + ")" : "__empty__";
    }
    case "percentencode": return percent(Array.isArray(value) ? (items.length > 1 ? `{${items.join(",")}}` : items.join()) : items[0]);
    case "uriencode": return encodeURI(Array.isArray(value) ? `{${items.join(",")}}` : items[0]);
    case "singlequote": return items.map((item) => `'${item.replaceAll("'", "\\'")}'`).join(",");
    case "doublequote": return items.map((item) => `"${item.replaceAll('"', '\\"')}"`).join(",");
    case "sqlstring": return items.map((item) => `'${item.replaceAll("'", "''")}'`).join(",");
    case "text": return list(variable.text ?? value).join(" + ");
    case "queryparam": return items.map((item) => `var-${encodeURIComponent(variable.name ?? "")}=${encodeURIComponent(item)}`).join("&");
    case "join": return items.join(argument[0] ?? ",");
    case "date": {
      const pattern = argument.join(":"), time = Number(items[0]);
      if (!pattern || pattern === "iso") return new Date(time).toISOString();
      if (pattern === "seconds") return String(Math.round(time / 1000));
      return formatDate(time, pattern);
    }
    default: return items.length > 1 ? `{${items.join(",")}}` : items.join();
  }
}

/**
 * Replaces references. `lookup(name)` returns a variable { name, value, text, … } or undefined (left as it is).
 * `format` is a format's name or a function (value, variable) => text for references without their own.
 */
export function interpolate(text, lookup, format) {
  if (typeof text !== "string" || !/[$[]/.test(text)) return text;
  return text.replace(reference, (match, plain, bracket, bracketPath, bracketFormat, braced, path, quoted, bracedFormat) => {
    const name = plain ?? bracket ?? braced;
    const variable = lookup(name);
    if (!variable) return match;
    let { value } = variable;
    const fieldPath = quoted !== undefined ? (path ? path + "." : "") : bracketPath ?? path;
    if (fieldPath) {
      if (fieldPath === "text" && typeof value !== "object") value = variable.text ?? value;
      else value = quoted !== undefined ? deep(value, [...fieldPath.split(".").filter(Boolean), quoted]) : deep(value, splitPath(fieldPath));
      if (value === undefined) value = "";
    }
    if (value == null) return "";
    const own = bracketFormat ?? bracedFormat;
    if (own) return formatVariable(value, own, variable);
    if (typeof format === "function") return format(value, variable);
    if (variable.plain) return String(value);
    return formatVariable(value, format, variable);
  });
}

const splitPath = (path) => path.split(/\.|\["?|"?\]/).filter(Boolean);
function deep(value, parts) {
  for (const part of parts) {
    if (value == null || !Object.hasOwn(Object(value), part)) return undefined;
    value = value[part];
  }
  return value;
}

/**
 * How values enter PromQL: with neither multi nor includeAll only quotes and backslashes are escaped;
 * otherwise each is a regex literal inside a string, several become (a|b). "allValue" goes in as it is.
 */
export function prometheusFormat(value, variable = {}) {
  if (variable.verbatim) return list(value).join("|");
  if (variable.type && !variable.multi && !variable.includeAll) return typeof value === "string" ? escapePromText(value) : list(value).map(escapePromText).join("|");
  if (typeof value === "number") return String(value);
  const items = list(value).map(escapePromRegex);
  return items.length === 1 ? items[0] : `(${items.join("|")})`;
}
