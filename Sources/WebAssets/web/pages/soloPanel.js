// One panel alone, for frames on other pages: /d-solo/:uid/:slug?panelId=2.
import { append, h } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { setKiosk } from "./shell.js";
import { DashboardRuntime } from "./dashboard/runtime.js";
import { PanelView } from "./dashboard/panelView.js";

export default async function soloPage({ element, scope, router, parameters, query }) {
  setKiosk(true);
  document.documentElement.classList.add("kiosk");
  const { dashboard, meta } = await api.get(`/api/dashboards/uid/${encodeURIComponent(parameters.uid)}`, { signal: scope.signal });
  if (scope.ended) return;
  const runtime = new DashboardRuntime({ dashboard, meta, scope, router: null, query, local: true });
  const id = Number(String(query.get("panelId") ?? "").replace(/^panel-/, "")), panel = runtime.findPanel(id);
  if (!panel) { append(element, h("div.empty", `This dashboard has no panel ${query.get("panelId")}.`)); return; }
  document.title = panel.title || dashboard.title;
  const view = new PanelView(runtime, { key: "solo", panel, scoped: {} });
  view.element.classList.add("solo");
  append(element, view.element);
  scope.add(() => view.destroy());
  view.setVisible(true);
  await runtime.start();
}
