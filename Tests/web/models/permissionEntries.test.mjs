import assert from "node:assert/strict";
import { test } from "node:test";
import { granteeOf, partEntries } from "../../../Sources/WebAssets/web/models/permissionEntries.js";

const entry = (fields) => ({ isManaged: true, isInherited: false, permission: "View", ...fields });

test("an entry is for a user, a team or a role", () => {
  assert.deepEqual(granteeOf(entry({ userId: 3, userLogin: "ann" })), { kind: "User", name: "ann", path: "users/3" });
  assert.deepEqual(granteeOf(entry({ userId: 4, userLogin: "sa-1-ci", isServiceAccount: true })), { kind: "Service account", name: "sa-1-ci", path: "users/4" });
  assert.deepEqual(granteeOf(entry({ teamId: 2, team: "Crew" })), { kind: "Team", name: "Crew", path: "teams/2" });
  assert.deepEqual(granteeOf(entry({ builtInRole: "Editor" })), { kind: "Role", name: "Editor", path: "builtInRoles/Editor" });
});

test("own entries stand before those of folders above, which are named once with the most they give", () => {
  const { own, inherited } = partEntries([
    entry({ userId: 3, userLogin: "zoe" }), entry({ userId: 4, userLogin: "ann" }), entry({ teamId: 2, team: "Crew", permission: "Edit" }), entry({ builtInRole: "Viewer" }),
    entry({ isInherited: true, builtInRole: "Editor", permission: "View" }), entry({ isInherited: true, builtInRole: "Editor", permission: "Admin" }), entry({ isInherited: true, builtInRole: "Editor", permission: "Edit" }),
    { isManaged: false, builtInRole: "Admin", permission: "Admin" },
  ]);
  assert.deepEqual(own.map(({ name, level }) => [name, level]), [["Viewer", "View"], ["Crew", "Edit"], ["ann", "View"], ["zoe", "View"]]);
  assert.deepEqual(inherited.map(({ name, level }) => [name, level]), [["Editor", "Admin"]]);
});
