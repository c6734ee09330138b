// The variables of a dashboard: their options are fetched in the order of their dependencies.
import { api, isAbort } from "../../lib/api.js";
import { interpolate, prometheusFormat, referencedNames } from "../../models/interpolate.js";
import { parseRegex } from "../../models/fieldConfig.js";
import { parseDuration, formatDuration } from "../../models/timeRange.js";
import { roundInterval } from "../../models/step.js";
import { allValue, applyRegex, autoInterval, chooseCurrent, customOptions, cycleText, dependents, filtersFromQuery, parseVariableQuery, queryResultText, resolutionOrder, seriesText, sortOptions, variableQueryText } from "../../models/variables.js";
import { session } from "../session.js";

const list = (value) => (value == null ? [] : Array.isArray(value) ? value : [value]);

export class VariableStore {
  constructor(runtime, query) {
    this.runtime = runtime;
    this.list = (runtime.dashboard.templating?.list ?? []).filter((variable) => variable && typeof variable.name === "string" && variable.name).map((variable) => ({ ...variable, current: { ...variable.current } }));
    this.#readQuery(query);
  }

  /** A variable in a text that can have no value, as it is part of a cycle and was saved without one. */
  stuckIn(text) {
    return this.list.find((variable) => variable.cycle && !list(variable.current?.value).some((value) => value !== "") && referencedNames(text).has(variable.name));
  }

  find(name) { return this.list.find((variable) => variable.name === name); }

  #readQuery(query) {
    for (const variable of this.list) {
      const values = query.getAll("var-" + variable.name);
      if (!values.length || variable.type === "constant") continue;
      if (variable.type === "adhoc") { variable.filters = filtersFromQuery(values); continue; }
      const own = values.map((value) => (value === "All" && variable.includeAll ? allValue : value === "$__auto_interval_" + variable.name ? "$__auto" : value));
      variable.current = variable.multi ? { text: own, value: own } : { text: own[0], value: own[0] };
      variable.fromURL = true;
    }
  }

  /** Takes other values from the address bar; answers whether any changed. */
  async applyQuery(query) {
    const before = JSON.stringify(this.list.map((variable) => [variable.current?.value, variable.filters]));
    this.#readQuery(query);
    if (JSON.stringify(this.list.map((variable) => [variable.current?.value, variable.filters])) === before) return false;
    await this.resolveAll();
    return true;
  }

  /** Resolves all (or those that follow the time range); answers whether a current value changed. */
  async resolveAll({ timeOnly = false } = {}) {
    const { groups, cycles } = resolutionOrder(this.list);
    this.cycles = cycles;
    for (const cycle of cycles) for (const name of cycle) Object.assign(this.find(name), { cycle, error: `It refers to itself: ${cycleText(cycle)}` });
    const stale = timeOnly ? new Set(this.list.filter((variable) => variable.type === "interval" || (variable.type === "query" && Number(variable.refresh) === 2)).map(({ name }) => name)) : null;
    if (stale) for (const name of [...stale]) for (const child of dependents(this.list, name)) stale.add(child);
    const before = this.#values();
    for (const group of groups) await Promise.all(group.filter((name) => !stale || stale.has(name)).map((name) => this.#resolve(this.find(name))));
    return this.#values() !== before;
  }

  /** Sets a value, then resolves what depends on it. */
  async set(name, current) {
    const variable = this.find(name);
    if (!variable) return;
    variable.current = current;
    variable.fromURL = false;
    const waiting = dependents(this.list, name);
    const { groups } = resolutionOrder(this.list);
    for (const group of groups) await Promise.all(group.filter((other) => waiting.has(other)).map((other) => this.#resolve(this.find(other))));
  }

  #values() { return JSON.stringify(this.list.map(({ current }) => current?.value)); }

  /** Ad hoc filters that apply to a data source. */
  filtersFor(uid) {
    return this.list.filter((variable) => variable.type === "adhoc" && (this.runtime.source(variable.datasource)?.uid ?? uid) === uid).flatMap((variable) => [...(variable.baseFilters ?? []), ...(variable.filters ?? [])]);
  }

  async #resolve(variable) {
    variable.error = variable.cycle = null;
    try {
      switch (variable.type) {
        case "query": await this.#resolveQuery(variable); break;
        case "custom": this.#offer(variable, customOptions(interpolate(variable.query ?? "", (name) => this.runtime.lookup(name)), variable.valuesFormat)); break;
        case "interval": this.#resolveInterval(variable); break;
        case "datasource": this.#resolveDataSource(variable); break;
        case "textbox": {
          const value = variable.current?.value ?? this.runtime.replace(variableQueryText(variable.query));
          variable.current = { text: String(value ?? ""), value: String(value ?? "") };
          break;
        }
        case "constant": variable.current = { text: variableQueryText(variable.query), value: variableQueryText(variable.query) }; break;
        default: break;
      }
    } catch (error) {
      if (isAbort(error)) return;
      variable.error = error.message;
      variable.options ??= [];
    }
  }

  #offer(variable, options) {
    variable.options = options;
    variable.current = chooseCurrent(variable, options);
  }

  #resolveInterval(variable) {
    const options = variableQueryText(variable.query).match(/"[^"]*"|'[^']*'|[^,]+/g)?.map((text) => text.trim().replace(/^["']|["']$/g, "")).filter(Boolean).map((text) => ({ text, value: text })) ?? [];
    if (variable.auto) options.unshift({ text: "auto", value: "$__auto" });
    variable.options = options;
    const current = list(variable.current?.value)[0];
    const known = options.find((option) => option.value === current || (option.value === "$__auto" && String(current).startsWith("$__auto"))) ?? options[0];
    if (known) variable.current = { text: known.text, value: known.value };
    if (known?.value === "$__auto") {
      const { from, to } = this.runtime.range;
      variable.current = { text: "auto", value: "$__auto", resolved: formatDuration(autoInterval(to - from, Number(variable.auto_count), parseDuration(variable.auto_min), roundInterval)) };
    }
  }

  #resolveDataSource(variable) {
    const regex = variable.regex ? parseRegex(this.runtime.replace(variable.regex)) : null;
    const type = variableQueryText(variable.query);
    const options = session.dataSources.filter((source) => source.type === type && (!regex || regex.test(source.name))).sort((a, b) => Number(b.isDefault) - Number(a.isDefault)).map((source) => ({ text: source.name, value: source.uid }));
    const current = list(variable.current?.value);
    if (current.includes("default")) { const found = session.defaultSource; if (found) variable.current = { text: found.name, value: found.uid }; }
    this.#offer(variable, options);
  }

  async #resolveQuery(variable) {
    if (Number(variable.refresh) === 0 && variable.options?.length) return this.#offer(variable, variable.options.filter((option) => option.value !== allValue));
    const source = this.runtime.source(variable.datasource);
    if (!source) throw new Error("The data source of this variable was not found");
    const task = parseVariableQuery(this.runtime.replace(this.#withRange(variableQueryText(variable.query)), undefined, prometheusFormat));
    const entries = await this.fetch(source, task);
    const regex = this.runtime.replace(variable.regex ?? "", undefined, "regex");
    const options = sortOptions(applyRegex(entries, regex, variable.regexApplyTo), Number(variable.sort));
    const fixed = (variable.staticOptions ?? []).map(({ text, value }) => ({ text: text ?? value, value }));
    this.#offer(variable, variable.staticOptionsOrder === "after" ? [...options, ...fixed] : variable.staticOptionsOrder === "sorted" ? sortOptions([...fixed, ...options], Number(variable.sort)) : [...fixed, ...options]);
  }

  /** $__range and its kin, which the server fills in queries but not in these requests. */
  #withRange(text) {
    const { from, to } = this.runtime.range, seconds = Math.round((to - from) / 1000);
    return text.replace(/\$\{?__range_ms\}?/g, String(to - from)).replace(/\$\{?__range_s\}?/g, String(seconds)).replace(/\$\{?__range\}?(?!\w)/g, seconds + "s").replace(/\$\{?__(rate_)?interval\}?(?!\w)/g, "1m");
  }

  /** Runs a variable's task against a data source; texts or { text, value }. */
  async fetch(source, task) {
    const { from, to } = this.runtime.range, signal = this.runtime.scope.signal;
    const start = String(Math.floor(from / 1000)), end = String(Math.ceil(to / 1000));
    const get = async (path, query) => (await api.get(`/api/datasources/uid/${encodeURIComponent(source.uid)}/resources/api/v1/${path}`, { query, signal }))?.data ?? [];
    switch (task.kind) {
      case "labelNames": return get("labels", { "match[]": task.selector, start, end });
      case "labelValues": return get(`label/${encodeURIComponent(task.label)}/values`, { "match[]": task.selector, start, end });
      case "metrics": {
        const regex = parseRegex(task.pattern);
        return (await get("label/__name__/values", { start, end })).filter((name) => !regex || regex.test(name));
      }
      case "queryResult": {
        const { result = [], resultType } = await get("query", { query: task.expression, time: end });
        if (resultType === "scalar" || resultType === "string") return [String(result[1])];
        return result.map(queryResultText);
      }
      case "series": return (await get("series", { "match[]": task.selector, start, end })).map(seriesText);
      default: return [];
    }
  }
}
