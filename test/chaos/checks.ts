import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ChatEvent } from "../../src/core/events.ts";
import { isEnded } from "../../src/core/run-state.ts";
import { ofType } from "./log.ts";
import type { Done } from "./work.ts";
import type { World } from "./world.ts";

const doneSchema = z.object({ exitCode: z.literal(0) });

type Logs = ReadonlyMap<string, readonly ChatEvent[]>;
type Tell = (what: string) => void;

/** A chat's log has no gap; each of its runs has exactly one end, and nothing after it; each call has one result. */
export function checkLog(chatId: string, events: readonly ChatEvent[], tell: Tell): void {
  events.forEach(({ seq }, i) => {
    if (seq !== i + 1) tell(`${chatId}: event ${i + 1} has the number ${seq}`);
  });
  for (const runId of new Set(events.map((event) => event.runId).filter((id) => id !== null))) {
    const own = events.filter((event) => event.runId === runId);
    const ends = ofType(own, "status").filter(({ data }) => isEnded(data.state));
    if (ends.length !== 1) tell(`${chatId}: run ${runId} has ${ends.length} ends`);
    else if (ends[0]?.seq !== own.at(-1)?.seq) tell(`${chatId}: run ${runId} has an event after its end`);
  }
  const uses = ofType(events, "tool_use").map(({ data }) => data.callId);
  const results = ofType(events, "tool_result").map(({ data }) => data.callId);
  if (!isDeepStrictEqual(uses.toSorted(), results.toSorted())) tell(`${chatId}: calls and results are not the same`);
  if (new Set(uses).size !== uses.length) tell(`${chatId}: a call's id stands for two`);
}

/**
 * A command is not safe to repeat: it is started once at most, and its effect happens at most once. Exactly once, if its result
 * says that it was done; not at all, if it was never started.
 */
export function checkEffects(logs: Logs, effects: ReturnType<World["effects"]>, tell: Tell): void {
  const times = new Map<string, number>();
  for (const { key } of effects) times.set(key, (times.get(key) ?? 0) + 1);
  const known = new Set<string>();
  for (const [chatId, events] of logs) {
    const starts = ofType(events, "tool_start").map(({ data }) => data.callId);
    for (const { data } of ofType(events, "tool_result").filter(({ data }) => data.name === "shell")) {
      const { callId, ok, interrupted } = data;
      const isDone = ok && doneSchema.safeParse(data.result).success;
      const [begun, happened] = [starts.filter((id) => id === callId).length, times.get(callId) ?? 0];
      known.add(callId);
      if (begun > 1) tell(`${chatId}: the call ${callId} was started ${begun} times`);
      if (happened > begun)
        tell(`${chatId}: the call ${callId} was started ${begun} times, and happened ${happened} times`);
      if (isDone && happened !== 1)
        tell(`${chatId}: the call ${callId} is said to be done, and happened ${happened} times`);
      if (interrupted && ok) tell(`${chatId}: the call ${callId} is done and interrupted`);
    }
  }
  for (const key of times.keys()) if (!known.has(key)) tell(`an effect of a call that no log has: ${key}`);
}

/** What was acknowledged is there, once; what was not is there once at most. */
export async function checkAcknowledged(world: World, logs: Logs, done: Done, tell: Tell): Promise<void> {
  const tasks = await world.database.rows<{ key: string; id: string }>(
    "select key, id from tasks where key is not null",
  );
  for (const [key, id] of done.tasks) {
    const found = tasks.filter((row) => row.key === key);
    if (found.length !== 1 || found[0]?.id !== id)
      tell(`${key} was acknowledged as ${id}; there is ${JSON.stringify(found)}`);
  }
  const keys = [...logs.values()].flatMap((events) => ofType(events, "message").flatMap(({ data }) => data.key ?? []));
  if (new Set(keys).size !== keys.length) tell("a message is there twice");
  for (const [key, chatId] of done.messages) {
    const said = ofType(logs.get(chatId) ?? [], "message");
    if (!said.some(({ data }) => data.key === key)) tell(`${key} was acknowledged in ${chatId} and is not there`);
  }
}

/** What the runs' rows and the sums of whose work it is say of tokens is what the log says; each answer counts once at most. */
export async function checkUsage(world: World, logs: Logs, tell: Tell): Promise<void> {
  const logged = new Map<string, number>();
  let answers = 0;
  for (const events of logs.values())
    for (const { runId, data } of ofType(events, "usage")) {
      logged.set(runId ?? "", (logged.get(runId ?? "") ?? 0) + data.inputTokens + data.outputTokens);
      answers++;
    }
  const runs = await world.database.rows<{ id: string; tokens: string }>(
    "select id, input_tokens + output_tokens as tokens from runs",
  );
  for (const { id, tokens } of runs)
    if (Number(tokens) !== (logged.get(id) ?? 0))
      tell(`run ${id} has ${tokens} tokens; its log says ${logged.get(id)}`);
  const [spent] = await world.database.rows<{ requests: string; tokens: string }>(
    "select coalesce(sum(requests), 0) as requests, coalesce(sum(tokens), 0) as tokens from user_spent",
  );
  const sum = [...logged.values()].reduce((a, b) => a + b, 0);
  // What a worker has spent that could write nothing more into the log counts there alone.
  if (Number(spent?.tokens) < sum) tell(`${spent?.tokens} tokens are counted, and ${sum} stand in the logs`);
  const requests = Number(spent?.requests);
  if (requests < answers || requests > world.provider.asked)
    tell(`${requests} requests are counted; ${answers} stand in the logs, ${world.provider.asked} were made`);
}

/** Every watcher was sent exactly the log, and has nothing left of what streamed. */
export function checkWatchers(world: World, logs: Logs, tell: Tell): void {
  for (const watcher of world.watchers) {
    for (const what of watcher.wrong) tell(`${watcher.name} ${what}`);
    for (const [chatId, events] of logs) {
      const seen = watcher.events.get(chatId) ?? [];
      if (!isDeepStrictEqual(seen, events))
        tell(`${watcher.name} has ${seen.length} events of ${chatId}, which has ${events.length}; or others`);
      const parts = watcher.parts.get(chatId)?.parts ?? [];
      if (parts.length > 0) tell(`${watcher.name} is still shown ${JSON.stringify(parts)} of ${chatId}`);
    }
  }
}

/** `sparky verify`, as anybody may ask it. */
export async function checkVerify(world: World, tell: Tell): Promise<void> {
  const { code, output } = (await world.nodes[0]?.run("verify")) ?? { code: null, output: "" };
  if (code !== 0) tell(`sparky verify ended with ${code}:\n${output}`);
}
