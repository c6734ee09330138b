// Panel types. A panel module exports `mount(element, context) → { update(input), resize?, destroy }`, and may
// export `colorMode` (the default colour mode of its fields).

const loaders = {
  timeseries: () => import("./timeseries.js"), graph: () => import("./timeseries.js"), trend: () => import("./timeseries.js"),
  stat: () => import("./stat.js"), singlestat: () => import("./stat.js"), gauge: () => import("./gauge.js"), bargauge: () => import("./bargauge.js"),
  table: () => import("./table.js"), "table-old": () => import("./table.js"), text: () => import("./text.js"),
  piechart: () => import("./piechart.js"), heatmap: () => import("./heatmap.js"), "state-timeline": () => import("./stateTimeline.js"), "status-history": () => import("./stateTimeline.js"),
  barchart: () => import("./barchart.js"), histogram: () => import("./histogram.js"), dashlist: () => import("./dashlist.js"), alertlist: () => import("./alertlist.js"), logs: () => import("./logs.js"), annolist: () => import("./annolist.js"), candlestick: () => import("./candlestick.js"), geomap: () => import("./geomap.js"), nodeGraph: () => import("./nodeGraph.js"), canvas: () => import("./elements.js"), xychart: () => import("./xychart.js"),
  "grafana-polystat-panel": () => import("./polystat.js"),
};
const placeholder = () => import("./placeholder.js");

/** Names for pickers. */
export const panelTypes = [["timeseries", "Time series"], ["stat", "Stat"], ["gauge", "Gauge"], ["bargauge", "Bar gauge"], ["table", "Table"], ["text", "Text"], ["piechart", "Pie chart"], ["heatmap", "Heatmap"],
  ["state-timeline", "State timeline"], ["status-history", "Status history"], ["barchart", "Bar chart"], ["histogram", "Histogram"], ["trend", "Trend"], ["xychart", "XY chart"], ["candlestick", "Candlestick"], ["logs", "Logs"], ["dashlist", "Dashboard list"], ["alertlist", "Alert list"], ["annolist", "Annotations list"]];

/** Loads the module of a type; unknown types get a placeholder that names them. */
export const loadPanel = (type) => (Object.hasOwn(loaders, type) ? loaders[type] : placeholder)();
export const isKnownPanel = (type) => Object.hasOwn(loaders, type);
