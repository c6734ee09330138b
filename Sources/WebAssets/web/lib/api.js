// HTTP to our own servers.
import { absolute } from "./base.js";

/** An answer that is not 2xx, or no answer at all (status 0). `body` is the decoded JSON, if any. */
export class APIError extends Error {
  constructor(status, message, body) {
    super(message);
    this.name = "APIError";
    this.status = status;
    this.body = body;
  }
}

/** Whether an error only says that the request was given up by us. */
export const isAbort = (error) => error?.name === "AbortError";

let onUnauthorized = null;
/** Sets what happens on 401 (the dashboards go to the login page). */
export function setUnauthorizedHandler(handler) { onUnauthorized = handler; }

/** Appends a query to a path; arrays repeat the key, null and undefined are left out. */
export function withQuery(path, query) {
  if (!query) return path;
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value == null) continue;
    for (const item of Array.isArray(value) ? value : [value]) search.append(key, item);
  }
  const text = search.toString();
  return text ? path + (path.includes("?") ? "&" : "?") + text : path;
}

const ahead = new Map();
/** Asks for an address before the code that wants it is there; the first GET of that path takes the answer. */
export function askAhead(path) {
  const answer = fetch(absolute(path), { headers: { Accept: "application/json" }, credentials: "same-origin" });
  answer.catch(() => {});
  ahead.set(path, answer);
}

/**
 * Sends a request and decodes the JSON answer. Options: `query`, `body` (sent as JSON; URLSearchParams
 * and strings as they are), `signal`, `accept` (a function of the status; default 2xx), `headers`.
 * Throws APIError; its message is `message` (dashboards) or `error` (Prometheus) of the answer.
 */
export async function request(method, path, options = {}) {
  const { query, body, signal, accept, headers = {} } = options;
  const init = { method, signal, headers: { Accept: "application/json", ...headers }, credentials: "same-origin" };
  if (body instanceof URLSearchParams || typeof body === "string") init.body = body;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers["Content-Type"] = "application/json";
  }
  const early = method === "GET" && !query ? ahead.get(path) : null;
  ahead.delete(path);
  let response, text;
  try {
    response = await (early ?? fetch(absolute(withQuery(path, query)), init));
    text = await response.text();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new APIError(0, "The server cannot be reached", null);
  }
  let decoded = null;
  if (text) {
    try { decoded = JSON.parse(text); } catch { decoded = text; }
  }
  if (accept ? accept(response.status) : response.ok) return decoded;
  const message = decoded?.message ?? decoded?.error
    ?? (typeof decoded === "string" && decoded.length < 300 ? decoded.trim() : `${response.status} ${response.statusText}`);
  if (response.status === 401) onUnauthorized?.(path);
  throw new APIError(response.status, message || `HTTP status ${response.status}`, decoded);
}

export const api = {
  get: (path, options) => request("GET", path, options),
  post: (path, body, options) => request("POST", path, { ...options, body }),
  put: (path, body, options) => request("PUT", path, { ...options, body }),
  patch: (path, body, options) => request("PATCH", path, { ...options, body }),
  delete: (path, options) => request("DELETE", path, options),
};

/** Prometheus' HTTP API: unwraps `data`, throws its `error`; keeps warnings and infos. */
export async function prometheus(path, query, options = {}) {
  const answer = await request("GET", path, { query, ...options });
  return { data: answer?.data, warnings: answer?.warnings ?? [], infos: answer?.infos ?? [] };
}
