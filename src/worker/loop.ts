import { ON_TIME_MS } from "../core/catch-up.ts";
import { isoTime, type Clock } from "../core/clock.ts";
import { claimRuns, LEASE_MS, nextRunDue, renewLeases, type Claimed, type ClaimOptions } from "../store/runs/claim.ts";
import { purgeDeleted } from "../store/endings/purge.ts";
import { sweepFiles } from "../store/log/files.ts";
import { forgetChat } from "../store/recall/indexing.ts";
import { sweepRuns, untilLeaseEnds } from "../store/endings/sweep.ts";
import { tend } from "../store/delegated/tend.ts";
import { expireOverdue } from "../store/approvals/expire.ts";
import { putTimesRight } from "../store/endings/times.ts";
import { dueClock } from "../store/database/clock.ts";
import type { Store } from "../store/database/store.ts";
import { takeLeftProcesses } from "../store/runs/tool-processes.ts";
import { endLeftover } from "../tools/shell/processes.ts";
import { RunAborted, type AbortReason } from "../agent/deps.ts";
import { Stopper } from "../agent/stop.ts";
import type { Log } from "../core/log.ts";

export interface LoopOptions {
  readonly store: Store;
  /** Works on a run until it ends, waits or is taken away; never throws. */
  readonly work: (claimed: Claimed, signal: AbortSignal) => Promise<void>;
  /** Answers to people are always served; tasks only where the agent loop is enabled. */
  readonly tasks: boolean;
  readonly concurrency: number;
  /** The fallback behind instant wake-ups. */
  readonly pollMs: number;
  /** Called again and again, rarely: what is kept in memory for a while may go. */
  readonly onPurge?: () => void;
  readonly log: Log;
}

/** Answers to people at a time on this node. */
const TURNS = 32;
const RENEW_MS = 5000;
/** After the end of a lease, so that it has ended by every clock; and between two tries to take its run back. */
const LEASE_ENDED_MS = 100;
/** Until a run is looked at again that could not be taken back, as while somebody has its chat locked. */
const AGAIN_MS = 1000;
const PURGE_MS = 30_000;
/** How long a hand-back may take before the loop stops waiting for it. */
const HAND_BACK_MS = 3000;

interface Working {
  readonly claimed: Claimed;
  readonly control: AbortController;
  readonly done: Promise<void>;
}

/** Serves the queue on this node: claims what is due as long as there is room, and is woken rather than waiting. */
export class Loop implements AsyncDisposable {
  readonly #options: LoopOptions;
  readonly #clock: Clock;
  /** Whoever asked for a stop may be gone before it has come about. */
  readonly #stopper: Stopper;
  readonly #working = new Map<string, Working>();
  readonly #cleanup: (() => void)[] = [];
  #cancelDue: (() => void) | undefined;
  #cancelTooLate: (() => void) | undefined;
  #cancelLeaseEnd: (() => void) | undefined;
  #starting: Promise<void> | undefined;
  #pumping: Promise<void> | undefined;
  #purging: Promise<void> | undefined;
  #again = false;
  /** A worker may have left its run as it was, for want of a database that takes what it writes. */
  #mayHaveLeft = false;
  /** When the next run that waits for its time becomes due, as the last pass saw it. */
  #nextDue = 0;
  /** The latest instant of a pass: one that lies well before it says that the clock went back. */
  #latest = 0;
  #stopped = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#clock = options.store.clock;
    this.#stopper = new Stopper(options.store, options.log);
  }

  /** Serves from now on. Resolves, whatever the database does, when it was tried to take back what a crash left. */
  start(): Promise<void> {
    const { store, pollMs } = this.#options;
    this.#cleanup.push(
      store.hub.onWake(() => this.#pump()),
      store.hub.onStop((runId) => this.#stop(runId)),
      this.#every(pollMs, () => {
        this.#mayHaveLeft = store.kind === "sqlite";
        this.#nextDue = 0;
        this.#pump();
      }),
      this.#every(PURGE_MS, () => {
        this.#options.onPurge?.();
        this.#purge();
      }),
    );
    if (store.kind === "postgres") {
      this.#armTooLate(LEASE_MS);
      this.#cleanup.push(() => this.#cancelTooLate?.());
      this.#cleanup.push(() => this.#cancelLeaseEnd?.());
      this.#cleanup.push(
        this.#every(RENEW_MS, () => {
          void this.#guarded("renewing leases", () => this.#renew());
          void this.#guarded("taking back runs", () => this.#takeBackEnded());
        }),
      );
    }
    return (this.#starting = this.#begin());
  }

  async #begin(): Promise<void> {
    const { store } = this.#options;
    await this.#guarded("taking back runs", async () => void (await sweepRuns(store)));
    // The clock may have been ahead when the process before this one wrote.
    await this.#guarded("putting times right", async () => putTimesRight(store, await dueClock(store)));
    await this.#guarded("ending leftover commands", () => this.#endLeftovers());
    if (store.kind === "postgres") await this.#guarded("looking at leases", () => this.#armLeaseEnd());
    this.#pump();
  }

  /** How many runs this node works on. */
  get size(): number {
    return this.#working.size;
  }

  /** Hands every run back and stops; what is at work goes on elsewhere, or at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const clean of this.#cleanup.splice(0)) clean();
    this.#abortAll("shutdown");
    await this.#starting;
    await this.#pumping;
    await this.#purging;
    this.#cancelDue?.();
    this.#stopper[Symbol.dispose]();
    // What was being claimed.
    this.#abortAll("shutdown");
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(HAND_BACK_MS, resolve);
    await Promise.race([Promise.all([...this.#working.values()].map((working) => working.done)), late]);
    cancel();
  }

  #stop(runId: string): void {
    const working = this.#working.get(runId);
    if (working === undefined) return;
    working.control.abort(new RunAborted("stop"));
    this.#stopper.watch({ runId, working: true });
  }

  #abortAll(reason: AbortReason): void {
    for (const { control } of this.#working.values()) control.abort(new RunAborted(reason));
  }

  /** One claim round at a time; what wakes it meanwhile starts another. */
  #pump(): void {
    this.#again = true;
    if (this.#stopped) return;
    this.#pumping ??= this.#guarded("claiming", async () => {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#takeBackOwn();
        const now = await dueClock(this.#options.store);
        const asked = performance.now();
        await this.#minded(now);
        // What one of them cannot claim keeps neither the other nor the timer.
        await Promise.all([
          this.#guarded("claiming", () => this.#claim("turn", TURNS, now)),
          this.#options.tasks && this.#guarded("claiming", () => this.#claim("task", this.#options.concurrency, now)),
        ]);
        if (!this.#again) await this.#armDue(now, asked);
      }
    }).finally(() => {
      this.#pumping = undefined;
      if (this.#again) this.#pump();
    });
  }

  /** A big chat may take longer than until the next time. */
  #purge(): void {
    const { store } = this.#options;
    const purging = async (): Promise<void> => {
      await purgeDeleted(store, () => this.#stopped, forgetChat);
      await sweepFiles(store, () => this.#stopped);
    };
    this.#purging ??= this.#guarded("purging", purging).finally(() => (this.#purging = undefined));
  }

  /** What happens by the clock alone, whoever serves what is due. */
  async #minded(now: number): Promise<void> {
    const { store } = this.#options;
    if (now < this.#latest - ON_TIME_MS) {
      this.#options.log.warn({ from: isoTime(this.#latest), to: isoTime(now) }, "the clock went back");
      await this.#guarded("putting times right", () => putTimesRight(store, now));
    }
    this.#latest = now;
    await this.#guarded("delegated work", () => tend(store, (outcome) => this.#stopper.watch(outcome)));
    if (now >= this.#nextDue) await this.#guarded("expiring approvals", () => expireOverdue(store, now));
  }

  /** On SQLite no lease runs out. Between claims, so that every run that is being worked on is known. */
  async #takeBackOwn(): Promise<void> {
    if (!this.#mayHaveLeft) return;
    this.#mayHaveLeft = false;
    await sweepRuns(this.#options.store, [...this.#working.keys()]);
  }

  async #claim(kind: ClaimOptions["kind"], slots: number, now: number): Promise<void> {
    const busy = [...this.#working.values()].filter(({ claimed }) => (claimed.task === null) === (kind === "turn"));
    const limit = slots - busy.length;
    if (limit <= 0) return;
    const onClaimed = (claims: readonly Claimed[]): void => claims.forEach((claimed) => this.#work(claimed));
    await claimRuns(this.#options.store, { kind, limit, now, onClaimed });
  }

  #work(claimed: Claimed): void {
    const control = new AbortController();
    const { id } = claimed.run;
    const done = this.#options.work(claimed, control.signal).finally(() => {
      if (this.#working.get(id)?.control === control) this.#working.delete(id);
      this.#pump();
    });
    this.#working.set(id, { claimed, control, done });
  }

  /**
   * A back-off or a task's `runAt` is served when it is due, not at the next poll. `now` is the instant of the pass, `asked`
   * when that was: what has become due since was not claimed, and is next.
   */
  async #armDue(now: number, asked: number): Promise<void> {
    const at = await nextRunDue(this.#options.store, now);
    this.#cancelDue?.();
    this.#nextDue = at ?? Infinity;
    if (at === null || this.#stopped) return;
    const ms = Math.ceil(at - now - (performance.now() - asked));
    this.#cancelDue = this.#clock.after(Math.max(ms, 0), () => this.#pump());
  }

  async #renew(): Promise<void> {
    const { store } = this.#options;
    const asked = performance.now();
    const held = [...this.#working.values()];
    const lost = await renewLeases(
      store,
      held.map((working) => working.claimed),
    );
    // Those that were asked about: a run that was claimed again here meanwhile is another worker's.
    for (const { claimed, control } of held) {
      if (lost.includes(claimed.run.id)) control.abort(new RunAborted("lost"));
    }
    this.#armTooLate(LEASE_MS - (performance.now() - asked));
  }

  /** The runs of nodes that are gone: at the end of their lease, not only when this node renews its own. */
  async #takeBackEnded(): Promise<void> {
    // One that cannot be taken back keeps nothing else from being done.
    await this.#guarded("taking back runs", async () => {
      if ((await sweepRuns(this.#options.store)) > 0) this.#pump();
    });
    await this.#guarded("ending leftover commands", () => this.#endLeftovers());
    await this.#armLeaseEnd();
  }

  /** What a crash left at work of runs that nobody goes on with: a run that goes on ends its own before anything else. */
  async #endLeftovers(): Promise<void> {
    for (const left of await takeLeftProcesses(this.#options.store)) await endLeftover(left);
  }

  async #armLeaseEnd(): Promise<void> {
    const ms = await untilLeaseEnds(this.#options.store);
    this.#cancelLeaseEnd?.();
    // One that ends later is looked at again by then.
    if (ms === null || ms > RENEW_MS || this.#stopped) return;
    this.#cancelLeaseEnd = this.#clock.after(ms < 0 ? AGAIN_MS : ms + LEASE_ENDED_MS, () => {
      void this.#guarded("taking back runs", () => this.#takeBackEnded());
    });
  }

  /** Who has not been able to renew for so long must believe that others have its runs: it ends their tools at once. */
  #armTooLate(ms: number): void {
    this.#cancelTooLate?.();
    if (!this.#stopped) this.#cancelTooLate = this.#clock.after(ms, () => this.#abortAll("lost"));
  }

  #every(ms: number, act: () => void): () => void {
    let cancel = this.#clock.after(ms, function tick() {
      act();
      cancel = clock.after(ms, tick);
    });
    const clock = this.#clock;
    return () => cancel();
  }

  async #guarded(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#options.log.error({ err: error }, `${what} failed; it is tried again`);
    }
  }
}
