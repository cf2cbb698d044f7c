import { constants } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { defineTool } from "../tool.ts";
import { checkOrdinary, codeOf, fileError, nameInside, openInside, resolveInside } from "./workspace.ts";

const MAX_WRITE_BYTES = 1_048_576;

export const fileWrite = defineTool({
  name: "file_write",
  description:
    "Writes a text file in the workspace: creates it with its folders, or replaces all that it held. " +
    "To change a part of a file, read it first and write the whole.",
  effect: "write",
  idempotent: true,
  timeoutMs: 10_000,
  args: z.strictObject({
    path: z.string().min(1).max(1000).describe("file, relative to the workspace"),
    content: z
      .string()
      .refine((content) => Buffer.byteLength(content) <= MAX_WRITE_BYTES, {
        error: "must be at most 1 MB: write it as several files",
      })
      .describe("the whole text"),
  }),
  summary: ({ path }) => path,
  execute: async ({ path, content }, context) => {
    try {
      const real = await resolveInside(context.workspace, path);
      if ((await nameInside(context.workspace, real)) === ".")
        throw new Error(`"${path}" is a folder: name a file in it`);
      await using folder = await openInside(context.workspace, dirname(real), path, "make");
      const target = join(folder.at, basename(real));
      const before = await statOf(target);
      if (before?.isDirectory() || /[/\\]\.?$/.test(path)) throw new Error(`"${path}" is a folder: name a file in it`);
      if (before !== undefined) checkOrdinary(before, path);
      // Named for the call: what a crash leaves behind is replaced when the same call runs again.
      const draft = join(folder.at, `.${context.callId}.tmp`);
      await writeWhole(draft, target, content, (before?.mode ?? 0o600) & 0o777, context.signal);
      await folder.sync();
      const bytes = Buffer.byteLength(content);
      return { path: await nameInside(context.workspace, real), bytes, created: before === undefined };
    } catch (error) {
      throw fileError(path, error);
    }
  },
});

/** The file holds either what it held before or the whole new text, on disk, whatever happens in between. */
async function writeWhole(draft: string, target: string, content: string, mode: number, signal: AbortSignal) {
  try {
    await rm(draft, { force: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(draft, flags, mode);
    try {
      await file.writeFile(content, { signal });
      await file.sync();
    } finally {
      await file.close();
    }
    signal.throwIfAborted();
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function statOf(path: string) {
  return lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
}
