// What the panel editor offers for each type of panel, as data: groups of options, and the properties of overrides.
//
// An option is { kind, label, path, … }. `path` begins with "options." for the panel's own options, all others lie in the
// field config. `fallback` is what holds where nothing is written; `when(read)` hides an option, `read(path)` gives values.
import { heatSchemeNames, schemeNames } from "./colors.js";

export const text = (label, path, placeholder = "") => ({ kind: "text", label, path, placeholder });
export const area = (label, path) => ({ kind: "area", label, path });
export const number = (label, path, placeholder = "auto") => ({ kind: "number", label, path, placeholder });
export const tick = (label, path, fallback = false) => ({ kind: "tick", label, path, fallback });
export const pick = (label, path, choices, fallback = choices[0][0]) => ({ kind: "pick", label, path, choices, fallback });
export const slide = (label, path, low, high, fallback, step = 1) => ({ kind: "slide", label, path, low, high, fallback, step });
/** Several of a list of choices; an array of their ids. */
export const several = (label, path, choices) => ({ kind: "several", label, path, choices });
/** Several reducers. */
export const reducers = (label, path) => ({ kind: "reducers", label, path });
/** The name of a field of the panel's data, or any other text. */
export const fieldName = (label, path) => ({ kind: "fieldName", label, path });
const when = (condition, option) => ({ ...option, when: condition });
const same = (...names) => names.map((name) => [name, name[0].toUpperCase() + name.slice(1)]);

const orientation = pick("Orientation", "options.orientation", same("auto", "horizontal", "vertical"));
const gaps = [[60e3, "Gaps up to 1 min"], [300e3, "Gaps up to 5 min"], [3600e3, "Gaps up to 1 h"]];
const valueGroup = ["Value", [
  pick("Show", "options.reduceOptions.values", [[false, "Calculate"], [true, "All values"]]),
  when((read) => read("options.reduceOptions.values") === true, number("Limit", "options.reduceOptions.limit", "25")),
  when((read) => read("options.reduceOptions.values") !== true, reducers("Calculation", "options.reduceOptions.calcs")),
  { kind: "fieldFilter", label: "Fields", path: "options.reduceOptions.fields" },
]];
const legendGroup = (...more) => ["Legend", [tick("Show legend", "options.legend.showLegend", true), pick("Mode", "options.legend.displayMode", [["list", "List"], ["table", "Table"]]), pick("Placement", "options.legend.placement", [["bottom", "Bottom"], ["right", "Right"]]), ...more]];
const tooltipGroup = (...more) => ["Tooltip", [pick("Mode", "options.tooltip.mode", [["single", "Single"], ["multi", "All"], ["none", "Hidden"]]), ...more]];
const tooltipOrder = pick("Order", "options.tooltip.sort", [["none", "None"], ["asc", "Ascending"], ["desc", "Descending"]]);
const textSizes = (...sizes) => ["Text size", sizes.map((size) => number(`${size[0].toUpperCase()}${size.slice(1)}, px`, `options.text.${size}Size`))];
const sizing = pick("Size", "options.sizing", same("auto", "manual")), isManual = (read) => read("options.sizing") === "manual";
const cellType = (read) => read("custom.cellOptions.type") ?? "auto";
const hasScale = (...types) => (read) => types.includes(read("custom.scaleDistribution.type"));
const percentChange = (read) => read("options.showPercentChange") === true;

const timeSeries = [
  legendGroup(when((read) => read("options.legend.placement") === "right", number("Width, px", "options.legend.width")), reducers("Values", "options.legend.calcs"), number("Series at most", "options.legend.limit", "500")),
  tooltipGroup(tooltipOrder, tick("Hide zeros", "options.tooltip.hideZeros")),
  ["Graph", [
    pick("Style", "custom.drawStyle", [["line", "Lines"], ["bars", "Bars"], ["points", "Points"]]),
    pick("Interpolation", "custom.lineInterpolation", [["linear", "Linear"], ["smooth", "Smooth"], ["stepBefore", "Step before"], ["stepAfter", "Step after"]]),
    slide("Line width", "custom.lineWidth", 0, 10, 1), slide("Fill opacity", "custom.fillOpacity", 0, 100, 0),
    pick("Gradient", "custom.gradientMode", same("none", "opacity", "hue", "scheme")),
    pick("Line style", "custom.lineStyle.fill", [["solid", "Solid"], ["dash", "Dashes"], ["dot", "Dots"]]),
    pick("Points", "custom.showPoints", same("auto", "always", "never")), slide("Point size", "custom.pointSize", 1, 40, 5),
    pick("Connect gaps", "custom.spanNulls", [[false, "Never"], [true, "Always"], ...gaps]),
    pick("Break lines", "custom.insertNulls", [[false, "By the query's step"], ...gaps.map(([time, name]) => [time, name.replace("Gaps up to", "Gaps of more than")])]),
    pick("Stack", "custom.stacking.mode", [["none", "Off"], ["normal", "Normal"], ["percent", "100 %"]]),
    when((read) => (read("custom.stacking.mode") ?? "none") !== "none", text("Stack group", "custom.stacking.group", "A")),
    when((read) => read("custom.drawStyle") === "bars", pick("Bar alignment", "custom.barAlignment", [[0, "Centre"], [-1, "Before"], [1, "After"]])),
    when((read) => read("custom.drawStyle") === "bars", slide("Bar width", "custom.barWidthFactor", .1, 1, .6, .05)),
  ]],
  ["Axis", [
    text("Label", "custom.axisLabel"), pick("Placement", "custom.axisPlacement", same("auto", "left", "right", "hidden")), number("Width, px", "custom.axisWidth"),
    pick("Scale", "custom.scaleDistribution.type", [["linear", "Linear"], ["log", "Logarithmic"], ["symlog", "Symlog"]]),
    when(hasScale("log", "symlog"), pick("Base", "custom.scaleDistribution.log", [[2, "2"], [10, "10"]])), when(hasScale("symlog"), number("Linear below", "custom.scaleDistribution.linearThreshold", "1")),
    number("Soft min", "custom.axisSoftMin"), number("Soft max", "custom.axisSoftMax"), tick("Centre on zero", "custom.axisCenteredZero"),
    pick("Grid lines", "custom.axisGridShow", [[undefined, "Auto"], [true, "On"], [false, "Off"]]), tick("Border", "custom.axisBorderShow"),
    pick("Colour of its text", "custom.axisColorMode", [["text", "Text"], ["series", "Series"]]),
  ]],
  ["Threshold lines", [pick("Show", "custom.thresholdsStyle.mode", [["off", "Off"], ["line", "Lines"], ["dashed", "Dashed"], ["area", "Areas"], ["line+area", "Lines and areas"], ["dashed+area", "Dashed and areas"], ["series", "Colour of the series"]])]],
];

const states = [["States", [tick("Merge equal values", "options.mergeValues", true), pick("Show values", "options.showValue", same("auto", "always", "never")), slide("Row height", "options.rowHeight", .1, 1, .9, .05), pick("Align values", "options.alignValue", same("left", "center", "right")), number("Rows a page", "options.perPage", "20"), pick("Connect gaps", "custom.spanNulls", [[false, "Never"], [true, "Always"], ...gaps])]],
  ["Legend", [tick("Show legend", "options.legend.showLegend", true)]], tooltipGroup()];

const groups = {
  timeseries: timeSeries, graph: timeSeries, trend: [["X axis", [fieldName("Field", "options.xField")]], ...timeSeries],
  xychart: [["Chart", [pick("Show", "custom.show", [["points", "Points"], ["lines", "Lines"], ["points+lines", "Points and lines"]]), slide("Point size", "custom.pointSize.fixed", 1, 40, 5), slide("Fill opacity", "custom.fillOpacity", 0, 100, 50), slide("Line width", "custom.lineWidth", 0, 10, 1), text("Axis label", "custom.axisLabel")]],
    legendGroup(), tooltipGroup()],
  stat: [valueGroup, ["Stat", [
    orientation, pick("Text", "options.textMode", [["auto", "Auto"], ["value", "Value"], ["value_and_name", "Value and name"], ["name", "Name"], ["none", "None"]]), tick("Wide layout", "options.wideLayout", true),
    pick("Colour", "options.colorMode", [["value", "Value"], ["background", "Background gradient"], ["background_solid", "Background"], ["none", "None"]]), pick("Graph", "options.graphMode", [["area", "Area"], ["none", "None"]]),
    pick("Align", "options.justifyMode", [["auto", "Auto"], ["center", "Centre"]]), tick("Percent change", "options.showPercentChange"),
    when(percentChange, pick("Colour of the change", "options.percentChangeColorMode", [["standard", "Up is good"], ["inverted", "Up is bad"], ["same_as_value", "As the value"]])),
  ]], textSizes("title", "value", "percent")],
  gauge: [valueGroup, ["Gauge", [orientation, tick("Threshold markers", "options.showThresholdMarkers", true), tick("Threshold labels", "options.showThresholdLabels"), pick("Shape", "options.shape", [["gauge", "Arc"], ["circle", "Circle"]]), slide("Bar width", "options.barWidthFactor", .1, 1, .5, .1), pick("Ends", "options.barShape", [["flat", "Flat"], ["rounded", "Round"]]), number("Segments", "options.segmentCount", "1"),
    tick("Line of the values", "options.sparkline"), pick("Mark at the end", "options.endpointMarker", [["none", "None"], ["point", "Point"], ["glow", "Glow"]]), tick("Gradient", "options.effects.gradient"), tick("Glow", "options.effects.barGlow"), tick("Glow in the middle", "options.effects.centerGlow"),
    pick("Text", "options.textMode", [["auto", "Auto"], ["value_and_name", "Value and name"], ["value", "Value"], ["name", "Name"], ["none", "None"]]), number("Neutral value", "custom.neutral", "none"), sizing,
    when(isManual, number("Width at least, px", "options.minVizWidth", "75")), when(isManual, number("Height at least, px", "options.minVizHeight", "75"))]], textSizes("title", "value")],
  bargauge: [valueGroup, ["Bar gauge", [
    orientation, pick("Mode", "options.displayMode", [["gradient", "Gradient"], ["lcd", "Lamps"], ["basic", "Basic"]]), pick("Values", "options.valueMode", [["color", "Coloured"], ["text", "Text"], ["hidden", "Hidden"]]),
    pick("Names", "options.namePlacement", same("auto", "top", "left", "hidden")), tick("Show unfilled", "options.showUnfilled", true),
    sizing, ...[number("Bar width at least, px", "options.minVizWidth", "8"), number("Bar height at least, px", "options.minVizHeight", "16"), number("Bar height at most, px", "options.maxVizHeight", "300")].map((option) => when(isManual, option)),
  ]], textSizes("title", "value"), ["Legend", [tick("Show legend", "options.legend.showLegend"), ...legendGroup()[1].slice(1), reducers("Values", "options.legend.calcs")]]],
  piechart: [valueGroup, ["Pie", [pick("Type", "options.pieType", [["pie", "Pie"], ["donut", "Donut"]]), several("Labels", "options.displayLabels", [["name", "Name"], ["value", "Value"], ["percent", "Percent"]]), pick("Order", "options.sort", [["desc", "Largest first"], ["asc", "Smallest first"], ["none", "As queried"]])]],
    legendGroup(several("Values", "options.legend.values", [["value", "Value"], ["percent", "Percent"]])), tooltipGroup()],
  table: [
    ["Table", [tick("Show header", "options.showHeader", true), pick("Cell height", "options.cellHeight", [["sm", "Small"], ["md", "Medium"], ["lg", "Large"]]), tick("Pages", "options.footer.enablePagination"), number("Columns that stay", "options.frozenColumns.left", "0"), tick("Footer", "options.footer.show"),
      when((read) => read("options.footer.show") === true, reducers("Footer calculation", "options.footer.reducer")), when((read) => read("options.footer.show") === true, tick("Count rows", "options.footer.countRows"))]],
    ["Columns", [
      number("Width, px", "custom.width"), number("Width at least, px", "custom.minWidth", "150"), pick("Align", "custom.align", same("auto", "left", "center", "right")), tick("Column filters", "custom.filterable"), tick("Inspect values", "custom.inspect"), tick("Wrap text", "custom.wrapText"), tick("Wrap the header", "custom.wrapHeaderText"), reducers("Footer", "custom.footer.reducers"),
      pick("Cell", "custom.cellOptions.type", [["auto", "Auto"], ["color-text", "Coloured text"], ["color-background", "Coloured background"], ["gauge", "Gauge"], ["sparkline", "Sparkline"], ["data-links", "Data links"], ["pill", "Pill"], ["markdown", "Markdown"], ["json-view", "JSON"], ["image", "Image"]]),
      when((read) => cellType(read) === "color-background", pick("Background", "custom.cellOptions.mode", [["basic", "Plain"], ["gradient", "Gradient"]])), when((read) => cellType(read) === "color-background", tick("Whole row", "custom.cellOptions.applyToRow")),
      when((read) => cellType(read) === "gauge", pick("Gauge", "custom.cellOptions.mode", [["gradient", "Gradient"], ["lcd", "Lamps"], ["basic", "Basic"]])),
      when((read) => cellType(read) === "gauge", pick("Gauge's value", "custom.cellOptions.valueDisplayMode", [["color", "Coloured"], ["text", "Text"], ["hidden", "Hidden"]])),
    ]],
  ],
  text: [["Text", [pick("Mode", "options.mode", [["markdown", "Markdown"], ["html", "HTML"], ["code", "Code"]]), area("Content", "options.content"), when((read) => read("options.mode") === "code", tick("Line numbers", "options.code.showLineNumbers"))]]],
  heatmap: [["Colours", [pick("Mode", "options.color.mode", [["scheme", "Scheme"], ["opacity", "Opacity"]]), when((read) => read("options.color.mode") === "opacity", pick("Scale", "options.color.scale", [["exponential", "Exponential"], ["linear", "Linear"]])), pick("Scheme", "options.color.scheme", heatSchemeNames.map((name) => [name, name])), slide("Steps", "options.color.steps", 2, 128, 64), tick("Reverse", "options.color.reverse")]],
    ["Cells", [slide("Gap", "options.cellGap", 0, 10, 1), pick("Show values", "options.showValue", same("never", "auto", "always")), { kind: "unit", label: "Unit", path: "options.cellValues.unit" }]],
    ["Y axis", [{ kind: "unit", label: "Unit", path: "options.yAxis.unit" }, number("Decimals", "options.yAxis.decimals"), number("Min", "options.yAxis.min"), number("Max", "options.yAxis.max"), text("Label", "options.yAxis.axisLabel"), pick("Placement", "options.yAxis.axisPlacement", same("left", "right", "hidden")), tick("Reverse", "options.yAxis.reverse")]], ["Legend", [tick("Show legend", "options.legend.show", true)]], tooltipGroup(tick("Counts beside the value", "options.tooltip.yHistogram"), tick("Colour scale", "options.tooltip.showColorScale"))],
  "state-timeline": states,
  "status-history": [["States", [pick("Show values", "options.showValue", same("auto", "always", "never")), slide("Row height", "options.rowHeight", .1, 1, .9, .05), slide("Column width", "options.colWidth", .1, 1, .9, .05)]], ...states.slice(1)],
  barchart: [["Bars", [fieldName("X axis", "options.xField"), orientation, pick("Stack", "options.stacking", [["none", "Off"], ["normal", "Normal"], ["percent", "100 %"]]), pick("Show values", "options.showValue", same("auto", "always", "never")),
    slide("Group width", "options.groupWidth", .1, 1, .7, .05), slide("Bar width", "options.barWidth", .1, 1, .97, .01), slide("Round corners", "options.barRadius", 0, .5, 0, .05),
    slide("Turn the names", "options.xTickLabelRotation", -90, 90, 0, 15), number("Names at most, letters", "options.xTickLabelMaxLength"), number("Space of a name, px", "options.xTickLabelSpacing"), fieldName("Colour by", "options.colorByField"),
    slide("Fill opacity", "custom.fillOpacity", 0, 100, 80), slide("Line width", "custom.lineWidth", 0, 10, 1), pick("Gradient", "custom.gradientMode", same("none", "opacity", "hue"))]], legendGroup(reducers("Values", "options.legend.calcs")), tooltipGroup(tooltipOrder)],
  histogram: [["Histogram", [number("Buckets", "options.bucketCount", "30"), number("Bucket size", "options.bucketSize"), number("Bucket offset", "options.bucketOffset", "0"), tick("Combine series", "options.combine")]]],
  candlestick: [["Candles", [pick("Show", "options.mode", [["candles+volume", "Candles and volume"], ["candles", "Candles"], ["volume", "Volume"]]), pick("Style", "options.candleStyle", [["candles", "Candles"], ["ohlcbars", "Bars"]]), pick("Colour by", "options.colorStrategy", [["open-close", "Open and close"], ["close-close", "The close before"]]),
    ...["up", "down", "flat"].map((way) => ({ kind: "color", label: `Colour of ${way}`, path: `options.colors.${way}` })), tick("Other fields as lines", "options.includeAllFields")]],
    ["Fields", ["open", "high", "low", "close", "volume"].map((role) => fieldName(role[0].toUpperCase() + role.slice(1), `options.fields.${role}`))], ...timeSeries],
  logs: [["Logs", [tick("Time", "options.showTime", true), tick("Labels", "options.showLabels"), tick("Common labels", "options.showCommonLabels"), tick("Wrap lines", "options.wrapLogMessage", true), tick("JSON on several lines", "options.prettifyLogMessage"), tick("Details", "options.enableLogDetails", true),
    pick("Lines like the one before", "options.dedupStrategy", [["none", "Each"], ["exact", "Once: the same"], ["numbers", "Once: the same but for numbers"], ["signature", "Once: the same punctuation"]]), pick("Order", "options.sortOrder", [["Descending", "Newest first"], ["Ascending", "Oldest first"]])]]],
  dashlist: [["Lists", [tick("Starred", "options.showStarred", true), tick("Recently viewed", "options.showRecentlyViewed"), tick("Search", "options.showSearch"), tick("Headings", "options.showHeadings", true), number("At most", "options.maxItems", "10"), text("Query", "options.query"),
    tick("Keep the time range", "options.keepTime"), tick("Keep variable values", "options.includeVars")]]],
  annolist: [["Annotations", [tick("Of this dashboard", "options.onlyFromThisDashboard"), tick("In the time range", "options.onlyInTimeRange"), number("At most", "options.limit", "10"), tick("Time", "options.showTime", true), tick("Tags", "options.showTags", true), tick("User", "options.showUser", true),
    text("Time before", "options.navigateBefore", "10m"), text("Time after", "options.navigateAfter", "10m")]]],
  alertlist: [["Alerts", [pick("View", "options.viewMode", [["list", "List"], ["stat", "Number"]]), text("Name contains", "options.alertName"), text("Instances with labels", "options.alertInstanceLabelFilter", '{severity="page"}'), pick("Order", "options.sortOrder", [[1, "A to Z"], [2, "Z to A"], [3, "By state"], [4, "Oldest first"], [5, "Newest first"]]), pick("Group", "options.groupMode", [["default", "By rule"], ["custom", "Each instance"]]), number("At most", "options.maxItems", "20"), tick("Firing", "options.stateFilter.firing", true), tick("Pending", "options.stateFilter.pending", true), tick("Normal", "options.stateFilter.normal")]]],
};

/** [[title, options]] of a type of panel; null for one whose options are only offered as JSON. */
export const optionGroups = (type) => (Object.hasOwn(groups, type) ? groups[type] : null);

/** Panels without fields: neither units nor overrides. */
export const hasFields = (type) => !["text", "dashlist", "alertlist", "annolist", "row"].includes(type);

const colorModes = [["palette-classic", "Palette"], ["palette-classic-by-name", "Palette by name"], ["thresholds", "From thresholds"], ["fixed", "Single colour"], ["shades", "Shades"], ...schemeNames.map((name) => [name, name.replace("continuous-", "Scheme: ")])];
const hasFixedColor = (read) => ["fixed", "shades"].includes(read("color.mode"));

/** What every field has, whatever panel shows it. */
export const standardOptions = (type) => [
  { kind: "unit", label: "Unit", path: "unit" }, number("Decimals", "decimals"), number("Min", "min"), number("Max", "max"), tick("Min and max of each field", "fieldMinMax"), text("Display name", "displayName"), text("No value", "noValue", "-"),
  pick("Colour", "color.mode", colorModes, ["timeseries", "graph", "piechart", "barchart", "histogram", "trend", "xychart", "candlestick"].includes(type) ? "palette-classic" : "thresholds"),
  when(hasFixedColor, { kind: "color", label: "Single colour", path: "color.fixedColor" }),
  when((read) => !hasFixedColor(read) && !/^palette/.test(read("color.mode") ?? "palette"), pick("Colour of a series by its", "color.seriesBy", [["last", "Last value"], ["min", "Least value"], ["max", "Greatest value"]])),
];

const lists = [{ kind: "thresholds", label: "Thresholds", path: "thresholds" }, { kind: "mappings", label: "Value mappings", path: "mappings" }, { kind: "links", label: "Data links", path: "links" }];
const onlyInOverrides = {
  timeseries: [fieldName("Fill below to", "custom.fillBelowTo"), pick("Transform", "custom.transform", [[undefined, "None"], ["negative-Y", "Negative Y"], ["constant", "Constant"]])],
  table: [tick("Hide in table", "custom.hidden")],
};
const hideFrom = [tick("Hide in the area", "custom.hideFrom.viz"), tick("Hide in the legend", "custom.hideFrom.legend"), tick("Hide in the tooltip", "custom.hideFrom.tooltip")];

/** The property of an override that an option's path is part of: "custom.stacking" of "custom.stacking.mode". */
export const propertyOf = (path) => path.split(".").slice(0, path.startsWith("custom.") ? 2 : 1).join(".");

/** The properties that an override may set: [{ id, label, options }]; options of one property belong together. */
export function overrideProperties(type) {
  const own = (optionGroups(type) ?? []).flatMap(([title, options]) => options.filter(({ path }) => !path.startsWith("options.")).map((option) => ({ ...option, group: title })));
  const properties = new Map();
  for (const option of [...standardOptions(type), ...lists, ...own, ...(onlyInOverrides[type] ?? []), ...(type === "table" ? [] : hideFrom)]) {
    const id = propertyOf(option.path);
    if (!properties.has(id)) properties.set(id, { id, label: id === "custom.hideFrom" ? "Hide" : option.group ? `${option.group}: ${option.label.toLowerCase()}` : option.label, options: [] });
    const { options } = properties.get(id);
    // A condition on another property says nothing about an override, where that one need not be.
    options.push(options.length ? option : { ...option, when: undefined });
  }
  return [...properties.values()];
}

/** The value at a path; undefined where a part is missing. */
export const readPath = (object, path) => path.split(".").reduce((at, part) => at?.[part], object);

/** Writes a value at a path and makes what is missing; undefined and "" remove it, as the defaults are not written. */
export function writePath(object, path, value) {
  const parts = path.split(".");
  let at = object;
  parts.slice(0, -1).forEach((part, index) => { at = at[part] = at[part] && typeof at[part] === "object" ? at[part] : /^\d+$/.test(parts[index + 1]) ? [] : {}; });
  const last = parts[parts.length - 1];
  if (value === undefined || value === "") delete at[last]; else at[last] = value;
}
