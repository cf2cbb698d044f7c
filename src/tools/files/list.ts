import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { defineTool, type Tool } from "../tool.ts";
import { isBase, placeOf, type Place, type Root } from "./places.ts";
import { codeOf, fileError, openInside } from "./workspace.ts";

const MAX_ENTRIES = 500;

export const fileList = (roots: readonly Root[]): Tool<unknown> =>
  defineTool({
    name: "file_list",
    description:
      "Lists the files and folders in a folder of the workspace, by name, with sizes and times of change. " +
      "Use it to find out what files there are.",
    effect: "read",
    idempotent: true,
    timeoutMs: 10_000,
    args: z.strictObject({
      path: z.string().max(1000).default(".").describe("folder, relative to the workspace"),
      offset: z.number().int().min(0).default(0).describe("how many entries to pass over"),
      limit: z.number().int().min(1).max(MAX_ENTRIES).default(100),
    }),
    summary: ({ path }) => path,
    execute: async ({ path, offset, limit }, context) => {
      try {
        const place = await placeOf(roots, context, path === "" ? "." : path, "read");
        await using opened = await openFolder(place);
        if (opened === null) return { path: place.name, entries: [], total: 0, next: null };
        const names = (await readdir(opened.at)).toSorted();
        const page = names.slice(offset, offset + limit);
        const entries = (await Promise.all(page.map((each) => entryOf(opened.at, each)))).filter(
          (entry) => entry !== null,
        );
        const next = offset + limit < names.length ? offset + limit : null;
        return { path: place.name, entries, total: names.length, next };
      } catch (error) {
        throw codeOf(error) === "ENOTDIR"
          ? new Error(`"${path}" is a file: file_read shows it`, { cause: error })
          : fileError(path, error);
      }
    },
  });

/** null: a workspace that nobody has written to yet is empty, not missing. */
async function openFolder(place: Place) {
  try {
    return await openInside(place.base, place.real, place.path, "find");
  } catch (error) {
    if (isBase(place) && place.name === "." && codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Null: it was removed while the folder was read. */
async function entryOf(folder: string, name: string) {
  try {
    const found = await lstat(join(folder, name));
    const changedAt = isoTime(Math.trunc(found.mtimeMs));
    if (found.isFile()) return { name, type: "file", size: found.size, changedAt };
    const type = found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "other";
    return { name, type, changedAt };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
