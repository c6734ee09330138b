// Text: markdown, HTML or code.
import { h, replace } from "../lib/dom.js";
import { markdown } from "./markdown.js";
import { sanitized } from "./sanitize.js";

export function mount(element, view) {
  const root = h("div.text-panel");
  element.append(root);
  let shown = null;
  return {
    update({ options, panel }) {
      const mode = options.mode ?? panel.mode ?? "markdown", content = options.content ?? panel.content ?? "";
      const text = view.runtime.replace(String(content), view.scoped, mode === "html" ? "html" : "text");
      if (shown === mode + text) return;
      shown = mode + text;
      if (mode === "code") replace(root, h("pre.code", { class: options.code?.showLineNumbers ? "numbered" : "" }, options.code?.showLineNumbers ? text.split("\n").map((line) => h("span.code-line", line + "\n")) : text));
      else replace(root, mode === "html" ? sanitized(text) : markdown(text));
    },
    destroy() { root.remove(); },
  };
}
