// Value mappings as rows of a table, one condition each, and back.

/** [{ type, value | from, to | pattern | match, text, color }] of a field's mappings. */
export function mappingRows(mappings) {
  return (mappings ?? []).filter((one) => one?.options).flatMap(({ type, options }) => {
    const result = ({ text, color } = {}) => ({ text: text ?? "", color: color ?? "" });
    if (type === "value") return Object.entries(options).sort(([, a], [, b]) => (a?.index ?? 0) - (b?.index ?? 0)).map(([value, one]) => ({ type, value, ...result(one ?? {}) }));
    if (type === "range") return [{ type, from: options.from ?? "", to: options.to ?? "", ...result(options.result) }];
    if (type === "regex") return [{ type, pattern: options.pattern ?? "", ...result(options.result) }];
    return [{ type: "special", match: options.match ?? "null", ...result(options.result) }];
  });
}

const limit = (value) => (value === "" || value == null || !Number.isFinite(Number(value)) ? null : Number(value));

/** Mappings of rows: values that follow each other share one, as files have them. Rows without a condition are left out. */
export function mappingsOfRows(rows) {
  const mappings = [];
  rows.forEach((row, index) => {
    const result = { ...(row.text ? { text: row.text } : {}), ...(row.color ? { color: row.color } : {}), index };
    if (row.type === "value") {
      if (row.value == null || row.value === "") return;
      const last = mappings[mappings.length - 1];
      if (last?.type === "value" && !Object.hasOwn(last.options, row.value)) last.options[row.value] = result;
      else mappings.push({ type: "value", options: { [row.value]: result } });
    } else if (row.type === "range") mappings.push({ type: "range", options: { from: limit(row.from), to: limit(row.to), result } });
    else if (row.type === "regex") { if (row.pattern) mappings.push({ type: "regex", options: { pattern: row.pattern, result } }); }
    else mappings.push({ type: "special", options: { match: row.match ?? "null", result } });
  });
  return mappings;
}
