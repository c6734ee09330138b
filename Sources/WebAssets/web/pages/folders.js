// Folders to choose from, with those inside others.
import { h } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { inTree } from "../models/folderTree.js";

/** The uid of the folder that is none: what one may see in folders that one may not. */
export const sharedUID = "sharedwithme";

/** All folders into which the user may save, as a tree. */
export async function editableFolders({ signal } = {}) {
  const hits = await api.get("/api/search", { query: { type: "dash-folder", permission: "Edit", limit: 5000 }, signal });
  return inTree(hits.map(({ uid, title, folderUid }) => ({ uid, title, parent: folderUid ?? "" })));
}

/** Fills a select with the folders below the top, `chosen` (a uid) selected. `here`: a folder that is always among them. */
export async function offerFolders(control, { chosen, here, signal } = {}) {
  const folders = await editableFolders({ signal }).catch(() => []);
  if (here && !folders.some(({ uid }) => uid === here.uid)) folders.unshift({ ...here, path: here.title });
  control.append(...folders.map((one) => h("option", { value: one.uid, selected: one.uid === chosen }, one.path)));
}
