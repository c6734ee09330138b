// Stat: one tile per value, with the value's own colour and a small area behind.
import { h, replace, setStyle } from "../lib/dom.js";
import { createChart } from "../charts/chart.js";
import { drawable, timeField } from "../models/frames.js";
import { fieldValues } from "../models/fieldValues.js";
import { displayText } from "../models/fieldConfig.js";
import { inkOn, legible, mix, withAlpha } from "../models/colors.js";
import { linked, linksOf } from "./links.js";
import { fitText, tileGrid } from "./layout.js";

export const colorMode = "thresholds";

export function mount(element, view) {
  const root = h("div.tiles");
  element.append(root);
  let current = null, charts = [];
  const clear = () => { for (const chart of charts) chart.destroy(); charts = []; };
  const observer = new ResizeObserver(() => { if (current && (root.clientWidth !== size.width || root.clientHeight !== size.height)) draw(); });
  const size = { width: 0, height: 0 };
  observer.observe(root);

  function draw() {
    size.width = root.clientWidth;
    size.height = root.clientHeight;
    if (size.width < 4 || size.height < 4) return;
    const { frames, options, range, theme } = current;
    const values = fieldValues(frames, options.reduceOptions, { replace: (text, scoped) => view.runtime.replace(text, scoped, "text") });
    clear();
    if (!values.length) { replace(root, h("div.panel-state", h("p", "No data"))); setStyle(root, { gridTemplateColumns: "1fr" }); return; }
    const { columns, rows } = tileGrid(values.length, size.width, size.height, options.orientation === "horizontal" || options.orientation === "vertical" ? options.orientation : "auto");
    setStyle(root, { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` });
    const gap = 4, width = (size.width - gap * (columns - 1)) / columns, height = (size.height - gap * (rows - 1)) / rows;
    const titles = values.map((one) => one.name), single = values.length === 1;
    const mode = options.textMode ?? "auto", showName = mode === "name" || mode === "value_and_name" || (mode === "auto" && !single), showValue = mode !== "name" && mode !== "none";
    const texts = values.map((one) => displayText(one.shown)), longest = texts.reduce((a, b) => (b.length > a.length ? b : a), "");
    const fonts = fontSizes({ width, height, name: titles.reduce((a, b) => (b.length > a.length ? b : a), ""), text: longest, showName, showValue, graph: options.graphMode === "area" || options.graphMode === "line", options });
    replace(root, values.map((one, index) => tile(one, index, { width, height, fonts, showName: mode === "none" ? false : showName, showValue, options, range, theme, single })));
  }

  function tile(one, index, { fonts, showName, showValue, options, range, theme, single }) {
    const color = one.shown.color ?? "rgb(204, 204, 220)", colorModeName = options.colorMode ?? "value";
    const background = colorModeName === "background" || colorModeName === "background_solid";
    const valueColor = background ? inkOn(color) : colorModeName === "none" ? "" : legible(color, theme, fonts.value * (one.shown.prefix || one.shown.suffix ? .62 : 1));
    const time = timeField(one.frame);
    const hasGraph = Boolean((options.graphMode === "area" || options.graphMode === "line" || options.graphMode === undefined) && time && one.calc && one.field.values.length > 1 && one.field.type === "number" && fonts.graphHeight > 12);
    const center = options.justifyMode === "center" || (options.justifyMode !== "left" && (single || options.graphMode === "none") && !fonts.wide);
    const inner = h("div.tile-text", { style: { paddingBottom: hasGraph ? fonts.graphHeight * .72 + "px" : "" }, class: `${center ? "centered" : ""} ${fonts.wide ? "wide" : ""}` },
      showName && h("div.tile-name", { style: { fontSize: fonts.name + "px" }, title: one.name }, one.name),
      showValue && h("div.tile-value", { style: { fontSize: fonts.value + "px", color: valueColor } }, one.shown.prefix && h("span.tile-unit", one.shown.prefix), h("span", one.shown.text), one.shown.suffix && h("span.tile-unit", one.shown.suffix), percentChange(one, options)));
    const links = linksOf(one.field, one.frame, one.value, null, view, one.row);
    const box = linked(".tile", links, {}, inner);
    if (background) setStyle(box, { background: colorModeName === "background_solid" ? color : `linear-gradient(120deg, ${mix(color, "#000000", .12)}, ${color})`, color: inkOn(color) });
    if (hasGraph) {
      const host = h("div.tile-graph", { style: { height: fonts.graphHeight + "px" } });
      box.prepend(host);
      const stroke = background ? inkOn(color) : color;
      queueMicrotask(() => {
        if (!host.isConnected) return;
        const chart = createChart(host);
        charts.push(chart);
        chart.update({ bare: true, times: time.values, range, axes: [{ key: "y", format: String, min: one.field.config.min ?? null, max: one.field.config.max ?? null }], series: [{ name: "", values: drawable(one.field.values), axis: "y", color: background ? withAlpha(stroke, .5) : stroke, width: 1, fill: options.graphMode === "line" ? 0 : background ? .2 : .25, gradient: "opacity", points: "never" }] });
      });
    }
    return box;
  }

  return { update(input) { current = input; draw(); }, resize: draw, destroy() { observer.disconnect(); clear(); root.remove(); } };
}

function fontSizes({ width, height, name, text, showName, showValue, graph, options }) {
  const sizes = options.text ?? {}, wide = options.wideLayout !== false && showName && showValue && width / height > 4.5 && height < 80;
  const inner = Math.max(10, width - 24), graphHeight = graph || options.graphMode === undefined ? height * (height > 100 ? .5 : .4) : 0;
  if (wide) return { wide, name: sizes.titleSize || fitText(name, inner * .55, height * .5, { max: 28 }), value: sizes.valueSize || fitText(text, inner * .4, height * .8, { max: 80 }), graphHeight: 0 };
  const nameSize = sizes.titleSize || (showName ? Math.min(fitText(name, inner, height * .3, { max: 30, min: 11 }), showValue ? Math.max(11, height * .18) : 200) : 0);
  const nameHeight = showName ? nameSize * 1.3 : 0, room = (height - nameHeight - 8) * (graphHeight ? .64 : .92);
  return { wide, name: nameSize, value: sizes.valueSize || fitText(text, inner, room, { max: 110, min: 10 }), graphHeight };
}

function percentChange(one, options) {
  if (!options.showPercentChange || one.field.values.length < 2) return null;
  const values = one.field.values.filter((value) => Number.isFinite(value)), first = values[0], last = values[values.length - 1];
  if (!values.length || first === 0) return null;
  const change = (last - first) / Math.abs(first), up = change >= 0, inverted = options.percentChangeColorMode === "inverted", good = up !== inverted;
  return h("span.tile-change", { style: { fontSize: options.text?.percentSize ? options.text.percentSize + "px" : "" }, class: options.percentChangeColorMode === "same_as_value" || change === 0 ? "" : good ? "good" : "bad" }, `${up ? "▲" : "▼"} ${Math.abs(change * 100).toFixed(Math.abs(change) < .1 ? 1 : 0)}%`);
}
