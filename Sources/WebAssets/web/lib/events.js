// Lifetimes: whatever a page or panel starts is ended with it.

/**
 * A scope collects listeners, timers, observers and requests and ends them all at once.
 * `scope.signal` is aborted on `end()`, so it can be given to fetch.
 */
export class Scope {
  #controller = new AbortController();
  #enders = new Set();

  get signal() { return this.#controller.signal; }
  get ended() { return this.#controller.signal.aborted; }

  /** Listens until the scope ends. */
  on(target, type, listener, options = {}) {
    target.addEventListener(type, listener, { ...options, signal: this.signal });
    return this;
  }

  /** Runs `end` when the scope ends; returns a function that forgets it. */
  add(end) {
    if (this.ended) { end(); return () => {}; }
    this.#enders.add(end);
    return () => this.#enders.delete(end);
  }

  /** A child that ends with this scope at the latest. */
  child() {
    const child = new Scope();
    const forget = this.add(() => child.end());
    child.add(forget);
    return child;
  }

  after(milliseconds, run) {
    const forget = this.add(() => clearTimeout(timer));
    const timer = setTimeout(() => { forget(); run(); }, milliseconds);
    return () => { forget(); clearTimeout(timer); };
  }

  every(milliseconds, run) {
    const timer = setInterval(run, milliseconds);
    const forget = this.add(() => clearInterval(timer));
    return () => { forget(); clearInterval(timer); };
  }

  end() {
    if (this.ended) return;
    this.#controller.abort();
    const enders = [...this.#enders];
    this.#enders.clear();
    for (const end of enders.reverse()) end();
  }
}

/** A small event source: `on` returns a function that stops listening. */
export class Emitter {
  #listeners = new Map();

  on(type, listener) {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type).add(listener);
    return () => this.#listeners.get(type)?.delete(listener);
  }

  emit(type, detail) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(detail);
  }
}

/** Calls `run` once per animation frame at most, with the last arguments. */
export function perFrame(run) {
  let frame = 0, last;
  const scheduled = (...values) => {
    last = values;
    frame ||= requestAnimationFrame(() => { frame = 0; run(...last); });
  };
  scheduled.cancel = () => { cancelAnimationFrame(frame); frame = 0; };
  return scheduled;
}

/** Calls `run` when no call came for `milliseconds`. */
export function debounce(milliseconds, run) {
  let timer;
  const debounced = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), milliseconds);
  };
  debounced.cancel = () => clearTimeout(timer);
  return debounced;
}
