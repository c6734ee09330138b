// Exemplars in a chart: fetched for a panel's queries, and a mark for each that tells its labels.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { popover } from "../lib/overlay.js";
import { formatDate } from "../models/dateFormat.js";
import { chosenExemplars } from "../models/exemplars.js";
import { session } from "../pages/session.js";

const touched = matchMedia("(max-width: 768px), (pointer: coarse)"), asked = new WeakMap();

/** The exemplars of what a view last queried: [{ time, value, labels, series, source }]; asked for once. */
export function exemplarsOf(view, all) {
  const { result } = view, kept = asked.get(result);
  if (kept?.all === all) return kept.list;
  const wanted = new Set((view.panel.targets ?? []).filter((target) => target && !target.hide && (all || target.exemplar)).map(({ refId }) => refId));
  const queries = (result.queries ?? []).filter((query) => query.range && query.expr && wanted.has(query.refId));
  const list = Promise.all(queries.map((query) => fetchOne(query, result, view))).then((lists) => chosenExemplars(lists.flat(), result.range, touched.matches ? 25 : 100));
  asked.set(result, { all, list });
  return list;
}

async function fetchOne({ refId, expr, datasource }, { frames, range }, view) {
  // The server has filled in the step's variables.
  const filled = /^Expr: ([\s\S]*?)\nStep:/.exec(frames.find((frame) => frame.refId === refId)?.meta?.executedQueryString ?? "")?.[1] ?? expr;
  const query = { query: filled, start: String(range.from / 1000), end: String(range.to / 1000) };
  try {
    const { data } = await api.get(`/api/datasources/uid/${encodeURIComponent(datasource.uid)}/resources/api/v1/query_exemplars`, { query, signal: view.runtime.scope?.signal });
    return (data ?? []).flatMap(({ seriesLabels = {}, exemplars = [] }) => exemplars.map(({ labels = {}, value, timestamp }) => ({ time: Number(timestamp) * 1000, value: Number(value), labels, series: seriesLabels, source: datasource.uid })));
  } catch { return []; } // A data source without exemplars is no fault of the panel.
}

/** Makes marks in `element`, the chart's box. update(list, chart, axis, timeZone). */
export function createExemplarMarks(element) {
  const root = h("div.annotation-marks");
  element.append(root);
  let drawn = "";
  return {
    update(list, chart, axis, timeZone) {
      const box = chart.plotBox, own = element.getBoundingClientRect();
      if (!box) return;
      const left = box.left - own.left, top = box.top - own.top, places = list.map((one) => [chart.placeOf(one.time), Math.max(0, Math.min(box.height, chart.heightOf(one.value, axis)))]), key = JSON.stringify([places, left, top, list.length && list[0].time]);
      if (key === drawn) return;
      drawn = key;
      replace(root, list.map((one, at) => {
        const [x, y] = places[at];
        if (x < 0 || x > box.width) return null;
        const mark = h("button.exemplar-mark", { type: "button", "aria-haspopup": "dialog", "aria-label": `Exemplar of ${formatDate(one.time, "YYYY-MM-DD HH:mm:ss", timeZone)}`, style: { left: left + x + "px", top: top + y + "px" }, onclick: () => open(mark, one, timeZone) });
        return mark;
      }));
    },
    destroy() { root.remove(); },
  };
}

function open(mark, { time, value, labels, series, source }, timeZone) {
  const trace = (session.findSource(source)?.jsonData?.exemplarTraceIdDestinations ?? []).find(({ name }) => name in labels);
  const address = /^https?:/i.test(trace?.url ?? "") ? trace.url.replace(/\$\{__value\.raw\}|\$__value\.raw/g, encodeURIComponent(labels[trace.name])) : null;
  popover(mark, h("div.annotation-box", h("section.stack", h("div.row", h("strong.grow", "Exemplar"), h("span.small.soft", formatDate(time, "YYYY-MM-DD HH:mm:ss", timeZone))),
    h("table.table", h("tbody", [["Value", String(value)], ...Object.entries(labels), ...Object.entries(series)].map(([name, text]) => h("tr", h("th", { scope: "row" }, name), h("td", text))))),
    address ? h("a.link", { href: address, target: "_blank", rel: "noopener" }, icon("external", 12), trace.urlDisplayLabel || `Show ${trace.name}`) : null)), { label: "Exemplar" });
}
