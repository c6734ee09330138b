// The pages of the container monitor: the tree, one page a container, the machine.
import { h, replace } from "../lib/dom.js";
import { api, isAbort } from "../lib/api.js";
import { Router } from "../lib/router.js";
import { startTheme, toggleTheme } from "../lib/theme.js";
import { icon, logo } from "../lib/icons.js";
import { containersTree } from "./containersTree.js";
import { containerPage } from "./containersDetail.js";
import { imagesPage } from "./containersImages.js";

startTheme();

const main = h("main.page");
document.body.append(
  h("header.nav-bar",
    h("a.brand", { href: "/containers/", "aria-label": "Martlet containers" }, logo(22), h("span.wide-only", "Containers")),
    h("nav.nav-links", { "aria-label": "Main" },
      h("a.nav-link", { href: "/containers/" }, "Machine"),
      h("a.nav-link", { href: "/docker/" }, "Containers"),
      h("a.nav-link", { href: "/containers/?view=tree" }, "Control groups"),
      h("a.nav-link", { href: "/docker/?view=images" }, "Images"),
      h("a.nav-link", { href: "/validate/", target: "_blank" }, "Validate"),
      h("a.nav-link", { href: "/metrics" }, "Metrics")),
    h("span.grow"),
    h("button.button.plain.square", { onClick: toggleTheme, "aria-label": "Change the theme" }, icon("sun"))),
  main);

/** Finds the cgroup of a container that a runtime calls by name or id. */
async function named(context, runtime) {
  const name = context.parameters.name;
  if (!name && context.query.get("view") === "images") return imagesPage(context, runtime);
  if (!name) return containersTree(context, { named: true });
  try {
    const found = await api.get("/api/v2.0/spec/" + encodeURIComponent(name), { query: { type: runtime }, signal: context.scope.signal });
    const path = Object.keys(found)[0];
    return containerPage({ ...context, parameters: { path: path.slice(1) } });
  } catch (error) {
    if (!isAbort(error)) replace(context.element, h("h1", name), h("p.soft", error.message));
  }
}

new Router(main)
  .add("/docker/:name*", (context) => named(context, "docker"))
  .add("/podman/:name*", (context) => named(context, "podman"))
  .add("/containers/:path*", (context) => context.query.get("view") === "tree" ? containersTree(context, { named: false }) : containerPage(context))
  .fallback((context) => replace(context.element, h("h1", "Not found"), h("p", h("a.link", { href: "/containers/" }, "To the machine"))))
  .start();
