// Data links: where a value leads to.
import { h } from "../lib/dom.js";
import { menu } from "../lib/overlay.js";
import { fieldVariables } from "../models/fieldConfig.js";

/** Data links of a field for one value: [{ text, href, target }]. */
export function linksOf(field, frame, value, time, view, row) {
  const { runtime } = view;
  return (field.config.links ?? []).filter((link) => link?.url).map((link) => {
    const shown = field.display(value);
    const scoped = { ...view.scoped, ...fieldVariables(field, frame, field.displayName, row), __value: { value: { raw: value, text: shown.text + shown.suffix, numeric: shown.numeric, time } } };
    scoped.__series ??= { value: { name: field.displayName } };
    return { text: runtime.replace(link.title || "Link", scoped, "text"), href: view.safeURL(runtime.replace(link.url, scoped, "percentencode")), target: link.targetBlank ? "_blank" : undefined, oneClick: Boolean(link.oneClick) };
  });
}

/** Goes where a link leads, as a click on it would. */
export function follow({ href, target }) {
  const link = h("a", { href, target, rel: "noopener", hidden: true });
  // Clicks on what is not in the page do not reach the router.
  document.body.append(link);
  link.click();
  link.remove();
}

/** A click on a value in a drawing: a link of one click is followed, others are offered in the tooltip `show(settings)` that stays. */
export function offer(links, show) {
  const direct = links.find(({ oneClick }) => oneClick);
  if (direct) follow(direct);
  else if (links.length) show({ pin: true, actions: links });
}

/** What shows a value: a link where it has one, a button with a menu where it has several, else a plain element. `classes`: ".tile.gauge". */
export function linked(classes, links, properties, ...children) {
  const [first, ...more] = links.some(({ oneClick }) => oneClick) ? links.filter(({ oneClick }) => oneClick).slice(0, 1) : links;
  if (!first) return h("div" + classes, properties, children);
  if (!more.length) return h("a" + classes, { href: first.href, target: first.target, rel: "noopener", title: first.text, ...properties, role: null }, children);
  const button = h("button" + classes, { ...properties, type: "button", role: null, "aria-haspopup": "menu", onclick: () => menu(button, links.map((link) => ({ ...link, icon: "external" }))) }, children);
  return button;
}
