// One container, or the machine: live charts, limits, processes, events.
import { h, replace, setStyle } from "../lib/dom.js";
import { api, isAbort } from "../lib/api.js";
import { createChart } from "../charts/chart.js";
import { formatTick, formatValue, isBinaryUnit } from "../models/units.js";
import { resolveColor } from "../models/colors.js";
import { paletteColor } from "../models/palette.js";
import { shownTheme } from "../lib/theme.js";
import { address, cores, crumbs, diskBytes, limit, merge, rates, short, timeOf, title, values } from "./containersModel.js";

const poll = 1000, slowPoll = 5000, shown = 120_000;

/** A chart panel that is fed with samples: lines = [{ name, values(samples) }]. */
function livePanel(scope, name, unit, lines, options = {}) {
  const plot = h("div.c-plot"), legend = h("div.c-legend");
  const panel = h("section.c-panel", h("h2", name), plot, legend);
  let chart = null;
  scope.add(() => chart?.destroy());
  return {
    panel,
    update(samples) {
      const current = typeof lines === "function" ? lines(samples) : lines;
      panel.hidden = current.length === 0;
      if (panel.hidden || samples.length === 0) return;
      chart ??= createChart(plot);
      const now = timeOf(samples.at(-1));
      const series = current.map((line, index) => ({
        name: line.name, values: line.values(samples), color: resolveColor(paletteColor(index), shownTheme()),
        axis: "y", fill: options.fill ?? .1, width: 1.5, points: "never", spanGaps: true,
      }));
      chart.update({
        times: samples.map(timeOf), series, range: { from: now - shown, to: now }, timeZone: "browser", sync: "container",
        axes: [{ key: "y", side: "left", format: (value, increment) => formatTick(value, unit, null, increment), formatKey: unit, softMin: 0, binary: isBinaryUnit(unit) }],
        thresholds: [], annotations: [], showX: true,
      });
      replace(legend, series.map((one) => {
        const value = one.values.findLast((item) => item != null);
        return h("span", setStyle(h("i.swatch"), { "--swatch": one.color }), one.name, h("b", value == null ? "–" : formatValue(value, unit)));
      }));
    },
  };
}

const perSecond = (pick, scale = 1) => (samples) => rates(samples, pick).map((value) => (value == null ? null : value * scale));

function interfaces(samples, keys) {
  const names = (samples.at(-1)?.network?.interfaces ?? []).map((one) => one.name);
  return names.flatMap((name) => keys.map(([key, word]) => ({
    name: `${name} ${word}`, values: perSecond((sample) => sample.network?.interfaces?.find((one) => one.name === name)?.[key]),
  })));
}

function meter(name, text, part) {
  const box = h("div.c-stat", h("span.soft", name), h("strong", text));
  if (part != null) {
    const bar = h("div.c-meter", { class: part > .9 ? "hot" : part > .75 ? "warm" : "" }, h("span"));
    setStyle(bar, { "--part": `${Math.min(100, part * 100).toFixed(1)}%` });
    box.append(bar);
  }
  return box;
}

const facts = (pairs) => h("dl.c-facts", pairs.filter(([, value]) => value != null && value !== "").flatMap(([name, value]) => [h("dt", name), h("dd", value)]));

export async function containerPage({ element, scope, parameters }) {
  const path = "/" + (parameters.path ?? "").replace(/\/$/, "");
  const head = h("div.c-head", h("h1", path === "/" ? "Machine" : short(path.split("/").at(-1))));
  const problem = h("p.soft", { role: "status" });
  const stats = h("div.c-stats"), limits = h("div.c-body"), disks = h("div.c-body"), children = h("div.c-body");
  const processes = h("div.c-body", h("p.soft", "Loading …")), events = h("div.c-body");
  let samples = [], machine = null;

  const charts = [
    livePanel(scope, "Processor time (cores)", "none", [
      { name: "total", values: perSecond((one) => one.cpu?.usage?.total, 1e-9) },
      { name: "user", values: perSecond((one) => one.cpu?.usage?.user, 1e-9) },
      { name: "system", values: perSecond((one) => one.cpu?.usage?.system, 1e-9) }]),
    livePanel(scope, "Memory", "bytes", [
      { name: "usage", values: (all) => values(all, (one) => one.memory?.usage) },
      { name: "working set", values: (all) => values(all, (one) => one.memory?.working_set) },
      { name: "cache", values: (all) => values(all, (one) => one.memory?.cache) }]),
    livePanel(scope, "Network", "Bps", (all) => interfaces(all, [["rx_bytes", "received"], ["tx_bytes", "sent"]])),
    livePanel(scope, "Network errors and drops", "cps", (all) => interfaces(all, [["rx_errors", "receive errors"], ["tx_errors", "send errors"], ["rx_dropped", "receive drops"], ["tx_dropped", "send drops"]])),
    livePanel(scope, "Disk", "Bps", (all) => (all.at(-1)?.diskio?.io_service_bytes ? [
      { name: "read", values: perSecond((one) => diskBytes(one, "Read")) },
      { name: "written", values: perSecond((one) => diskBytes(one, "Write")) }] : [])),
    livePanel(scope, "Pressure (share of time waiting)", "percentunit", (all) => (all.at(-1)?.cpu?.psi ? [
      { name: "processor", values: perSecond((one) => one.cpu?.psi?.some?.total, 1e-6) },
      { name: "memory", values: perSecond((one) => one.memory?.psi?.some?.total, 1e-6) },
      { name: "disk", values: perSecond((one) => one.diskio?.psi?.some?.total, 1e-6) }] : [])),
    livePanel(scope, "Cores", "none", (all) => (all.at(-1)?.cpu?.usage?.per_cpu_usage ?? []).slice(0, 64).map((_, index) => (
      { name: `cpu${index}`, values: perSecond((one) => one.cpu?.usage?.per_cpu_usage?.[index], 1e-9) })), { fill: 0 }),
  ];
  const panel = (name, content) => h("section.c-panel", h("h2", name), content);
  const childrenPanel = panel("Below", children), disksPanel = panel("File systems", disks), eventsPanel = panel("Events", events);
  replace(element,
    h("nav.c-crumbs", { "aria-label": "Path" }, crumbs(path).map((one, index) => [index ? " / " : null, h("a", { href: address(one.path) }, one.name)])),
    head, problem, stats,
    h("div.c-grid", charts.map((one) => one.panel)),
    h("div.c-grid", panel("Limits and facts", limits), disksPanel, childrenPanel, eventsPanel),
    panel("Processes", processes));

  const draw = (container) => {
    document.title = `${title(container)} · Martlet`;
    const newest = samples.at(-1) ?? {}, spec = container.spec ?? {};
    replace(head, h("h1", short(title(container))), spec.image ? h("span.soft", spec.image) : null, container.namespace ? h("span.badge", container.namespace) : null,
      newest.health?.status ? h("span.badge", newest.health.status) : null);
    const used = cores(samples), all = machine?.num_cores ?? 1;
    const memoryLimit = limit(spec.memory?.limit) ?? machine?.memory_capacity;
    const quota = spec.cpu?.quota ? spec.cpu.quota / spec.cpu.period : null;
    replace(stats,
      meter("Processor", used == null ? "–" : `${formatValue(used, "none", 2)} of ${quota ?? all} cores`, used == null ? null : used / (quota ?? all)),
      meter("Memory", `${formatValue(newest.memory?.working_set ?? 0, "bytes")} of ${formatValue(memoryLimit ?? 0, "bytes")}`, memoryLimit ? (newest.memory?.working_set ?? 0) / memoryLimit : null),
      newest.filesystem?.slice(0, 3).map((one) => meter(one.device, `${formatValue(one.usage, "bytes")} of ${formatValue(one.capacity, "bytes")}`, one.capacity ? one.usage / one.capacity : null)),
      meter("Killed for memory", String(newest.oom_events ?? 0)));
    replace(limits, facts([
      ["Path", container.name], ["Id", container.id], ["Created", spec.creation_time && new Date(spec.creation_time).toLocaleString()],
      ["Started", spec.start_time && new Date(spec.start_time).toLocaleString()],
      ["CPU shares", spec.has_cpu ? String(spec.cpu.limit) : null], ["CPU quota", quota == null ? null : `${quota} cores`], ["Allowed cores", spec.cpu?.mask],
      ["Throttled", spec.cpu?.quota ? `${newest.cpu?.cfs?.throttled_periods ?? 0} of ${newest.cpu?.cfs?.periods ?? 0} periods` : null],
      ["Memory limit", formatLimit(spec.memory?.limit)], ["Swap limit", formatLimit(spec.memory?.swap_limit)], ["Memory reservation", formatLimit(spec.memory?.reservation)],
      ["Processes allowed", limit(spec.processes?.limit)?.toString()],
      ...(path === "/" && machine ? [["Cores", `${machine.num_cores} (${machine.num_physical_cores} physical, ${machine.num_sockets} sockets)`], ["Memory", formatValue(machine.memory_capacity, "bytes")], ["Swap", formatValue(machine.swap_capacity, "bytes")], ["Machine id", machine.machine_id], ["Boot id", machine.boot_id], ["System UUID", machine.system_uuid]] : []),
      ...Object.entries(spec.labels ?? {}).map(([name, value]) => [name, value])]));
    disksPanel.hidden = !newest.filesystem?.length;
    replace(disks, h("table.table", h("thead", h("tr", h("th", "Device"), h("th", "Type"), h("th.number", "Used"), h("th.number", "Size"), h("th.number", "Inodes used"))),
      h("tbody", (newest.filesystem ?? []).map((one) => h("tr", h("td", one.device), h("td.soft", one.type), h("td.number", formatValue(one.usage, "bytes")), h("td.number", formatValue(one.capacity, "bytes")),
        h("td.number", one.has_inodes ? formatValue(1 - one.inodes_free / Math.max(1, one.inodes), "percentunit") : "–"))))));
    childrenPanel.hidden = !container.subcontainers?.length;
    replace(children, h("ul", (container.subcontainers ?? []).map((one) => h("li", h("a.link", { href: address(one.name), title: one.name }, short(one.name.split("/").at(-1)))))));
    for (const chart of charts) chart.update(samples);
  };

  const load = async () => {
    try {
      machine ??= await api.get("/api/v1.3/machine", { signal: scope.signal });
      const container = await api.post("/api/v1.3/containers" + path.split("/").map(encodeURIComponent).join("/"), { num_stats: samples.length ? 5 : 120 }, { signal: scope.signal });
      samples = merge(samples, container.stats ?? []);
      problem.textContent = "";
      draw(container);
    } catch (error) {
      if (!isAbort(error)) problem.textContent = error.message;
    }
  };
  const loadSlow = async () => {
    try {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const [list, happened] = await Promise.all([
        api.get("/api/v2.0/ps" + encoded, { signal: scope.signal }),
        api.get("/api/v1.3/events" + encoded, { query: { all_events: true, subcontainers: true, max_events: 20 }, signal: scope.signal })]);
      drawProcesses(processes, list, path);
      eventsPanel.hidden = !happened?.length;
      replace(events, h("table.table", h("tbody", (happened ?? []).toReversed().map((one) => h("tr",
        h("td.soft", new Date(one.timestamp).toLocaleString()), h("td", words[one.event_type] ?? one.event_type),
        h("td", h("a.link", { href: address(one.container_name), title: one.container_name }, short(one.container_name.split("/").at(-1) || "Machine"))),
        h("td.soft", one.event_data?.oom?.process_name ? `${one.event_data.oom.process_name} (${one.event_data.oom.pid})` : one.event_data?.container_deletion?.exit_code >= 0 ? `exit code ${one.event_data.container_deletion.exit_code}` : ""))))));
    } catch (error) {
      if (!isAbort(error)) replace(processes, h("p.soft", error.message));
    }
  };
  // One question at a time: a slow server is not asked faster than it answers.
  const loop = async (milliseconds, run) => {
    await run();
    if (!scope.ended) scope.after(milliseconds, () => loop(milliseconds, run));
  };
  loop(poll, load);
  loop(slowPoll, loadSlow);
}

const words = { oom: "process killed", oomKill: "limit hit", containerCreation: "began", containerDeletion: "ended" };
const formatLimit = (value) => (limit(value) == null ? null : formatValue(value, "bytes"));

function drawProcesses(element, list, path) {
  const shown = list.toSorted((a, b) => b.percent_cpu - a.percent_cpu).slice(0, 100);
  replace(element, h("table.table",
    h("thead", h("tr", h("th", "User"), h("th.number", "PID"), h("th.number", "Parent"), h("th", "Start"), h("th.number", "CPU %"), h("th.number", "Memory %"), h("th.number", "RSS"), h("th.number", "Virtual"),
      h("th", "State"), h("th", "Time"), h("th.number", "Files"), h("th", "Command"), path === "/" ? h("th", "Container") : null)),
    h("tbody", shown.map((one) => h("tr",
      h("td", one.user), h("td.number", one.pid), h("td.number", one.parent_pid), h("td", one.start_time), h("td.number", one.percent_cpu.toFixed(1)), h("td.number", one.percent_mem.toFixed(1)),
      h("td.number", formatValue(one.rss, "bytes")), h("td.number", formatValue(one.virtual_size, "bytes")), h("td", one.status), h("td", one.running_time), h("td.number", one.fd_count),
      h("td.mono", h("div.c-cmd", { title: one.cmd }, one.cmd)),
      path === "/" ? h("td", one.cgroup_path.length > 1 ? h("a.link", { href: address(one.cgroup_path) }, short(one.cgroup_path.split("/").at(-1))) : "") : null)))),
    list.length > shown.length ? h("p.soft", `${list.length - shown.length} more`) : null);
}
