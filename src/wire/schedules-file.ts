import type { Node, YAMLMap } from "yaml";
import { checkZone, parseDueRule } from "../core/due.ts";
import { isSparkyError } from "../core/errors.ts";
import { soundText, soundValue } from "../core/text.ts";
import { issuesInWords } from "./issue-words.ts";
import { newScheduleSchema, type NewSchedule } from "./schedules.ts";

/** Schedules as people keep them in a YAML file: ours, and the older ones with `scheduled_tasks` and `interval`. */

export interface FileEntry {
  /** Prompts are as they are written: `file(…)` is relative to the file's folder. */
  readonly schedule: NewSchedule;
  /** The line of a field, or of the entry. */
  readonly lineOf: (field: string) => number;
}

export interface FileProblem {
  readonly line: number;
  /** Of the schedule, where it has one. */
  readonly name: string | null;
  readonly message: string;
  readonly hint?: string;
}

export interface SchedulesFile {
  readonly entries: readonly FileEntry[];
  /** What is wrong with the other entries; with the whole file, when there are no entries. */
  readonly problems: readonly FileProblem[];
}

const LISTS = ["schedules", "scheduled_tasks", "tasks"];
const EXAMPLE = "schedules:, and below it  - {name: tidy, when: every(6 hours), prompt: Tidy the notes}";
const MAX_BYTES = 1_048_576;

/** `tidy.yaml:7: tidy: what is wrong`: how a problem is told. */
export function placeWords(file: string, { line, name, message }: Omit<FileProblem, "hint">): string {
  return [`${file}:${line}`, name, message].filter((part) => part !== null).join(": ");
}

/** Reads all that can be read: an entry that is wrong does not take the others with it. `pollSeconds` is a cycle of the older files. */
export async function readSchedulesFile(text: string, pollSeconds: number): Promise<SchedulesFile> {
  const yaml = await import("yaml");
  if (text.length > MAX_BYTES) return broken(1, "the file is larger than 1 MB");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const [what = ""] = error.message.split("\n");
    return broken(error.linePos?.[0].line ?? 1, what.replace(/ at line \d+, column \d+:?$/, ""));
  }
  const lineOf = (node: unknown): number => (yaml.isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1);
  const resolved = (node: unknown): unknown => (yaml.isAlias(node) ? node.resolve(document) : node);
  const root = document.contents as Node | null;
  const key = yaml.isMap(root) ? LISTS.find((name) => root.has(name)) : undefined;
  const list = resolved(yaml.isMap(root) && key !== undefined ? root.get(key, true) : root);
  const found = yaml.isSeq(list)
    ? list.items.map((item) => ({ node: item, name: undefined }))
    : yaml.isMap(list)
      ? list.items.map((pair) => ({ node: pair.value ?? pair.key, name: pair.key }))
      : [];
  if (found.length === 0) return broken(lineOf(list), "the file names no schedules", EXAMPLE);

  const entries: FileEntry[] = [];
  const problems: FileProblem[] = [];
  const seen = new Map<string, number>();
  for (const { node, name } of found) {
    const map = resolved(node);
    const own = lineOf(name ?? node);
    const fields = yaml.isMap(map) ? linesOf(map, lineOf) : new Map<string, number>();
    const at = (field: string): number => fields.get(field) ?? own;
    const raw: unknown = yaml.isMap(map) ? rawOf(() => soundValue(map.toJS(document))) : undefined;
    const read = isRaw(raw)
      ? entryOf({ ...(name !== undefined && { name: soundText(String(name)) }), ...raw }, pollSeconds)
      : NO_FIELDS;
    if ("message" in read) {
      problems.push({
        line: at(read.field),
        name: read.name,
        message: read.message,
        ...(read.hint && { hint: read.hint }),
      });
      continue;
    }
    const before = seen.get(read.name);
    if (before !== undefined) {
      problems.push({ line: own, name: read.name, message: `line ${before} has a schedule of this name already` });
      continue;
    }
    seen.set(read.name, own);
    entries.push({
      schedule: read,
      lineOf: (field) => at(FIELD_NAMES[field]?.find((each) => fields.has(each)) ?? field),
    });
  }
  return { entries, problems };
}

type Raw = { readonly [field: string]: unknown };
type Wrong = {
  readonly name: string | null;
  readonly field: string;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** How the older files call a field. */
const FIELD_NAMES: { readonly [field: string]: readonly string[] } = {
  when: ["when", "interval", "schedule"],
  prompt: ["prompt", "instruction", "query"],
};
const NO_FIELDS: Wrong = { name: null, field: "", message: "is not a schedule with its fields", hint: EXAMPLE };

function broken(line: number, message: string, hint?: string): SchedulesFile {
  return { entries: [], problems: [{ line, name: null, message, ...(hint !== undefined && { hint }) }] };
}

function linesOf(map: YAMLMap, lineOf: (node: unknown) => number): Map<string, number> {
  return new Map(map.items.map((pair) => [String(pair.key), lineOf(pair.key)]));
}

/** Too many aliases throw. */
function rawOf(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isRaw = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);

function entryOf(raw: Raw, pollSeconds: number): NewSchedule | Wrong {
  const { name, enabled, ...rest } = raw;
  if (typeof name !== "string")
    return { name: null, field: "name", message: "the schedule has no name", hint: EXAMPLE };
  const wrong = (field: string, message: string, hint?: string): Wrong => ({ name, field, message, hint });
  const [whenField, when, others] = oneOf(rest, "when");
  const [promptField, prompt, settings] = oneOf(others, "prompt");
  if (when == null)
    return wrong("", "when: is required", "when: every(30 minutes), cron(0 9 * * 1-5) or at(2030-01-15T09:00)");
  if (prompt == null) return wrong("", "prompt: is required", "prompt: what the agent should do, or file(path)");
  const on = truth(enabled);
  if (on === null) return wrong("enabled", "enabled: must be true or false");
  const cycles = typeof when === "number" || /^\s*\d+\s*$/.test(String(when)) ? Number(when) : null;
  const value = {
    ...settings,
    name,
    when: cycles === null ? when : `every(${Math.max(cycles * pollSeconds, 10)} seconds)`,
    prompt,
    ...(on !== undefined && { state: on ? "enabled" : "disabled" }),
  };
  const parsed = newScheduleSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys[0] : issue?.path[0];
    const written = { when: whenField, prompt: promptField }[String(field)] ?? String(field);
    return wrong(written, issuesInWords(parsed.error));
  }
  const schedule = parsed.data;
  return (
    refused(
      () => parseDueRule(schedule.when),
      (message, hint) => wrong(whenField, message, hint),
    ) ??
    refused(
      () => checkZone(schedule.timezone ?? "UTC"),
      (message, hint) => wrong("timezone", message, hint),
    ) ??
    schedule
  );
}

/** A field by any of its names, with the name that it has here, and the fields beside it. */
function oneOf(raw: Raw, field: string): readonly [name: string, value: unknown, others: Raw] {
  const name = FIELD_NAMES[field]?.find((each) => raw[each] !== undefined) ?? field;
  const { [name]: value, ...others } = raw;
  return [name, value, others];
}

function refused(check: () => unknown, told: (message: string, hint?: string) => Wrong): Wrong | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    return told(error.message, error.hint);
  }
}

/** Older YAML has more words for it. undefined: not said; null: neither. */
function truth(value: unknown): boolean | null | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  return ["true", "yes", "on"].includes(word) ? true : ["false", "no", "off"].includes(word) ? false : null;
}
