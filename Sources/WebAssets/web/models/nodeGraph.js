// A graph from frames: nodes, edges between them, and where they stand.
import { displayText } from "./fieldConfig.js";

const find = (frame, name) => frame.fields.find((field) => field.name.toLowerCase() === name);
const isEdges = (frame) => find(frame, "source") && find(frame, "target");
const text = (field, row) => (field && field.values[row] != null && field.values[row] !== "" ? (field.display ? displayText(field.display(field.values[row])) : String(field.values[row])) : "");

/** What a row tells besides its place in the graph: columns "detail__…", by their display names. */
const details = (frame, row) => frame.fields.filter((field) => /^detail__/i.test(field.name)).map((field) => [field.config?.displayName || field.name.replace(/^detail__/i, ""), text(field, row)]).filter(([, value]) => value);

/** { nodes: [{ id, title, subtitle, main, secondary, color, arcs, details, frame, row }], edges: [{ source, target, main, secondary, color, width, dash, details }] }. */
export function readGraph(frames) {
  const nodes = new Map(), edges = [];
  for (const frame of frames) {
    const id = find(frame, "id");
    if (!id || isEdges(frame)) continue;
    const arcs = frame.fields.filter((field) => /^arc__/i.test(field.name) && field.type === "number"), color = find(frame, "color");
    for (let row = 0; row < frame.length; row++) {
      const value = color?.values[row];
      nodes.set(String(id.values[row]), { id: String(id.values[row]), title: text(find(frame, "title"), row), subtitle: text(find(frame, "subtitle"), row), main: text(find(frame, "mainstat"), row), secondary: text(find(frame, "secondarystat"), row),
        color: typeof value === "number" ? color.display?.(value).color : value || null, arcs: arcs.map((field) => ({ share: Math.max(0, Number(field.values[row]) || 0), color: field.config?.color?.mode === "fixed" ? field.config.color.fixedColor : field.color })), details: details(frame, row), frame, row, field: find(frame, "mainstat") ?? id });
    }
  }
  for (const frame of frames.filter(isEdges)) {
    const [source, target, main, secondary, color, width, dash] = ["source", "target", "mainstat", "secondarystat", "color", "thickness", "strokedasharray"].map((name) => find(frame, name));
    for (let row = 0; row < frame.length; row++) {
      const [from, to] = [source, target].map((field) => (field.values[row] == null || field.values[row] === "" ? null : String(field.values[row])));
      if (from === null || to === null) continue;
      // Edges may come without a table of nodes.
      for (const id of [from, to]) if (!nodes.has(id)) nodes.set(id, { id, title: id, subtitle: "", main: "", secondary: "", color: null, arcs: [], details: [], frame, row, field: null });
      edges.push({ source: from, target: to, main: text(main, row), secondary: text(secondary, row), color: color?.values[row] || null, width: Number(width?.values[row]) || 1, dash: /^[\d ,.]+$/.test(dash?.values[row] ?? "") ? dash.values[row] : null, details: details(frame, row) });
    }
  }
  return { nodes: [...nodes.values()], edges };
}

/** Places { x, y } of the nodes, by id: layers from left to right along the edges; without edges a grid. */
export function placeNodes({ nodes, edges }, across = 190, down = 130) {
  const places = new Map();
  if (!edges.length) {
    const columns = Math.ceil(Math.sqrt(nodes.length * 1.6));
    nodes.forEach(({ id }, at) => places.set(id, { x: (at % columns) * across, y: Math.floor(at / columns) * down }));
    return places;
  }
  const outgoing = new Map(nodes.map(({ id }) => [id, []])), waits = new Map(nodes.map(({ id }) => [id, 0])), layer = new Map();
  for (const { source, target } of edges) if (source !== target) { outgoing.get(source).push(target); waits.set(target, waits.get(target) + 1); }
  const rest = new Set(nodes.map(({ id }) => id)), order = [];
  while (rest.size) {
    // In a circle the one with the fewest arrivals begins.
    let next = null;
    for (const id of rest) if (next === null || waits.get(id) < waits.get(next)) next = id;
    rest.delete(next);
    order.push(next);
    if (!layer.has(next)) layer.set(next, 0);
    for (const target of outgoing.get(next)) if (rest.has(target)) { layer.set(target, Math.max(layer.get(target) ?? 0, layer.get(next) + 1)); waits.set(target, waits.get(target) - 1); }
  }
  const layers = [];
  for (const id of order) (layers[layer.get(id)] ??= []).push(id);
  const place = (list, at) => list.forEach((id, index) => places.set(id, { x: at * across, y: (index - (list.length - 1) / 2) * down }));
  layers.forEach(place);
  // Each beside its neighbours, forth and back.
  const near = (id, forth) => { const all = edges.filter(({ source, target }) => (forth ? target === id : source === id)).map(({ source, target }) => places.get(forth ? source : target).y); return all.length ? all.reduce((sum, y) => sum + y, 0) / all.length : places.get(id).y; };
  for (const forth of [true, false, true]) for (const [at, list] of forth ? [...layers.entries()] : [...layers.entries()].reverse()) {
    const means = new Map(list.map((id) => [id, near(id, forth)]));
    place([...list].sort((a, b) => means.get(a) - means.get(b)), at);
  }
  return places;
}
