// HTML of text panels: parsed apart from the page, then rebuilt from what is known to be harmless.
import { absolute } from "../lib/base.js";
import { safeURL } from "../pages/dashboard/panelView.js";

const elements = new Set(("a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup " +
  "table tbody td tfoot th thead time tr tt u ul var article aside").split(" "));
const attributes = new Set("align alt class colspan dir height href id lang name rel rowspan scope size src start target title type valign width open datetime cite color face".split(" "));
const dropped = new Set("script style iframe object embed template noscript form input button select textarea link meta base svg math video audio frame frameset".split(" "));
const styles = new Set(("color background background-color font-size font-weight font-style font-family text-align text-decoration text-transform line-height letter-spacing white-space vertical-align width height max-width max-height min-width min-height " +
  "margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom padding-left border border-top border-right border-bottom border-left border-radius border-color border-style border-width border-collapse border-spacing " +
  "display flex flex-direction flex-wrap flex-grow flex-shrink flex-basis justify-content align-items align-self gap grid-template-columns grid-template-rows grid-gap float clear overflow opacity list-style list-style-type box-shadow text-shadow word-break overflow-wrap object-fit").split(" "));

/** Nodes of an HTML text without scripts, handlers, frames, forms or dangerous addresses. */
export function sanitized(html) {
  const parsed = new DOMParser().parseFromString(String(html), "text/html");
  const out = document.createDocumentFragment();
  let budget = 20000;
  const copy = (from, to, depth) => {
    if (depth > 100) return;
    for (const node of from.childNodes) {
      if (budget-- <= 0) return;
      if (node.nodeType === Node.TEXT_NODE) { to.append(node.data); continue; }
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const name = node.localName;
      if (dropped.has(name) || node.namespaceURI !== "http://www.w3.org/1999/xhtml") continue;
      if (!elements.has(name)) { copy(node, to, depth + 1); continue; }
      const element = document.createElement(name);
      for (const { name: key, value } of node.attributes) {
        const lower = key.toLowerCase();
        if (lower === "style") copyStyle(value, element);
        else if (lower === "href" || lower === "src" || lower === "cite") setAddress(element, lower, value);
        else if (lower === "id" || lower === "name") element.setAttribute(lower, "user-" + value);
        else if (attributes.has(lower) || lower.startsWith("aria-")) element.setAttribute(lower, value);
      }
      if (element.target) element.rel = "noopener noreferrer";
      copy(node, element, depth + 1);
      to.append(element);
    }
  };
  copy(parsed.body, out, 0);
  return out;
}

function setAddress(element, key, value) {
  if (key === "src" && /^data:image\/(png|jpe?g|gif|webp);/i.test(value.trim())) return element.setAttribute(key, value.trim());
  const url = safeURL(value);
  if (url !== "#" || value.trim() === "#") element.setAttribute(key, key === "href" ? absolute(url) : url);
}

/** Through CSSOM: the content security policy keeps style attributes of parsed text from taking effect. */
function copyStyle(text, to) {
  const from = document.createElement("span");
  from.style.cssText = text;
  for (const property of from.style) {
    const short = property.replace(/^(margin|padding)-(block|inline).*$/, "$1");
    const value = from.style.getPropertyValue(property);
    if ((styles.has(property) || styles.has(short) || /^(border|background|flex|font|text-decoration|overflow|grid)-/.test(property)) && !/url\(|expression\(/i.test(value)) to.style.setProperty(property, value);
  }
}
