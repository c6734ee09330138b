// Log lines: time, level, labels and text; what a line has besides opens below it.
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { toast } from "../lib/overlay.js";
import { loadStyle } from "../lib/styles.js";
import { formatDate } from "../models/dateFormat.js";
import { displayText } from "../models/fieldConfig.js";
import { commonLabels, logLines, pretty, sortedLines, withoutRepeats } from "../models/logs.js";
import { linksOf } from "./links.js";

await loadStyle("rarePanels");

const portion = 500;

export function mount(element, view) {
  const root = h("div.logs-panel", { tabindex: "0", role: "log", "aria-label": "Log lines", "aria-live": "off" });
  element.append(root);
  let current = null, lines = [], common = {}, shown = portion, drawn = "";

  const timeText = (time) => formatDate(time, "YYYY-MM-DD HH:mm:ss.SSS", current.timeZone);
  const pairs = (labels) => Object.entries(labels).map(([name, value]) => h("span.log-label", `${name}=${value}`));
  const shownLabels = (line) => (current.options.showCommonLabels ? Object.fromEntries(Object.entries(line.labels).filter(([name]) => !Object.hasOwn(common, name))) : line.labels);

  function text(line) {
    const { displayedFields, prettifyLogMessage } = current.options;
    if (!Array.isArray(displayedFields) || !displayedFields.length) return prettifyLogMessage ? pretty(line.text) : line.text;
    // Fields that somebody chose stand in the place of the line.
    const values = new Map([...Object.entries(line.labels), ...line.fields.map(([name, value]) => [name, typeof value === "object" ? displayText(value) : String(value)])]);
    return displayedFields.filter((name) => values.has(name)).map((name) => `${name}=${values.get(name)}`).join(" ") || line.text;
  }
  function details(line) {
    const { field, frame, row } = line, rows = [...line.fields.map(([name, value]) => [name, typeof value === "object" ? displayText(value) : String(value)]), ...Object.entries(line.labels)];
    const copy = () => navigator.clipboard?.writeText(line.text).then(() => toast("success", "Line copied"), () => toast("error", "The browser does not let this page copy"));
    return h("div.log-details", h("div.row.wrap", h("button.button.small", { type: "button", onclick: copy }, icon("copy", 12), "Copy line"), linksOf(field, frame, line.text, line.time, view, row).map(({ text, href, target }) => h("a.button.small", { href, target, rel: "noopener" }, icon("external", 12), text))),
      rows.length ? h("dl", rows.map(([name, value]) => h("div", h("dt", name), h("dd", String(value))))) : h("p.soft", "This line has no labels and fields."));
  }
  function row(line) {
    const { showTime, showLabels, enableLogDetails, wrapLogMessage } = current.options;
    const head = [h("span.visually-hidden", line.level === "unknown" ? "" : line.level + ": "), showTime !== false && line.time != null ? h("time.log-time", { datetime: new Date(line.time).toISOString() }, timeText(line.time)) : null, line.count > 1 ? h("span.badge", { title: "Lines like this one, one after the other" }, `×${line.count}`) : null,
      showLabels ? h("span.log-labels", pairs(shownLabels(line))) : null, h("span.log-text", text(line))];
    const classes = `${line.level} ${wrapLogMessage === false ? "" : "wraps"}`;
    if (enableLogDetails === false) return h("div.log-row", { class: classes }, h("div.log-head", head));
    const box = h("details.log-row", { class: classes, ontoggle: () => { if (box.open && box.childElementCount === 1) box.append(details(line)); } }, h("summary.log-head", head));
    return box;
  }
  function draw() {
    const { options } = current, atEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 8, ascending = options.sortOrder === "Ascending";
    // Of an ascending list the end is what somebody looks for.
    const part = ascending ? lines.slice(-shown) : lines.slice(0, shown), more = lines.length - part.length;
    const button = more > 0 ? h("button.button.small.log-more", { type: "button", onclick: () => { shown += portion; drawn = ""; draw(); } }, `Show ${Math.min(more, portion)} more of ${more}`) : null;
    replace(root, options.showCommonLabels && Object.keys(common).length ? h("div.log-common", h("span.soft", "Common labels: "), pairs(common)) : null, ascending ? button : null, part.map(row), ascending ? null : button);
    if (ascending && atEnd) root.scrollTop = root.scrollHeight;
  }

  return {
    update(input) {
      current = input;
      const { frames, options, timeZone } = input;
      lines = withoutRepeats(sortedLines(logLines(frames), options.sortOrder), options.dedupStrategy);
      common = commonLabels(lines);
      if (!lines.length) {
        drawn = "";
        return replace(root, h("div.panel-state", h("p", "There are no lines of text in this data"), h("p.small.soft", "Numbers over time have none; a query in the table format has its labels as texts.")));
      }
      // What is open stays so when the same lines come again.
      const key = JSON.stringify([options, timeZone, lines.length, lines[0], lines[lines.length - 1]].map((one) => (one?.frame ? [one.time, one.text, one.labels] : one)));
      if (key !== drawn) { drawn = key; draw(); }
    },
    destroy() { root.remove(); },
  };
}
