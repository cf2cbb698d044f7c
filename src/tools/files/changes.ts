import { constants } from "node:fs";
import { link, lstat, mkdir, open, readdir, readFile, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { readWhole } from "./content.ts";
import { writeDraft } from "./draft.ts";
import { openParent, type Place } from "./places.ts";
import { codeOf } from "./workspace.ts";

/**
 * The changes of one call, that happen all or none: every new text is on the disk before the first file is touched, and what
 * shall be done is written down beside the workspaces. When a crash came in between, the same call goes on where it was, and
 * its result tells of each change what became of it.
 */

const placeSchema = z.object({ base: z.string(), real: z.string(), name: z.string(), path: z.string() });
const putSchema = z.object({
  kind: z.literal("put"),
  place: placeSchema,
  /** What it must still hold; null: it must not be there. */
  before: z.string().nullable(),
  after: z.string(),
  draft: z.string(),
});
const moveSchema = z.object({ kind: z.literal("move"), from: placeSchema, to: placeSchema, file: z.string() });
const planSchema = z.object({
  steps: z.array(z.discriminatedUnion("kind", [putSchema, moveSchema])),
  result: z.json(),
});
type Step = z.infer<typeof planSchema>["steps"][number];

export type Change =
  | {
      readonly kind: "put";
      readonly place: Place;
      readonly before: string | null;
      readonly after: string;
      readonly text: string;
      readonly mode: number;
    }
  | { readonly kind: "move"; readonly from: Place; readonly to: Place; readonly file: string };

export interface Planned {
  readonly changes: readonly Change[];
  /** The call's result once all is done. */
  readonly result: z.infer<typeof planSchema>["result"];
}

interface Call {
  readonly workspace: string;
  readonly callId: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** `plan` is asked only at the call's first attempt. */
export async function carryOut(call: Call, plan: () => Promise<Planned>): Promise<Planned["result"]> {
  const journal = join(dirname(call.workspace), ".calls", `${call.callId}.json`);
  const known = await readJournal(journal);
  if (known !== null) return finish(known, true);
  await forgetOldCalls(dirname(journal), call.now);
  const { changes, result } = await plan();
  const steps: Step[] = [];
  try {
    for (const [n, change] of changes.entries())
      steps.push(await prepare(change, `.${call.callId}-${n}.tmp`, call.signal));
    call.signal.throwIfAborted();
    await writeJournal(journal, { steps, result });
  } catch (error) {
    await Promise.all(steps.map(dropDraft));
    throw error;
  }
  // From here on a stop does not end it: what is left are renames.
  return finish({ steps, result }, false);
}

/** The call's result is on record soon after; a journal is of no use then. */
async function forgetOldCalls(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await lstat(join(folder, name)).catch(() => null);
    if (found !== null && now - found.mtimeMs > KEEP_MS) await rm(join(folder, name), { force: true });
  }
}

const KEEP_MS = 7 * 24 * 3_600_000;

async function readJournal(journal: string) {
  try {
    return planSchema.parse(JSON.parse(await readFile(journal, "utf8")));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function writeJournal(journal: string, plan: z.infer<typeof planSchema>): Promise<void> {
  await mkdir(dirname(journal), { recursive: true, mode: 0o700 });
  await writeDraft(`${journal}.tmp`, JSON.stringify(plan), 0o600, new AbortController().signal);
  await rename(`${journal}.tmp`, journal);
  await using folder = await open(dirname(journal), constants.O_RDONLY);
  await folder.sync();
}

async function prepare(change: Change, draft: string, signal: AbortSignal): Promise<Step> {
  if (change.kind === "move") return change;
  const { place, before, after, text, mode } = change;
  await using parent = await openParent(place, "make");
  await writeDraft(join(parent.folder.at, draft), text, mode, signal);
  return { kind: "put", place, before, after, draft };
}

async function dropDraft(step: Step): Promise<void> {
  if (step.kind !== "put") return;
  await using parent = await openParent(step.place, "find");
  await rm(join(parent.folder.at, step.draft), { force: true });
}

async function finish(plan: z.infer<typeof planSchema>, again: boolean): Promise<Planned["result"]> {
  const failed: string[] = [];
  const done: string[] = [];
  for (const step of plan.steps) {
    const name = step.kind === "put" ? step.place.name : step.from.name;
    try {
      await (step.kind === "put" ? put(step, again) : move(step, again));
      done.push(name);
    } catch (error) {
      failed.push(`${name}: ${messageOf(error)}`);
      // Before anything has happened nothing need happen.
      if (done.length === 0 && !again) break;
    }
  }
  if (failed.length === 0) return plan.result;
  await Promise.all(plan.steps.map((step) => dropDraft(step).catch(() => {})));
  throw new Error(
    `${failed.join("; ")}. ${done.length === 0 ? "Nothing was changed." : `Changed: ${done.join(", ")}.`}`,
  );
}

async function put({ place, before, after, draft }: Extract<Step, { kind: "put" }>, again: boolean): Promise<void> {
  await using parent = await openParent(place, "make");
  const current = (await readWhole(parent.target, place.path))?.version ?? null;
  if (again && current === after) return;
  if (current !== before) throw new Error(`it was changed meanwhile`);
  await rename(join(parent.folder.at, draft), parent.target);
  await parent.folder.sync();
}

async function move({ from, to, file }: Extract<Step, { kind: "move" }>, again: boolean): Promise<void> {
  await using target = await openParent(to, "make");
  await using source = await openParent(from, "find");
  const there = await identityOf(target.target);
  const moved = again && there === file;
  if (there !== null && !moved) throw new Error(`"${to.path}" is there already`);
  const here = await identityOf(source.target);
  if (moved && here === null) return;
  if (here !== file) throw new Error(here === null ? "it is gone" : "another took its place meanwhile");
  if (moved) await unlink(source.target);
  else await moveNew(source.target, target.target);
  await target.folder.sync();
  await source.folder.sync();
}

/** Never over what is there: a file's second name is made only where none is. */
async function moveNew(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isFile()) {
    try {
      await link(from, to);
      return await unlink(from);
    } catch (error) {
      // File systems without second names, and the system's rule about other people's files.
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error) ?? "")) throw error;
    }
  }
  await rename(from, to);
}

/** Which file it is, whatever its name; null: there is none. */
export async function identityOf(target: string): Promise<string | null> {
  try {
    const { dev, ino } = await lstat(target, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
