import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { defineTool, type Tool } from "../tool.ts";
import { versionOf } from "./content.ts";
import { writeWhole } from "./draft.ts";
import { isBase, openParent, placeOf, type Root } from "./places.ts";
import type { Turns } from "./turns.ts";
import { checkOrdinary, codeOf, fileError } from "./workspace.ts";

const MAX_WRITE_BYTES = 1_048_576;

export const fileWrite = (roots: readonly Root[], turns: Turns): Tool<unknown> =>
  defineTool({
    name: "file_write",
    description:
      "Writes a text file in the workspace: creates it with its folders, or replaces all that it held. " +
      "To change a part of a file use file_edit.",
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
    execute: ({ path, content }, context) =>
      turns.take(context.workspace, context.signal, async () => {
        try {
          const place = await placeOf(roots, context, path, "write");
          if (isBase(place)) throw new Error(`"${path}" is a folder: name a file in it`);
          await using parent = await openParent(place, "make");
          const before = await statOf(parent.target);
          if (before?.isDirectory() || /[/\\]\.?$/.test(path))
            throw new Error(`"${path}" is a folder: name a file in it`);
          if (before !== undefined) checkOrdinary(before, path);
          // Named for the call: what a crash leaves behind is replaced when the same call runs again.
          const draft = join(parent.folder.at, `.${context.callId}.tmp`);
          await writeWhole(draft, parent.target, content, (before?.mode ?? 0o600) & 0o777, context.signal);
          await parent.folder.sync();
          const bytes = Buffer.from(content);
          return { path: place.name, bytes: bytes.length, version: versionOf(bytes), created: before === undefined };
        } catch (error) {
          throw fileError(path, error);
        }
      }),
  });

async function statOf(path: string) {
  return lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
}
