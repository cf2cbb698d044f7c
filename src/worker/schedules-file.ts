import { dirname, resolve } from "node:path";
import { machineZone } from "../core/clock.ts";
import { isSparkyError, messageOf } from "../core/errors.ts";
import { promptForServer } from "../core/prompt-file.ts";
import { changeSchedule, createSchedule } from "../store/schedules/change.ts";
import { getSchedule } from "../store/schedules/read.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { placeWords, readSchedulesFile, type FileEntry } from "../wire/schedules-file.ts";
import type { Log } from "../core/log.ts";
import { readNamedFile } from "../named-file.ts";

/** Schedules that are kept in a file, in git perhaps: what it names is made so at every start, and the others stay as they are. */

export interface SchedulesFileDeps {
  readonly store: Store;
  readonly owner: User;
  readonly log: Log;
  /** A cycle of the older files. */
  readonly pollMs: number;
  /** Throws for a model that nobody can choose; undefined: any name is taken. */
  readonly checkModel?: (model: string) => void;
}

/** Applies the file. What is wrong with it is told with its place, in the log and as the answer; the rest counts. */
export async function applySchedulesFile(deps: SchedulesFileDeps, file: string): Promise<readonly string[]> {
  const { log } = deps;
  const problems: string[] = [];
  const changed: string[] = [];
  for await (const { name, problem } of applied(deps, resolve(file))) {
    if (problem === undefined) changed.push(name);
    else problems.push(problem);
  }
  for (const problem of problems) log.error({ file }, `SPARKY_SCHEDULES_FILE: ${problem}`);
  if (changed.length > 0) log.info({ file, schedules: changed }, "the schedules of the file were applied");
  return problems;
}

interface Applied {
  readonly name: string;
  readonly problem?: string;
}

async function* applied(deps: SchedulesFileDeps, file: string): AsyncIterable<Applied> {
  let text: string;
  try {
    text = readNamedFile(file);
  } catch (error) {
    const why = messageOf(error);
    yield { name: "", problem: isSparkyError(error) ? why : `${file} cannot be read: ${why}` };
    return;
  }
  const { entries, problems } = await readSchedulesFile(text, deps.pollMs / 1000);
  for (const problem of problems) yield { name: problem.name ?? "", problem: placeWords(file, problem) };
  for (const entry of entries) {
    const { name } = entry.schedule;
    try {
      if (await apply(deps, entry, dirname(file))) yield { name };
    } catch (error) {
      if (!isSparkyError(error)) throw error;
      const [, field = ""] = /^(\w+): /.exec(error.message) ?? [];
      yield { name, problem: placeWords(file, { line: entry.lineOf(field), name, message: error.message }) };
    }
  }
}

/** false: it was so already. */
async function apply(
  { store, owner, checkModel }: SchedulesFileDeps,
  { schedule }: FileEntry,
  folder: string,
): Promise<boolean> {
  const { name, state, ...settings } = {
    ...schedule,
    prompt: promptForServer(schedule.prompt, (path) => resolve(folder, path)),
  };
  if (typeof settings.model === "string") checkModel?.(settings.model);
  const known = await getSchedule(store, owner, name).catch((error: unknown) => {
    if (isSparkyError(error, "not_found")) return undefined;
    throw error;
  });
  if (known === undefined) {
    const timezone = machineZone();
    try {
      await createSchedule(store, owner, { timezone, ...settings, name, state });
      return true;
    } catch (error) {
      // Another node was quicker.
      if (!isSparkyError(error, "conflict")) throw error;
    }
  }
  // That it is enabled means that it is not off: a pause, by a person or after failures, outlives a restart.
  const stays = state === "enabled" && known?.state === "paused";
  return changeSchedule(store, owner, name, { ...settings, ...(!stays && { state }) }, undefined, {
    via: "schedules file",
  });
}
