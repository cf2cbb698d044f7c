import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { SparkyError } from "../core/errors.ts";
import type { Store } from "../store/database/store.ts";
import { skillsOfRun } from "../store/skills/run-skills.ts";
import { versionWith, type SkillFile } from "../store/skills/versions.ts";
import { giveToOwnerOf } from "../tools/files/belongs.ts";
import { fileError, openInside, resolveInside } from "../tools/files/workspace.ts";
import { defineTool, type Tool } from "../tools/tool.ts";

const FOLDER = ".skills";

/** Puts the files of a skill, as they were approved, where the shell can use them: by itself nothing of them runs. */
export const skillUnpack = (store: Store): Tool<unknown> =>
  defineTool({
    name: "skill_unpack",
    description:
      "Copies a skill's files into the workspace, for a skill that comes with scripts, templates or data to be used there. " +
      "Gives the folder. Running a script is for the shell, under its own rules.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    args: z.strictObject({ name: z.string().min(1).max(100).describe("the skill's name") }),
    summary: ({ name }) => name,
    execute: async ({ name }, { runId, callId, workspace, signal }) => {
      const pinned = (await skillsOfRun(store.db, runId))?.find((skill) => skill.name === name);
      const version = pinned === undefined ? null : await versionWith(store.db, pinned.hash);
      if (version === null) throw new SparkyError("not_found", `this run has no skill ${JSON.stringify(name)}`);
      // Another version is another folder: what is used of one is not changed under it.
      const folder = `${name}-${version.hash.slice(0, 8)}`;
      try {
        const real = await resolveInside(workspace, FOLDER);
        await using all = await openInside(workspace, real, FOLDER, "make");
        const draft = `.${callId}`;
        await rm(join(all.at, draft), { recursive: true, force: true });
        for (const file of version.files) {
          signal.throwIfAborted();
          await put(workspace, join(real, draft), file);
        }
        await rm(join(all.at, folder), { recursive: true, force: true });
        await rename(join(all.at, draft), join(all.at, folder));
        await all.sync();
      } catch (error) {
        throw fileError(`${FOLDER}/${folder}`, error);
      }
      return { folder: `${FOLDER}/${folder}`, files: version.files.map(({ path }) => path).slice(0, 100) };
    },
  });

async function put(workspace: string, root: string, { path, kind, content }: SkillFile): Promise<void> {
  await using folder = await openInside(workspace, join(root, dirname(path)), path, "make");
  // A script that names its interpreter may be started by its name.
  const mode = content.startsWith("#!") ? 0o700 : 0o600;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  await using file = await open(join(folder.at, basename(path)), flags, mode);
  await giveToOwnerOf(folder.at, file);
  await file.writeFile(kind === "text" ? content : Buffer.from(content, "base64"));
}
