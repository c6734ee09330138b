// What the container pages compute from the API's samples: no DOM, tested by node --test.

/** Milliseconds of a sample. */
export const timeOf = (sample) => Date.parse(sample.timestamp);

/**
 * Rates of a counter a second between neighbouring samples: one value for each sample, null for the first and
 * where the counter fell. `pick` takes a sample and gives the counter, or null.
 */
export function rates(samples, pick) {
  return samples.map((sample, index) => {
    if (index === 0) return null;
    const seconds = (timeOf(sample) - timeOf(samples[index - 1])) / 1000;
    const now = pick(sample), before = pick(samples[index - 1]);
    if (now == null || before == null || !(seconds > 0) || now < before) return null;
    return (now - before) / seconds;
  });
}

/** Values as they are. */
export const values = (samples, pick) => samples.map((sample) => pick(sample) ?? null);

const last = (list) => list.findLast((value) => value != null) ?? null;

/** Processor use in cores of the newest samples. */
export const cores = (samples) => last(rates(samples.slice(-3), (sample) => sample.cpu?.usage?.total).map((value) => value == null ? null : value / 1e9));

/** Bytes a second over all interfaces, or over block devices. */
export const traffic = (samples, key) => last(rates(samples.slice(-3), (sample) => sum(sample.network?.interfaces, (one) => one[key])));
export const diskBytes = (sample, operation) => sum(sample.diskio?.io_service_bytes, (one) => one.stats?.[operation] ?? 0);

function sum(list, pick) {
  return list?.length ? list.reduce((total, one) => total + (pick(one) ?? 0), 0) : null;
}

/** A limit that is one: 0 and the kernel's largest numbers are none. */
export function limit(value) {
  return value > 0 && value < 2 ** 62 ? value : null;
}

/** What a container is called: its first alias, or the last part of its path. */
export function title(container) {
  if (container.name === "/") return "Machine";
  return container.aliases?.[0] ?? container.name.split("/").at(-1);
}

/** [{ name, path }] from the root to a path. */
export function crumbs(path) {
  const parts = path.split("/").filter(Boolean);
  return [{ name: "Machine", path: "/" }, ...parts.map((name, index) => ({ name: short(name), path: "/" + parts.slice(0, index + 1).join("/") }))];
}

/** Long ids shortened: docker-<64 hex>.scope becomes docker-<12 hex>. */
export const short = (name) => name.replace(/([0-9a-f]{12})[0-9a-f]{52}(\.scope)?/, "$1");

/** The address of a container's page. */
export const address = (path) => "/containers" + path.split("/").map(encodeURIComponent).join("/");

/**
 * Rows of the tree: containers sorted by path, with their depth; `filter` matches name, image and path; with
 * `named` only those that a runtime knows.
 */
export function rows(containers, filter = "", named = false) {
  const text = filter.trim().toLowerCase();
  return containers
    .filter((one) => !named || one.namespace)
    .filter((one) => !text || [one.name, one.spec?.image ?? "", ...(one.aliases ?? [])].some((value) => value.toLowerCase().includes(text)))
    .map((one) => ({ container: one, depth: named ? 0 : Math.max(0, one.name.split("/").filter(Boolean).length - 1) }));
}

/** Merges new samples behind known ones, none twice, at most `count`. */
export function merge(known, fresh, count = 120) {
  const newest = known.length ? timeOf(known.at(-1)) : -Infinity;
  return [...known, ...fresh.filter((sample) => timeOf(sample) > newest)].slice(-count);
}
