// A runtime's images and the state of its daemon.
import { h, replace } from "../lib/dom.js";
import { api, isAbort } from "../lib/api.js";
import { formatValue } from "../models/units.js";

export async function imagesPage({ element, scope }, runtime) {
  document.title = "Images · Martlet";
  replace(element, h("h1", "Images"), h("p.soft", "Loading …"));
  let report;
  try {
    report = await api.get(`/runtime/${runtime}`, { signal: scope.signal });
  } catch (error) {
    if (!isAbort(error)) replace(element, h("h1", "Images"), h("p.soft", error.body?.message ?? error.message));
    return;
  }
  const facts = [
    ["Version", report.version], ["API version", report.api_version], ["Kernel", report.kernel_version],
    ["System", report.os], ["Host", report.hostname], ["Folder", report.root_dir],
    ["Containers", `${report.num_containers} (${report.num_running} running, ${report.num_paused} paused, ${report.num_stopped} stopped)`],
    ["Images", String(report.num_images)], ["Storage driver", report.driver],
    ...report.driver_status.map((one) => [one.name, one.value]),
  ];
  replace(element,
    h("h1", runtime === "podman" ? "Podman" : "Docker"),
    h("section.c-panel", h("h2", "Images"), h("div.c-body", h("table.table",
      h("thead", h("tr", h("th", "Name"), h("th", "Id"), h("th.number", "Size"), h("th", "Created"))),
      h("tbody", report.images.map((image) => h("tr",
        h("td", image.repo_tags.length ? image.repo_tags.join(", ") : h("span.soft", "without a name")),
        h("td", { title: image.id }, image.id.replace(/^sha256:/, "").slice(0, 12)),
        h("td.number", formatValue(image.size, "bytes")),
        h("td", image.created.replace("T", " ").replace("Z", "")))),
        report.images.length ? null : h("tr", h("td.soft", { colspan: 4 }, "No images.")))))),
    h("section.c-panel", h("h2", "State"), h("div.c-body", h("table.table",
      h("tbody", facts.filter(([, value]) => value).map(([name, value]) => h("tr", h("td.soft", name), h("td", value))))))));
}
