// Saving: message, what to keep of the current state, the difference, and what to do when someone was faster.
import { h, replace } from "../../lib/dom.js";
import { api } from "../../lib/api.js";
import { dialog, notice, toast } from "../../lib/overlay.js";
import { tabRow } from "../../lib/tabs.js";
import { offerFolders } from "../folders.js";
import { diffLines } from "../../models/jsonDiff.js";

export function diffView(before, after) {
  const lines = diffLines(before, after);
  return lines.length ? h("div.diff", lines.slice(0, 5000).map(({ kind, text }) => h("div", { class: kind === "+" ? "added" : kind === "-" ? "removed" : kind === "…" ? "skip" : "" }, kind === "…" ? "⋯" : kind + " " + text))) : h("div.empty", "No changes");
}

export function openSave(page, { copy = false } = {}) {
  if (document.querySelector(".dialog")) return;
  const { dashboard, meta, runtime } = page, isNew = meta.isNew || copy;
  const before = JSON.parse(page.saved);
  const title = h("input.input", { value: copy ? `${dashboard.title} copy` : dashboard.title, "aria-label": "Title" }), message = h("textarea.textarea", { placeholder: "What changed, in a few words", "aria-label": "Message" }), folder = h("select.select", { "aria-label": "Folder" }, h("option", { value: "" }, "Dashboards"));
  offerFolders(folder, { chosen: meta.folderUid });
  const keepTime = h("input", { type: "checkbox" }), keepVariables = h("input", { type: "checkbox" }), keepRefresh = h("input", { type: "checkbox" });
  const details = h("div.stack"), fault = h("div"), changes = h("div", { hidden: true });
  const timeChanged = runtime.raw.from !== (dashboard.time?.from ?? "now-6h") || runtime.raw.to !== (dashboard.time?.to ?? "now"), refreshChanged = runtime.refreshInterval !== (dashboard.refresh || "");
  const variablesChanged = runtime.variables.list.some((variable) => JSON.stringify(variable.current?.value) !== JSON.stringify((dashboard.templating?.list ?? []).find((one) => one?.name === variable.name)?.current?.value));
  const result = () => {
    const next = structuredClone(dashboard);
    next.title = title.value.trim() || dashboard.title;
    if (keepTime.checked) next.time = { ...runtime.raw };
    if (keepRefresh.checked) next.refresh = runtime.refreshInterval;
    if (keepVariables.checked) for (const variable of next.templating?.list ?? []) { const live = runtime.variables.find(variable.name); if (live && variable.type !== "constant") { variable.current = { text: live.current?.text, value: live.current?.value }; if (live.filters) variable.filters = live.filters; } }
    if (isNew) { next.id = null; if (copy) next.uid = ""; next.version = 0; }
    return next;
  };
  const tabs = tabRow([["details", "Details"], ["changes", "Changes"]], (id) => {
    details.hidden = id !== "details";
    changes.hidden = id !== "changes";
    if (id === "changes") replace(changes, diffView(before, result()));
  });
  tabs.choose("details");
  details.append(...[isNew ? h("div.field", h("label", "Title"), title) : null, isNew ? h("div.field", h("label", "Folder"), folder) : null, meta.provisioned && !copy ? notice("warning", "This dashboard is read from a file", "The change is written back where the file may be written; otherwise save a copy.") : null,
    timeChanged ? h("label.check", keepTime, "Save the current time range as default") : null, variablesChanged ? h("label.check", keepVariables, "Save the current variable values as default") : null, refreshChanged ? h("label.check", keepRefresh, "Save the current refresh interval as default") : null,
    isNew ? null : h("div.field", h("label", "Message"), message)].filter(Boolean));
  dialog(copy ? "Save as copy" : "Save dashboard", (close) => {
    const send = async (overwrite = false) => {
      const next = result();
      try {
        const answer = await api.post("/api/dashboards/db", { dashboard: next, folderUid: isNew ? folder.value : meta.folderUid ?? "", message: message.value, overwrite });
        close();
        toast("success", "Dashboard saved");
        page.edited = false;
        page.router.setGuard(null);
        if (isNew) return page.router.go(answer.url);
        Object.assign(next, { version: answer.version, id: answer.id ?? next.id });
        Object.assign(dashboard, next);
        page.saved = JSON.stringify(dashboard);
        page.saveButton?.classList.remove("dirty");
      } catch (error) {
        const kind = error.body?.status;
        if (error.status === 412 && (kind === "version-mismatch" || kind === "name-exists" || /changed|version/i.test(error.message))) return conflict(error, () => send(true));
        replace(fault, notice("error", error.message, meta.provisioned ? "Use “Save as copy” to keep your changes." : null));
      }
    };
    const conflict = async (error, overwrite) => {
      const theirs = await api.get(`/api/dashboards/uid/${encodeURIComponent(dashboard.uid)}`).catch(() => null);
      replace(fault, notice("warning", "Someone else saved this dashboard meanwhile", "Theirs against yours:"), theirs ? diffView(theirs.dashboard, result()) : null,
        h("div.row", h("button.button.danger", { type: "button", onclick: overwrite }, "Save anyway"), h("button.button", { type: "button", onclick: () => { close(); location.reload(); } }, "Discard mine")));
    };
    return { content: [tabs.element, details, changes, fault], footer: [h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.primary", { type: "button", onclick: () => send() }, "Save")] };
  }, { wide: true });
}
