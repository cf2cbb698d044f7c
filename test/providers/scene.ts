import type { ChatEvent, EventOf, EventType } from "../../src/core/events.ts";
import { openModel } from "../../src/models/open.ts";
import { selectModel } from "../../src/models/select.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import type { RunRow } from "../../src/store/database/schema.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { runRow } from "../../src/store/runs/run.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import type { TaskLimits } from "../../src/store/tasks/read.ts";
import { verifyStore } from "../../src/store/verify/verify.ts";
import { startAgent } from "../kit/agent.ts";
import { testClock } from "../kit/clock.ts";
import { sqlite } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { testTool, until } from "../kit/worker.ts";
import { providerServer, type Reply } from "./server.ts";
import { settingsFor, type WireName, WIRES } from "./wires.ts";

/** A message that a real run answers, through the real library, from a server that replays what it is given. */

export interface Outcome {
  readonly run: RunRow;
  readonly events: readonly ChatEvent[];
  /** What the tool `note` was called with. */
  readonly notes: readonly string[];
  /** The bodies of the requests that the provider got. */
  readonly requests: readonly string[];
  /** The waits between tries, in milliseconds. */
  readonly waits: readonly number[];
}

export interface Scene {
  readonly wire: WireName;
  readonly replies: readonly Reply[];
  readonly says: string;
  /** Then it is a task. */
  readonly limits?: TaskLimits;
}

export async function play({ wire, replies, says, limits }: Scene): Promise<Outcome> {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const server = await providerServer(replies);
  const notes: string[] = [];
  const note = testTool("note", async (text) => {
    notes.push(text);
    return { noted: text };
  });
  const { model } = WIRES[wire];
  const prices = { [model]: { input: 1000, output: 1000 } };
  const opened = openModel(selectModel(settingsFor(model, server.url)), { prices });
  const agent = await startAgent(store, { model: opened, tools: [note] });
  const { chat } = await createChat(store, owner, {});
  const { runId } =
    limits === undefined
      ? await postMessage(store, owner, chat.id, { text: says })
      : (await addTask(store, owner, { instruction: says, chatId: chat.id, limits })).task;
  const waits: number[] = [];
  let seen = 0;
  const run = await until("the run's end", async () => {
    const row = await runRow(store.db, runId ?? "");
    if (row.state === "waiting" && row.retries > seen) {
      seen = row.retries;
      waits.push(row.not_before - clock.now());
      await clock.advance(row.not_before - clock.now());
    }
    return row.ended_at !== null && row;
  });
  const events = await readEvents(store.db, chat.id);
  for await (const finding of verifyStore(store)) throw new Error(`the log is not sound: ${JSON.stringify(finding)}`);
  if (agent.errors.length > 0) throw new Error("something was logged as an error", { cause: agent.errors[0] });
  return { run, events, notes, requests: server.requests, waits };
}

export function dataIn<T extends EventType>({ events }: Outcome, type: T): readonly EventOf<T>["data"][] {
  return events.filter((event) => event.type === type).map((event) => event.data as EventOf<T>["data"]);
}

/** The words of the last answer that is whole. */
export function answerOf(outcome: Outcome): string | undefined {
  return dataIn(outcome, "message").findLast(({ role, partial }) => role === "assistant" && !partial)?.text;
}
