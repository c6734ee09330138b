// The expressions that were run last, kept by the browser.
const key = "martlet.queries", limit = 50;

export function remembered() {
  try {
    const list = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(list) ? list.filter((text) => typeof text === "string") : [];
  } catch { return []; }
}

export function remember(text) {
  try { localStorage.setItem(key, JSON.stringify([text, ...remembered().filter((one) => one !== text)].slice(0, limit))); } catch { /* Private windows may refuse. */ }
}
