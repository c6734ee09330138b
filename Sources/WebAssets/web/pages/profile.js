import { append, h, replace } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { notice, toast } from "../lib/overlay.js";
import { chosenTheme, setTheme } from "../lib/theme.js";
import { session } from "./session.js";
import { setTitle } from "./shell.js";

export default async function profilePage({ element, scope }) {
  setTitle([{ text: "Home", href: "/" }, { text: "Profile" }]);
  const user = await api.get("/api/user", { signal: scope.signal });
  const field = (label, id, value, properties = {}) => ({ input: h("input.input", { id, value: value ?? "", ...properties }), label });
  const row = ({ label, input }) => h("div.field", h("label", { for: input.id }, label), input);
  const name = field("Name", "p-name", user.name), email = field("Email", "p-email", user.email, { type: "email" }), login = field("Username", "p-login", user.login);
  const old = field("Old password", "p-old", "", { type: "password", autocomplete: "current-password" }), fresh = field("New password", "p-new", "", { type: "password", autocomplete: "new-password" }), again = field("New password again", "p-again", "", { type: "password", autocomplete: "new-password" }), fault = h("div");
  const theme = h("select.select", { id: "p-theme", onchange: () => setTheme(theme.value) }, [["dark", "Dark"], ["light", "Light"], ["system", "System"]].map(([value, text]) => h("option", { value, selected: chosenTheme() === value }, text)));
  append(element, h("div.page.narrow-page", h("h1", "Profile"), h("div.stack",
    h("form.card.stack", { onsubmit: async (event) => { event.preventDefault(); try { await api.put("/api/user", { name: name.input.value, email: email.input.value, login: login.input.value }); Object.assign(session.user, { name: name.input.value, email: email.input.value, login: login.input.value }); toast("success", "Profile updated"); } catch (error) { toast("error", error.message); } } }, row(name), row(email), row(login), h("div", h("button.button.primary", { type: "submit" }, "Save"))),
    h("div.card.stack", h("h5", "Preferences"), h("div.field", h("label", { for: "p-theme" }, "Theme"), theme)),
    h("form.card.stack", { onsubmit: async (event) => {
      event.preventDefault();
      if (fresh.input.value !== again.input.value) return replace(fault, notice("error", "The new passwords differ"));
      try { await api.put("/api/user/password", { oldPassword: old.input.value, newPassword: fresh.input.value, confirmNew: again.input.value }); replace(fault, notice("success", "Password changed")); event.target.reset(); } catch (error) { replace(fault, notice("error", error.message)); }
    } }, h("h5", "Change password"), row(old), row(fresh), row(again), fault, h("div", h("button.button.primary", { type: "submit" }, "Change password"))))));
}
