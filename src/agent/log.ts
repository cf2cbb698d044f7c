import type { ModelMessage } from "ai";
import { foldChat, type OpenCall } from "../core/chat-view.ts";
import type { ChatEvent, EventOf } from "../core/events.ts";
import { soundJson } from "../core/text.ts";
import { readEvents } from "../store/log/events.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { Store } from "../store/database/store.ts";
import { isBlank } from "./answer.ts";
import type { RecordedStep } from "./context.ts";

/** The types that a run's next move depends on. */
const TYPES = ["message", "thought", "tool_use", "tool_start", "tool_result", "approval", "status", "summary"] as const;

/** More than any context holds: a long chat's older events are not read at all. */
const MAX_EVENTS = 4000;

/** A chat's log as one run reads it: once from the store, then only what was added. */
export class RunLog {
  readonly #store: Store;
  readonly #claimed: Claimed;
  #events: ChatEvent[] = [];
  #steps: RecordedStep[] = [];
  #head = 0;

  constructor(store: Store, claimed: Claimed) {
    this.#store = store;
    this.#claimed = claimed;
  }

  get events(): readonly ChatEvent[] {
    return this.#events;
  }

  get steps(): readonly RecordedStep[] {
    return this.#steps;
  }

  /** The last `seq` that has been read: what a step that starts now has in its context. */
  get head(): number {
    return this.#head;
  }

  async read(): Promise<void> {
    const { chat_id } = this.#claimed.run;
    const { db } = this.#store;
    const { head } = await db.selectFrom("chats").select("head").where("id", "=", chat_id).executeTakeFirstOrThrow();
    const from = this.#head === 0 ? await this.#start() : this.#head + 1;
    const fresh = await readEvents(db, chat_id, { from, types: TYPES });
    this.#events.push(...fresh);
    this.#head = Math.max(head, fresh.at(-1)?.seq ?? 0);
    const known = new Set(this.#steps.map((step) => `${step.runId} ${step.step}`));
    const wanted = new Set(
      fresh.flatMap((event) => (event.runId === null || event.step === null ? [] : [event.runId])),
    );
    if (wanted.size === 0) return;
    const rows = await db
      .selectFrom("steps")
      .selectAll()
      .where("run_id", "in", [...wanted])
      .orderBy("step")
      .execute();
    for (const row of rows) {
      if (known.has(`${row.run_id} ${row.step}`)) continue;
      // Written by `recordStep` alone, from messages that the AI SDK gave; by older versions with halves of characters.
      const messages = JSON.parse(soundJson(row.messages)) as ModelMessage[];
      const { run_id: runId, step, provider, model, read_seq: readSeq } = row;
      this.#steps.push({ runId, step, provider, model, readSeq, messages });
    }
  }

  /** Where reading begins: with the newest events that a context may hold, and with everything of the run itself. */
  async #start(): Promise<number> {
    const { run, task } = this.#claimed;
    const newest = await this.#store.db
      .selectFrom("events")
      .select("seq")
      .where("chat_id", "=", run.chat_id)
      .where("type", "in", [...TYPES])
      .orderBy("seq", "desc")
      .offset(MAX_EVENTS)
      .limit(1)
      .executeTakeFirst();
    return Math.min(newest?.seq ?? 1, run.first_seq, task?.message_seq ?? run.first_seq);
  }

  /** The run's calls without a result, each with its whole arguments. */
  openCalls(): readonly OpenCall[] {
    return foldChat(this.#events).openCalls.filter((call) => call.runId === this.#claimed.run.id);
  }

  /** The words of the run's last recorded step, if it has any, asked for no tools and nothing was said since. */
  finalWords(): string | null {
    const own = this.#steps.filter((step) => step.runId === this.#claimed.run.id);
    const last = own.at(-1);
    if (last === undefined) return null;
    const events = this.#events.filter((event) => event.runId === last.runId && event.step === last.step);
    if (events.some((event) => event.type === "tool_use")) return null;
    const words = events
      .filter((event): event is EventOf<"message"> => event.type === "message" && !event.data.partial)
      .map((event) => event.data.text)
      .join("\n\n");
    return isBlank(words) ? null : words;
  }
}
