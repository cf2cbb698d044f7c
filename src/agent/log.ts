import type { ModelMessage } from "ai";
import { emptyChatView, foldChat, type OpenCall } from "../core/chat-view.ts";
import type { ChatEvent, EventOf } from "../core/events.ts";
import { soundJson } from "../core/text.ts";
import { whyGivenUp } from "../models/gave-up.ts";
import { hasPersonsWords, readableEvent, readEvents } from "../store/log/events.ts";
import { forgottenOf, recalledIds } from "../store/recall/forgotten.ts";
import { hiddenIn } from "../store/recall/hidden.ts";
import { readerFor } from "../store/recall/reader.ts";
import { recalledTexts } from "../store/recall/recalled.ts";
import type { Db } from "../store/database/sql.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { summariesOf } from "../store/runs/summary.ts";
import type { Store } from "../store/database/store.ts";
import { RECALL } from "../tools/tool.ts";
import { isBlank } from "./answer.ts";
import type { ToldText } from "./attachments.ts";
import { LAST_RUNS, type RecordedStep, type Summary } from "./context.ts";
import { isAfterthought } from "./last-words.ts";

/** The types that a run's next move depends on. */
const TYPES = [
  ...(["message", "thought", "tool_use", "tool_start", "tool_result", "approval", "question", "status"] as const),
  ...(["summary", "resource", "recall"] as const),
] as const;

/** A chat's older events are not read at all, but to be summed up: and then as far back as so many. */
const MAX_EVENTS = 4000;
const MAX_TO_SUM_UP = 20_000;
/** Of them one is for this run, unless many tasks had long work in this chat since. */
const MAX_SUMMARIES = 20;

/** Whose log is read, and by which run: as far as that matters here. */
export interface Reading {
  readonly run: Pick<Claimed["run"], "id" | "chat_id" | "task_id" | "first_seq">;
  readonly task: Pick<NonNullable<Claimed["task"]>, "message_seq"> | null;
}

/** A chat's log as one run reads it: once from the store, then only what was added. */
export class RunLog {
  readonly #store: Store;
  readonly #claimed: Reading;
  readonly #scope: "chat" | "task";
  #events: ChatEvent[] = [];
  #steps: RecordedStep[] = [];
  readonly #recalled = new Map<number, { readonly runId: string | null; readonly text: string }>();
  /** Others read the chat: what earlier runs were given of somebody's memory is not for this one. */
  #isShared = false;
  /** What is written in files that were sent along, as far as it was read. */
  readonly texts = new Map<string, ToldText>();
  /** The last step that was read of each run. */
  readonly #known = new Map<string, number>();
  #view = emptyChatView;
  #head = 0;
  #summary: Summary | null = null;
  /** Where what belongs to the run, or to its task, begins. */
  #own = 0;
  /** How many events are read at most, and whether there are older ones that no summary is of. */
  #most = MAX_EVENTS;
  #hasOlder = false;
  readonly #upTo: number | null;

  /** `scope`: what the run's context is made of. `upTo`: as it was when this event was the last one; null: as it is now. */
  constructor(store: Store, claimed: Reading, scope: "chat" | "task", upTo: number | null = null) {
    this.#store = store;
    this.#claimed = claimed;
    this.#scope = scope;
    this.#upTo = upTo;
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

  /** What stands for the beginning of the conversation. */
  get summary(): Summary | null {
    return this.#summary;
  }

  /** What a summary of this run's context is for. */
  get scope(): string {
    return this.#claimed.run.task_id ?? "chat";
  }

  /** There are older events that neither were read nor are in a summary. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Reads on into the past, to sum it up; false: there is nothing more to be read. */
  async readOlder(): Promise<boolean> {
    if (!this.#hasOlder || this.#most > MAX_EVENTS) return false;
    this.#most = MAX_TO_SUM_UP;
    [this.#events, this.#steps, this.#view, this.#head] = [[], [], emptyChatView, 0];
    this.#known.clear();
    this.#recalled.clear();
    await this.read();
    return true;
  }

  async read(): Promise<void> {
    const { chat_id } = this.#claimed.run;
    const { db } = this.#store;
    const chat = await db.selectFrom("chats").select("head").where("id", "=", chat_id).executeTakeFirstOrThrow();
    const head = Math.min(chat.head, this.#upTo ?? chat.head);
    // What is read at every look costs nothing where nothing was added.
    if (head === this.#head) return;
    const isFirst = this.#head === 0;
    const from = isFirst ? await this.#start() : this.#head + 1;
    const earlier = isFirst && this.#scope === "task" ? await lastFinals(db, this.#claimed, from) : [];
    const range = { from, ...(this.#upTo !== null && { to: this.#upTo }), types: TYPES };
    const fresh = [...earlier, ...(await readEvents(db, chat_id, range))];
    this.#events.push(...fresh);
    this.#view = foldChat(fresh, this.#view);
    this.#head = Math.max(head, fresh.at(-1)?.seq ?? 0);
    const summaries = fresh.filter((event) => event.type === "summary");
    const newest = summaryIn(summaries.findLast((event) => this.#isMine(event)));
    if (newest !== null) [this.#summary, this.#hasOlder] = [newest, false];
    await this.#readSteps(fresh.filter((event) => event.seq >= from));
    await this.#readRecalled(fresh.filter((event) => event.type === "recall"));
  }

  async #readRecalled(fresh: readonly EventOf<"recall">[]): Promise<void> {
    const { db, clock } = this.#store;
    const { id, chat_id: chatId, task_id: taskId } = this.#claimed.run;
    const runs = new Map(fresh.map(({ seq, runId }) => [seq, runId]));
    for (const { seq, text } of await recalledTexts(db, chatId, [...runs.keys()])) {
      this.#recalled.set(seq, { runId: runs.get(seq) ?? null, text });
    }
    // The chat may have been shared since the last look.
    if ([...this.#recalled.values()].every(({ runId }) => runId === id)) return;
    this.#isShared = (await readerFor({ db, now: clock.now() }, { chatId, taskId })).within !== null;
  }

  /** What was brought in of memory, by the `seq` of its event, as it is told now: what was forgotten meanwhile is told no more. */
  async recalled(): Promise<ReadonlyMap<number, string>> {
    const texts = await recalledTexts(this.#store.db, this.#claimed.run.chat_id, [...this.#recalled.keys()]);
    for (const { seq, text } of texts) {
      const known = this.#recalled.get(seq);
      if (known !== undefined) this.#recalled.set(seq, { ...known, text });
    }
    const { id } = this.#claimed.run;
    const told = [...this.#recalled].filter(([, { runId }]) => !this.#isShared || runId === id);
    return new Map(told.map(([seq, { text }]) => [seq, text]));
  }

  /** What calls of `recall` gave here and is forgotten by now, by its id. */
  async forgotten(): Promise<ReadonlySet<string>> {
    const ids = this.#events.flatMap((event) =>
      event.type === "tool_result" && event.data.name === RECALL ? recalledIds(event.data.result) : [],
    );
    return forgottenOf(this.#store.db, [...new Set(ids)]);
  }

  /** The recorded steps that events belong to, but for those that were read before. */
  async #readSteps(fresh: readonly ChatEvent[]): Promise<void> {
    const firsts = new Map<string, number>();
    for (const { runId, step } of fresh) {
      if (runId === null || step === null || step <= (this.#known.get(runId) ?? 0)) continue;
      firsts.set(runId, Math.min(step, firsts.get(runId) ?? step));
    }
    for (const ids of portionsOf([...firsts], MAX_RUNS)) {
      const rows = await this.#store.db
        .selectFrom("steps")
        .selectAll()
        .where((eb) => eb.or(ids.map(([id, first]) => eb.and([eb("run_id", "=", id), eb("step", ">=", first)]))))
        .$if(this.#upTo !== null, (query) => query.where("read_seq", "<", this.#upTo))
        .orderBy("step")
        .execute();
      for (const row of rows) {
        // Written by `recordStep` alone, from messages that the AI SDK gave; by older versions with halves of characters.
        const messages = JSON.parse(soundJson(row.messages)) as ModelMessage[];
        const { run_id: runId, step, provider, model, read_seq: readSeq } = row;
        this.#steps.push({ runId, step, provider, model, readSeq, messages });
        this.#known.set(row.run_id, Math.max(row.step, this.#known.get(row.run_id) ?? 0));
      }
    }
  }

  /**
   * Where reading begins: behind what is summed up, but with the last words in it, which what follows may work on; with the newest
   * events that a context may hold; and with everything of the run itself.
   */
  async #start(): Promise<number> {
    const { run, task } = this.#claimed;
    const { db } = this.#store;
    let own = Math.min(run.first_seq, task?.message_seq ?? run.first_seq);
    if (task !== null) {
      const first = await db
        .selectFrom("runs")
        .select("first_seq")
        .where("task_id", "=", run.task_id)
        .orderBy("first_seq")
        .limit(1)
        .executeTakeFirst();
      own = Math.min(own, first?.first_seq ?? own);
    }
    this.#own = own;
    const summaries = await summariesOf(db, run.chat_id, MAX_SUMMARIES, this.#upTo);
    this.#summary = summaryIn(summaries.find((event) => this.#isMine(event)));
    if (this.#scope === "task") return own;
    const behind = (this.#summary?.upTo ?? 0) + 1;
    const newest = await db
      .selectFrom("events")
      .select("seq")
      .where("chat_id", "=", run.chat_id)
      .where("seq", ">=", behind)
      .$if(this.#upTo !== null, (query) => query.where("seq", "<=", this.#upTo))
      .where("type", "in", [...TYPES])
      .orderBy("seq", "desc")
      .offset(this.#most)
      .limit(1)
      .executeTakeFirst();
    this.#hasOlder = newest !== undefined && newest.seq > behind;
    const words = this.#summary === null ? behind : await lastWords(db, run.chat_id, this.#summary.upTo);
    return Math.min(newest?.seq ?? behind, own, words ?? behind);
  }

  /** A chat's summary may be of what a task's run must know word for word of its own. */
  #isMine({ seq, data: { scope, upTo } }: EventOf<"summary">): boolean {
    const { task } = this.#claimed;
    // What it could not have been of must not be hidden by it.
    if (upTo >= seq) return false;
    return scope === this.scope || (task !== null && this.#scope === "chat" && scope === "chat" && upTo < this.#own);
  }

  /** Somebody has said something behind this event. */
  isSpokenTo(seq: number): boolean {
    return hasPersonsWords(this.#events.filter((event) => event.seq > seq));
  }

  /** The run's calls without a result, each with its whole arguments. */
  openCalls(): readonly OpenCall[] {
    return this.#view.openCalls.filter((call) => call.runId === this.#claimed.run.id);
  }

  resultsOf(runId: string): readonly EventOf<"tool_result">["data"][] {
    return this.#events.flatMap((event) => (event.type === "tool_result" && event.runId === runId ? [event.data] : []));
  }

  /** Why the model has done something else with its last step than what was asked for; null: it has not said so. */
  gaveUp(): string | null {
    const last = this.#steps.findLast((step) => step.runId === this.#claimed.run.id);
    return last === undefined ? null : whyGivenUp(last.messages);
  }

  /** The words of the run's last recorded step, if it has any, asked for nothing that it waits for and nothing was said since. */
  finalWords(): string | null {
    const last = this.#steps.findLast((step) => step.runId === this.#claimed.run.id);
    if (last === undefined) return null;
    const words: string[] = [];
    // From the end: an event of an earlier step of this run ends the search.
    for (let at = this.#events.length - 1; at >= 0; at--) {
      const event = this.#events[at];
      if (event?.runId !== last.runId || event.step === null || event.step > last.step) continue;
      if (event.step < last.step) break;
      if (event.type === "tool_use" && !isAfterthought(event.data)) return null;
      if (event.type === "message" && !event.data.partial) words.unshift(event.data.text);
    }
    const whole = words.join("\n\n");
    return isBlank(whole) ? null : whole;
  }
}

function summaryIn(event: EventOf<"summary"> | undefined): Summary | null {
  return event === undefined ? null : { seq: event.seq, text: event.data.text, upTo: event.data.upTo, at: event.at };
}

const MAX_RUNS = 100;

function* portionsOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** So many messages are looked through at a time for the last words of earlier runs. */
const LOOK = 20;

/** Where somebody last said something, up to an event; undefined: not among the messages just before it. */
async function lastWords(db: Db, chatId: string, upTo: number): Promise<number | undefined> {
  const rows = await db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chatId)
    .where("type", "=", "message")
    .where("seq", "<=", upTo)
    .orderBy("seq", "desc")
    .limit(LOOK)
    .execute();
  const events = rows.map(({ seq, body }) => readableEvent(chatId, seq, body));
  return events.find((event) => event?.type === "message" && event.data.role === "user")?.seq;
}

/** The final messages of the chat's last runs before the task's own events, ascending. */
async function lastFinals(db: Db, { run }: Pick<Reading, "run">, before: number): Promise<readonly ChatEvent[]> {
  const finals = new Map<string, ChatEvent>();
  const hidden = new Set(await hiddenIn(db, run.chat_id, 0));
  for (let to = before; finals.size < LAST_RUNS;) {
    const rows = await db
      .selectFrom("events")
      .select(["seq", "body"])
      .where("chat_id", "=", run.chat_id)
      .where("type", "=", "message")
      .where("seq", "<", to)
      .orderBy("seq", "desc")
      .limit(LOOK)
      .execute();
    for (const { seq, body } of rows) {
      const event = readableEvent(run.chat_id, seq, body);
      if (event?.type !== "message" || event.runId === null || event.taskId === run.task_id) continue;
      if (event.data.role !== "assistant" || event.data.partial || finals.has(event.runId)) continue;
      // They say what a person wants forgotten.
      if (hidden.has(seq)) continue;
      if (finals.size < LAST_RUNS) finals.set(event.runId, event);
    }
    if (rows.length < LOOK) break;
    to = rows.at(-1)?.seq ?? 0;
  }
  return [...finals.values()].reverse();
}
