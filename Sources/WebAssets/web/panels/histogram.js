// Histogram: how often values fall into buckets.
import { mount as mountBars } from "./barchart.js";
import { histogramBuckets } from "../models/histogram.js";
import { makeFrame } from "../models/frames.js";
import { applyFieldConfig } from "../models/fieldConfig.js";
import { formatValue } from "../models/units.js";

export const colorMode = "palette-classic", hasLegend = true;

export function mount(element, view) {
  const bars = mountBars(element, view);
  return {
    ...bars,
    update(input) {
      const { options, theme } = input, fields = input.frames.flatMap((frame) => frame.fields.filter((field) => field.type === "number" && !field.config.custom?.hideFrom?.viz)), combined = options.combine && fields.length;
      const { buckets } = histogramBuckets(combined ? [fields.flatMap((field) => field.values)] : fields.map((field) => field.values), options), unit = fields[0]?.config.unit;
      const names = combined ? ["Combined"] : fields.map((field) => field.displayName);
      const frame = makeFrame([{ name: "Bucket", type: "string", config: {}, values: buckets.map(({ low }) => formatValue(low, unit)) }, ...names.map((name, at) => ({ name, type: "number", config: { displayNameFromDS: name, custom: { fillOpacity: fields[at]?.config.custom?.fillOpacity ?? 80 } }, values: buckets.map(({ counts }) => counts[at]) }))]);
      bars.update({ ...input, frames: applyFieldConfig([frame], { defaults: { color: { mode: "palette-classic" } } }, { theme, defaultColorMode: "palette-classic" }), options: { ...options, groupWidth: 1, barWidth: .98, stacking: options.stacking?.mode ?? "none", showValue: "never" } });
    },
  };
}
