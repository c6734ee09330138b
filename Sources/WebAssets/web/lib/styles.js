// Styles that a page loads with the modules which need them: `await loadStyle("editor")` at the top of a module.

const loaded = new Map();

/** Resolves when a file of the folder "style" counts; also when it could not be loaded. */
export function loadStyle(name) {
  if (!loaded.has(name)) loaded.set(name, new Promise((resolve) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: new URL(`../style/${name}.css`, import.meta.url).href, onload: resolve, onerror: resolve });
    document.head.append(link);
  }));
  return loaded.get(name);
}
