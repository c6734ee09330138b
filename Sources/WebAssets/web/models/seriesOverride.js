// What a legend changes: an override of one field by its name.

/** Gives the field of a name a colour of its own; the override that already names it is used, else one is added. */
export function colorSeries(panel, name, fixedColor) {
  const config = (panel.fieldConfig ??= { defaults: {}, overrides: [] }), overrides = (config.overrides ??= []);
  // The last one that names it wins. Those that the program writes for itself ("__systemRef") are not the user's.
  let override = overrides.findLast((one) => one?.matcher?.id === "byName" && one.matcher.options === name && !one.__systemRef);
  if (!override) {
    override = { matcher: { id: "byName", options: name }, properties: [] };
    overrides.push(override);
  }
  const properties = (override.properties ??= []), color = properties.find(({ id }) => id === "color");
  if (color) color.value = { ...color.value, mode: "fixed", fixedColor };
  else properties.push({ id: "color", value: { mode: "fixed", fixedColor } });
}

/** Keeps the names that a legend leaves visible; null for all. Returns what `legendChoice` then finds, as JSON. */
export function keepChoice(panel, names) {
  const overrides = (panel.fieldConfig?.overrides ?? []).filter((one) => one?.__systemRef !== "hideSeriesFrom");
  if (names) {
    overrides.push({ __systemRef: "hideSeriesFrom", matcher: { id: "byNames", options: { mode: "exclude", names, prefix: "All except:", readOnly: true } },
      properties: [{ id: "custom.hideFrom", value: { legend: false, tooltip: true, viz: true } }] });
  }
  if (names || panel.fieldConfig?.overrides) panel.fieldConfig = { defaults: {}, ...panel.fieldConfig, overrides };
  return JSON.stringify(names);
}
