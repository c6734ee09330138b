// Folders inside folders, as one list.

/** Folders [{ uid, title, parent }] in the order of a tree: each with `path`, the titles from the top, and `depth`. */
export function inTree(folders) {
  const children = new Map(), known = new Set(folders.map(({ uid }) => uid)), out = [], seen = new Set();
  for (const one of folders) {
    const parent = known.has(one.parent) ? one.parent : "";
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(one);
  }
  const walk = (parent, path) => {
    for (const one of (children.get(parent) ?? []).sort((a, b) => a.title.localeCompare(b.title))) {
      if (seen.has(one.uid)) continue;
      seen.add(one.uid);
      const own = [...path, one.title];
      out.push({ ...one, path: own.join(" / "), depth: path.length });
      walk(one.uid, own);
    }
  };
  walk("", []);
  return out;
}
