import { append, h } from "../lib/dom.js";
import { icon, logo } from "../lib/icons.js";
import { setTitle } from "./shell.js";

export function errorPage({ element }, error) {
  setTitle([{ text: "Error" }]);
  append(element, h("div.page", h("div.card.stack.error-page", icon("error", 28), h("h3", error.status === 404 ? "Not found" : "This page could not be shown"),
    h("p.soft", error.message), h("div.row", h("a.button.primary", { href: "/" }, "Home"), h("button.button", { type: "button", onclick: () => location.reload() }, "Try again")))));
}

export function notFoundPage({ element }) {
  setTitle([{ text: "Not found" }]);
  append(element, h("div.page", h("div.card.stack.error-page", logo(56), h("h3", "There is nothing here"), h("p.soft", `No page has the address ${location.pathname}.`), h("a.button.primary", { href: "/" }, "Home"))));
}
