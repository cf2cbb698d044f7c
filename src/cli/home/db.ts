import { resolve } from "node:path";
import type { DataStatus } from "../../wire/data.ts";
import type { Context } from "../command/context.ts";
import { openHere, openWhere } from "./data-place.ts";
import { EXIT, type ExitCode } from "../console/io.ts";

export async function dbStatus(context: Context): Promise<void> {
  const { out } = context;
  const where = await openWhere(context);
  const status =
    where.kind === "home" ? await where.data.status() : await where.client.request<DataStatus>("GET", "/api/db");
  if (out.json) return out.document(status);
  const { bytes, latestSchema, ...rest } = status;
  const schema = latestSchema === rest.schema ? `${rest.schema}` : `${rest.schema} of ${latestSchema}`;
  const shown = { ...rest, schema, epoch: rest.epoch ?? "", size: out.terminal ? megabytes(bytes) : `${bytes}` };
  for (const [name, value] of Object.entries(shown)) {
    out.print(out.terminal ? name.padEnd(10) + value : `${name}\t${value}`);
  }
}

export async function dbBackup(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const data = await openHere(context);
  out.progress("… copying, and restoring on trial");
  const backup = await data.backup(args[0] === undefined ? null : resolve(args[0]));
  out.progress(null);
  const { file, bytes, verified, checked, findings } = backup;
  if (out.json) out.document({ file, bytes, verified, checked, findings });
  else if (!out.terminal) out.print(file);
  else {
    out.print(`Backed up ${checked.events} events of ${checked.chats} chats to ${file} (${megabytes(bytes)})`);
  }
  if (verified) return EXIT.ok;
  out.note(`  the copy is as the database is, and a restore refuses it: ${wrongIn(findings.length)}: sparky verify`);
  return EXIT.error;
}

export async function dbMigrate(context: Context): Promise<void> {
  const { out } = context;
  const { from, to, kept } = await (await openHere(context)).migrate();
  if (out.json) out.document({ from, to, kept });
  else if (from === to) out.print(`The schema is up to date: ${to}`);
  else out.print(`Brought the schema from ${from} to ${to}`);
  if (kept !== null) out.note(`  what the database held before is kept: ${kept}`);
}

export const wrongIn = (places: number): string =>
  places === 1 ? "1 place in it is wrong" : `${places} places in it are wrong`;

export function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
