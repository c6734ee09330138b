// Geomap: markers over the lines of degrees. No map is loaded from anywhere.
import { h } from "../lib/dom.js";
import { loadStyle } from "../lib/styles.js";
import { drawing } from "./canvas.js";
import { fieldVariables, displayText } from "../models/fieldConfig.js";
import { fitting, graticuleStep, pointsOf, project, unproject } from "../models/geo.js";
import { resolveColor, withAlpha } from "../models/colors.js";
import { linksOf, offer } from "./links.js";
import { hideTooltip, showTooltip } from "./tooltip.js";
import { zoomControls } from "./zoomControls.js";

await loadStyle("rarePanels");

export const colorMode = "thresholds";

const marks = {
  square: (context, x, y, size) => context.rect(x - size, y - size, size * 2, size * 2),
  triangle: (context, x, y, size) => { context.moveTo(x, y - size); context.lineTo(x + size, y + size); context.lineTo(x - size, y + size); context.closePath(); },
  cross: (context, x, y, size) => { context.rect(x - size, y - size / 4, size * 2, size / 2); context.rect(x - size / 4, y - size, size / 2, size * 2); },
  circle: (context, x, y, size) => context.arc(x, y, size, 0, Math.PI * 2),
};
/** The mark whose file the original names. */
const markOf = (symbol) => marks[["square", "triangle", "cross"].find((name) => String(symbol?.fixed ?? "").includes(name)) ?? "circle"];

export function mount(element, view) {
  const root = h("div.geo-map"), note = h("div.node-note.soft");
  element.append(root);
  let current = null, layers = [], camera = null, spots = [], missing = [];
  const surface = drawing(root, draw, hover, click);
  const state = zoomControls(root, surface.canvas, {
    move(dx, dy) { if (camera) { camera.own = false; camera.x -= dx / camera.scale; camera.y -= dy / camera.scale; surface.paint(); } },
    zoom(factor, px, py) {
      if (!camera) return;
      const next = Math.min(2 ** 14, Math.max(.25, camera.scale * factor)), dx = px - root.clientWidth / 2, dy = py - root.clientHeight / 2;
      camera.x += dx / camera.scale - dx / next;
      camera.y += dy / camera.scale - dy / next;
      Object.assign(camera, { scale: next, own: false });
      surface.paint();
    },
    fit() { camera = null; surface.paint(); },
  });
  root.append(note);

  function plan() {
    const { frames, options } = current, wanted = Array.isArray(options.layers) && options.layers.length ? options.layers : [{ type: "markers", config: {}, location: { mode: "auto" } }];
    missing = [];
    layers = wanted.filter((layer) => layer && typeof layer === "object").flatMap((layer) => {
      const name = layer.name || layer.type, own = layer.filterData?.options ? frames.filter(({ refId }) => refId === layer.filterData.options) : frames;
      if (!["markers", "heatmap", "route"].includes(layer.type)) { missing.push(`${name}: layers of type “${layer.type}” are not drawn`); return []; }
      const points = pointsOf(own, layer.location);
      if (!points) { missing.push(layer.location?.mode === "lookup" ? `${name}: there is no list of places to look names up` : `${name}: no fields for latitude and longitude`); return []; }
      return [{ layer, style: layer.config?.style ?? {}, points: points.map((point) => { const [x, y] = project(point.longitude, point.latitude); return { ...point, x, y }; }) }];
    });
    note.textContent = missing.join(". ");
    note.hidden = !missing.length;
    surface.paint();
  }
  const fieldOf = (frame, name) => name && frame.fields.find((field) => field.displayName === name || field.name === name);
  function look({ frame, row }, style) {
    const sized = fieldOf(frame, style.size?.field), colored = fieldOf(frame, style.color?.field), { min = 2, max = 15, fixed = 5 } = style.size ?? {};
    return { size: sized ? min + sized.display(sized.values[row]).percent * (max - min) : Number(fixed) || 5, color: (colored ? colored.display(colored.values[row]).color : null) ?? resolveColor(style.color?.fixed ?? "dark-green", current.theme) };
  }
  function textOf({ frame, row }, text) {
    const field = fieldOf(frame, text?.field);
    if (field && text.mode !== "fixed") return displayText(field.display(field.values[row]));
    return text?.fixed ? view.runtime.replace(text.fixed, { ...view.scoped, ...fieldVariables(frame.fields[0], frame, "", row) }, "text") : "";
  }
  function start(width, height) {
    const { id = "fit", lat = 0, lon = 0, zoom = 1 } = current.options.view ?? {}, places = layers.flatMap(({ points }) => points);
    if (id === "coords" || (id === "zero" && !places.length)) { const [x, y] = project(Number(lon) || 0, Number(lat) || 0); return { x, y, scale: 2 ** Math.min(14, Math.max(-2, Number(zoom) || 1)) }; }
    return fitting(places, width, height);
  }

  function draw(context, width, height, ink) {
    spots = [];
    if (!current) return;
    // Until somebody moves it, the view follows the size of the panel.
    if (!camera || (camera.own && (camera.width !== width || camera.height !== height))) camera = { ...start(width - 44, height), own: true, width, height };
    const { x: cx, y: cy, scale } = camera, px = (x) => (x - cx) * scale + width / 2, py = (y) => (y - cy) * scale + height / 2;
    lines(context, width, height, ink, px, py);
    for (const { layer, style, points } of layers) {
      const opacity = Number.isFinite(Number(style.opacity)) && style.opacity !== null ? Number(style.opacity ?? .4) : .4, places = points.map((point) => ({ point, x: px(point.x), y: py(point.y) }));
      if (layer.type === "route") {
        context.strokeStyle = resolveColor(style.color?.fixed ?? "dark-green", current.theme);
        context.lineWidth = Math.max(1, Number(style.lineWidth) || 2);
        context.beginPath();
        for (const { x, y } of places) context.lineTo(x, y);
        context.stroke();
      }
      for (const { point, x, y } of places) {
        const { size, color } = look(point, style);
        if (x < -60 || y < -60 || x > width + 60 || y > height + 60) continue;
        context.beginPath();
        if (layer.type === "heatmap") {
          const far = Number(layer.config?.radius) || 15, shade = context.createRadialGradient(x, y, 0, x, y, far);
          shade.addColorStop(0, withAlpha(resolveColor("red", current.theme), .5));
          shade.addColorStop(.5, withAlpha(resolveColor("yellow", current.theme), .25));
          shade.addColorStop(1, "rgba(0, 0, 0, 0)");
          context.fillStyle = shade;
          context.arc(x, y, far, 0, Math.PI * 2);
          context.fill();
        } else {
          markOf(style.symbol)(context, x, y, layer.type === "route" ? Math.min(size, 3) : size);
          context.fillStyle = withAlpha(color, layer.type === "route" ? 1 : opacity);
          context.strokeStyle = color;
          context.lineWidth = 1;
          context.fill();
          context.stroke();
        }
        const text = style.text ? textOf(point, style.text) : "";
        if (text) { context.fillStyle = ink.text; context.textAlign = "center"; context.textBaseline = "top"; context.fillText(text, x, y + size + 3); }
        spots.push({ x, y, size, point, color });
      }
    }
  }
  /** Lines of whole degrees with their numbers at the edges; the equator and the first meridian are stronger. */
  function lines(context, width, height, ink, px, py) {
    const { x: cx, y: cy, scale } = camera, [west, north] = unproject(cx - width / 2 / scale, Math.max(0, cy - height / 2 / scale)), [east, south] = unproject(cx + width / 2 / scale, Math.min(256, cy + height / 2 / scale)), step = graticuleStep(Math.min(360, east - west), Math.max(2, Math.floor(width / 90)));
    const name = (value, signs) => `${Number(Math.abs(value).toFixed(2))}°${value ? signs[value > 0 ? 0 : 1] : ""}`;
    context.font = "11px sans-serif";
    context.fillStyle = ink.text;
    context.lineWidth = 1;
    const top = Math.max(0, py(0)), bottom = Math.min(height, py(256)), left = Math.max(0, px(0)), right = Math.min(width, px(256));
    const stroke = (x1, y1, x2, y2, strong) => { context.strokeStyle = strong ? ink.text : ink.grid; context.globalAlpha = strong ? .4 : 1; context.beginPath(); context.moveTo(x1, y1); context.lineTo(x2, y2); context.stroke(); context.globalAlpha = 1; };
    for (let at = Math.ceil(Math.max(-180, west) / step) * step; at <= Math.min(180, east) + 1e-9; at += step) {
      const x = Math.round(px(project(at, 0)[0])) + .5;
      stroke(x, top, x, bottom, Math.abs(at) < 1e-9);
      context.textAlign = "center";
      context.textBaseline = "bottom";
      if (x > 20 && x < width - 60) context.fillText(name(at, "EW"), x, bottom - 2);
    }
    for (let at = Math.ceil(Math.max(-85, south) / step) * step; at <= Math.min(85, north) + 1e-9; at += step) {
      const y = Math.round(py(project(0, at)[1])) + .5;
      stroke(left, y, right, y, Math.abs(at) < 1e-9);
      context.textAlign = "left";
      context.textBaseline = "bottom";
      if (y > 14 && y < height - 18) context.fillText(name(at, "NS"), left + 2, y - 1);
    }
  }
  function near(x, y) {
    let best = null, least = 12;
    for (const spot of spots) { const far = Math.hypot(spot.x - x, spot.y - y) - spot.size; if (far <= least) { least = far; best = spot; } }
    return best;
  }
  function tip({ point, color }, event, settings = {}) {
    const { frame, row, places } = point, time = frame.fields.find(({ type }) => type === "time");
    showTooltip(view, { clientX: event.clientX, clientY: event.clientY, title: time ? displayText(time.display(time.values[row])) : `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}`,
      entries: frame.fields.filter((field) => field !== time && !places.includes(field)).map((field) => ({ name: field.displayName, color: field.type === "number" ? color : null, value: displayText(field.display(field.values[row])) })), ...settings });
  }
  function hover(x, y, event) {
    const found = x !== null && current?.options.tooltip?.mode !== "none" && near(x, y);
    if (found) tip(found, event); else hideTooltip(view);
  }
  function click(x, y, event) {
    const found = state.moved ? null : near(x, y);
    if (found) offer(found.point.frame.fields.flatMap((field) => linksOf(field, found.point.frame, field.values[found.point.row], null, view, found.point.row)), (settings) => tip(found, event, settings));
  }
  return { update(input) { current = input; plan(); }, resize: () => surface.paint(), destroy() { hideTooltip(view, true); surface.destroy(); root.remove(); }, get canvas() { return surface.canvas; } };
}
