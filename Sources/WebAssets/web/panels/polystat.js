// The polystat panel, which is no part of Grafana but common: its values as tiles, coloured by its thresholds.
import { mount as mountTiles } from "./stat.js";
import { applyFieldConfig } from "../models/fieldConfig.js";

export const colorMode = "thresholds";

/** What a polystat panel says, as the field config and the options of tiles. */
export function asTiles(panel) {
  // The plugin's first version kept its settings beside the options.
  const settings = { ...panel.polystat, ...panel.options }, limits = settings.globalThresholdsConfig ?? settings.globalThresholds ?? [];
  const steps = [{ value: null, color: settings.globalFillColor || "green" }, ...limits.filter((one) => Number.isFinite(Number(one?.value))).map(({ value, color }) => ({ value: Number(value), color: color || "red" })).sort((a, b) => a.value - b.value)];
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  return { fieldConfig: { defaults: { unit: settings.globalUnitFormat, decimals: settings.globalDecimals, ...defaults, thresholds: { mode: "absolute", steps }, color: { mode: "thresholds" } }, overrides },
    options: { reduceOptions: { calcs: [settings.globalOperator ?? settings.globalOperatorName ?? "mean"], fields: "", values: false }, colorMode: "background_solid", graphMode: "none", textMode: "value_and_name", justifyMode: "center" } };
}

export function mount(element, view) {
  const tiles = mountTiles(element, view);
  return {
    ...tiles,
    update(input) {
      const { fieldConfig, options } = asTiles(input.panel), { theme, timeZone } = input;
      tiles.update({ ...input, options, frames: applyFieldConfig(input.frames, fieldConfig, { theme, timeZone, replace: (text, scoped) => view.runtime.replace(text, { ...view.scoped, ...scoped }, "text") }) });
    },
  };
}
