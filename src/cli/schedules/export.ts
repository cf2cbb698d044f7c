import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Document, isMap, isSeq, parseDocument, Scalar, visit, YAMLMap, YAMLSeq } from "yaml";
import { spelledOut } from "../../core/exact.ts";
import { promptForPeople } from "../../core/prompt-file.ts";
import { readNamedFile } from "../../named-file.ts";
import type { List } from "../../wire/api.ts";
import type { Schedule } from "../../wire/schedules.ts";
import type { Context } from "../command/context.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { withWholePath } from "./change.ts";

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
  model: null,
  effort: null,
};
const DEFAULT_NAMES = Object.keys(DEFAULTS) as (keyof Schedule)[];

export async function exportSchedules(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const { items } = await (await context.client("any")).request<List<Schedule>>("GET", "/api/schedules");
  const [file] = args;
  const path = file === undefined ? undefined : resolve(file);
  const before = path !== undefined && existsSync(path) ? readNamedFile(path) : "";
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
      const now = document.createNode(name === "prompt" ? promptForPeople(String(value)) : value);
      const old = map.toJSON() as { [name: string]: unknown };
      const path = name === "prompt" ? withWholePath(String(old[name] ?? ""), dirname(file)) : old[name];
      if (JSON.stringify(path) !== JSON.stringify(value)) map.set(name, now);
    }
  }
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && ACTS.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 120 }).replace(new RegExp(ACTS, "g"), spelledOut);
}

/** What a terminal acts on, or turns a line around by: it is escaped, as YAML has it between double quotes. */
const ACTS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

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
