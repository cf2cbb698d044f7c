import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Document, isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from "yaml";
import type { List } from "../wire/api.ts";
import type { NewSchedule, Schedule } from "../wire/schedules.ts";
import type { Context } from "./context.ts";
import { Failure, usage } from "./failure.ts";
import { EXIT } from "./io.ts";
import { pathOf, withWholePath } from "./schedule-change.ts";

/** Schedules as a file that people keep: its comments and its order are theirs. */

const DEFAULTS: { readonly [name in keyof Schedule]?: unknown } = {
  description: "",
  catchUp: "latest",
  catchUpMax: 10,
  catchUpMaxAgeSeconds: 604_800,
  overlap: "skip",
  onCrash: "retry",
  jitterSeconds: 0,
  maxFailures: 5,
};
const DEFAULT_NAMES = Object.keys(DEFAULTS) as (keyof Schedule)[];

export async function importSchedules(
  context: Context,
  args: readonly string[],
  options: { readonly pollInterval?: string | number },
): Promise<void> {
  const { out } = context;
  const file = resolve(args[0] ?? "");
  const entries = readEntries(file, Number(options.pollInterval ?? 10));
  const client = await context.client("any");
  const { items } = await client.request<List<Schedule>>("GET", "/api/schedules");
  const done: { name: string; change: "added" | "changed" }[] = [];
  for (const entry of entries) {
    const { name, ...settings } = entry;
    const known = items.some((schedule) => schedule.name === name);
    try {
      if (known) await client.request("PATCH", pathOf(name), settings);
      else await client.request("POST", "/api/schedules", entry);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.exit, error.code, `${file}: ${name}: ${error.message}`, error.hint);
    }
    done.push({ name, change: known ? "changed" : "added" });
  }
  if (out.json) out.document({ items: done, next: null, total: done.length });
  else
    for (const { name, change } of done)
      out.print(out.terminal ? `${change === "added" ? "Added" : "Changed"}  ${name}` : `${name}\t${change}`);
}

export async function exportSchedules(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const { items } = await (await context.client("any")).request<List<Schedule>>("GET", "/api/schedules");
  const [file] = args;
  const path = file === undefined ? undefined : resolve(file);
  const before = path !== undefined && existsSync(path) ? readFileSync(path, "utf8") : "";
  const text = exportedText(before, items, path ?? "the file");
  if (path === undefined) return out.json ? out.document({ items, next: null, total: items.length }) : out.raw(text);
  writeFileSync(path, text);
  if (out.json) out.document({ file: path, schedules: items.length });
  else out.print(out.terminal ? `Wrote  ${path}  ${items.length} schedules` : path);
}

/** The schedules as YAML, into a text that may have comments: what did not change is not touched. */
export function exportedText(before: string, schedules: readonly Schedule[], file: string): string {
  const document = before.trim() === "" ? new Document({ schedules: [] }) : parsed(before, file);
  let list = document.get("schedules");
  if (!isSeq(list)) document.set("schedules", (list = new YAMLSeq()));
  const seq = list as YAMLSeq;
  const names = new Set(schedules.map((schedule) => schedule.name));
  seq.items = seq.items.filter((item) => isMap(item) && names.has(String(item.get("name"))));
  for (const schedule of schedules) {
    const known = seq.items.find((item): item is YAMLMap => isMap(item) && item.get("name") === schedule.name);
    const map = known ?? new YAMLMap();
    if (known === undefined) seq.add(map);
    const entry = entryOf(schedule);
    for (const pair of [...map.items]) if (!(String(pair.key) in entry)) map.delete(String(pair.key));
    for (const [name, value] of Object.entries(entry)) {
      const now = document.createNode(value);
      const old = map.toJSON() as { [name: string]: unknown };
      const path = name === "prompt" ? withWholePath(String(old[name] ?? ""), dirname(file)) : old[name];
      if (JSON.stringify(path) !== JSON.stringify(value)) map.set(name, now);
    }
  }
  return document.toString({ lineWidth: 120 });
}

function entryOf(schedule: Schedule): { readonly [name: string]: unknown } {
  const { name, when, timezone, prompt, state, limits, metadata } = schedule;
  const other = DEFAULT_NAMES.filter((key) => schedule[key] !== DEFAULTS[key]);
  return {
    name,
    when,
    timezone,
    ...(state === "disabled" && { enabled: false }),
    ...Object.fromEntries(other.map((key) => [key, schedule[key]])),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    prompt,
  };
}

function parsed(text: string, file: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Failure(EXIT.usage, "invalid_input", `${file}: ${error.message.split("\n")[0]}`);
  return document as unknown as Document;
}

type Raw = { readonly [name: string]: unknown };

/** The entries of our own files, and of the older ones with `scheduled_tasks`, `schedule` and `enabled`. */
export function readEntries(file: string, pollSeconds: number): readonly NewSchedule[] {
  if (!existsSync(file)) throw usage(`${file} does not exist`);
  const root: unknown = parsed(readFileSync(file, "utf8"), file).toJSON();
  const found = root as { schedules?: unknown; scheduled_tasks?: unknown; tasks?: unknown } | null;
  const list = found?.schedules ?? found?.scheduled_tasks ?? found?.tasks ?? root;
  const raws: readonly Raw[] = Array.isArray(list)
    ? (list as Raw[])
    : Object.entries((list ?? {}) as { [name: string]: Raw }).map(([name, raw]) => ({ name, ...raw }));
  if (raws.length === 0) throw usage(`${file} names no schedules`, "schedules: - name: … when: … prompt: …");
  const names = new Set<unknown>();
  return raws.map((raw, i) => {
    const place = `${file}: schedule ${i + 1}${typeof raw?.["name"] === "string" ? ` (${raw["name"]})` : ""}`;
    if (typeof raw !== "object" || raw === null || typeof raw["name"] !== "string") throw usage(`${place} has no name`);
    if (names.has(raw["name"])) throw usage(`${place}: there are two of this name`);
    names.add(raw["name"]);
    return entryFrom(raw, place, { folder: dirname(file), pollSeconds });
  });
}

function entryFrom(
  raw: Raw,
  place: string,
  from: { readonly folder: string; readonly pollSeconds: number },
): NewSchedule {
  const { when, schedule, interval, prompt, instruction, query, enabled, ...rest } = raw;
  const rule = when ?? schedule ?? interval;
  const words = prompt ?? instruction ?? query;
  if (rule === undefined) throw usage(`${place} does not say when`, "when: every(30 minutes)");
  if (typeof words !== "string") throw usage(`${place} has no prompt`);
  const cycles = typeof rule === "number" || /^\d+$/.test(String(rule)) ? Number(rule) : null;
  return {
    // Checked by the server, which names what is wrong.
    ...(rest as Omit<NewSchedule, "when" | "prompt">),
    when: cycles === null ? String(rule) : `every(${Math.max(cycles * from.pollSeconds, 10)} seconds)`,
    prompt: withWholePath(words, from.folder),
    ...(typeof enabled === "boolean" && { state: enabled ? "enabled" : "disabled" }),
  };
}
