// Element builder. Data only ever becomes text nodes, attributes or properties, never markup.

import { absolute } from "./base.js";

const svgNamespace = "http://www.w3.org/2000/svg";

/**
 * Builds an element. `tag` may carry classes: "button.primary". Properties: `on…` are listeners, `style`
 * is an object (set through CSSOM, as the content security policy asks), `dataset` an object, `class` is
 * added to the tag's classes, `href` may be a path of ours, false and null are left out, everything else is an attribute; `value`,
 * `checked`, `selected`, `indeterminate` and `disabled` are set as properties. Children: nodes, strings,
 * numbers, arrays; null and false are skipped.
 */
export function h(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  if (properties != null && !isProperties(properties)) {
    children.unshift(properties);
    properties = null;
  }
  if (properties) setProperties(element, properties);
  append(element, children);
  return element;
}

function isProperties(value) {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Node);
}

const asProperty = new Set(["value", "checked", "selected", "indeterminate", "disabled", "readOnly", "hidden"]);

function setProperties(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2).toLowerCase(), value);
    else if (key === "style") setStyle(element, value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "class") element.classList.add(...String(value).split(" ").filter(Boolean));
    else if (key === "href") element.setAttribute(key, absolute(String(value)));
    else if (asProperty.has(key)) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  return element;
}

/** Sets styles through CSSOM; names starting with "--" are custom properties. */
export function setStyle(element, styles) {
  for (const [key, value] of Object.entries(styles)) {
    if (key.startsWith("--")) element.style.setProperty(key, value);
    else element.style[key] = value ?? "";
  }
  return element;
}

/** Appends nodes, strings, numbers and arrays of them. */
export function append(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child == null || child === false || child === true) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replaces all children. */
export function replace(element, ...children) {
  element.textContent = "";
  return append(element, ...children);
}

/** Builds an SVG element with attributes. */
export function svg(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElementNS(svgNamespace, name);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2).toLowerCase(), value);
    else element.setAttribute(key, value);
  }
  return append(element, ...children);
}

/** The nearest element at or above the event's target that matches, inside the listener's element. */
export function closest(event, selector) {
  const found = event.target instanceof Element ? event.target.closest(selector) : null;
  return found && event.currentTarget.contains(found) ? found : null;
}

/** Draws an element anew; a control that had the focus and is made again, with the same name, gets it back, or else `fallback`. */
export async function redraw(element, draw, fallback) {
  const name = element.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  await draw();
  if (name === null || document.activeElement !== document.body) return;
  ([...element.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === name) ?? fallback)?.focus({ preventScroll: true });
}
