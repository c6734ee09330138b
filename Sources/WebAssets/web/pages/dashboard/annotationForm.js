// Annotations of the dashboard's own: written and taken away.
import { h } from "../../lib/dom.js";
import { api } from "../../lib/api.js";
import { confirm, notice, popover, toast } from "../../lib/overlay.js";
import { formatDate } from "../../models/dateFormat.js";

/** A form by an anchor (element or rectangle) for a new annotation { time, end } of a panel, or for one with an id. */
export function openAnnotationForm(page, view, annotation, anchor) {
  const { id, time, end } = annotation, { timeZone } = page.runtime;
  const text = h("textarea.textarea", { id: "annotation-text", value: annotation.text ?? "", rows: "3" }), tags = h("input.input", { id: "annotation-tags", value: (annotation.tags ?? []).join(", "), placeholder: "comma, separated" }), fault = h("div");
  const save = async (event) => {
    event.preventDefault();
    const body = { text: text.value, tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean) };
    try {
      if (id) await api.put(`/api/annotations/${id}`, { ...body, time, timeEnd: end ?? time });
      else await api.post("/api/annotations", { ...body, dashboardUID: page.dashboard.uid, panelId: view.panel.id, time, timeEnd: end ?? time });
      handle.close();
      page.loadAnnotations();
    } catch (error) { fault.replaceChildren(notice("error", error.message)); }
  };
  const handle = popover(anchor, h("form.stack.annotation-box", { onsubmit: save }, h("h5", id ? "Edit annotation" : "Add annotation"),
    h("div.small.soft", [time, ...(end > time ? [end] : [])].map((one) => formatDate(one, "YYYY-MM-DD HH:mm:ss", timeZone)).join(" – ")),
    h("div.field", h("label", { for: "annotation-text" }, "Description"), text), h("div.field", h("label", { for: "annotation-tags" }, "Tags"), tags), fault,
    h("div.row", h("button.button.primary", { type: "submit" }, "Save"), h("button.button", { type: "button", onclick: () => handle.close() }, "Cancel"))), { label: id ? "Edit annotation" : "Add annotation" });
  if (handle) text.focus({ preventScroll: true });
}

/** Deletes one after a question. */
export async function removeAnnotation(page, { id }) {
  if (!await confirm("Delete annotation", "Delete this annotation? This cannot be undone.")) return;
  try {
    await api.delete(`/api/annotations/${id}`);
    page.loadAnnotations();
  } catch (error) { toast("error", error.message); }
}
