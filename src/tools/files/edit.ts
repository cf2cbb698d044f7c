import { z } from "zod";
import type { Json } from "../../core/events.ts";
import { defineTool, type Tool } from "../tool.ts";
import { carryOut } from "./changes.ts";
import { MAX_WHOLE_BYTES, readWhole, versionOf } from "./content.ts";
import { replaced } from "./match.ts";
import { nearestLines } from "./nearest-lines.ts";
import { isBase, openParent, placeOf, type Root } from "./places.ts";
import type { Turns } from "./turns.ts";
import { unifiedDiff } from "./unified-diff.ts";
import { fileError } from "./workspace.ts";

const MAX_EDIT_CHARACTERS = 262_144;

export const fileEdit = (roots: readonly Root[], turns: Turns): Tool<unknown> =>
  defineTool({
    name: "file_edit",
    description:
      "Replaces a piece of a text file by another. Read the file first: `version` is what file_read said. `old` must stand in " +
      "it once, with its line breaks and indentation; give so many lines that it does, or set `all`. The result shows the change.",
    effect: "write",
    idempotent: true,
    timeoutMs: 20_000,
    args: z.strictObject({
      path: z.string().min(1).max(1000).describe("file, relative to the workspace"),
      version: z.string().max(64).describe("as file_read or the last change said"),
      old: z.string().min(1).max(MAX_EDIT_CHARACTERS).describe("what stands there"),
      new: z.string().max(MAX_EDIT_CHARACTERS).describe("what shall stand there; empty: nothing"),
      all: z.boolean().default(false).describe("everywhere, if it stands there several times"),
    }),
    summary: ({ path }) => path,
    execute: ({ path, version, old, new: put, all }, context) =>
      turns.take(context.workspace, context.signal, async () => {
        try {
          return await carryOut(context, async () => {
            const place = await placeOf(roots, context, path, "write");
            if (isBase(place)) throw new Error(`"${path}" is a folder: name a file in it`);
            await using parent = await openParent(place, "find");
            const found = await readWhole(parent.target, path);
            if (found === null) throw new Error(`there is no "${path}": file_write makes a new file`);
            if (found.version !== version) {
              throw new Error(
                `"${path}" is at version ${found.version}, not ${version}: read it again before you change it`,
              );
            }
            const edit = replaced(found.text, old, put, all);
            if (!edit.ok) throw new Error(missed(path, found.text, old, edit.lines));
            if (edit.text === found.text) throw new Error(`"${path}" would stay as it is: old and new are the same`);
            const bytes = Buffer.from(edit.text);
            if (bytes.length > MAX_WHOLE_BYTES)
              throw new Error(`"${path}" would have ${bytes.length} bytes: at most ${MAX_WHOLE_BYTES}`);
            const after = versionOf(bytes);
            const result: Json = {
              path: place.name,
              version: after,
              replaced: edit.count,
              ...(edit.match !== "exact" && { matched: `but for ${edit.match}` }),
              diff: await unifiedDiff(place.name, found.text, edit.text),
            };
            return {
              changes: [{ kind: "put", place, before: version, after, text: edit.text, mode: found.mode }],
              result,
            };
          });
        } catch (error) {
          throw fileError(path, error);
        }
      }),
  });

function missed(path: string, text: string, old: string, lines: readonly number[]): string {
  if (lines.length === 0) return `"${path}" does not hold that text; ${nearestLines(text, old)}`;
  const shown = lines.slice(0, 10).join(", ");
  return `that text stands ${lines.length} times in "${path}", from lines ${shown}: add lines before or after it`;
}
