// Files from panels and dashboards: CSV, PNG, JSON.
import { h } from "../../lib/dom.js";
import { dialog, toast } from "../../lib/overlay.js";
import { frameToCSV } from "../../models/frames.js";
import { exportForSharing } from "../../models/exportDashboard.js";
import { session } from "../session.js";

/** Offers a text or blob as a file. */
export function download(name, content, type = "text/plain") {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const fileName = (title, extension) => `${String(title || "panel").replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80)}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}.${extension}`;

export function downloadCSV(view, formatted = false) {
  const frames = view.frames ?? [];
  if (!frames.length) return toast("warning", "This panel has no data");
  download(fileName(view.panel.title, "csv"), frames.map((frame) => frameToCSV(frame, formatted)).join("\r\n\r\n"), "text/csv");
}

/** The panel as PNG: its canvases and texts, drawn again at twice their size. */
export async function downloadPNG(view) {
  const box = view.element.getBoundingClientRect(), ratio = Math.max(2, devicePixelRatio || 1), style = getComputedStyle(view.element);
  const canvas = h("canvas");
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const background = style.backgroundColor;
  context.fillStyle = background && background !== "rgba(0, 0, 0, 0)" ? background : getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, box.width, box.height);
  const walk = document.createTreeWalker(view.element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) drawText(context, node, box);
    else await drawElement(context, node, box);
  }
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The picture could not be made");
  download(fileName(view.panel.title, "png"), blob, "image/png");
}

function drawText(context, node, box) {
  if (!node.data.trim()) return;
  const parent = node.parentElement, style = getComputedStyle(parent);
  if (style.visibility === "hidden" || parent.closest(".panel-menu, .resize-grip, svg, option")) return;
  const range = document.createRange();
  range.selectNodeContents(node);
  const rect = range.getClientRects()[0], frame = parent.getBoundingClientRect();
  if (!rect || !rect.width || rect.top > box.bottom) return;
  context.save();
  context.beginPath();
  context.rect(frame.left - box.left, frame.top - box.top - 4, frame.width + 1, frame.height + 8);
  context.clip();
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = "middle";
  context.fillText(node.data.trim(), rect.left - box.left, rect.top - box.top + rect.height / 2);
  context.restore();
}

async function drawElement(context, node, box) {
  const rect = node.getBoundingClientRect(), left = rect.left - box.left, top = rect.top - box.top;
  if (!rect.width || !rect.height) return;
  if (node instanceof HTMLCanvasElement) context.drawImage(node, left, top, rect.width, rect.height);
  else if (node instanceof SVGSVGElement && !node.classList.contains("icon")) {
    const copy = node.cloneNode(true), from = [...node.querySelectorAll("*")];
    [...copy.querySelectorAll("*")].forEach((part, at) => { const style = getComputedStyle(from[at]); for (const key of ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "text-anchor", "opacity"]) part.setAttribute(key, style.getPropertyValue(key)); });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const image = new Image();
    await new Promise((resolve) => { image.onload = resolve; image.onerror = resolve; image.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(copy)); });
    if (image.naturalWidth) context.drawImage(image, left, top, rect.width, rect.height);
  } else if (!(node instanceof SVGElement) && node.matches(".swatch, .bar-fill, .bar-track, .lamp, .tile, .grid-cell, .grid-row, .cell-track")) {
    const { backgroundColor, backgroundImage } = getComputedStyle(node), color = /rgba?\([^)]*\)/.exec(backgroundImage)?.[0] ?? backgroundColor;
    if (color && color !== "rgba(0, 0, 0, 0)") { context.fillStyle = color; context.fillRect(left, top, rect.width, rect.height); }
  }
}

/** Dialog with the dashboard's JSON, as it is or for sharing. */
export function openExport(dashboard) {
  const external = h("input.switch", { type: "checkbox", onchange: () => show() }), text = h("textarea.textarea.tall", { readonly: true, "aria-label": "Dashboard JSON", spellcheck: "false" });
  const current = () => JSON.stringify(external.checked ? exportForSharing(dashboard, session.dataSources) : dashboard, null, 2);
  const show = () => { text.value = current(); };
  show();
  dialog("Export JSON", (close) => ({ content: [h("label.check", external, "For sharing: data sources become inputs"), text], footer: [h("button.button", { type: "button", onclick: close }, "Close"),
    h("button.button", { type: "button", onclick: async () => { try { await navigator.clipboard.writeText(current()); toast("success", "Copied"); } catch { text.select(); document.execCommand("copy"); } } }, "Copy"),
    h("button.button.primary", { type: "button", onclick: () => download(`${dashboard.title || "dashboard"}.json`, current() + "\n", "application/json") }, "Download")] }), { wide: true });
}
