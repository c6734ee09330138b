// Dark, light or as the system says; kept by the browser.

const key = "martlet.theme";
const listeners = new Set();
const systemLight = globalThis.matchMedia?.("(prefers-color-scheme: light)");

function stored() {
  try { return localStorage.getItem(key); } catch { return null; }
}

/** The chosen theme: "dark", "light" or "system". Pages of the dashboards start dark, others as the system. */
export function chosenTheme() {
  const theme = new URLSearchParams(location.search).get("theme") ?? stored();
  return ["dark", "light", "system"].includes(theme) ? theme : document.documentElement.dataset.defaultTheme ?? "system";
}

/** What is shown: "dark" or "light". */
export const shownTheme = () => document.documentElement.dataset.theme === "light" ? "light" : "dark";

function apply() {
  const theme = chosenTheme();
  const shown = theme === "system" ? (systemLight?.matches ? "light" : "dark") : theme;
  if (document.documentElement.dataset.theme === shown) return;
  document.documentElement.dataset.theme = shown;
  for (const listener of listeners) listener(shown);
}

export function setTheme(theme) {
  try { localStorage.setItem(key, theme); } catch { /* Private windows may refuse. */ }
  const address = new URL(location.href);
  if (address.searchParams.has("theme")) {
    address.searchParams.delete("theme");
    history.replaceState(null, "", address);
  }
  apply();
}

export const toggleTheme = () => setTheme(shownTheme() === "dark" ? "light" : "dark");

/** Runs `listener(theme)` after each change; returns a function that stops it. */
export function onThemeChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Applies the theme; call once, as early as possible. */
export function startTheme() {
  apply();
  systemLight?.addEventListener("change", apply);
}
