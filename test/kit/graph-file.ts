import { exportText, graphExport } from "../../src/memory/export/export.ts";
import { importGraph, type ImportOptions } from "../../src/memory/import/import.ts";
import type { Store } from "../../src/store/database/store.ts";
import type { GraphImport } from "../../src/wire/graph-import.ts";

type Format = Parameters<typeof graphExport>[0];

/** The person's graph as a file. */
export async function exported(
  store: Store,
  userId: string,
  format: Format,
  part: "nodes" | "edges" = "nodes",
): Promise<string> {
  const parts: string[] = [];
  for await (const each of exportText(store.db, userId, graphExport(format, part))) parts.push(each);
  return parts.join("");
}

/** The bytes of a file in chunks that end anywhere, in the middle of characters too. */
export async function* chunksOf(text: string | Uint8Array, size = 997): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function imported(
  store: Store,
  userId: string,
  text: string | Uint8Array,
  options: Partial<ImportOptions> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<GraphImport> {
  return importGraph(store, userId, chunksOf(text), { dryRun: false, shared: false, ...options }, signal);
}
