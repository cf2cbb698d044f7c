import { z } from "zod";
import type { Json } from "../../core/events.ts";
import { defineTool, type Tool, type ToolContext } from "../tool.ts";
import { carryOut, type Change } from "./changes.ts";
import { MAX_WHOLE_BYTES, readWhole, versionOf } from "./content.ts";
import { inTrash } from "./delete.ts";
import { takeable } from "./move.ts";
import { nearestLines } from "./nearest-lines.ts";
import { parsePatch, patched, type FilePatch } from "./patch-format.ts";
import { isBase, openParent, placeOf, type Place, type Root } from "./places.ts";
import type { Turns } from "./turns.ts";
import { unifiedDiff } from "./unified-diff.ts";
import { codeOf, fileError } from "./workspace.ts";

const MAX_FILES = 50;

export const filePatch = (roots: readonly Root[], turns: Turns): Tool<unknown> =>
  defineTool({
    name: "file_patch",
    description:
      "Changes several files at once, all or none, by a patch: *** Begin Patch, then for each file *** Add File: PATH with lines that " +
      "begin with +, *** Delete File: PATH, or *** Update File: PATH (and *** Move to: PATH) with hunks that begin with @@ and have " +
      "lines that begin with a blank, - or +; then *** End Patch. What is deleted goes to the trash.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    args: z.strictObject({ patch: z.string().min(1).max(1_048_576) }),
    summary: ({ patch }) =>
      [...patch.matchAll(/^\*\*\* (?:Add|Delete|Update) File: (.+)$/gm)].map(([, path]) => path).join(", "),
    execute: ({ patch }, context) =>
      turns.take(context.workspace, context.signal, () =>
        carryOut(context, async () => {
          const files = parsePatch(patch);
          if (files.length > MAX_FILES)
            throw new Error(`a patch changes at most ${MAX_FILES} files: this one ${files.length}`);
          const changes: Change[] = [];
          const done: Json[] = [];
          const used = new Set<string>();
          for (const file of files) {
            const one = await planned(roots, context, file, changes.length).catch((error: unknown) => {
              throw fileError(file.path, error);
            });
            for (const { real } of one.places) {
              if (used.has(real)) throw new Error(`"${file.path}" is in the patch twice: put its hunks together`);
              used.add(real);
            }
            changes.push(...one.changes);
            done.push(one.told);
          }
          return { changes, result: { files: done } };
        }),
      ),
  });

interface OfFile {
  readonly changes: readonly Change[];
  readonly places: readonly Place[];
  readonly told: Json;
}

async function planned(roots: readonly Root[], context: ToolContext, file: FilePatch, n: number): Promise<OfFile> {
  if (file.kind === "delete") {
    const from = await placeOf(roots, context, file.path, "take");
    const to = inTrash(from, `${context.callId}-${n}`);
    const change: Change = { kind: "move", from, to, file: await takeable(from) };
    return { changes: [change], places: [from], told: { path: from.name, change: "deleted", trash: to.name } };
  }
  const place = await placeOf(roots, context, file.path, "write");
  const found = await wholeAt(place);
  if (file.kind === "add") {
    if (found !== null) throw new Error(`"${file.path}" is there already: use *** Update File`);
    const change = putOf(place, null, file.text, 0o600);
    const told = {
      path: place.name,
      change: "added",
      version: change.after,
      diff: await unifiedDiff(place.name, null, file.text),
    };
    return { changes: [change], places: [place], told };
  }
  if (found === null) throw new Error(`there is no "${file.path}": use *** Add File`);
  const text = newText(found.text, file);
  if (file.to === null) {
    const change = putOf(place, found.version, text, found.mode);
    const told = {
      path: place.name,
      change: "updated",
      version: change.after,
      diff: await unifiedDiff(place.name, found.text, text),
    };
    return { changes: [change], places: [place], told };
  }
  const target = await placeOf(roots, context, file.to, "write");
  if ((await wholeAt(target)) !== null) throw new Error(`"${file.to}" is there already`);
  const change = putOf(target, null, text, found.mode);
  const from = await placeOf(roots, context, file.path, "take");
  const old: Change = { kind: "move", from, to: inTrash(from, `${context.callId}-${n}`), file: await takeable(from) };
  const told = {
    path: place.name,
    change: "moved",
    to: target.name,
    version: change.after,
    diff: await unifiedDiff(place.name, found.text, text, target.name),
  };
  return { changes: [change, old], places: [place, target], told };
}

function putOf(place: Place, before: string | null, text: string, mode: number) {
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_WHOLE_BYTES)
    throw new Error(`"${place.path}" would have ${bytes.length} bytes: at most ${MAX_WHOLE_BYTES}`);
  return { kind: "put", place, before, after: versionOf(bytes), text, mode } as const;
}

/** null: there is nothing, nor need its folder be there. */
async function wholeAt(place: Place) {
  if (isBase(place)) throw new Error(`"${place.path}" is a folder: name a file in it`);
  try {
    await using parent = await openParent(place, "find");
    return await readWhole(parent.target, place.path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function newText(text: string, file: Extract<FilePatch, { kind: "update" }>): string {
  try {
    return patched(text, file);
  } catch (error) {
    const wanted = file.hunks.flatMap(({ old }) => old).join("\n");
    throw new Error(`${(error as Error).message}\n${nearestLines(text, wanted)}`, { cause: error });
  }
}
