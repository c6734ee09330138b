// Node graph: circles with their numbers, arrows between them.
import { h, replace, svg } from "../lib/dom.js";
import { loadStyle } from "../lib/styles.js";
import { resolveColor } from "../models/colors.js";
import { placeNodes, readGraph } from "../models/nodeGraph.js";
import { linksOf } from "./links.js";
import { hideTooltip, showTooltip } from "./tooltip.js";
import { zoomControls } from "./zoomControls.js";

await loadStyle("rarePanels");

const radius = 38, most = 300, mostEdges = 2000;

export function mount(element, view) {
  const layer = svg("g"), surface = svg("svg.node-surface", { role: "group", "aria-label": "Nodes" }, layer), note = h("div.node-note.soft", { hidden: true }), root = h("div.node-graph", surface, note);
  element.append(root);
  let current = null, bounds = null, drawn = "", scale = 1, x = 0, y = 0;
  const apply = () => layer.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(4)})`);
  const state = zoomControls(root, surface, {
    move(dx, dy) { x += dx; y += dy; apply(); },
    zoom(factor, px, py) { const next = Math.min(4, Math.max(.05, scale * factor)); x = px - (px - x) * next / scale; y = py - (py - y) * next / scale; scale = next; apply(); },
    fit,
  });
  const observer = new ResizeObserver(() => { if (bounds) fit(); });
  observer.observe(root);

  function fit() {
    if (!bounds) return;
    // The buttons have the right edge.
    const width = Math.max(40, root.clientWidth - 44), height = root.clientHeight, wide = bounds.right - bounds.left, tall = bounds.bottom - bounds.top;
    scale = Math.min(1.3, width / wide, height / tall);
    x = (width - wide * scale) / 2 - bounds.left * scale;
    y = (height - tall * scale) / 2 - bounds.top * scale;
    apply();
  }
  const color = (name, other) => (name ? resolveColor(String(name), current.theme) : other);

  function arcs(node) {
    const total = node.arcs.reduce((sum, { share }) => sum + share, 0), ring = radius - 2;
    if (!total) return [node.color ? svg("circle", { r: ring, stroke: color(node.color), "stroke-width": 4, fill: "none" }) : svg("circle.node-ring", { r: ring, "stroke-width": 4, fill: "none" })];
    let from = -Math.PI / 2;
    const parts = node.arcs.filter(({ share }) => share > 0);
    return parts.map(({ share, color: own }) => {
      const to = from + (share / total) * Math.PI * 2, at = (angle) => `${(ring * Math.cos(angle)).toFixed(2)} ${(ring * Math.sin(angle)).toFixed(2)}`;
      const path = parts.length === 1 ? svg("circle", { r: ring, stroke: color(own, "#808080"), "stroke-width": 4, fill: "none" }) : svg("path", { d: `M${at(from)}A${ring} ${ring} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}`, stroke: color(own, "#808080"), "stroke-width": 4, fill: "none" });
      from = to;
      return path;
    });
  }
  const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);

  function tell(node, event) {
    const box = event.currentTarget.getBoundingClientRect(), entries = [["", node.main], ["", node.secondary], ...node.details].filter(([, value]) => value).map(([name, value]) => ({ name, value }));
    showTooltip(view, { clientX: box.right, clientY: box.top, title: [node.title, node.subtitle].filter(Boolean).join(" · ") || node.id, entries: entries.length ? entries : [{ name: "id", value: node.id }], pin: true, actions: node.field ? linksOf(node.field, node.frame, node.field.values[node.row], null, view, node.row) : [] });
  }
  function circle(node, { x: cx, y: cy }) {
    const name = [node.title || node.id, node.subtitle, node.main, node.secondary].filter(Boolean).join(", "), open = (event) => { if (!state.moved) tell(node, event); };
    return svg("g.node", { transform: `translate(${cx} ${cy})`, tabindex: "0", role: "button", "aria-label": name, onclick: open, onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); state.moved = false; open(event); } } },
      svg("circle.node-face", { r: radius }), arcs(node), node.main ? svg("text.node-main", { y: node.secondary ? -3 : 4 }, short(node.main, 10)) : null, node.secondary ? svg("text.node-second", { y: 13 }, short(node.secondary, 11)) : null,
      svg("text.node-title", { y: radius + 16 }, short(node.title || node.id, 26)), node.subtitle ? svg("text.node-second", { y: radius + 31 }, short(node.subtitle, 28)) : null);
  }
  function arrow(edge, places) {
    const a = places.get(edge.source), b = places.get(edge.target);
    if (!a || !b) return null;
    const dx = b.x - a.x, dy = b.y - a.y, far = Math.hypot(dx, dy), stroke = color(edge.color), width = Math.min(12, Math.max(.5, edge.width)), label = [edge.main, edge.secondary].filter(Boolean).join(" ");
    if (!far) return svg("path.node-edge", { d: `M${a.x - 12} ${a.y - radius}c-30 -50 54 -50 24 0`, stroke, "stroke-width": width, fill: "none" });
    const [ux, uy] = [dx / far, dy / far], end = [b.x - ux * (radius + 4), b.y - uy * (radius + 4)], size = 6 + width, angle = Math.atan2(dy, dx);
    const corner = (turn) => `${(end[0] - size * Math.cos(angle + turn)).toFixed(1)} ${(end[1] - size * Math.sin(angle + turn)).toFixed(1)}`;
    return [svg("line.node-edge", { x1: a.x + ux * radius, y1: a.y + uy * radius, x2: end[0], y2: end[1], stroke, "stroke-width": width, "stroke-dasharray": edge.dash }), svg("path.node-arrow", { d: `M${end[0]} ${end[1]}L${corner(.45)}L${corner(-.45)}z`, fill: stroke }),
      label ? svg("text.node-second", { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 - 5 }, short(label, 22)) : null];
  }

  return {
    update(input) {
      current = input;
      const graph = readGraph(input.frames), nodes = graph.nodes.slice(0, most), known = new Set(nodes.map(({ id }) => id)), edges = graph.edges.filter(({ source, target }) => known.has(source) && known.has(target)).slice(0, mostEdges);
      note.hidden = nodes.length > 0 && graph.nodes.length <= most;
      note.textContent = nodes.length ? `${graph.nodes.length - most} more nodes are not drawn` : "There is no graph in this data: it takes a table with id, or with source and target";
      const key = JSON.stringify([nodes.map(({ id }) => id), edges.map(({ source, target }) => [source, target])]), places = placeNodes({ nodes, edges });
      replace(layer, edges.map((edge) => arrow(edge, places)), nodes.map((node) => circle(node, places.get(node.id))));
      const all = [...places.values()];
      bounds = all.length ? { left: Math.min(...all.map((one) => one.x)) - 95, right: Math.max(...all.map((one) => one.x)) + 95, top: Math.min(...all.map((one) => one.y)) - 55, bottom: Math.max(...all.map((one) => one.y)) + 80 } : null;
      // What somebody moved stays as long as the graph is the same.
      if (key !== drawn) { drawn = key; fit(); }
    },
    resize: fit, destroy() { observer.disconnect(); hideTooltip(view, true); root.remove(); },
  };
}
