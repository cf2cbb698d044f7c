import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { EXPORT_ENDINGS, EXPORT_FORMATS, type ExportFormat } from "../../wire/export-formats.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { clean } from "../console/text.ts";

export type ExportOptions = { format?: ExportFormat; part?: "nodes" | "edges"; output?: string };

export async function graphExport(context: Context, _args: readonly string[], options: ExportOptions): Promise<void> {
  const { out } = context;
  const { output, part } = options;
  const format = options.format ?? formatOf(output ?? "") ?? "json";
  if (part !== undefined && format !== "csv") throw usage(`--part is for csv: ${format} holds both`, "--format csv");
  if (out.json && output === undefined && format !== "json") {
    throw usage(`--json cannot show ${format}`, "leave --format out, or write a file with --output");
  }
  const query = new URLSearchParams({ format, ...(part !== undefined && { part }) });
  if (format === "md" && output === undefined) {
    throw usage("the pages of md come in a zip, which is no text", "sparky graph export --output graph.zip");
  }
  const client = await context.client("any");
  const path = `/api/graph/export?${query}`;
  if (output === undefined) {
    for await (const text of await client.download(path)) {
      // One document is one line: within JSON's strings there are no newlines. On a terminal nothing moves its cursor.
      out.raw(out.json ? text.replaceAll("\n", "") : out.terminal ? clean(text) : text);
    }
    if (out.json) out.print("");
    return;
  }
  const file = resolve(output);
  const bytes = await writeWhole(file, () => client.downloadFile(path));
  if (out.json) out.document({ file, format, bytes });
  else out.print(out.terminal ? `Wrote  ${file}  ${Math.ceil(bytes / 1024)} KB` : file);
}

function formatOf(file: string): ExportFormat | undefined {
  return EXPORT_FORMATS.find((each) => extname(file) === `.${EXPORT_ENDINGS[each] ?? each}`);
}

/** Under another name until the last byte is on the disk, so that no half of it is ever taken for the whole. */
async function writeWhole(file: string, read: () => Promise<AsyncIterable<Uint8Array>>): Promise<number> {
  const unfinished = `${file}.${randomUUID().slice(0, 8)}.part`;
  const handle = await open(unfinished, "wx").catch((error: unknown) => unwritable(file, error));
  try {
    let bytes = 0;
    for await (const part of await read()) {
      await handle.writeFile(part);
      bytes += part.byteLength;
    }
    await handle.sync();
    await handle.close();
    await rename(unfinished, file).catch((error: unknown) => unwritable(file, error));
    return bytes;
  } catch (error) {
    await handle.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}

function unwritable(file: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message.replace(/,? (open|rename) '.*$/, "") : String(cause);
  throw new Failure(EXIT.error, "unavailable", `cannot write ${file}: ${why}`, "name another place with --output");
}
