// Entries of a list of permissions as access control tells them.

export const levels = ["View", "Edit", "Admin"];
export const levelHints = { View: "Look at dashboards", Edit: "Look, save and delete", Admin: "Edit, and say who else may" };

/** Whom an entry is for: { kind, name, path }; the path follows that of the list when the entry is changed. */
export function granteeOf(entry) {
  if (entry.userId) return { kind: entry.isServiceAccount ? "Service account" : "User", name: entry.userLogin || `user ${entry.userId}`, path: `users/${entry.userId}` };
  if (entry.teamId) return { kind: "Team", name: entry.team || `team ${entry.teamId}`, path: `teams/${entry.teamId}` };
  return { kind: "Role", name: entry.builtInRole ?? "", path: `builtInRoles/${entry.builtInRole ?? ""}` };
}

const order = ["Role", "Team", "User", "Service account"];

/** Parts a list: its own entries in order, and those of folders above, each of these once with the highest level. */
export function partEntries(entries) {
  const own = [], above = new Map();
  for (const entry of entries) {
    if (!entry.isManaged) continue;
    const one = { ...granteeOf(entry), level: entry.permission };
    if (!entry.isInherited) own.push(one);
    else if (!above.has(one.path) || levels.indexOf(one.level) > levels.indexOf(above.get(one.path).level)) above.set(one.path, one);
  }
  const sorted = (list) => list.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.name.localeCompare(b.name));
  return { own: sorted(own), inherited: sorted([...above.values()]) };
}
