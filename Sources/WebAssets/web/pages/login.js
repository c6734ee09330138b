import { absolute, own } from "../lib/base.js";
import { append, h } from "../lib/dom.js";
import { icon, logo } from "../lib/icons.js";
import { api } from "../lib/api.js";

/** A path of this site, or "/". */
function safeTarget(text) {
  return typeof text === "string" && /^\/(?![/\\])/.test(text) && !own(text).startsWith("/login") ? text : "/";
}

export default function loginPage({ element, query }) {
  document.title = "Sign in · Martlet";
  const fault = h("div.login-fault", { role: "alert", hidden: true });
  const user = h("input.input", { id: "user", name: "user", autocomplete: "username", required: true, autocapitalize: "off", spellcheck: "false", placeholder: "email or username" });
  const password = h("input.input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true, placeholder: "password" });
  const reveal = h("button.button.plain.square.small.reveal", { type: "button", "aria-label": "Show password", onclick: () => {
    const hidden = password.type === "password";
    password.type = hidden ? "text" : "password";
    reveal.setAttribute("aria-label", hidden ? "Hide password" : "Show password");
    reveal.replaceChildren(icon(hidden ? "eyeOff" : "eye"));
  } }, icon("eye"));
  const submit = h("button.button.primary.login-button", { type: "submit" }, "Log in");
  const form = h("form.login-form", { onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    fault.hidden = true;
    try {
      const answer = await api.post("/login", { user: user.value, password: password.value });
      location.assign(absolute(safeTarget(query.get("redirectTo") ?? answer?.redirectUrl)));
    } catch (error) {
      fault.textContent = error.message;
      fault.hidden = false;
      submit.disabled = false;
      password.select();
    }
  } },
  h("div.field", h("label", { for: "user" }, "Email or username"), user), h("div.field", h("label", { for: "password" }, "Password"), h("div.password-field", password, reveal)), fault, submit);
  append(element, h("div.login", h("section.login-card", { "aria-label": "Sign in" }, h("div.login-head", logo(72), h("h1", "Welcome to Martlet"), h("p.soft", "Metrics and dashboards in one program")), form)));
  user.focus();
}
