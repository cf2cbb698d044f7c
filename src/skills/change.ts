import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SparkyError } from "../core/errors.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { dropPin } from "../store/skills/pins.ts";
import { codeOf } from "../tools/files/workspace.ts";
import { turnOffSkill } from "./decide.ts";
import { LIMITS, type FolderFile } from "./folder.ts";
import { findSkill, type SkillItem } from "./listing.ts";
import { NAME } from "./parse.ts";
import { checkDecide, type SkillRoots } from "./places.ts";
import { versionOf } from "./version.ts";

/** Skills come into the home's folder, and leave it. */

export interface NewSkill {
  readonly folder: string;
  readonly files: readonly FolderFile[];
  /** In the place of one that is there. */
  readonly replace: boolean;
}

const HOME = { place: "home", owner: "" } as const;

/** It lies there then, and waits for a person's yes. */
export async function addSkill(store: Store, roots: SkillRoots, viewer: User, skill: NewSkill): Promise<SkillItem> {
  checkDecide(viewer, HOME);
  checkFiles(skill);
  const read = await versionOf(skill.files, skill.folder);
  if (!read.ok) throw new SparkyError("invalid_input", `${skill.folder}: ${read.problem}`);
  await writeFolder(roots.home, skill);
  await store.transact(async (tx) => tx.changed("approvals", [viewer.id]));
  return (await findSkill(store.db, roots, viewer, skill.folder, "home")).item;
}

/** What of the home is deleted; what lies elsewhere is somebody's own, and is only not used any more. */
export async function removeSkill(
  store: Store,
  roots: SkillRoots,
  viewer: User,
  name: string,
  place: string | undefined,
): Promise<{ readonly name: string; readonly place: string; readonly deleted: boolean }> {
  const { skill, item } = await findSkill(store.db, roots, viewer, name, place);
  checkDecide(viewer, skill.place);
  if (skill.place.name !== "home") {
    await turnOffSkill(store, viewer, skill);
    return { name: item.name, place: item.place, deleted: false };
  }
  // The yes first: what is left of a folder after a crash is not used.
  await store.transact((tx) => dropPin(tx, HOME, skill.folder));
  await rm(join(roots.home, skill.folder), { recursive: true, force: true });
  await store.transact(async (tx) => tx.changed("approvals", [viewer.id]));
  return { name: item.name, place: item.place, deleted: true };
}

export function checkFiles({ folder, files }: Pick<NewSkill, "folder" | "files">): void {
  const refuse = (what: string): never => {
    throw new SparkyError("invalid_input", what);
  };
  if (!NAME.test(folder)) {
    refuse(
      `${JSON.stringify(folder)} is no name of a folder: use small letters, digits and single hyphens, at most 64`,
    );
  }
  if (files.length > LIMITS.files) refuse(`a skill has at most ${LIMITS.files} files`);
  const seen = new Set<string>();
  for (const { path, bytes } of files) {
    const parts = path.split("/");
    if (
      path.length > 500 ||
      parts.length > LIMITS.depth ||
      !parts.every((part) => PART.test(part) && !/^\.{1,2}$/.test(part))
    ) {
      refuse(`${JSON.stringify(path)} is no path inside a skill's folder`);
    }
    if (bytes.length > (path === "SKILL.md" ? LIMITS.bodyBytes : LIMITS.fileBytes)) refuse(`${path} is too large`);
    const key = path.toLowerCase();
    if (seen.has(key)) refuse(`${path} is there twice`);
    seen.add(key);
  }
}

/** No separators, nothing that is not seen, nothing that some file system takes for something else. */
const PART = /^[^/\\\p{C}:*?"<>|]{1,200}$/u;

/** Whole or not at all: it is written beside its place, and then takes it. */
async function writeFolder(root: string, { folder, files, replace }: NewSkill): Promise<void> {
  const end = join(root, folder);
  const mark = randomBytes(6).toString("hex");
  const [fresh, old] = [join(root, `.new-${mark}`), join(root, `.old-${mark}`)];
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  try {
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(fresh, path)), { recursive: true, mode: 0o700 });
      await writeFile(join(fresh, path), bytes, { mode: 0o600, flag: "wx" });
    }
    if (replace) await rename(end, old).catch(unlessMissing);
    await rename(fresh, end).catch((error: unknown) => {
      if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(codeOf(error) ?? "")) throw error;
      throw new SparkyError("conflict", `there is a skill in ${folder} already`, {
        hint: "put the new one in its place: --replace",
      });
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

function unlessMissing(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}
