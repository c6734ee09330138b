// Pages by URL path, over the history API.
import { absolute, here, isOurs, own } from "./base.js";
import { Scope } from "./events.js";

/**
 * Maps paths to pages. A route is a pattern ("/d/:uid/:slug?") and a page: a function
 * `(context) => void | Promise`, where context = { element, scope, parameters, query, router }.
 * The page's scope ends when another page is entered. A page that calls `context.keep(update)` is not
 * mounted again when only the query changes: `update(query)` is called instead.
 */
export class Router {
  #routes = [];
  #current = null;
  #guard = null;

  constructor(element) {
    this.element = element;
    addEventListener("popstate", () => this.#show());
    document.addEventListener("click", (event) => this.#follow(event));
  }

  add(pattern, page) {
    const names = [];
    const source = pattern.replace(/\/:(\w+)(\?|\*)?/g, (_, name, mark) => {
      names.push(name);
      return mark === "?" ? "(?:/([^/]*))?" : mark === "*" ? "/(.*)" : "/([^/]+)";
    });
    this.#routes.push({ expression: new RegExp(`^${source}/?$`), names, page });
    return this;
  }

  /** The page for paths that match no route. */
  fallback(page) { this.missing = page; return this; }

  /** Shows the page of the address bar. */
  start() { return this.#show(); }

  /** Goes to an address of this site. */
  go(target, { replace = false } = {}) {
    const address = absolute(target);
    if (this.#guard && !replace && !this.#guard(address)) return;
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
    return this.#show();
  }

  /** Changes query parameters of the address (null removes one, arrays repeat it). */
  setQuery(changes, { replace = true, silent = true } = {}) {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes)) {
      query.delete(key);
      if (value == null) continue;
      for (const item of Array.isArray(value) ? value : [value]) query.append(key, item);
    }
    const text = query.toString();
    const address = location.pathname + (text ? "?" + text : "");
    if (address === location.pathname + location.search) return;
    history[replace ? "replaceState" : "pushState"](null, "", address);
    if (!silent) this.#show();
  }

  /** Asks before leaving: `guard(address)` answers whether to go; the address is as the browser has it. Null removes it. */
  setGuard(guard) { this.#guard = guard; }

  #follow(event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    const path = own(link.pathname);
    if (!isOurs(link.pathname) || path.startsWith("/api/") || path === "/logout" || path === "/metrics") return;
    if (link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }

  async #show() {
    const path = here(), query = new URLSearchParams(location.search);
    if (this.#current?.path === path && this.#current.update) return this.#current.update(query);
    let page = this.missing, parameters = {};
    for (const route of this.#routes) {
      const match = route.expression.exec(path);
      if (!match) continue;
      page = route.page;
      route.names.forEach((name, index) => { parameters[name] = decode(match[index + 1] ?? ""); });
      break;
    }
    this.#current?.scope.end();
    this.#guard = null;
    const current = { path, scope: new Scope(), update: null };
    this.#current = current;
    this.element.textContent = "";
    this.element.scrollTop = 0;
    await page?.({
      element: this.element, scope: current.scope, parameters, query, router: this,
      keep: (update) => { current.update = update; },
      /** The address changed but the page stays (a new slug, for instance). */
      moved: () => { current.path = here(); },
    });
  }
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}
