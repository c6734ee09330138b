// Colours: named hues, alpha, mixing, and the continuous schemes.

const hues = {
  red: ["FFA6B0", "FF7383", "F2495C", "E02F44", "C4162A"], orange: ["FFCB7D", "FFB357", "FF9830", "FF780A", "FA6400"],
  yellow: ["FFF899", "FFEE52", "FADE2A", "F2CC0C", "E0B400"], green: ["C8F2C2", "96D98D", "73BF69", "56A64B", "37872D"],
  blue: ["C0D8FF", "8AB8FF", "5794F2", "3274D9", "1F60C4"], purple: ["DEB6F2", "CA95E5", "B877D9", "A352CC", "8F3BB8"],
};
const shades = ["super-light-", "light-", "", "semi-dark-", "dark-"];
const css = { black: "#000000", white: "#ffffff", gray: "#808080", grey: "#808080", silver: "#c0c0c0", maroon: "#800000", navy: "#000080", teal: "#008080", olive: "#808000", lime: "#00ff00",
  aqua: "#00ffff", cyan: "#00ffff", magenta: "#ff00ff", fuchsia: "#ff00ff", pink: "#ffc0cb", brown: "#a52a2a", gold: "#ffd700", indigo: "#4b0082", violet: "#ee82ee", crimson: "#dc143c", coral: "#ff7f50",
  tomato: "#ff6347", salmon: "#fa8072", khaki: "#f0e68c", turquoise: "#40e0d0", skyblue: "#87ceeb", steelblue: "#4682b4", orchid: "#da70d6", darkgreen: "#006400", darkblue: "#00008b", darkred: "#8b0000",
  darkorange: "#ff8c00", lightgreen: "#90ee90", lightblue: "#add8e6", lightgray: "#d3d3d3", lightgrey: "#d3d3d3", darkgray: "#a9a9a9", dimgray: "#696969" };

const named = { dark: new Map(), light: new Map() };
for (const [hue, steps] of Object.entries(hues)) {
  shades.forEach((shade, index) => {
    named.dark.set(shade + hue, "#" + steps[index]);
    named.light.set(shade + hue, "#" + steps[Math.min(index + 1, 4)]);
  });
}
for (const [theme, panel, text] of [["dark", "#181b1f", "#ccccdc"], ["light", "#ffffff", "#24292e"]]) {
  named[theme].set("panel-bg", panel).set("text", text).set("transparent", "rgba(0, 0, 0, 0)");
}

/** Names of the hues in the order colour pickers offer them. */
export const hueNames = Object.keys(hues).flatMap((hue) => shades.map((shade) => shade + hue));

/** A colour as CSS can use it: our names become hex; what is none of hex, rgb(), hsl() or a CSS name becomes grey. */
export function resolveColor(name, theme = "dark") {
  if (typeof name !== "string") return "#808080";
  const known = named[theme]?.get(name);
  if (known) return known;
  if (/^#[0-9a-f]{3,8}$/i.test(name) || /^(rgb|hsl)a?\([\d\s.,%/+-]+(deg)?[\d\s.,%/+-]*\)$/i.test(name)) return name;
  if (Object.hasOwn(css, name.toLowerCase())) return css[name.toLowerCase()];
  return /^[a-z]{3,20}$/i.test(name) && globalThis.CSS?.supports?.("color", name) ? name : "#808080";
}

/** [red, green, blue 0-255, alpha 0-1] of hex and rgb() colours; null for others. */
export function parseColor(color) {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  if (hex) {
    const full = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const at = (index) => parseInt(full.slice(index, index + 2), 16);
    return [at(0), at(2), at(4), full.length >= 8 ? at(6) / 255 : 1];
  }
  const parts = /^rgba?\(([^)]*)\)$/i.exec(color)?.[1].split(/[\s,/]+/).filter(Boolean);
  if (!parts || parts.length < 3) return Object.hasOwn(css, color) ? parseColor(css[color]) : null;
  const [red, green, blue] = parts.map((part) => Number.parseFloat(part));
  return [red, green, blue, parts[3] == null ? 1 : Number.parseFloat(parts[3]) / (parts[3].endsWith("%") ? 100 : 1)];
}

const channel = (value) => Math.round(Math.min(255, Math.max(0, value)));

/** The colour with this share of its own opacity. */
export function withAlpha(color, alpha) {
  const parsed = parseColor(color);
  if (!parsed) return color;
  return `rgba(${channel(parsed[0])}, ${channel(parsed[1])}, ${channel(parsed[2])}, ${+(parsed[3] * alpha).toFixed(3)})`;
}

/** Between two colours; 0 is the first. */
export function mix(first, second, share) {
  const a = parseColor(first), b = parseColor(second);
  if (!a || !b) return first;
  return `rgb(${[0, 1, 2].map((at) => channel(a[at] + (b[at] - a[at]) * share)).join(", ")})`;
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(color) {
  const parsed = parseColor(color);
  if (!parsed) return "#fff";
  const light = (parsed[0] * 299 + parsed[1] * 587 + parsed[2] * 114) / 1000;
  return light > 140 ? "rgb(17, 18, 23)" : "#fff";
}

const linear = (value) => { const part = value / 255; return part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4; };
const luminance = ([red, green, blue]) => .2126 * linear(red) + .7152 * linear(green) + .0722 * linear(blue);

/** The contrast of two opaque colours, 1-21 (WCAG 2); 1 when one of them is not understood. */
export function contrast(first, second) {
  const a = parseColor(first), b = parseColor(second);
  if (!a || !b) return 1;
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + .05) / (low + .05);
}

/**
 * A colour for text on a panel: the colour itself where it reads well, else darker (light theme) or lighter (dark
 * theme) until it does. `size` in px: large text needs a contrast of 3, other text 4.5. Colours with alpha stay.
 */
export function legible(color, theme, size = 14) {
  const parsed = parseColor(color), panel = named[theme === "light" ? "light" : "dark"].get("panel-bg");
  if (!parsed || parsed[3] < 1) return color;
  const wanted = size >= 24 ? 3 : 4.5;
  for (let share = 0; share < 1; share += .08) {
    const tried = share ? mix(color, theme === "light" ? "#000000" : "#ffffff", share) : color;
    if (contrast(tried, panel) >= wanted) return tried;
  }
  return theme === "light" ? "#000000" : "#ffffff";
}

/** Stops of the continuous colour modes, low to high; "panel-bg" is the panel's own colour. */
const schemes = {
  "continuous-GrYlRd": ["green", "yellow", "red"], "continuous-RdYlGr": ["red", "yellow", "green"], "continuous-BlYlRd": ["dark-blue", "super-light-yellow", "dark-red"],
  "continuous-YlRd": ["super-light-yellow", "dark-red"], "continuous-BlPu": ["blue", "purple"], "continuous-YlBl": ["super-light-yellow", "dark-blue"],
  "continuous-blues": ["panel-bg", "dark-blue"], "continuous-reds": ["panel-bg", "dark-red"], "continuous-greens": ["panel-bg", "dark-green"], "continuous-purples": ["panel-bg", "dark-purple"],
  "continuous-viridis": ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"], "continuous-magma": ["#000004", "#3b0f70", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf"],
  "continuous-plasma": ["#0d0887", "#6a00a8", "#b12a90", "#e16462", "#fca636", "#f0f921"], "continuous-inferno": ["#000004", "#420a68", "#932667", "#dd513a", "#fca50a", "#fcffa4"],
  "continuous-cividis": ["#00224e", "#2a3f6d", "#575d6d", "#7d7c78", "#a59c74", "#d2c060", "#fee838"],
};
export const schemeNames = Object.keys(schemes);

/** Heatmap schemes by their plain names; the sequential ones run from light to dark. */
const heatSchemes = {
  Oranges: ["#fff5eb", "#fdd0a2", "#fd8d3c", "#d94801", "#7f2704"], Blues: ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"], Greens: ["#f7fcf5", "#c7e9c0", "#74c476", "#238b45", "#00441b"],
  Reds: ["#fff5f0", "#fcbba1", "#fb6a4a", "#cb181d", "#67000d"], Purples: ["#fcfbfd", "#dadaeb", "#9e9ac8", "#6a51a3", "#3f007d"], Greys: ["#ffffff", "#d9d9d9", "#969696", "#525252", "#000000"],
  Spectral: ["#9e0142", "#f46d43", "#fee08b", "#e6f598", "#66c2a5", "#5e4fa2"], RdYlGn: ["#a50026", "#f46d43", "#fee08b", "#a6d96a", "#006837"], RdYlBu: ["#a50026", "#f46d43", "#fee090", "#abd9e9", "#313695"],
  RdBu: ["#67001f", "#f4a582", "#f7f7f7", "#92c5de", "#053061"], Turbo: ["#23171b", "#4a58dd", "#2f9df5", "#27d7c4", "#4df884", "#95fb51", "#dedd32", "#ffa423", "#f65f18", "#ba2208", "#900c00"],
  YlOrRd: ["#ffffcc", "#fed976", "#fd8d3c", "#e31a1c", "#800026"], YlGnBu: ["#ffffd9", "#c7e9b4", "#41b6c4", "#225ea8", "#081d58"], YlOrBr: ["#ffffe5", "#fee391", "#fe9929", "#cc4c02", "#662506"],
  Viridis: schemes["continuous-viridis"], Magma: schemes["continuous-magma"], Plasma: schemes["continuous-plasma"], Inferno: schemes["continuous-inferno"], Cividis: schemes["continuous-cividis"],
};
export const heatSchemeNames = Object.keys(heatSchemes);

/** A uniform cubic B-spline through channel values; `share` 0-1. */
function basis(values, share) {
  const last = values.length - 1;
  const at = Math.min(last - 1, Math.max(0, Math.floor(share * last)));
  const v1 = values[at], v2 = values[at + 1];
  const v0 = at > 0 ? values[at - 1] : 2 * v1 - v2, v3 = at < last - 1 ? values[at + 2] : 2 * v2 - v1;
  const t = share * last - at, t2 = t * t, t3 = t2 * t;
  return ((1 - 3 * t + 3 * t2 - t3) * v0 + (4 - 6 * t2 + 3 * t3) * v1 + (1 + 3 * t + 3 * t2 - 3 * t3) * v2 + t3 * v3) / 6;
}

/** The colour at `share` (0-1) between stops. */
export function interpolateStops(stops, share) {
  const parsed = stops.map((stop) => parseColor(stop) ?? [128, 128, 128, 1]);
  const s = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return `rgb(${[0, 1, 2].map((at) => channel(basis(parsed.map((color) => color[at]), s))).join(", ")})`;
}

/** The stops of a continuous mode, resolved for the theme; null when there is none of that name. */
export function schemeStops(mode, theme) {
  return Object.hasOwn(schemes, mode) ? schemes[mode].map((name) => resolveColor(name, theme)) : null;
}

/** `steps` colours of a heatmap scheme, low values first; dark themes start dark. */
export function heatColors(scheme, steps, { reverse = false, theme = "dark" } = {}) {
  const stops = Object.hasOwn(heatSchemes, scheme) ? heatSchemes[scheme] : heatSchemes.Oranges;
  const sequential = ["Oranges", "Blues", "Greens", "Reds", "Purples", "Greys", "YlOrRd", "YlGnBu", "YlOrBr"].includes(scheme);
  const flip = reverse !== (sequential && theme === "dark");
  const count = Math.max(2, Math.min(256, steps));
  return Array.from({ length: count }, (_, index) => interpolateStops(stops, flip ? 1 - index / (count - 1) : index / (count - 1)));
}
