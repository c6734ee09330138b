// Log lines, where a frame has them: time and text.
import { h, replace } from "../lib/dom.js";
import { timeField } from "../models/frames.js";
import { formatDate } from "../models/dateFormat.js";

export function mount(element) {
  const root = h("div.logs-panel");
  element.append(root);
  return {
    update({ frames, timeZone, options }) {
      const lines = frames.flatMap((frame) => { const time = timeField(frame), text = frame.fields.find((field) => field.type === "string"); return text ? text.values.map((line, row) => [time?.values[row], String(line)]) : []; });
      if (options.sortOrder !== "Ascending") lines.reverse();
      replace(root, lines.length ? lines.slice(0, 1000).map(([time, text]) => h("div.log-line", options.showTime !== false && time != null ? h("span.soft", formatDate(time, "YYYY-MM-DD HH:mm:ss", timeZone) + " ") : null, text)) : h("div.panel-state", h("p", "This data source has no logs")));
    },
    destroy() { root.remove(); },
  };
}
