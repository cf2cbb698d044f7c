import { limitWords } from "../core/limit-words.ts";
import type { Effort } from "../core/effort.ts";
import type { EventOf } from "../core/events.ts";
import { flawsOfCalls } from "../core/transcript.ts";
import type { Model } from "../models/model.ts";
import { crashAnswer } from "../store/endings/crash-question.ts";
import type { Ending } from "../store/runs/ending.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { endedBySparky, endRun, waitForLimit, waitForOthers } from "../store/endings/run.ts";
import { checkpoint, fenceOf, recordStep } from "../store/runs/record.ts";
import { turnedAway } from "../store/runs/authors.ts";
import { limitsAbove, spentTogether } from "../store/runs/descent.ts";
import { runRow } from "../store/runs/run.ts";
import { whoseWork } from "../store/runs/whose.ts";
import { nearOf, reachedOf, standingOf, type Standing } from "../store/limits/standing.ts";
import { tellNear } from "../store/limits/warn.ts";
import type { RunRow } from "../store/database/schema.ts";
import type { TaskLimits } from "../store/tasks/read.ts";
import { readEvents } from "../store/log/events.ts";
import { takeProcesses } from "../store/runs/tool-processes.ts";
import { getUser } from "../store/people/users.ts";
import { endLeftover } from "../tools/shell/processes.ts";
import { SKILL_READ, type InSight, type Principal } from "../tools/tool.ts";
import { askOf, exhausted, loops, nearlyExhausted, unpriced, type Ask } from "./budget.ts";
import { principalOf, runCalls } from "./calls.ts";
import { answerTimeMs } from "./gate.ts";
import { limitedTo, toolLists } from "./delegated.ts";
import { RunAborted, type AgentDeps, type WorkDeps } from "./deps.ts";
import { failed, isLost, leave } from "./leave.ts";
import { RunLog } from "./log.ts";
import { withOwnModel } from "./own-model.ts";
import { Parts } from "./parts.ts";
import { compact, type Folding } from "./compaction.ts";
import { bringMemory, newestWords } from "./recalled.ts";
import { readReferences } from "./references.ts";
import { requestFor, scopeOf, type Request } from "./request.ts";
import { modelStep } from "./step.ts";
import { isFull, shortened } from "./window.ts";

/**
 * Works on a claimed run until it ends, waits, or is taken away: fold the log, decide, do one thing, record, again. The
 * signal aborts with `RunAborted`. Every end is written here; nothing is thrown.
 */
export async function workRun(deps: WorkDeps, claimed: Claimed, signal: AbortSignal): Promise<void> {
  const { store, log } = deps;
  const { run, lease } = claimed;
  const lost = new AbortController();
  const parts = new Parts({
    hub: store.hub,
    clock: store.clock,
    secrets: store.secrets,
    chatId: run.chat_id,
    runId: run.id,
    lease,
    save: (open) => checkpoint(store, claimed, open),
    onLost: (error) => {
      if (error !== undefined) log.warn({ err: error, runId: run.id }, "a checkpoint failed");
      else lost.abort(new RunAborted("lost"));
    },
  });
  const work = new RunWork(deps, claimed, parts, AbortSignal.any([signal, lost.signal]));
  const release = async (): Promise<void> => {
    await deps.leftRun?.(run.id);
  };
  // A stop does not wait for what the run has yet to write.
  work.signal.addEventListener("abort", () => void release(), { once: true });
  try {
    await work.goOn();
  } catch (error) {
    await leave(deps, work.claimed, parts, work, error);
  } finally {
    await release();
    work.close();
    await parts.close();
    store.hub.forgetRun(run.id, lease);
  }
}

class RunWork {
  readonly #deps: WorkDeps;
  #claimed: Claimed;
  readonly #parts: Parts;
  readonly #log: RunLog;
  readonly signal: AbortSignal;
  #whose: string | undefined;
  /** Of which limits it was told by now that most is used. */
  readonly #warned = new Set<string>();
  /** What calls that gave no step have taken, as far as it is not yet written down. */
  readonly spent: EventOf<"usage">["data"][] = [];

  constructor(deps: WorkDeps, claimed: Claimed, parts: Parts, signal: AbortSignal) {
    this.#deps = deps;
    this.#claimed = claimed;
    this.#parts = parts;
    this.#log = new RunLog(deps.store, claimed, scopeOf(claimed), { kept: deps.logs });
    this.signal = signal;
  }

  /** With the model that it keeps, whatever its chat has chosen since. */
  get claimed(): Claimed {
    return this.#claimed;
  }

  /** What the model was last given, or would have been: messages up to here count as read by a failed run. */
  get readSeq(): number {
    return this.#log.head;
  }

  async goOn(): Promise<void> {
    const { store } = this.#deps;
    this.#claimed = await withOwnModel(this.#deps, this.#claimed);
    const owner = await getUser(store, this.#claimed.chat.owner_id);
    await this.#endLeftovers();
    const ending = await crashAnswer(store, this.#claimed);
    if (ending !== null) {
      await this.#log.read();
      await end(this.#deps, this.#claimed, ending, this.readSeq);
      return;
    }
    const principal = principalOf(owner ?? { id: this.#claimed.chat.owner_id, name: "unknown" });
    // Before anything that may fail: what a failed run has not read would be tried again, and fail again, without end.
    await this.#log.read();
    if (await this.#turnedAway()) return;
    // Its own from here to the end of this work, whatever is set meanwhile.
    const model = this.#deps.modelFor(this.#claimed.chat.model, this.#claimed.run.fallback);
    await this.#deps.windows.ask(model, this.signal);
    const tools = await this.#deps.toolsFor(this.#claimed, principal);
    const registry = limitedTo(tools, toolLists(this.#claimed.task?.tools ?? null));
    const skills = registry.get(SKILL_READ) === undefined ? "" : await this.#deps.skillsFor(this.#claimed, principal);
    const deps = { ...this.#deps, registry, skills };
    const effort = this.#claimed.chat.effort ?? this.#deps.effort?.() ?? null;
    const inSight = (): Promise<InSight> => this.#inSight(deps, model, principal);
    let lookedBack = false;
    let askedAgain = false;
    for (;;) {
      this.signal.throwIfAborted();
      await this.#log.read();
      const calls = this.#log.openCalls();
      if (calls.length > 0) {
        const { events, ownEvents, steps } = this.#log;
        const input = { calls, events, ownEvents, steps, principal, signal: this.signal, inSight };
        if (await runCalls(deps, this.#claimed, input)) continue;
        // What people were asked about, or what was delegated, is all that is left. If that is over, the run simply goes on.
        const { run } = this.#claimed;
        const fence = fenceOf(this.#claimed);
        if (await store.transact((tx) => waitForOthers(tx, run.id, fence, answerTimeMs(this.#claimed)))) return;
        continue;
      }
      const run = await runRow(store.db, this.#claimed.run.id);
      const words = this.#log.finalWords();
      if (words !== null && (await this.#complete(words, run))) return;
      const standing = await this.#standing();
      if (standing.disabled) {
        await this.#notGoOn(`${standing.name} is disabled`);
        return;
      }
      if (run.step > this.#claimed.run.step && !askedAgain) {
        askedAgain = true;
        // By now the server has loaded it.
        await deps.windows.ask(model, this.signal);
      }
      const request = await requestFor(deps, this.#claimed, this.#log, { model, principal });
      const ask = askOf(model, request.estimate);
      const over = (await this.#overBudget(run, model, ask)) ?? unpriced(standing.limits, model);
      if (over !== null) {
        await end(this.#deps, this.#claimed, failed(this.#claimed, over, "limit"), this.readSeq);
        return;
      }
      const reached = reachedOf(standing, { requests: 1, tokens: ask.tokens, dollars: ask.costUsd });
      if (reached !== null) {
        const wait = { until: reached.endsAt, message: limitWords(reached, this.#deps.timeZone) };
        await store.transact((tx) => waitForLimit(tx, run.id, wait, fenceOf(this.#claimed)));
        return;
      }
      await this.#warn(run, standing);
      const folding = { model, request, principal, spent: this.spent, signal: this.signal };
      if (run.purpose === "compact" && !this.#log.isSpokenTo(run.first_seq)) {
        if (await this.#sumUp(deps, folding, run)) return;
        continue;
      }
      if (await readReferences(deps, this.#claimed, this.#log, principal, this.signal)) continue;
      if (await compact(deps, this.#claimed, this.#log, folding)) continue;
      if (run.step === 0 && !lookedBack) {
        lookedBack = true;
        if (await bringMemory(deps, this.#claimed, this.#log, inSight, this.signal)) continue;
      }
      await this.#step(deps, model, effort, request, run.step + 1);
    }
  }

  close(): void {
    this.#log.keep();
  }

  /** What a crash left running of this run's calls is ended before anything else. */
  async #endLeftovers(): Promise<void> {
    if (this.#claimed.lease === 1) return;
    const left = await takeProcesses(this.#deps.store, this.#claimed.run.id);
    for (const each of left) await endLeftover(each);
  }

  /** false: a person's message lies unread, so another step is taken. */
  async #complete(words: string, { read_seq }: RunRow): Promise<boolean> {
    const { task } = this.#claimed;
    const why = task === null ? null : this.#log.gaveUp();
    if (why !== null) return end(this.#deps, this.#claimed, failed(this.#claimed, why, "model_gave_up"), read_seq);
    const flaws = flawsOfCalls(this.#log.results());
    const done = task === null ? "Done" : "Task completed";
    const ending = { state: "completed", result: words } as const;
    return end(
      this.#deps,
      this.#claimed,
      flaws === null ? { ...ending, message: done } : { ...ending, message: `${done}, ${flaws}`, flaws },
      read_seq,
    );
  }

  async #overBudget(run: RunRow, model: Model, ask: Ask): Promise<string | null> {
    const { store } = this.#deps;
    const limits = JSON.parse(this.#claimed.task?.limits ?? "{}") as TaskLimits;
    const now = store.clock.now();
    const workedMs = run.worked_ms + (run.lease_at === null ? 0 : now - run.lease_at);
    const spent = { steps: run.step, workedMs, tokens: run.input_tokens + run.output_tokens, costUsd: run.cost_usd };
    const over = exhausted(limits, spent, ask, model) ?? (await this.#overShared(model, ask, now));
    if (over !== null)
      return (await this.#estimated()) ? `${over} (estimated: the server does not tell its tokens)` : over;
    const loop = loops(this.#log.ownEvents);
    return loop === null ? null : `it asked for the same over and over: ${loop}`;
  }

  /** true: it has ended. false: there is more to sum up, or somebody has said something that wants an answer. */
  async #sumUp(deps: AgentDeps, folding: Folding, { first_seq }: RunRow): Promise<boolean> {
    const isDone = (this.#log.summary?.seq ?? 0) > first_seq;
    if (!isDone && (await compact(deps, this.#claimed, this.#log, { ...folding, isWanted: true }))) return false;
    const message = isDone ? "Summed up" : "There is not enough yet to sum up";
    return end(this.#deps, this.#claimed, { state: "completed", message, result: "" }, this.readSeq);
  }

  /** Once for each limit, before the first call that is made with most of it used. */
  async #warn(run: RunRow, standing: Standing): Promise<void> {
    const { store, timeZone: zone } = this.#deps;
    const limits = JSON.parse(this.#claimed.task?.limits ?? "{}") as TaskLimits;
    const isLimited = limits.tokens !== undefined || limits.costUsd !== undefined;
    const own = isLimited ? nearlyExhausted(limits, await spentTogether(store.db, run.id, store.clock.now())) : [];
    const persons = nearOf(standing);
    const told = [
      ...own.map(({ name }) => name),
      ...persons.map(({ name, limit, start }) => `${name} ${limit} ${start}`),
    ];
    if (told.every((each) => this.#warned.has(each))) return;
    await tellNear(store, this.#claimed, {
      own: own.filter(({ name }) => !this.#warned.has(name)),
      userId: this.#whose ?? "",
      persons,
      zone,
    });
    for (const each of told) this.#warned.add(each);
  }

  /** Ends what is nobody's to go on with: of who is disabled, or for who may not write there any more. */
  async #turnedAway(): Promise<boolean> {
    const { name, disabled } = await this.#standing();
    const { db } = this.#deps.store;
    const why = disabled ? `${name} is disabled` : await turnedAway(db, this.#claimed, this.#log.events);
    if (why !== null) await this.#notGoOn(why);
    return why !== null;
  }

  async #notGoOn(why: string): Promise<void> {
    await end(this.#deps, this.#claimed, endedBySparky(this.#claimed.run, why), this.readSeq);
  }

  /** How the person whose work it is stands with their limits. */
  async #standing(): Promise<Standing> {
    const { store, timeZone: zone } = this.#deps;
    const { chat, task } = this.#claimed;
    this.#whose ??= await whoseWork(store.db, chat, task ?? undefined);
    return standingOf(store.db, this.#whose, { now: store.clock.now(), zone, limitedOnly: true });
  }

  async #estimated(): Promise<boolean> {
    const { id, chat_id, first_seq } = this.#claimed.run;
    const usages = await readEvents(this.#deps.store.db, chat_id, { from: first_seq, types: ["usage"] });
    return usages.some((event) => event.runId === id && event.type === "usage" && event.data.estimated === true);
  }

  /** Limits hold for a run together with all that it has started, and so does each of those that this one descends from. */
  async #overShared(model: Model, ask: Ask, now: number): Promise<string | null> {
    const { db } = this.#deps.store;
    const { run, task } = this.#claimed;
    if (task === null || (task.limits === "{}" && task.parent_run === null)) return null;
    for (const { runId, limits } of await limitsAbove(db, run.id)) {
      const spent = await spentTogether(db, runId, now);
      const over = exhausted(JSON.parse(limits) as TaskLimits, spent, ask, model, Infinity);
      if (over !== null) return `together with ${runId === run.id ? "what it started" : "what started it"}, ${over}`;
    }
    return null;
  }

  async #inSight(deps: AgentDeps, model: Model, principal: Principal): Promise<InSight> {
    const { seqs } = await requestFor(deps, this.#claimed, this.#log, { model, principal });
    return { seqs, text: newestWords(this.#claimed, this.#log)?.text ?? "" };
  }

  async #step(deps: AgentDeps, model: Model, effort: Effort | null, request: Request, step: number): Promise<void> {
    const { store } = deps;
    const readSeq = this.#log.head;
    const { instructions, window, budget, system, tools, messages, leftOut, estimate } = request;
    const overhead = system + tools;
    const context = { system, tools, messages: estimate - overhead, leftOut, ...window.size };
    const input = {
      model,
      effort,
      instructions,
      messages,
      digest: this.#log.digest.of(messages),
      step,
      readSeq,
      signal: this.signal,
      budget,
      estimate,
      context,
      onSpent: (usage: EventOf<"usage">["data"]): void => void this.spent.push(usage),
    };
    const record = await modelStep(deps, this.#claimed, this.#parts, input).catch((error: unknown) => {
      throw isFull(error) ? shortened(error, window.refused(estimate, overhead, error.limitTokens ?? null)) : error;
    });
    if (record.usage.estimated !== true) window.counted(estimate, record.usage.inputTokens);
    await this.#parts.settle();
    await recordStep(store, this.#claimed, record).catch((error: unknown) => {
      if (isLost(error)) this.spent.push(record.usage);
      throw error;
    });
    await this.#parts.close();
  }
}

async function end(deps: WorkDeps, claimed: Claimed, ending: Ending, readSeq: number): Promise<boolean> {
  const fence = fenceOf(claimed);
  return deps.store.transact((tx) => endRun(tx, claimed.run.id, ending, { fence, readSeq }));
}
