// Who is told of alerts: contact points and policies, to read.
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { api, isAbort } from "../lib/api.js";

/** How a contact point does: what went wrong last, or why nothing is sent. */
function pointRow(point) {
  const fault = point.status?.lastNotifyAttemptError;
  return h("li.stack",
    h("div.row.wrap", h("strong", point.name), h("span.badge", point.type), point.provenance === "file" ? h("span.badge", "File") : null,
      fault ? h("span.badge.error", "Not delivered") : point.status ? h("span.badge.success", "Delivered") : h("span.small.soft", "Not used yet")),
    fault ? h("p.fault", fault) : null);
}

/** The matchers of a policy as a person writes them. */
function matchers(route) {
  const texts = [...(route.matchers ?? []), ...(route.object_matchers ?? []).map(([name, operator, value]) => `${name} ${operator} ${value}`)];
  for (const [name, value] of Object.entries(route.match ?? {})) texts.push(`${name} = ${value}`);
  for (const [name, value] of Object.entries(route.match_re ?? {})) texts.push(`${name} =~ ${value}`);
  return texts;
}

/** A policy with those below it. */
function policyItem(route, isRoot) {
  const texts = matchers(route), muted = route.mute_time_intervals ?? [], groups = route.group_by ?? [];
  return h("li",
    h("div.row.wrap", isRoot ? h("strong", "Every alert") : texts.length ? texts.map((text) => h("span.badge", text)) : h("span.soft", "all"),
      route.receiver ? h("span", "→ ", route.receiver === "empty" ? "nobody" : route.receiver) : null,
      groups.length ? h("span.small.soft", `together by ${groups.join(", ")}`) : null,
      muted.length ? h("span.small.soft", `quiet in ${muted.join(", ")}`) : null,
      route.continue ? h("span.small.soft", "and on") : null),
    route.routes?.length ? h("ul.policy-tree", route.routes.map((child) => policyItem(child, false))) : null);
}

/** A section of the page, or what kept it from being read. */
export async function notificationsSection(signal) {
  try {
    const [points, policies] = await Promise.all([api.get("/api/v1/provisioning/contact-points", { signal }), api.get("/api/v1/provisioning/policies", { signal })]);
    return h("section.stack", h("h5.row", icon("bell"), "Notifications"),
      h("details.card.rule-group", { open: points.length > 0 }, h("summary", h("strong", "Contact points"), h("span.small.soft", String(points.length))), points.length ? h("ul.policy-tree", points.map(pointRow)) : h("p.soft", "None: nobody is told of alerts.")),
      h("details.card.rule-group", { open: points.length > 0 }, h("summary", h("strong", "Policies")), h("ul.policy-tree", policyItem(policies, true))));
  } catch (error) {
    return isAbort(error) ? null : h("div.card.soft", error.message);
  }
}
