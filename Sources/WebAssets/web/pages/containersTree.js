// The list of containers: all cgroups as a tree, or only those that a runtime knows.
import { h, replace, setStyle } from "../lib/dom.js";
import { api, isAbort } from "../lib/api.js";
import { formatValue } from "../models/units.js";
import { address, cores, limit, merge, rows, short, title, traffic } from "./containersModel.js";

const poll = 2000;

export function containersTree({ element, scope }, { named }) {
  document.title = "Containers · Martlet";
  const known = new Map();
  let filter = "";
  const body = h("tbody");
  const count = h("span.soft");
  const problem = h("p.soft");
  replace(element,
    h("h1", named ? "Containers" : "All control groups"),
    h("div.c-tools",
      h("input.input", { type: "search", placeholder: "Filter by name, image or path", "aria-label": "Filter", onInput: (event) => { filter = event.target.value; draw(); } }),
      count),
    problem,
    h("div.c-panel", h("div.c-body", h("table.table",
      h("thead", h("tr", h("th", "Name"), h("th", "Image"), h("th.number", "CPU cores"), h("th.number", "Memory"), h("th.number", "Limit"), h("th.number", "Received"), h("th.number", "Sent"))),
      body))));

  const load = async () => {
    try {
      const all = await api.post("/api/v1.3/subcontainers/", { num_stats: 3 }, { signal: scope.signal });
      const alive = new Set(all.map((one) => one.name));
      for (const path of known.keys()) if (!alive.has(path)) known.delete(path);
      for (const one of all) {
        const samples = merge(known.get(one.name)?.stats ?? [], one.stats ?? [], 3);
        known.set(one.name, { ...one, stats: samples });
      }
      problem.textContent = "";
      draw();
    } catch (error) {
      if (!isAbort(error)) problem.textContent = error.message;
    }
  };

  const draw = () => {
    const shown = rows([...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), filter, named);
    count.textContent = `${shown.length} of ${known.size}`;
    replace(body, shown.map(({ container, depth }) => {
      const samples = container.stats, newest = samples.at(-1);
      const show = (value, unit, decimals) => (value == null ? "–" : formatValue(value, unit, decimals));
      return h("tr",
        h("td", setStyle(h("a.link.c-name", { href: address(container.name), title: container.name }, short(title(container))), { "--depth": String(depth) })),
        h("td.soft", container.spec?.image ?? ""),
        h("td.number", show(cores(samples), "none", 3)),
        h("td.number", show(newest?.memory?.working_set || null, "bytes")),
        h("td.number", show(limit(container.spec?.memory?.limit), "bytes")),
        h("td.number", show(traffic(samples, "rx_bytes"), "Bps")),
        h("td.number", show(traffic(samples, "tx_bytes"), "Bps")));
    }), shown.length === 0 ? h("tr", h("td.soft", { colspan: 7 }, !known.size ? "Loading …" : filter ? "Nothing matches." : "No containers are running.")) : null);
  };

  draw();
  load();
  scope.every(poll, load);
}
