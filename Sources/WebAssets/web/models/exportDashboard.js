// A dashboard for sharing: data sources become ${DS_…} inputs, ids and found options go.

export function exportForSharing(dashboard, sources) {
  const copy = structuredClone(dashboard);
  const inputs = new Map(), requires = new Map();
  const nameOf = (source) => "DS_" + source.name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  const swap = (reference) => {
    const uid = typeof reference === "string" ? reference : reference?.uid;
    if (uid == null || /^(\$|\[\[|--|grafana$|__expr__$)/.test(uid)) return reference;
    const source = sources.find((one) => one.uid === uid) ?? sources.find((one) => one.name === uid);
    if (!source) return reference;
    const name = nameOf(source);
    inputs.set(name, { name, label: source.name, description: "", type: "datasource", pluginId: source.type, pluginName: source.type === "prometheus" ? "Prometheus" : source.type });
    requires.set("datasource" + source.type, { type: "datasource", id: source.type, name: source.type === "prometheus" ? "Prometheus" : source.type, version: "1.0.0" });
    return { type: source.type, uid: "${" + name + "}" };
  };
  const visit = (panels) => {
    for (const panel of panels ?? []) {
      if (!panel || typeof panel !== "object") continue;
      if (panel.type !== "row") requires.set("panel" + panel.type, { type: "panel", id: panel.type, name: panel.type, version: "" });
      if (panel.datasource) panel.datasource = swap(panel.datasource);
      for (const target of panel.targets ?? []) if (target?.datasource) target.datasource = swap(target.datasource);
      visit(panel.panels);
    }
  };
  visit(copy.panels);
  for (const annotation of copy.annotations?.list ?? []) if (annotation?.datasource) annotation.datasource = swap(annotation.datasource);
  for (const variable of copy.templating?.list ?? []) {
    if (!variable) continue;
    if (variable.datasource) variable.datasource = swap(variable.datasource);
    if (variable.type === "query") { variable.options = []; variable.current = {}; }
    if (variable.type === "constant") {
      const name = "VAR_" + String(variable.name).replace(/\s+/g, "_").toUpperCase();
      inputs.set(name, { name, type: "constant", label: variable.label || variable.name, value: variable.query, description: "" });
      variable.query = "${" + name + "}";
      variable.current = { value: variable.query, text: variable.query, selected: false };
      variable.options = [variable.current];
    }
  }
  return { __inputs: [...inputs.values()], __elements: {}, __requires: [...requires.values()], ...copy, id: null };
}
