// Where this program's addresses begin: behind a proxy or under a prefix of the operator's, all have a path before them.
// Code names its own paths without it ("/d/uid"); what the browser asks for has it.

const known = globalThis.document?.documentElement.dataset.prefix ?? "";

const isBelow = (path, base) => path === base || path.startsWith(base + "/") || path.startsWith(base + "?");

/** The address to ask for: of a path of ours, with the base before it; other sites' and complete addresses as they are. */
export function absolute(address, base = known) {
  return base && address.startsWith("/") && !address.startsWith("//") && !isBelow(address, base) ? base + address : address;
}

/** The path of ours in an address: what follows the base. */
export function own(address, base = known) {
  return base && isBelow(address, base) ? address.slice(base.length).replace(/^(?!\/)/, "/") : address;
}

/** Whether an address of this host is one of ours. */
export const isOurs = (address, base = known) => !base || isBelow(address, base);

/** The path of ours that the address bar shows. */
export const here = () => own(location.pathname);
