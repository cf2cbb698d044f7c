import { lstat } from "node:fs/promises";
import { z } from "zod";
import { defineTool, type Tool } from "../tool.ts";
import { carryOut, identityOf } from "./changes.ts";
import { isBase, openParent, placeOf, type Place, type Root } from "./places.ts";
import type { Turns } from "./turns.ts";
import { fileError } from "./workspace.ts";

export const fileMove = (roots: readonly Root[], turns: Turns): Tool<unknown> =>
  defineTool({
    name: "file_move",
    description:
      "Moves or renames a file or a folder, to a path where nothing is yet. What file_delete put in the trash is restored " +
      "by moving it out.",
    effect: "write",
    idempotent: true,
    timeoutMs: 10_000,
    args: z.strictObject({
      from: z.string().min(1).max(1000).describe("file or folder, relative to the workspace"),
      to: z.string().min(1).max(1000).describe("its new path, with its name"),
    }),
    summary: ({ from, to }) => `${from} → ${to}`,
    execute: ({ from, to }, context) =>
      turns.take(context.workspace, context.signal, async () => {
        try {
          return await carryOut(context, async () => {
            const source = await placeOf(roots, context, from, "take");
            const file = await takeable(source);
            const target = await placeOf(roots, context, to, "write");
            if (isBase(target)) throw new Error(`"${to}" is there already: name the new path with its name`);
            if (source.base !== target.base)
              throw new Error(`"${from}" and "${to}" are in different places: copy it with the shell`);
            if (`${target.real}/`.startsWith(`${source.real}/`))
              throw new Error(`"${from}" cannot be moved into itself`);
            return {
              changes: [{ kind: "move", from: source, to: target, file }],
              result: { from: source.name, to: target.name },
            };
          });
        } catch (error) {
          throw fileError(from, error);
        }
      }),
  });

/** What it is that is moved away: a file, a folder or a link, none of which is opened. */
export async function takeable(place: Place): Promise<string> {
  if (isBase(place)) throw new Error(`"${place.path}" is the whole workspace or root: name what is in it`);
  await using parent = await openParent(place, "find");
  const found = await lstat(parent.target);
  if (!found.isFile() && !found.isDirectory() && !found.isSymbolicLink()) {
    throw new Error(`"${place.path}" is not an ordinary file`);
  }
  return (await identityOf(parent.target)) ?? "";
}
