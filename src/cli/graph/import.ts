import { open, type FileHandle } from "node:fs/promises";
import { resolve } from "node:path";
import { isSparkyError } from "../../core/errors.ts";
import { checkNamedFile } from "../../named-file.ts";
import type { ImportFormat } from "../../wire/export-formats.ts";
import type { GraphImport } from "../../wire/graph-import.ts";
import { MAX_IMPORT_BYTES } from "../../wire/limits.ts";
import type { Context } from "../command/context.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { oneLine } from "../console/text.ts";

export type ImportOptions = { format?: ImportFormat; dryRun?: boolean; shared?: boolean };

export async function graphImport(context: Context, args: readonly string[], options: ImportOptions): Promise<void> {
  const { out } = context;
  const path = resolve(args[0] ?? "");
  const query = new URLSearchParams({
    ...(options.format !== undefined && { format: options.format }),
    ...(options.shared === true && { shared: "true" }),
    ...(options.dryRun === true && { dryRun: "true" }),
  });
  await using file = await opened(path);
  const { size } = await file.stat();
  if (size > MAX_IMPORT_BYTES) {
    const what = `${path} is larger than ${MAX_IMPORT_BYTES / 1_048_576} MB`;
    throw new Failure(EXIT.error, "too_large", what, "split it: each part needs the nodes that its edges join");
  }
  const client = await context.client("any");
  const address = `/api/graph/import${query.size > 0 ? `?${query}` : ""}`;
  const done = await client.upload<GraphImport>(address, { bytes: size, chunks: chunksOf(file, size) });
  if (out.json) return out.document(done);
  const { nodes, edges, facts, dryRun } = done;
  const counts = (what: string, found: { readonly [took: string]: number }): void => {
    const words = Object.entries(found).filter(([, count]) => count > 0);
    const list = words.map(([took, count]) => `${count} ${IN_WORDS[took] ?? took}`).join(", ");
    if (out.terminal) out.print(`${what.padEnd(7)}${list === "" ? "none" : list}`);
    else for (const [took, count] of Object.entries(found)) out.print(`${what}.${took}\t${count}`);
  };
  if (out.terminal && dryRun) out.print("What would be done, and was not:");
  counts("nodes", nodes);
  counts("edges", edges);
  counts("facts", facts);
  for (const note of done.notes) out.note(oneLine(note));
  if (nodes.kept > 0) {
    out.note("What is left as it is says something else here: it is newer, or shared (then --shared changes it).");
  }
}

const IN_WORDS: { readonly [took: string]: string } = {
  created: "new",
  updated: "filled up",
  unchanged: "known already",
  kept: "left as they are",
  skipped: "left out, from a node to itself",
};

async function opened(path: string): Promise<FileHandle> {
  try {
    checkNamedFile(path);
    return await open(path, "r");
  } catch (error) {
    if (isSparkyError(error)) throw error;
    const why = error instanceof Error ? error.message.replace(/,? (open|stat) '.*$/, "") : String(error);
    throw new Failure(EXIT.error, "unavailable", `cannot read ${path}: ${why}`, "name a file of an export");
  }
}

/** No more than it held at first, however it grows meanwhile. */
async function* chunksOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  if (size > 0)
    yield* file.createReadStream({ start: 0, end: size - 1, autoClose: false }) as AsyncIterable<Uint8Array>;
}
