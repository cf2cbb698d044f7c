import type { EventType } from "./events.ts";

/** An event serialised once, however many watch it. */
export interface HubEvent {
  readonly seq: number;
  readonly json: string;
}

/** A piece of a part on its way to becoming an event. `offset` counts UTF-16 units. */
export interface HubDelta {
  readonly chatId: string;
  readonly runId: string;
  readonly lease: number;
  readonly part: string;
  readonly kind: Extract<EventType, "message" | "thought">;
  readonly offset: number;
  readonly text: string;
}

/** How far a call is that works, in its tool's words. Kept nowhere but in the hubs, the newest of each call. */
export interface HubProgress {
  readonly chatId: string;
  readonly runId: string;
  readonly lease: number;
  readonly callId: string;
  readonly text: string;
}

export interface Watcher {
  /** Ascending and contiguous within one call; calls may overlap or leave gaps: the watcher keeps its own cursor. */
  events(events: readonly HubEvent[]): void;
  delta(delta: HubDelta): void;
  progress?(progress: HubProgress): void;
  /** The chat was deleted or rights changed: the watcher must check whether it may go on. */
  gone(): void;
}

export interface Change {
  readonly topic: "chats" | "tasks" | "schedules" | "approvals" | "graph" | "preferences";
  readonly id?: string;
  readonly users: readonly string[] | "all";
}

/** What other nodes should hear of, without its content: they read that from the database. Only progress is not there. */
export type Hint =
  | { readonly kind: "events"; readonly chatId: string; readonly seq: number }
  | { readonly kind: "parts"; readonly chatId: string }
  | { readonly kind: "progress"; readonly progress: HubProgress }
  | { readonly kind: "gone"; readonly chatId: string }
  | { readonly kind: "changed"; readonly change: Change }
  | { readonly kind: "wake" }
  | { readonly kind: "stop"; readonly runId: string }
  | { readonly kind: "rights" };

interface Watched {
  head: number;
  readonly watchers: Set<Watcher>;
}

/** Newer than any: of a run that has ended. */
const NO_LEASE = Infinity;

interface OpenRun {
  readonly chatId: string;
  lease: number;
  /** Its worker is on another node: its parts are known here by their checkpoints. */
  isElsewhere: boolean;
  readonly parts: Map<string, HubDelta>;
  /** By call. */
  readonly progress: Map<string, HubProgress>;
}

/**
 * Carries what this node committed to whoever watches, in memory only. It promises speed, not completeness: what a
 * watcher misses here it reads from the database. A watcher that throws is reported and never disturbs the publisher.
 */
export class Hub {
  readonly #chats = new Map<string, Watched>();
  readonly #runs = new Map<string, OpenRun>();
  readonly #changed = new Set<(change: Change) => void>();
  readonly #lists = new Set<(change: Change) => void>();
  readonly #wake = new Set<() => void>();
  readonly #stop = new Set<(runId: string) => void>();
  readonly #rights = new Set<() => void>();
  /** Where a listener's exception goes; the process's log once there is one. */
  onError: (error: unknown) => void = () => {};
  /** Told of everything that began on this node; set where there are other nodes. */
  onHint: ((hint: Hint) => void) | undefined;
  #relaying = false;

  /** Runs what another node's hint calls for: it is delivered here, and not sent back out. */
  relayed(act: () => void): void {
    this.#relaying = true;
    try {
      act();
    } finally {
      this.#relaying = false;
    }
  }

  #hint(hint: Hint): void {
    if (!this.#relaying && this.onHint !== undefined) this.onHint(hint);
  }

  /** The last `seq` published while somebody watched; 0 when nobody does. */
  head(chatId: string): number {
    return this.#chats.get(chatId)?.head ?? 0;
  }

  isWatched(chatId: string): boolean {
    return this.#chats.has(chatId);
  }

  watchedChats(): readonly string[] {
    return [...this.#chats.keys()];
  }

  watch(chatId: string, watcher: Watcher): () => void {
    const watched = this.#chats.get(chatId) ?? { head: 0, watchers: new Set() };
    this.#chats.set(chatId, watched);
    watched.watchers.add(watcher);
    return () => {
      watched.watchers.delete(watcher);
      if (watched.watchers.size > 0 || this.#chats.get(chatId) !== watched) return;
      this.#chats.delete(chatId);
      // Other nodes are heard only of what is watched: nobody would say when their runs end.
      this.dropParts(chatId);
    };
  }

  publish(chatId: string, events: readonly HubEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#hint({ kind: "events", chatId, seq: last.seq });
    const watched = this.#chats.get(chatId);
    if (watched === undefined) return;
    watched.head = Math.max(watched.head, last.seq);
    for (const watcher of watched.watchers) this.#guard(() => watcher.events(events));
  }

  /** Delivers text of an open part, unless a newer lease of its run has spoken. */
  delta(delta: HubDelta): void {
    const run = this.#spokenFor(delta);
    if (run === null) return;
    const before = run.parts.get(delta.part)?.text ?? "";
    run.parts.set(delta.part, { ...delta, offset: 0, text: before.slice(0, delta.offset) + delta.text });
    const watched = this.#chats.get(delta.chatId);
    for (const watcher of watched?.watchers ?? []) this.#guard(() => watcher.delta(delta));
  }

  /** Delivers how far a call is, unless a newer lease of its run has spoken. */
  progress(progress: HubProgress): void {
    const run = this.#spokenFor(progress);
    if (run === null) return;
    run.progress.set(progress.callId, progress);
    this.#hint({ kind: "progress", progress });
    const watched = this.#chats.get(progress.chatId);
    for (const watcher of watched?.watchers ?? []) this.#guard(() => watcher.progress?.(progress));
  }

  /** How far the calls of a chat are, for a watcher that comes late. */
  openProgress(chatId: string): readonly HubProgress[] {
    return [...this.#runs.values()].filter((run) => run.chatId === chatId).flatMap((run) => [...run.progress.values()]);
  }

  /** The call works no more. */
  endProgress({ runId, lease, callId }: Omit<HubProgress, "chatId" | "text">): void {
    const run = this.#runs.get(runId);
    if (run !== undefined && lease >= run.lease) run.progress.delete(callId);
  }

  /** The run for which this lease speaks; null where another one does, or where nobody here would hear it. */
  #spokenFor({ chatId, runId, lease }: Pick<HubDelta, "chatId" | "runId" | "lease">): OpenRun | null {
    const isElsewhere = this.#relaying;
    if (isElsewhere && !this.isWatched(chatId)) return null;
    const run: OpenRun = this.#runs.get(runId) ?? { chatId, lease, isElsewhere, parts: new Map(), progress: new Map() };
    this.#runs.set(runId, run);
    if (lease < run.lease) return null;
    if (lease > run.lease) {
      run.lease = lease;
      run.isElsewhere = isElsewhere;
      run.parts.clear();
      run.progress.clear();
    }
    return run;
  }

  /** The whole open parts of a chat, for a watcher that comes late. */
  openParts(chatId: string): readonly HubDelta[] {
    return [...this.#runs.values()].filter((run) => run.chatId === chatId).flatMap((run) => [...run.parts.values()]);
  }

  /** The run's parts have become events, or will not. A lower lease stays refused while a worker has the run. */
  closeParts(runId: string, lease: number): void {
    const run = this.#runs.get(runId);
    if (run !== undefined && lease >= run.lease) run.parts.clear();
  }

  /**
   * Another node said something durable: what is open here of its run is replaced, or will be told again. A run that works
   * here keeps its parts: nobody would tell their beginning again.
   */
  dropParts(chatId: string): void {
    for (const [id, run] of this.#runs) if (run.chatId === chatId && run.isElsewhere) this.#runs.delete(id);
  }

  /** Another node has ended the run: a worker that still has it here is not heard any more. */
  endedElsewhere(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.lease = NO_LEASE;
    run.parts.clear();
    run.progress.clear();
  }

  /** The worker with this lease has left its run, however: forgets it, unless a newer worker has it. */
  forgetRun(runId: string, lease: number): void {
    const run = this.#runs.get(runId);
    if (run !== undefined && (lease >= run.lease || run.lease === NO_LEASE)) this.#runs.delete(runId);
  }

  /** How many runs it remembers: none when nobody works. */
  get size(): number {
    return this.#runs.size;
  }

  /** Parts of the chat's run were checkpointed: other nodes may show them from there. */
  checkpointed(chatId: string): void {
    this.#hint({ kind: "parts", chatId });
  }

  gone(chatId: string): void {
    this.#hint({ kind: "gone", chatId });
    for (const watcher of this.#chats.get(chatId)?.watchers ?? []) this.#guard(() => watcher.gone());
  }

  onChanged(listener: (change: Change) => void): () => void {
    return listen(this.#changed, listener);
  }
  /** The same for people who look at lists: while there are any, what no hint has told is looked for. */
  watchLists(listener: (change: Change) => void): () => void {
    const stop = [listen(this.#changed, listener), listen(this.#lists, listener)];
    return () => stop.forEach((each) => each());
  }
  get areListsWatched(): boolean {
    return this.#lists.size > 0;
  }
  changed(change: Change): void {
    this.#hint({ kind: "changed", change });
    for (const listener of this.#changed) this.#guard(() => listener(change));
  }

  /** A run may have become claimable. */
  onWake(listener: () => void): () => void {
    return listen(this.#wake, listener);
  }
  wake(): void {
    this.#hint({ kind: "wake" });
    for (const listener of this.#wake) this.#guard(listener);
  }

  /** A stop was recorded for a run that may be working on this node. */
  onStop(listener: (runId: string) => void): () => void {
    return listen(this.#stop, listener);
  }
  stop(runId: string): void {
    this.#hint({ kind: "stop", runId });
    for (const listener of this.#stop) this.#guard(() => listener(runId));
  }

  /** Somebody's sign-in has ended, or a role is another: what is open must be looked at. */
  onRights(listener: () => void): () => void {
    return listen(this.#rights, listener);
  }
  rights(): void {
    this.#hint({ kind: "rights" });
    for (const listener of this.#rights) this.#guard(listener);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.onError(error);
    }
  }
}

function listen<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => void set.delete(listener);
}
