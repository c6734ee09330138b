// One query with its table and graph.
import { h, replace, setStyle } from "../lib/dom.js";
import { isAbort, prometheus } from "../lib/api.js";
import { icon } from "../lib/icons.js";
import { menu, notice } from "../lib/overlay.js";
import { createChart, loadCharts } from "../charts/chart.js";
import { shownTheme } from "../lib/theme.js";
import { resolveColor } from "../models/colors.js";
import { formatDate } from "../models/dateFormat.js";
import { labelText } from "../models/frames.js";
import { paletteColor } from "../models/palette.js";
import { formatInput, matrixColumns, newPanel, parseInput, stepSeconds } from "../models/queryState.js";
import { formatDuration, parseDuration, zoomOut } from "../models/timeRange.js";
import { formatTick, formatValue } from "../models/units.js";
import { hideTooltip, showTooltip } from "../panels/tooltip.js";
import { createEditor } from "./serverEditor.js";
import { remember, remembered } from "./serverHistory.js";

const rowsMax = 1000, seriesMax = 200;
let panelCount = 0;

/** The text of a series as PromQL writes it. */
export function seriesText(metric) {
  const { __name__: name = "", ...labels } = metric;
  const rest = labelText(labels);
  return name + (rest === "{}" && name ? "" : rest);
}

/** Makes a panel. `handlers`: changed(), duplicate(), remove(). Returns { element, state, focus, clear, close }. */
export function queryPanel(parent, state, handlers) {
  const scope = parent.child(), id = "query-" + ++panelCount;
  let request = null, chart = null, chartScope = null;
  const editor = createEditor(scope, state.expr, { onChange: (text) => { state.expr = text; }, onRun: () => run() }, id);
  const answer = h("div.query-answer", { "aria-live": "polite" }), cost = h("span.small.soft.query-cost"), controls = h("div.row.wrap.query-controls");
  const tabs = h("div.tabs", { role: "tablist", "aria-label": "View" });
  const runButton = h("button.button.primary", { type: "button", onclick: () => run() }, "Execute");
  const element = h("section.card.query-panel", { "aria-label": "Query " + panelCount },
    h("div.row.query-head", editor.element, runButton, h("button.button.plain.square", { type: "button", "aria-label": "More", "aria-haspopup": "menu", onclick: (event) => more(event.currentTarget) }, icon("more"))),
    h("div.row.spread.wrap", tabs, cost), controls, answer);

  function more(anchor) {
    const past = remembered().filter((text) => text !== state.expr).slice(0, 20);
    menu(anchor, [
      { text: "Format expression", icon: "code", run: format },
      { text: "History", icon: "history", disabled: !past.length, items: past.map((text) => ({ text, run: () => { editor.value = text; run(); } })) },
      null, { text: "Duplicate", icon: "copy", run: handlers.duplicate }, { text: "Remove", icon: "trash", danger: true, run: handlers.remove },
    ], { align: "end" });
  }
  async function format() {
    try { editor.value = (await prometheus("/api/v1/format_query", { query: state.expr }, { signal: scope.signal })).data; } catch (error) { if (!isAbort(error)) fail(error); }
  }
  function drawTabs() {
    const tab = (key, text) => h("button.tab", { type: "button", role: "tab", "aria-selected": String(state.tab === key), onclick: () => { if (state.tab === key) return; state.tab = key; drawTabs(); run(); } }, text);
    replace(tabs, tab("table", "Table"), tab("graph", "Graph"));
    drawControls();
  }

  // Times

  const step = (direction) => {
    const size = state.tab === "graph" ? state.range / 2 : 3600e3, key = state.tab === "graph" ? "end" : "moment";
    state[key] = (state[key] ?? Date.now()) + direction * size;
    if (state[key] >= Date.now()) state[key] = null;
    drawControls();
    run();
  };
  function timeField(key, label) {
    const input = h("input.input.time-input", { value: state[key] == null ? "" : formatInput(state[key]), placeholder: label, "aria-label": label + " (UTC)", spellcheck: "false" });
    const take = () => {
      const time = input.value.trim() ? parseInput(input.value.trim()) : null;
      input.setAttribute("aria-invalid", String(Boolean(input.value.trim()) && time == null));
      if (input.value.trim() && time == null) return;
      state[key] = time;
      run();
    };
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") take(); });
    input.addEventListener("change", take);
    const now = h("button.button.outline.square", { type: "button", "aria-label": "Now", onclick: () => { state[key] = null; drawControls(); run(); } }, icon("close"));
    return h("div.button-group", h("button.button.outline.square", { type: "button", "aria-label": "Earlier", onclick: () => step(-1) }, icon("left")), input, state[key] == null ? null : now,
      h("button.button.outline.square", { type: "button", "aria-label": "Later", onclick: () => step(1) }, icon("right")));
  }
  function drawControls() {
    if (state.tab === "table") return replace(controls, timeField("moment", "Evaluation time"));
    const setRange = (range) => { if (!(range > 0)) return; state.range = range; drawControls(); run(); };
    const ranges = [60e3, 300e3, 900e3, 1800e3, 3600e3, 2 * 3600e3, 6 * 3600e3, 12 * 3600e3, 86400e3, 2 * 86400e3, 7 * 86400e3, 14 * 86400e3, 28 * 86400e3, 56 * 86400e3, 112 * 86400e3];
    const smaller = ranges.findLast((range) => range < state.range), larger = ranges.find((range) => range > state.range);
    const range = h("input.input.range-input", { value: formatDuration(state.range), "aria-label": "Range", spellcheck: "false" });
    const take = () => { const length = parseDuration(range.value.trim()); range.setAttribute("aria-invalid", String(!(length > 0))); if (length !== state.range) setRange(length); };
    range.addEventListener("change", take);
    range.addEventListener("keydown", (event) => { if (event.key === "Enter") take(); });
    const resolution = h("select.select.resolution", { "aria-label": "Resolution", onchange: () => {
      const value = resolution.value;
      if (["low", "medium", "high"].includes(value)) { state.density = value; state.step = null; } else state.step = Number(value);
      run();
    } }, [["low", "Low resolution"], ["medium", "Medium resolution"], ["high", "High resolution"], ...[...new Set([1, 5, 10, 15, 30, 60, 300, 900, 3600, ...(state.step ? [state.step] : [])])].sort((a, b) => a - b).map((seconds) => [String(seconds), `Step ${formatDuration(seconds * 1000)}`])]
      .map(([value, text]) => h("option", { value, selected: state.step ? value === String(state.step) : value === state.density }, text)));
    replace(controls,
      h("div.button-group", h("button.button.outline.square", { type: "button", "aria-label": "Shorter range", disabled: !smaller, onclick: () => setRange(smaller) }, icon("minus")), range, h("button.button.outline.square", { type: "button", "aria-label": "Longer range", disabled: !larger, onclick: () => setRange(larger) }, icon("plus"))),
      timeField("end", "End time"), resolution,
      h("div.segments", { role: "group", "aria-label": "Drawing" }, [[false, "Lines"], [true, "Stacked"]].map(([stacked, text]) => h("button", { type: "button", "aria-pressed": String(state.stacked === stacked), onclick: () => { state.stacked = stacked; drawControls(); run(); } }, text))));
  }

  // Answers

  function closeChart() {
    if (!chart) return;
    hideTooltip(chart, true);
    chart.destroy();
    chartScope.end();
    chart = null;
  }
  function fail(error) {
    closeChart();
    cost.textContent = "";
    replace(answer, notice("error", error.status === 0 ? "No answer" : "The query failed", error.message));
  }
  const notes = ({ warnings, infos }) => [...warnings.map((text) => notice("warning", text)), ...infos.map((text) => notice("info", text))];

  async function run() {
    handlers.changed();
    request?.abort();
    const own = request = new AbortController();
    if (!state.expr.trim()) { closeChart(); cost.textContent = ""; replace(answer, h("div.empty", "Write an expression, for instance ", h("button.link.mono", { type: "button", onclick: () => { editor.value = "up"; run(); } }, "up"))); return; }
    remember(state.expr);
    runButton.textContent = "Running…";
    const began = performance.now();
    try {
      if (state.tab === "graph") await graph(own.signal); else await table(own.signal);
      if (!own.signal.aborted) cost.textContent += ` · ${Math.round(performance.now() - began)} ms`;
    } catch (error) {
      if (!isAbort(error)) fail(error);
    } finally {
      if (own === request) runButton.textContent = "Execute";
    }
  }

  async function table(signal) {
    const result = await prometheus("/api/v1/query", { query: state.expr, time: state.moment == null ? undefined : state.moment / 1000 }, { signal });
    closeChart();
    const { resultType, result: rows } = result.data;
    const all = resultType === "scalar" || resultType === "string" ? [{ metric: {}, value: rows }] : rows;
    cost.textContent = `${all.length} series`;
    if (!all.length) return replace(answer, notes(result), h("div.empty", "No series at this time"));
    replace(answer, notes(result), h("div.table-scroll", h("table.table.result-table", h("thead.visually-hidden", h("tr", h("th", { scope: "col" }, "Series"), h("th", { scope: "col" }, "Value"))),
      h("tbody", all.slice(0, rowsMax).map((row) => h("tr", h("td.mono", seriesCell(row.metric, resultType)), h("td.mono.number", valueCell(row))))))),
      all.length > rowsMax ? h("p.soft", `The first ${rowsMax} of ${all.length} series are shown.`) : null);
  }

  async function graph(signal) {
    const end = Math.floor((state.end ?? Date.now()) / 1000), length = state.range / 1000, seconds = stepSeconds(state), start = end - length;
    const [result] = await Promise.all([prometheus("/api/v1/query_range", { query: state.expr, start, end, step: seconds }, { signal }), loadCharts()]);
    const matrix = result.data.result;
    cost.textContent = `${matrix.length} series · step ${formatDuration(seconds * 1000)}`;
    if (!matrix.length) { closeChart(); return replace(answer, notes(result), h("div.empty", "No series in this range")); }
    draw(result, matrixColumns(matrix.slice(0, seriesMax), start, end, seconds), { from: start * 1000, to: end * 1000 }, matrix.length);
  }

  function draw(result, { times, series }, range, total) {
    closeChart();
    chartScope = scope.child();
    const theme = shownTheme(), host = h("div.query-chart"), legend = h("div.query-legend");
    const entries = series.map((one, at) => ({ name: seriesText(one.metric), color: resolveColor(paletteColor(at), theme), values: one.values, hidden: false }));
    replace(answer, notes(result), host, total > series.length ? h("p.soft", `The first ${series.length} of ${total} series are drawn.`) : null, legend);
    const owner = chart = createChart(host, {
      onZoom: (from, to) => { state.range = Math.max(1000, to - from); state.end = to; drawControls(); run(); },
      onZoomOut: () => { const wider = zoomOut(range); state.range = wider.to - wider.from; state.end = wider.to >= Date.now() ? null : wider.to; drawControls(); run(); },
      onHover: (hover) => {
        if (!hover) return hideTooltip(owner);
        const rows = entries.filter((one) => !one.hidden && one.values[hover.index] != null)
          .map((one, at) => ({ name: one.name, color: one.color, value: formatValue(one.values[hover.index], "short"), numeric: one.values[hover.index], near: entries.indexOf(one) === hover.near, at }));
        rows.sort((a, b) => b.near - a.near || b.numeric - a.numeric);
        if (rows.length) showTooltip(owner, { clientX: hover.clientX, clientY: hover.clientY, title: formatDate(hover.time, "YYYY-MM-DD HH:mm:ss"), entries: rows }); else hideTooltip(owner);
      },
    });
    const update = () => owner.update({
      times, range, timeZone: "browser", sync: null, thresholds: [], annotations: [],
      series: entries.map((one) => ({ name: one.name, values: one.values, color: one.color, axis: "y", style: "line", width: 1.5, fill: state.stacked ? .4 : 0, stack: state.stacked ? "all" : null, hidden: one.hidden, points: "auto" })),
      axes: [{ key: "y", side: "left", format: (value, increment) => formatTick(value, "short", null, increment), formatKey: "short" }],
    });
    entries.forEach((entry, at) => legend.append(setColor(h("button.query-series", { type: "button", "aria-pressed": "true", onclick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) entry.hidden = !entry.hidden;
      else {
        const alone = entries.every((one) => one.hidden === (one !== entry));
        for (const one of entries) one.hidden = alone ? false : one !== entry;
      }
      [...legend.children].forEach((button, index) => button.setAttribute("aria-pressed", String(!entries[index].hidden)));
      update();
    } }, h("span.swatch"), h("span.mono.cut", { title: entry.name }, entry.name)), entry.color)));
    update();
  }
  const setColor = (button, color) => { setStyle(button.firstChild, { "--swatch": color }); return button; };

  drawTabs();
  if (state.expr.trim()) run(); else replace(answer, h("div.empty", "Write an expression, for instance ", h("button.link.mono", { type: "button", onclick: () => { editor.value = "up"; run(); } }, "up")));
  scope.add(() => { request?.abort(); closeChart(); });
  return {
    element, state,
    focus: () => editor.focus(),
    clear: () => { Object.assign(state, newPanel()); editor.value = ""; drawTabs(); run(); },
    close: () => { scope.end(); element.remove(); },
  };
}

function seriesCell(metric, type) {
  if (type === "scalar" || type === "string") return h("span.soft", type);
  const { __name__: name, ...labels } = metric;
  const pairs = Object.entries(labels);
  if (!pairs.length) return name ?? "{}";
  return [name ? h("span.series-name", name) : null, "{", pairs.map(([key, value], at) => [at ? ", " : "", h("span.label-name", key), "=", h("span.label-value", JSON.stringify(value))]), "}"];
}

function valueCell({ value, values, histogram, histograms }) {
  if (value) return value[1];
  const points = (list) => list.slice(0, 500).map(([time, point]) => h("div", typeof point === "string" ? point : histogramText(point), h("span.soft", " @", String(time))));
  if (values || histograms) return [points(values ?? []), points(histograms ?? [])];
  return histogram ? histogramText(histogram[1]) : "";
}

const histogramText = ({ count, sum }) => `count ${count}, sum ${sum}`;
