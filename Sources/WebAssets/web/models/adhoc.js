// Ad hoc filters: label matchers added to every vector selector of a PromQL expression.

const words = new Set(["by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "and", "or", "unless", "atan2", "inf", "nan", "start", "end", "fill", "fill_left", "fill_right", "sum", "avg", "count", "min", "max",
  "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values", "group", "limitk", "limit_ratio"]);
const grouping = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);

const quote = (text) => '"' + String(text).replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n") + '"';
const escapeForRegex = (text) => String(text).replace(/[\\^$*+?.()|[\]{}]/g, "\\$&");

/** One filter as a matcher: operators = != =~ !~, and =| !=| (one of, values separated by commas or in `values`). */
export function matcherText({ key, operator, value, values }) {
  const name = /^[A-Za-z_][\w]*$/.test(key) ? key : quote(key);
  if (operator === "=|" || operator === "!=|") return `${name}${operator === "=|" ? "=~" : "!~"}${quote((values ?? String(value).split(",")).map(escapeForRegex).join("|"))}`;
  return `${name}${["=", "!=", "=~", "!~"].includes(operator) ? operator : "="}${quote(value)}`;
}

/** The expression with the filters in each of its selectors. */
export function addFilters(expression, filters) {
  const complete = (filters ?? []).filter(({ key, value, values }) => key && (value || values?.length));
  if (!complete.length) return expression;
  const extra = complete.map(matcherText).join(",");
  let out = "", at = 0, skipGroup = false;
  const text = String(expression);
  while (at < text.length) {
    const char = text[at];
    if (char === '"' || char === "'" || char === "`") {
      const end = closingQuote(text, at);
      out += text.slice(at, end);
      at = end;
    } else if (char === "#") {
      const end = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
      out += text.slice(at, end);
      at = end;
    } else if (char === "[") {
      const end = text.indexOf("]", at) < 0 ? text.length : text.indexOf("]", at) + 1;
      out += text.slice(at, end);
      at = end;
    } else if (char === "{") {
      const end = closingBrace(text, at), inner = text.slice(at + 1, end - 1);
      out += "{" + (inner.trim() ? inner.replace(/,\s*$/, "") + "," : "") + extra + "}";
      at = end;
    } else if (char === "(" && skipGroup) {
      const end = text.indexOf(")", at) < 0 ? text.length : text.indexOf(")", at) + 1;
      out += text.slice(at, end);
      at = end;
      skipGroup = false;
    } else if (/[A-Za-z_:]/.test(char)) {
      const name = /^[\w:.$]+/.exec(text.slice(at).replace(/\$\{/g, "${"))[0];
      at += name.length;
      out += name;
      const lower = name.toLowerCase(), next = /^\s*(.?)/s.exec(text.slice(at))[1];
      if (grouping.has(lower)) skipGroup = next === "(";
      else if (next === "{") continue;
      else if (next !== "(" && !words.has(lower)) out += "{" + extra + "}";
    } else if (/[\d.]/.test(char)) {
      const number = /^[\w.]+/.exec(text.slice(at))[0];
      out += number;
      at += number.length;
    } else if (char === "$") {
      const reference = /^\$(\w+|\{[^}]*\})?/.exec(text.slice(at))[0];
      out += reference;
      at += reference.length;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

function closingQuote(text, start) {
  const quoteChar = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\" && quoteChar !== "`") at++;
    else if (text[at] === quoteChar) return at + 1;
  }
  return text.length;
}

function closingBrace(text, start) {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"' || text[at] === "'" || text[at] === "`") at = closingQuote(text, at) - 1;
    else if (text[at] === "}") return at + 1;
  }
  return text.length;
}
