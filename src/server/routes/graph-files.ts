import { SparkyError } from "../../core/errors.ts";
import { exportText, graphExport } from "../../memory/export/export.ts";
import { graphImportSchema } from "../../wire/graph-import.ts";
import { graphExportSchema } from "../../wire/graph.ts";
import { MAX_IMPORT_BYTES } from "../../wire/limits.ts";
import type { ServerDeps } from "../deps.ts";
import { parseInput } from "../input.ts";
import { mustMay } from "../sign-in/must-may.ts";
import { download } from "./download.ts";
import { exportQuery, importQuery } from "./queries.ts";
import type { RawCall, Route } from "./route.ts";

/** The memory as a file, out and in. */
export function graphFileRoutes({ store, log }: ServerDeps, closing: AbortSignal): readonly Route[] {
  /** Whose file is being taken in. */
  const importing = new Set<string>();

  async function exportAs({ viewer, query }: RawCall): Promise<Response> {
    const { format = "json", part = "nodes" } = parseInput(exportQuery, query);
    const onError = (error: unknown): void => log.error({ err: error }, "an export was cut off by a failure");
    if (format === "md") {
      const { markdownFiles } = await import("../../memory/export/markdown.ts");
      const { zip } = await import("../../memory/export/zip.ts");
      const pages = zip(markdownFiles(store.db, viewer.id));
      return download(pages, { contentType: "application/zip", name: "graph.zip", onError });
    }
    const wanted = graphExport(format, part);
    return download(exportText(store.db, viewer.id, wanted), {
      contentType: wanted.format.contentType,
      name: format === "csv" ? `graph-${part}.csv` : `graph.${format}`,
      onError,
    });
  }

  return [
    {
      doc: {
        method: "GET",
        path: "/api/graph/export",
        right: "memory.see",
        summary:
          "All that you may see of the graph, as a file: JSON, or as `format` says, `md` in a zip; `part` for csv, nodes or edges.",
        query: exportQuery,
        answers: { 200: graphExportSchema },
      },
      run: exportAs,
    },
    {
      doc: {
        method: "POST",
        path: "/api/graph/import",
        right: "memory.change",
        summary:
          "Takes in a file, which is the body as it is. It is yours alone; `shared`, for the owner: what it says is shared is. " +
          "`dryRun` changes nothing.",
        query: importQuery,
        answers: { 200: graphImportSchema },
      },
      async run({ viewer, query, request }) {
        const { format, shared = false, dryRun = false } = parseInput(importQuery, query);
        if (shared) mustMay(viewer, "memory.share");
        if (Number(request.headers.get("content-length") ?? 0) > MAX_IMPORT_BYTES) throw tooLarge();
        if (importing.has(viewer.id)) throw busy();
        importing.add(viewer.id);
        try {
          const { importGraph } = await import("../../memory/import/import.ts");
          const signal = AbortSignal.any([closing, request.signal]);
          const body = await importGraph(store, viewer.id, bodyOf(request), { format, shared, dryRun }, signal);
          return { status: 200, body };
        } finally {
          importing.delete(viewer.id);
        }
      },
    },
  ];
}

/** A connection that breaks off is told as what it is: a file that is not whole. */
async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  try {
    yield* request.body;
  } catch (cause) {
    throw new SparkyError("invalid_input", "the file did not come in whole, so nothing was imported", { cause });
  }
}

const tooLarge = (): SparkyError =>
  new SparkyError("too_large", `the file is larger than ${MAX_IMPORT_BYTES / 1_048_576} MB`, {
    hint: "split it: each part needs the nodes that its edges join",
  });

const busy = (): SparkyError =>
  new SparkyError("conflict", "another file of yours is being imported", { hint: "wait until it is done" });
