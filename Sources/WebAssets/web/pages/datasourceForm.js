// One data source: name, address, authentication, intervals; saved and tested with one button.
import { absolute } from "../lib/base.js";
import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { confirm, notice, toast } from "../lib/overlay.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

export default async function dataSourceFormPage({ element, scope, parameters, router }) {
  const isNew = !parameters.uid;
  const source = isNew ? { name: "Prometheus", type: "prometheus", access: "proxy", url: "", jsonData: { httpMethod: "POST" }, secureJsonFields: {} } : await api.get(`/api/datasources/uid/${encodeURIComponent(parameters.uid)}`, { signal: scope.signal });
  if (isNew) {
    source.isDefault = !session.dataSources.some((one) => one.isDefault);
    const names = new Set(session.dataSources.map((one) => one.name));
    for (let number = 1; names.has(source.name); number++) source.name = `Prometheus-${number}`;
  }
  source.jsonData ??= {};
  setTitle([{ text: "Home", href: "/" }, { text: "Data sources", href: "/connections/datasources" }, { text: isNew ? "New" : source.name }]);
  const json = source.jsonData, locked = Boolean(source.readOnly), secure = source.secureJsonFields ?? {};
  const input = (id, value, properties = {}) => h("input.input", { id, value: value ?? "", disabled: locked, autocomplete: "off", spellcheck: "false", ...properties });
  const field = (label, control, hint) => h("div.field", h("label", { for: control.id }, label), control, hint ? h("span.hint", hint) : null);
  const name = input("ds-name", source.name, { required: true }), isDefault = h("input.switch", { id: "ds-default", type: "checkbox", checked: source.isDefault, disabled: locked });
  const url = input("ds-url", source.url, { placeholder: "http://localhost:9090", required: true, type: "text", inputmode: "url" });
  const basic = h("input.switch", { id: "ds-basic", type: "checkbox", checked: source.basicAuth, disabled: locked }), user = input("ds-user", source.basicAuthUser), password = input("ds-password", "", { type: "password", autocomplete: "new-password", placeholder: secure.basicAuthPassword ? "configured" : "" });
  const credentials = h("div.stack", { hidden: !source.basicAuth }, field("User", user), field("Password", password));
  basic.addEventListener("change", () => { credentials.hidden = !basic.checked; });
  const skip = h("input.switch", { id: "ds-skip", type: "checkbox", checked: json.tlsSkipVerify, disabled: locked }), header = input("ds-header", json.httpHeaderName1, { placeholder: "X-Scope-OrgID" }), headerValue = input("ds-header-value", "", { type: "password", autocomplete: "new-password", placeholder: secure.httpHeaderValue1 ? "configured" : "value" });
  const interval = input("ds-interval", json.timeInterval, { placeholder: "15s" }), timeout = input("ds-timeout", json.queryTimeout, { placeholder: "60s" }), parameters2 = input("ds-parameters", json.customQueryParameters, { placeholder: "max_source_resolution=5m&timeout=10" });
  const method = h("select.select", { id: "ds-method", disabled: locked }, ["POST", "GET"].map((one) => h("option", { value: one, selected: (json.httpMethod ?? "POST") === one }, one)));
  const result = h("div", { "aria-live": "polite" });
  const save = h("button.button.primary", { type: "submit" }, locked ? "Test" : "Save & test");
  const form = h("form.stack.source-form", { onsubmit: async (event) => {
    event.preventDefault();
    save.disabled = true;
    replace(result, h("div.row", h("div.spinner"), "Testing…"));
    try {
      let { uid } = source;
      if (!locked) {
        const secrets = { ...(password.value ? { basicAuthPassword: password.value } : {}), ...(headerValue.value ? { httpHeaderValue1: headerValue.value } : {}) };
        const optional = (key, value) => { if (value) json[key] = value; else delete json[key]; };
        optional("timeInterval", interval.value.trim());
        optional("queryTimeout", timeout.value.trim());
        optional("customQueryParameters", parameters2.value.trim());
        optional("httpHeaderName1", header.value.trim());
        optional("tlsSkipVerify", skip.checked);
        json.httpMethod = method.value;
        const body = { ...source, name: name.value.trim(), url: url.value.trim(), isDefault: isDefault.checked, basicAuth: basic.checked, basicAuthUser: user.value, jsonData: json, ...(Object.keys(secrets).length ? { secureJsonData: secrets } : {}) };
        const answer = isNew && !source.uid ? await api.post("/api/datasources", body) : await api.put(`/api/datasources/uid/${encodeURIComponent(uid)}`, body);
        const saved = answer.datasource ?? answer;
        Object.assign(source, saved);
        source.jsonData = { ...json, ...saved.jsonData };
        uid = source.uid;
        await session.reloadDataSources().catch(() => {});
        if (isNew) history.replaceState(null, "", absolute(`/connections/datasources/edit/${encodeURIComponent(uid)}`));
      }
      const health = await api.get(`/api/datasources/uid/${encodeURIComponent(uid)}/health`, { accept: (status) => status === 200 || status === 400 });
      const good = health?.status === "OK";
      replace(result, notice(good ? "success" : "error", health?.message ?? "No answer"), good ? h("p.small.soft", "Next: ", h("a.link", { href: "/dashboard/import" }, "import a dashboard"), " or ", h("a.link", { href: "/explore" }, "explore the metrics"), ".") : null);
    } catch (error) { replace(result, notice("error", error.message)); }
    save.disabled = false;
  } },
  locked ? notice("info", "This data source is part of the program or comes from a file", "It cannot be changed here.") : null,
  h("div.card.stack", h("div.two-columns", field("Name", name), h("label.check.default-check", isDefault, "Default"))),
  h("div.card.stack", h("h5", "Connection"), field("Prometheus server URL", url, "The address as this server reaches it, for instance http://prometheus:9090")),
  h("div.card.stack", h("h5", "Authentication"), h("label.check", basic, "Basic authentication"), credentials, h("label.check", skip, "Skip TLS certificate validation"), h("div.two-columns", field("HTTP header", header), field("Value", headerValue))),
  h("div.card.stack", h("h5", "Queries"), h("div.two-columns", field("Scrape interval", interval, "As in the server's configuration; the lowest step"), field("Query timeout", timeout)), h("div.two-columns", field("HTTP method", method), field("Custom query parameters", parameters2))),
  result, h("div.row.spread.wrap", h("div.row", save, h("a.button", { href: "/connections/datasources" }, "Back")), isNew || locked ? null : h("button.button.danger", { type: "button", onclick: async () => {
    if (!await confirm("Delete data source", `Delete ${source.name}? Panels that use it will show an error.`)) return;
    try { await api.delete(`/api/datasources/uid/${encodeURIComponent(source.uid)}`); await session.reloadDataSources(); toast("success", "Data source deleted"); router.go("/connections/datasources"); } catch (error) { toast("error", error.message); }
  } }, "Delete")));
  append(element, h("div.page.narrow-page", h("div.row.source-title", icon("database", 32), h("div", h("h1", isNew ? "Add Prometheus data source" : source.name), h("p.soft", "Type: Prometheus"))), form));
  if (isNew) url.focus();
}
