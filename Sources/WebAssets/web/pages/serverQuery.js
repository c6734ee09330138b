// The query page: panels, each an expression with its table and graph; the address holds them all.
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { newPanel, panelsFromQuery, panelsToQuery } from "../models/queryState.js";
import { queryPanel } from "./serverQueryPanel.js";

export default function queryPage({ element, scope, query }) {
  let states = panelsFromQuery(query);
  const list = h("div.stack.query-panels");
  const views = [];

  const save = () => history.replaceState(null, "", location.pathname + "?" + panelsToQuery(views.map((view) => view.state)));
  function add(state, after) {
    const view = queryPanel(scope, state, {
      changed: save,
      duplicate: () => { add({ ...view.state }, view); save(); },
      remove: () => {
        if (views.length === 1) { view.clear(); save(); return; }
        views.splice(views.indexOf(view), 1);
        view.close();
        save();
      },
    });
    const at = after ? views.indexOf(after) + 1 : views.length;
    views.splice(at, 0, view);
    list.insertBefore(view.element, list.children[at] ?? null);
    return view;
  }
  for (const state of states) add(state);
  element.append(h("div.page.wide", h("h1.visually-hidden", "Query"), list,
    h("div.row.query-foot", h("button.button", { type: "button", onclick: () => { add(newPanel()).focus(); save(); } }, icon("plus"), "Add query"))));
  if (states.length === 1 && !states[0].expr) views[0].focus();
}
