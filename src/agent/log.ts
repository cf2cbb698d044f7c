import { emptyChatView, foldChat, type OpenCall } from "../core/chat-view.ts";
import type { Attachment, ChatEvent, EventOf } from "../core/events.ts";
import { whyGivenUp } from "../models/gave-up.ts";
import { decodeAll, eventsOf, hasPersonsWords } from "../store/log/events.ts";
import { forgottenOf, recalledIds } from "../store/recall/forgotten.ts";
import { readerFor } from "../store/recall/reader.ts";
import { recalledTexts } from "../store/recall/recalled.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { summariesOf } from "../store/runs/summary.ts";
import type { Store } from "../store/database/store.ts";
import { RECALL } from "../tools/tool.ts";
import { isBlank } from "./answer.ts";
import type { ToldText } from "./attachments.ts";
import type { Summary } from "./in-scope.ts";
import { ConversationDigest } from "./digest.ts";
import type { RecordedStep } from "./told-steps.ts";
import type { KeptLogs } from "./kept-logs.ts";
import { isAfterthought } from "./last-words.ts";
import { Telling } from "./telling.ts";
import { lastFinals, lastWords, rowsBehind, stepsFrom } from "./log-reads.ts";

/** The types that a run's next move depends on. */
const TYPES = [
  ...(["message", "thought", "tool_use", "tool_start", "tool_result", "approval", "question", "status"] as const),
  ...(["summary", "resource", "recall"] as const),
] as const;

const READ: ReadonlySet<string> = new Set(TYPES);

/** A chat's older events are not read at all, but to be summed up: and then as far back as so many. */
const MAX_EVENTS = 4000;
const MAX_TO_SUM_UP = 20_000;
/** Where there are more, reading begins at a multiple of this: what is told begins alike for many requests, and caches hold. */
const STRIDE = 500;
/** Of them one is for this run, unless many tasks had long work in this chat since. */
const MAX_SUMMARIES = 20;

/** Whose log is read, and by which run: as far as that matters here. */
export interface Reading {
  readonly run: Pick<Claimed["run"], "id" | "chat_id" | "task_id" | "first_seq">;
  readonly task: Pick<NonNullable<Claimed["task"]>, "message_seq"> | null;
}

interface Added {
  readonly events: readonly ChatEvent[];
  /** The last `seq` that was looked at. */
  readonly head: number;
}

/** A chat's log as one run reads it: once from the store, then only what was added. */
export class RunLog {
  readonly #store: Store;
  readonly #claimed: Reading;
  readonly #scope: "chat" | "task";
  #events: ChatEvent[] = [];
  #ownEvents: ChatEvent[] = [];
  #files: { readonly seq: number; readonly file: Attachment }[] = [];
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
  /** Where so many began; null: there were no more. */
  #newest: number | null = null;
  /** Where what was read begins, and how many characters of JSON it was. */
  #from = 0;
  #size = 0;
  /** All that belongs together was read. */
  #isWhole = false;
  /** What calls of `recall` gave here, by its id. */
  readonly #given = new Set<string>();
  #telling = new Telling();
  #digest = new ConversationDigest();
  readonly #upTo: number | null;
  readonly #kept: KeptLogs | null;

  /** `scope`: what the run's context is made of. `upTo`: as it was when this event was the last one; null: as it is now. */
  constructor(
    store: Store,
    claimed: Reading,
    scope: "chat" | "task",
    { upTo = null, kept = null }: { readonly upTo?: number | null; readonly kept?: KeptLogs | null } = {},
  ) {
    this.#store = store;
    this.#claimed = claimed;
    this.#scope = scope;
    this.#upTo = upTo;
    this.#kept = kept;
  }

  get events(): readonly ChatEvent[] {
    return this.#events;
  }

  /** Those of the run itself. */
  get ownEvents(): readonly ChatEvent[] {
    return this.#ownEvents;
  }

  /** The files of its messages that no summary is of, those that were sent first come first. */
  get files(): readonly Attachment[] {
    const upTo = this.#summary?.upTo ?? 0;
    return this.#files.flatMap(({ seq, file }) => (seq > upTo ? [file] : []));
  }

  get steps(): readonly RecordedStep[] {
    return this.#steps;
  }

  /** What was told of it so far. */
  get telling(): Telling {
    return this.#telling;
  }

  get digest(): ConversationDigest {
    return this.#digest;
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
    this.#isWhole = false;
    [this.#events, this.#ownEvents, this.#files, this.#steps] = [[], [], [], []];
    [this.#view, this.#head] = [emptyChatView, 0];
    this.#known.clear();
    this.#recalled.clear();
    await this.read();
    return true;
  }

  async read(): Promise<void> {
    const isFirst = this.#head === 0;
    const { events: added, head } = isFirst ? await this.#readFirst() : await this.#readOn(this.#head);
    // What is read at every look costs nothing where nothing was added.
    if (head === this.#head) return;
    this.#isWhole = false;
    this.#head = head;
    for (const event of added) {
      this.#events.push(event);
      if (event.runId === this.#claimed.run.id) this.#ownEvents.push(event);
      if (event.type === "message")
        for (const file of event.data.attachments ?? []) this.#files.push({ seq: event.seq, file });
      if (event.type === "tool_result" && event.data.name === RECALL)
        for (const id of recalledIds(event.data.result)) this.#given.add(id);
    }
    this.#view = foldChat(
      added.filter(({ seq }) => seq >= this.#own),
      this.#view,
    );
    const summaries = added.filter((event) => event.type === "summary");
    const newest = summaryIn(summaries.findLast((event) => this.#isMine(event)));
    if (newest !== null) {
      this.#summary = newest;
      this.#hasOlder = this.#hasOlder && newest.upTo + 1 < this.#from;
    }
    await this.#readSteps(added.filter(({ seq }) => seq >= this.#from));
    await this.#readRecalled(added.filter((event) => event.type === "recall"));
    this.#isWhole = true;
  }

  /** For the runs that follow in this chat; nothing is read here any more. */
  keep(): void {
    const { chat_id: chatId } = this.#claimed.run;
    if (!this.#isWhole || this.#scope === "task") return;
    const firsts = firstSteps(this.#events);
    const steps = this.#steps.filter(({ runId, step }) => step >= (firsts.get(runId) ?? Infinity));
    // What had to be read to be summed up, and has room in a context after all, is not looked up anew for each run.
    const most = this.#events.length > MAX_EVENTS ? this.#most : MAX_EVENTS;
    const read = { from: this.#from, head: this.#head, most, newest: this.#newest, events: this.#events, steps };
    const texts = [...this.texts.values()].reduce((sum, { json }) => sum + json.length, 0);
    this.#kept?.keep(chatId, { ...read, size: this.#size, texts, telling: this.#telling, digest: this.#digest });
  }

  async #readOn(after: number): Promise<Added> {
    const { chat_id } = this.#claimed.run;
    const rows = await rowsBehind(this.#store.db, chat_id, after, this.#upTo);
    return { events: this.#decoded(rows.filter(({ type }) => READ.has(type))), head: rows.at(-1)?.seq ?? after };
  }

  /** All that a run begins with: what an earlier one has read with what was added since, or read anew. */
  async #readFirst(): Promise<Added> {
    const { chat_id } = this.#claimed.run;
    await this.#findOwn();
    const kept = this.#scope === "chat" && this.#most === MAX_EVENTS ? this.#kept?.take(chat_id) : undefined;
    if (kept !== undefined) {
      [this.#size, this.#most] = [kept.size, kept.most];
      const { events: added, head } = await this.#readOn(kept.head);
      const events = [...kept.events, ...added];
      this.#from = await this.#beginning((behind) => {
        // Of what was not kept it is known whether it was too much. Where reading began tells nothing: there may have been a
        // summary before it that is not for this run.
        const newest = events.at(-1 - this.#most)?.seq ?? kept.newest;
        return newest === null || newest < behind ? undefined : newest;
      });
      if (kept.from <= this.#from) {
        for (const step of kept.steps) this.#addStep(step);
        [this.#telling, this.#digest] = [kept.telling, kept.digest];
        return { events: events.filter(({ seq }) => seq >= this.#from), head };
      }
      this.#most = MAX_EVENTS;
    }
    const { db } = this.#store;
    const chat = await db.selectFrom("chats").select("head").where("id", "=", chat_id).executeTakeFirstOrThrow();
    this.#size = 0;
    this.#from = await this.#beginning((behind) => this.#newestOf(behind));
    const isTask = this.#scope === "task";
    const earlier = isTask ? await lastFinals(db, this.#claimed.run, this.#from) : [];
    const range = { from: this.#from, ...(this.#upTo !== null && { to: this.#upTo }), types: TYPES };
    const rows = await eventsOf(db, chat_id, range).execute();
    const head = Math.max(Math.min(chat.head, this.#upTo ?? chat.head), rows.at(-1)?.seq ?? 0);
    return { events: [...earlier, ...this.#decoded(rows)], head };
  }

  #decoded(rows: readonly { readonly seq: number; readonly body: string }[]): readonly ChatEvent[] {
    for (const { body } of rows) this.#size += body.length;
    return decodeAll(this.#claimed.run.chat_id, rows);
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
    return forgottenOf(this.#store.db, [...this.#given]);
  }

  /** The recorded steps that events belong to, but for those that were read before. */
  async #readSteps(added: readonly ChatEvent[]): Promise<void> {
    const firsts = firstSteps(added, (runId) => this.#known.get(runId) ?? 0);
    const { steps, size } = await stepsFrom(this.#store.db, firsts, this.#upTo);
    for (const step of steps) this.#addStep(step);
    this.#size += size;
  }

  #addStep(step: RecordedStep): void {
    this.#steps.push(step);
    this.#known.set(step.runId, Math.max(step.step, this.#known.get(step.runId) ?? 0));
  }

  /** Where what belongs to the run begins, and what stands for what was before. */
  async #findOwn(): Promise<void> {
    const { run, task } = this.#claimed;
    const { db } = this.#store;
    this.#own = Math.min(run.first_seq, task?.message_seq ?? run.first_seq);
    if (task !== null) {
      const first = await db
        .selectFrom("runs")
        .select("first_seq")
        .where("task_id", "=", run.task_id)
        .orderBy("first_seq")
        .limit(1)
        .executeTakeFirst();
      this.#own = Math.min(this.#own, first?.first_seq ?? this.#own);
    }
    const summaries = await summariesOf(this.#store, run.chat_id, MAX_SUMMARIES, this.#upTo);
    this.#summary = summaryIn(summaries.find((event) => this.#isMine(event)));
  }

  /**
   * Where reading begins: behind what is summed up, but with the last words in it, which what follows may work on; where that is
   * too much, with the newest events that a context may hold; and always with everything of the run itself. `newestOf`: where the
   * newest begin.
   */
  async #beginning(newestOf: (behind: number) => number | undefined | Promise<number | undefined>): Promise<number> {
    if (this.#scope === "task") return this.#own;
    const behind = (this.#summary?.upTo ?? 0) + 1;
    const newest = await newestOf(behind);
    // With more than a context may hold behind them, the last words would not be told.
    const isMore = newest !== undefined && newest > behind;
    const begin = isMore ? Math.ceil(newest / STRIDE) * STRIDE : await this.#lastSummedUp();
    const from = Math.min(begin ?? behind, this.#own);
    this.#newest = isMore ? newest : null;
    this.#hasOlder = from > behind;
    return from;
  }

  async #lastSummedUp(): Promise<number | undefined> {
    if (this.#summary === null) return undefined;
    return lastWords(this.#store.db, this.#claimed.run.chat_id, this.#summary.upTo);
  }

  async #newestOf(behind: number): Promise<number | undefined> {
    const newest = await this.#store.db
      .selectFrom("events")
      .select("seq")
      .where("chat_id", "=", this.#claimed.run.chat_id)
      .where("seq", ">=", behind)
      .$if(this.#upTo !== null, (query) => query.where("seq", "<=", this.#upTo))
      .where("type", "in", [...TYPES])
      .orderBy("seq", "desc")
      .offset(this.#most)
      .limit(1)
      .executeTakeFirst();
    return newest?.seq;
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

  /** What the run's calls came to. */
  results(): readonly EventOf<"tool_result">["data"][] {
    return this.#ownEvents.flatMap((event) => (event.type === "tool_result" ? [event.data] : []));
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
    for (let at = this.#ownEvents.length - 1; at >= 0; at--) {
      const event = this.#ownEvents[at];
      if (event === undefined || event.step === null || event.step > last.step) continue;
      if (event.step < last.step) break;
      if (event.type === "tool_use" && !isAfterthought(event.data)) return null;
      if (event.type === "message" && !event.data.partial) words.unshift(event.data.text);
    }
    const whole = words.join("\n\n");
    return isBlank(whole) ? null : whole;
  }
}

/** Of each run the first step that these events belong to and that lies behind what is known of it. */
function firstSteps(
  events: readonly ChatEvent[],
  known: (runId: string) => number = () => 0,
): ReadonlyMap<string, number> {
  const firsts = new Map<string, number>();
  for (const { runId, step } of events) {
    if (runId === null || step === null || step <= known(runId)) continue;
    firsts.set(runId, Math.min(step, firsts.get(runId) ?? step));
  }
  return firsts;
}

function summaryIn(event: EventOf<"summary"> | undefined): Summary | null {
  return event === undefined ? null : { seq: event.seq, text: event.data.text, upTo: event.data.upTo, at: event.at };
}
