import { dirname, resolve } from "node:path";
import { machineZone } from "../../core/clock.ts";
import { isSparkyError } from "../../core/errors.ts";
import { readNamedFile } from "../../named-file.ts";
import type { List } from "../../wire/api.ts";
import { placeWords, readSchedulesFile, type FileEntry } from "../../wire/schedules-file.ts";
import type { Schedule } from "../../wire/schedules.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { pathOf, withWholePath } from "./change.ts";

/** Adds and changes what the file names; what is wrong is told with its place, and the others go on. */
export async function importSchedules(
  context: Context,
  args: readonly string[],
  options: { readonly pollInterval?: string | number },
): Promise<ExitCode> {
  const { out } = context;
  const file = resolve(args[0] ?? "");
  const { entries, problems } = await readSchedulesFile(textOf(file), Number(options.pollInterval ?? 10));
  const failures = problems.map((problem) => usage(placeWords(file, problem), problem.hint));
  const [whole] = failures;
  if (entries.length === 0 && whole !== undefined && problems.length === 1) throw whole;
  const client = await context.client("any");
  const { items } = await client.request<List<Schedule>>("GET", "/api/schedules");
  const known = new Set(items.map((schedule) => schedule.name));
  const done: { name: string; change: "added" | "changed" }[] = [];
  for (const entry of entries) {
    const { name } = entry.schedule;
    const change = known.has(name) ? "changed" : "added";
    const failure = await send(client, entry, change, file);
    if (failure !== null) failures.push(failure);
    else done.push({ name, change });
  }
  if (out.json) out.document({ items: done, next: null, total: done.length });
  else
    for (const { name, change } of done)
      out.print(out.terminal ? `${change === "added" ? "Added" : "Changed"}  ${name}` : `${name}\t${change}`);
  for (const failure of failures) out.failure(failure);
  return failures[0]?.exit ?? EXIT.ok;
}

/** null: it is done. */
async function send(
  client: Client,
  { schedule, lineOf }: FileEntry,
  change: "added" | "changed",
  file: string,
): Promise<Failure | null> {
  const { name, ...settings } = { ...schedule, prompt: withWholePath(schedule.prompt, dirname(file)) };
  try {
    if (change === "changed") await client.request("PATCH", pathOf(name), settings);
    else await client.request("POST", "/api/schedules", { timezone: machineZone(), ...settings, name });
    return null;
  } catch (error) {
    if (!(error instanceof Failure) || error.exit === EXIT.notRunning) throw error;
    const [, field = ""] = /^(\w+): /.exec(error.message) ?? [];
    const message = placeWords(file, { line: lineOf(field), name, message: error.message });
    return new Failure(error.exit, error.code, message, error.hint);
  }
}

function textOf(file: string): string {
  try {
    return readNamedFile(file);
  } catch (error) {
    if (isSparkyError(error)) throw usage(error.message, error.hint);
    const { code, message } = error as NodeJS.ErrnoException;
    throw usage(code === "ENOENT" ? `${file} does not exist` : `${file} cannot be read: ${message}`);
  }
}
