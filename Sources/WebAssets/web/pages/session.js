// Who is signed in, and which data sources there are.
import { api } from "../lib/api.js";

export const session = {
  user: null,
  settings: null,
  /** [{ uid, name, type, isDefault, … }] */
  dataSources: [],

  async load() {
    const [user, settings] = await Promise.all([api.get("/api/user"), api.get("/api/frontend/settings")]);
    this.user = user;
    this.settings = settings;
    this.takeDataSources(settings?.datasources);
    return this;
  },

  takeDataSources(byName) {
    const fallback = this.settings?.defaultDatasource;
    this.dataSources = Object.entries(byName ?? {}).map(([name, source]) => ({ ...source, name: source.name ?? name, type: source.type ?? source.meta?.id, isDefault: source.isDefault ?? name === fallback }))
      .filter((source) => source.uid && !source.uid.startsWith("-- ") && source.uid !== "grafana");
  },

  async reloadDataSources() {
    this.settings = await api.get("/api/frontend/settings");
    this.takeDataSources(this.settings?.datasources);
  },

  get defaultSource() {
    return this.dataSources.find((source) => source.isDefault) ?? this.dataSources.find((source) => source.type === "prometheus") ?? this.dataSources[0];
  },

  /** A data source by uid, name, reference object or "default"; null when there is none. */
  findSource(reference) {
    if (reference == null || reference === "" || reference === "default") return this.defaultSource ?? null;
    if (typeof reference === "object") return reference.uid == null ? (this.dataSources.find((source) => source.type === reference.type && source.isDefault) ?? this.dataSources.find((source) => source.type === reference.type) ?? this.defaultSource ?? null) : this.findSource(reference.uid);
    return this.dataSources.find((source) => source.uid === reference) ?? this.dataSources.find((source) => source.name === reference) ?? null;
  },

  get canEdit() { return this.user?.isGrafanaAdmin || ["Admin", "Editor"].includes(this.user?.orgRole ?? this.settings?.user?.orgRole ?? "Admin"); },
  get isAdmin() { return Boolean(this.user?.isGrafanaAdmin || (this.user?.orgRole ?? this.settings?.user?.orgRole) === "Admin"); },
};

const recentKey = "martlet.recent";
/** Recently opened dashboards, the newest first: [{ uid, title, url }]. */
export function recentDashboards() {
  try { return JSON.parse(localStorage.getItem(recentKey) ?? "[]").filter((entry) => entry && typeof entry.url === "string" && entry.url.startsWith("/d/")).slice(0, 12); } catch { return []; }
}
export function rememberDashboard({ uid, title, url }) {
  const list = [{ uid, title, url }, ...recentDashboards().filter((entry) => entry.uid !== uid)].slice(0, 12);
  try { localStorage.setItem(recentKey, JSON.stringify(list)); } catch { /* Private windows may refuse. */ }
}

/** A value kept by this browser, decoded from JSON. */
export function remembered(key, fallback) {
  try { return JSON.parse(localStorage.getItem("martlet." + key)) ?? fallback; } catch { return fallback; }
}
export function remember(key, value) {
  try { localStorage.setItem("martlet." + key, JSON.stringify(value)); } catch { /* As above. */ }
}
