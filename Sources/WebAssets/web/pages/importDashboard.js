// Import: a file or pasted JSON, then name, folder and the data sources it asks for.
import { append, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api } from "../lib/api.js";
import { notice } from "../lib/overlay.js";
import { offerFolders } from "./folders.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

/** Line and column of a JSON error, from its position in the text. */
function jsonFault(text, error) {
  const at = Number(/position (\d+)/.exec(error.message)?.[1] ?? NaN);
  if (Number.isNaN(at)) return error.message;
  const before = text.slice(0, at).split("\n");
  return `${error.message.replace(/ in JSON at position.*$/, "")} at line ${before.length}, column ${before[before.length - 1].length + 1}`;
}

/** The dashboard inside whatever form the JSON has; unknown forms are left to the server. */
function inner(json) {
  if (json?.dashboard && typeof json.dashboard === "object") return json.dashboard;
  if (json?.kind === "Dashboard" && json.spec) return { ...json.spec, title: json.spec.title, uid: json.metadata?.name };
  return json;
}

export default function importPage({ element, scope, query, router }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Dashboards", href: "/dashboards" }, { text: "Import dashboard" }]);
  const file = h("input", { type: "file", accept: ".json,application/json", hidden: true, id: "import-file" }), text = h("textarea.textarea.tall", { placeholder: '{ "title": "…", "panels": […] }', "aria-label": "Dashboard JSON", spellcheck: "false" });
  const fault = h("div"), second = h("section"), first = h("section.stack.import-box");
  const drop = h("label.drop", { for: "import-file" }, icon("upload", 28), h("span", "Upload dashboard JSON file"), h("span.small.soft", "Drag and drop here or click to browse"), file);
  const take = (content) => {
    replace(fault);
    let json;
    try { json = JSON.parse(content); } catch (error) { replace(fault, notice("error", "This is not valid JSON", jsonFault(content, error))); return; }
    if (!json || typeof json !== "object" || Array.isArray(json)) { replace(fault, notice("error", "A dashboard is a JSON object")); return; }
    options(json);
  };
  scope.on(file, "change", async () => { if (file.files[0]) take(await file.files[0].text()); });
  scope.on(drop, "dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  scope.on(drop, "dragleave", () => drop.classList.remove("over"));
  scope.on(drop, "drop", async (event) => { event.preventDefault(); drop.classList.remove("over"); const [dropped] = event.dataTransfer.files; if (dropped) take(await dropped.text()); });
  append(first, drop, h("div.field", h("label", "Import via dashboard JSON model"), text), fault, h("div.row", h("button.button.primary", { type: "button", onclick: () => take(text.value) }, "Load"), h("a.button", { href: "/dashboards" }, "Cancel")));
  append(element, h("div.page.narrow-page", h("h1", "Import dashboard"), h("p.soft.page-note", "A dashboard file in any version of the format"), first, second));

  async function options(json) {
    const dashboard = inner(json);
    const title = h("input.input", { id: "import-title", value: dashboard.title ?? "Dashboard" }), folder = h("select.select", { id: "import-folder" }, h("option", { value: "" }, "Dashboards"));
    await offerFolders(folder, { chosen: query.get("folderUid"), signal: scope.signal });
    const uid = h("input.input", { id: "import-uid", value: dashboard.uid ?? "", placeholder: "chosen by the server", maxlength: "40" }), problem = h("div");
    const inputs = (Array.isArray(json.__inputs) ? json.__inputs : []).filter((one) => one && typeof one.name === "string").map((input) => {
      if (input.type !== "datasource") return { input, control: h("input.input", { value: input.value ?? "", "aria-label": input.label ?? input.name }), value() { return { name: input.name, type: input.type, value: this.control.value }; } };
      const fitting = session.dataSources.filter((source) => source.type === input.pluginId);
      const best = fitting.find((source) => source.isDefault) ?? fitting[0];
      return { input, missing: !fitting.length, control: h("select.select", { "aria-label": input.label ?? input.name }, fitting.map((source) => h("option", { value: source.uid, selected: source === best }, source.name + (source.isDefault ? " (default)" : "")))), value() { return { name: input.name, type: "datasource", pluginId: input.pluginId, value: this.control.value }; } };
    });
    const button = h("button.button.primary", { type: "button", onclick: () => send(false) }, "Import");
    async function send(overwrite) {
      button.disabled = true;
      const target = json.dashboard && typeof json.dashboard === "object" ? { ...json.dashboard } : json.kind === "Dashboard" ? json : { ...json };
      if (target.kind === "Dashboard") { target.spec = { ...target.spec, title: title.value.trim() }; target.metadata = { ...target.metadata, name: uid.value.trim() }; } else { target.title = title.value.trim(); target.uid = uid.value.trim(); }
      try {
        const answer = await api.post("/api/dashboards/import", { dashboard: target, overwrite, inputs: inputs.map((one) => one.value()), folderUid: folder.value });
        router.go(answer.importedUrl ?? answer.url ?? `/d/${answer.uid}/${answer.slug ?? ""}`);
      } catch (error) {
        button.disabled = false;
        const clash = error.status === 412 || /same (uid|name)|already exists/i.test(error.message);
        replace(problem, notice(clash ? "warning" : "error", error.message, clash ? "Choose another name or UID, or replace the one that is there." : null), clash ? h("button.button.danger", { type: "button", onclick: () => send(true) }, "Import and overwrite") : null);
      }
    }
    first.hidden = true;
    replace(second, h("div.card.stack.import-box", h("h4", "Options"), h("div.field", h("label", { for: "import-title" }, "Name"), title), h("div.field", h("label", { for: "import-folder" }, "Folder"), folder), h("div.field", h("label", { for: "import-uid" }, "Unique identifier (UID)"), uid),
      inputs.map(({ input, control, missing }) => h("div.field", h("label", input.label || input.name), control, missing ? h("span.fault", `No data source of type ${input.pluginId} is there. `, h("a.link", { href: "/connections/datasources/new" }, "Add one")) : input.description ? h("span.hint", input.description) : null)), problem,
      h("div.row", button, h("button.button", { type: "button", onclick: () => { second.textContent = ""; first.hidden = false; } }, "Back"))));
    title.focus();
  }
}
