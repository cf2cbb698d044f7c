import { basename, join } from "node:path";
import { z } from "zod";
import { defineTool, type Tool } from "../tool.ts";
import { carryOut } from "./changes.ts";
import { takeable } from "./move.ts";
import { placeOf, TRASH, type Place, type Root } from "./places.ts";
import type { Turns } from "./turns.ts";
import { fileError } from "./workspace.ts";

export const fileDelete = (roots: readonly Root[], turns: Turns): Tool<unknown> =>
  defineTool({
    name: "file_delete",
    description: "Puts a file or a folder into the trash, from where file_move restores it: the result says how.",
    effect: "write",
    idempotent: true,
    timeoutMs: 10_000,
    args: z.strictObject({ path: z.string().min(1).max(1000).describe("file or folder, relative to the workspace") }),
    summary: ({ path }) => path,
    execute: ({ path }, context) =>
      turns.take(context.workspace, context.signal, async () => {
        try {
          return await carryOut(context, async () => {
            const from = await placeOf(roots, context, path, "take");
            const file = await takeable(from);
            const to = inTrash(from, context.callId);
            if (from.real === join(to.base, TRASH) || from.name.split("/").includes(TRASH)) {
              throw new Error(`"${path}" is in the trash already: a person may empty it`);
            }
            const result = {
              path: from.name,
              trash: to.name,
              restore: { tool: "file_move", from: to.name, to: from.name },
            };
            return { changes: [{ kind: "move", from, to, file }], result };
          });
        } catch (error) {
          throw fileError(path, error);
        }
      }),
  });

/** Its place in the trash of its workspace or root: in a folder of its own, so that it keeps its name. */
export function inTrash({ base, real, name }: Place, id: string): Place {
  const way = join(TRASH, id, basename(real));
  const shown = name.startsWith("/") ? join(base, way) : way;
  return { base, real: join(base, way), name: shown, path: shown };
}
