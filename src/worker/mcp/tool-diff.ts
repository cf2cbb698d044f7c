import { breathe } from "../../store/database/breathe.ts";
import type { ToolPart } from "../../wire/changes.ts";

/** How what a server tells of a tool now differs from what was approved. */

/** Longer texts, and those that have little in common, are told as taken away and added. */
const DIFF_MS = 40;
const MAX_COMPARED = 131_072;
/** Of all that one answer shows: a server may offer hundreds of tools, each as costly as can be. */
const ALL_MS = 400;

/** What is left of the time for comparing what one answer shows. */
export class DiffTime {
  #left = ALL_MS;

  /** Everything else goes on between two of them. */
  async spend<T>(work: (mostMs: number) => Promise<T>): Promise<T> {
    await breathe();
    const from = performance.now();
    const done = await work(Math.max(0, Math.min(DIFF_MS, this.#left)));
    this.#left -= performance.now() - from;
    return done;
  }
}

/** Line by line: `- ` before what is gone, `+ ` before what is new, two blanks before the rest. */
export async function diffOf(before: string, after: string, mostMs = DIFF_MS): Promise<string> {
  const { diffLines } = await import("diff");
  const isCompared = mostMs > 0 && before.length + after.length <= MAX_COMPARED;
  const found = isCompared ? diffLines(before, after, { timeout: mostMs }) : undefined;
  const changes = found ?? [
    { removed: true, added: false, value: before },
    { removed: false, added: true, value: after },
  ];
  return changes.flatMap(({ added, removed, value }) => marked(added ? "+" : removed ? "-" : " ", value)).join("\n");
}

function marked(mark: string, text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n").map((line) => `${mark} ${line}`);
}

const lines = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
export const prettyLines = (value: unknown): string => lines(JSON.stringify(value, null, 2));

interface Told {
  readonly description: string;
  readonly schema: object;
  readonly hints: object;
}

/** Those that differ; of a new tool all that it has. `pinned`, `waiting`: definitions, as JSON. */
export async function partsOf(pinned: string | null, waiting: string, time: DiffTime): Promise<readonly ToolPart[]> {
  const before = pinned === null ? null : (JSON.parse(pinned) as Told);
  const after = JSON.parse(waiting) as Told;
  const texts = [
    { part: "description", old: lines(before?.description ?? ""), now: lines(after.description) },
    { part: "schema", old: before === null ? "" : prettyLines(before.schema), now: prettyLines(after.schema) },
    { part: "hints", old: hintLines(before?.hints), now: hintLines(after.hints) },
  ] as const;
  const parts: ToolPart[] = [];
  for (const { part, old, now } of texts) {
    if (old !== now) parts.push({ part, diff: await time.spend((mostMs) => diffOf(old, now, mostMs)) });
  }
  return parts;
}

const hintLines = (hints: object | undefined): string =>
  hints === undefined || Object.keys(hints).length === 0 ? "" : prettyLines(hints);
