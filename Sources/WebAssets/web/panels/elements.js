// Canvas: texts, values and shapes at fixed places, lines between them.
import { h, replace, setStyle, svg } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { loadStyle } from "../lib/styles.js";
import { linked, linksOf } from "./links.js";
import { colorOf, connectionsOf, placed, sizeOf, textOf, valueOf } from "../models/canvasElements.js";

await loadStyle("rarePanels");

export const colorMode = "thresholds", drawsEmpty = true;

const outlines = { triangle: "50,2 98,98 2,98", parallelogram: "22,4 98,4 78,96 2,96", cloud: null, server: null };
/** Pictures of the original by the last part of their file names, as ours. */
const pictures = { "question-circle": "help", cloud: "database", database: "database", server: "database", home: "home", user: "user", bell: "bell", cog: "settings", check: "check", "exclamation-triangle": "warning", times: "close", star: "star", link: "link", clock: "clock", eye: "eye", folder: "folder", monitor: "monitor", "desktop": "monitor", "info-circle": "info", "chart-line": "chart", play: "play", pause: "pause" };

export function mount(element, view) {
  const root = h("div.canvas-panel", { tabindex: "0", role: "group", "aria-label": "Canvas" });
  element.append(root);
  let current = null, boxes = new Map();
  const observer = new ResizeObserver(() => { if (current) drawLines(); });
  observer.observe(root);

  const replaceText = (text) => view.runtime.replace(text, view.scoped, "text");
  const color = (one) => colorOf(one, current.frames, current.theme);

  function decorate(box, { background, border, config = {} }) {
    const fill = color(background?.color), line = color(border?.color ?? config.borderColor), wide = Number(border?.width ?? (config.borderColor ? config.width : 0)) || 0, image = background?.image?.fixed;
    setStyle(box, { backgroundColor: fill ?? "", border: wide > 0 ? `${wide}px solid ${line ?? "transparent"}` : "", borderRadius: Number(border?.radius) > 0 ? `${Number(border.radius)}px` : "" });
    // Pictures of other places are not loaded.
    if (typeof image === "string" && /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(image)) setStyle(box, { backgroundImage: `url("${image.replace(/["\\\n]/g, encodeURIComponent)}")`, backgroundSize: { contain: "contain", cover: "cover", fill: "100% 100%" }[background.size] ?? "auto", backgroundRepeat: background.size === "tile" ? "repeat" : "no-repeat", backgroundPosition: "center" });
  }

  function words(one) {
    const { config = {} } = one, text = textOf(config.text, current.frames, replaceText), size = sizeOf(config.size, current.frames, 0);
    const align = { left: "flex-start", right: "flex-end" }[config.align] ?? "center", vertical = { top: "flex-start", bottom: "flex-end" }[config.valign] ?? "center";
    return h("div.canvas-text", { style: { color: color(config.color) ?? "", fontSize: size > 0 ? `${size}px` : "", justifyContent: align, alignItems: vertical, textAlign: config.align ?? "center" } }, h("span", text));
  }

  function shape(one) {
    const { type, background, border } = one, fill = color(background?.color) ?? "transparent", line = color(border?.color) ?? "transparent", paint = { fill, stroke: line, "stroke-width": Number(border?.width) || 0, "vector-effect": "non-scaling-stroke" };
    return svg("svg.canvas-shape", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, type === "cloud" ? svg("path", { ...paint, d: "M26 84a20 20 0 0 1-2-40 24 24 0 0 1 45-8 22 22 0 0 1 8 48z" }) : svg("polygon", { ...paint, points: outlines[type] }));
  }

  function picture(one) {
    const { config = {} } = one, path = String(config.path?.fixed ?? ""), name = /([\w-]+)\.svg$/.exec(path)?.[1] ?? "", own = pictures[name];
    const side = h("div.canvas-icon", { style: { color: color(config.fill) ?? "" } });
    // What has no picture here is named.
    side.append(own ? icon(own, 100) : h("span.canvas-text", h("span", name || "icon")));
    return side;
  }

  function server(one) {
    const light = color(one.config?.statusColor) ?? color(one.config?.bulbColor) ?? "#73BF69", row = (y, on) => [svg("rect", { x: 8, y, width: 84, height: 22, rx: 3, class: "canvas-rack" }), svg("circle", { cx: 18, cy: y + 11, r: 4, fill: on ? light : "rgba(128, 128, 128, .5)" }), svg("path", { d: `M30 ${y + 11}h50`, class: "canvas-slot" })];
    return svg("svg.canvas-shape", { viewBox: "0 0 100 100", "aria-hidden": "true" }, row(8, true), row(39, false), row(70, false));
  }

  function content(one) {
    switch (one.type) {
      case "metric-value": case "text": case "rectangle": case "ellipse": return words(one);
      case "triangle": case "parallelogram": case "cloud": return [shape(one), words(one)];
      case "icon": return picture(one);
      case "server": return server(one);
      case "frame": return (Array.isArray(one.elements) ? one.elements : []).map(build);
      default: return h("div.canvas-text.soft", h("span", `“${one.type}” is not drawn here`));
    }
  }

  function build(one) {
    if (!one || typeof one !== "object") return null;
    const bound = one.config?.text?.mode === "field" ? valueOf(current.frames, one.config.text.field) : null;
    const own = (Array.isArray(one.links) ? one.links : []).filter((link) => link?.url).map((link) => ({ text: replaceText(link.title || "Link"), href: view.safeURL(view.runtime.replace(link.url, view.scoped, "percentencode")), target: link.targetBlank ? "_blank" : undefined }));
    const links = one.type === "frame" ? [] : [...own, ...(bound ? linksOf(bound.field, bound.frame, bound.value, null, view) : [])];
    const box = linked(`.canvas-element.${String(one.type).replace(/[^\w-]/g, "")}`, links, { title: one.name ?? "" }, content(one));
    setStyle(box, placed(one));
    if (!["triangle", "parallelogram", "cloud"].includes(one.type)) decorate(box, one);
    if (one.type === "ellipse") box.style.borderRadius = "50%";
    if (one.name) boxes.set(one.name, box);
    return box;
  }

  /** Lines lie over the elements, as places are known when these stand. */
  function drawLines() {
    root.querySelector(".canvas-lines")?.remove();
    const { root: top = {} } = current.options, all = [], collect = (list) => { for (const one of Array.isArray(list) ? list : []) { all.push(one); if (one?.type === "frame") collect(one.elements); } };
    collect(top.elements);
    const lines = connectionsOf(all), area = root.getBoundingClientRect(), boxOf = (name) => boxes.get(name)?.getBoundingClientRect();
    const spot = (box, { x, y }) => [box.left - area.left + root.scrollLeft + box.width * (x + 1) / 2, box.top - area.top + root.scrollTop + box.height * (1 - y) / 2];
    const drawn = lines.map((one) => {
      const from = boxOf(one.from), to = one.to ? boxOf(one.to) : area;
      if (!from || !to) return null;
      const [x1, y1] = spot(from, one.start), [x2, y2] = spot(to, one.end), stroke = color(one.color) ?? "currentColor", width = sizeOf(one.size, current.frames, 2), angle = Math.atan2(y2 - y1, x2 - x1), dash = { dashed: "8 6", dotted: "2 5" }[one.lineStyle?.style ?? one.lineStyle];
      const head = (x, y, way) => svg("path", { d: `M${x} ${y}L${x - 10 * Math.cos(way - .45)} ${y - 10 * Math.sin(way - .45)}L${x - 10 * Math.cos(way + .45)} ${y - 10 * Math.sin(way + .45)}z`, fill: stroke });
      return [svg("line", { x1, y1, x2, y2, stroke, "stroke-width": width, "stroke-dasharray": dash }), ["reverse", "both"].includes(one.direction) ? head(x1, y1, angle + Math.PI) : null, ["reverse", "none"].includes(one.direction) ? null : head(x2, y2, angle)];
    });
    if (lines.length) root.append(svg("svg.canvas-lines", { "aria-hidden": "true", width: root.scrollWidth, height: root.scrollHeight }, drawn));
  }

  return {
    update(input) {
      current = input;
      boxes = new Map();
      const top = input.options.root ?? {};
      setStyle(root, { backgroundColor: "", backgroundImage: "", border: "", borderRadius: "" });
      decorate(root, { background: top.background, border: top.border });
      replace(root, Array.isArray(top.elements) && top.elements.length ? top.elements.map(build) : h("div.panel-state", h("p", "This canvas has no elements")));
      drawLines();
    },
    destroy() { observer.disconnect(); root.remove(); },
  };
}
