// Rows and panels that are shown only under conditions, as newer dashboards have them.
import { parseRegex } from "./fieldConfig.js";
import { parseDuration } from "./timeRange.js";

/** One condition: true, false, or null for one that nothing is known about. */
function holds({ kind, spec = {} }, { values, range, hasData }) {
  switch (kind) {
    case "ConditionalRenderingVariable": {
      const chosen = values(spec.variable), wanted = String(spec.value ?? "");
      if (!chosen) return null;
      if (spec.operator === "equals" || spec.operator === "notEquals") return chosen.includes(wanted) === (spec.operator === "equals");
      const regex = parseRegex(wanted);
      return regex ? chosen.some((value) => { regex.lastIndex = 0; return regex.test(value); }) === (spec.operator !== "notMatches") : null;
    }
    case "ConditionalRenderingTimeRangeSize": { const most = parseDuration(spec.value); return most === null ? null : range.to - range.from <= most; }
    case "ConditionalRenderingData": return hasData === null ? null : hasData === (spec.value !== false);
    case "ConditionalRenderingGroup": return groupHolds(spec, { values, range, hasData });
    default: return null;
  }
}

function groupHolds({ condition, items = [] }, context) {
  const results = items.filter((one) => one && typeof one === "object").map((one) => holds(one, context)).filter((one) => one !== null);
  if (!results.length) return null;
  return condition === "or" ? results.some(Boolean) : results.every(Boolean);
}

/**
 * Whether a panel or row is shown by its `conditionalRendering`. Context: `values(name)` gives the texts of a variable's values or
 * null, `range` { from, to }, `hasData` true, false or null while nothing is known: then it is shown.
 */
export function isShown(group, context) {
  if (!group || typeof group !== "object") return true;
  const result = groupHolds(group.spec ?? {}, context);
  return result === null ? true : result === (group.spec?.visibility !== "hide");
}

/** Whether the data of a panel decides about it. */
export const asksForData = (group) => Boolean(group?.spec?.items?.some?.((one) => one?.kind === "ConditionalRenderingData" || (one?.kind === "ConditionalRenderingGroup" && asksForData(one))));
