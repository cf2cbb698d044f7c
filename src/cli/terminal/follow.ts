import type { Chat, ChatWithView, EventsPage } from "../../wire/api.ts";
import type { Approval } from "../../wire/approvals.ts";
import type { Context } from "../command/context.ts";
import { asFailure, type Failure } from "../console/failure.ts";
import type { Connection } from "./below.ts";
import type { Shown } from "./entry.ts";
import type { Request } from "./link.ts";
import { withRun } from "./open.ts";
import { advance, emptyTerminalView, questions, type Arrival, type TerminalView } from "./view.ts";

export interface FollowDeps {
  readonly context: Context;
  readonly request: Request;
  /** Something has come, and more may come at once. */
  readonly changed: () => void;
  /** Asks something of the person for the first time. */
  readonly asked: (approval: Approval) => void;
  /** What this person prefers is to be asked for again. */
  readonly preferences: () => Promise<void>;
  readonly reset: () => void;
  /** The chat cannot be followed any more. */
  readonly lost: (failure: Failure) => void;
}

const SEEN_MS = 500;

/** The chat that is open: its log as it comes in, folded, and what must be known beside it. */
export class FollowedChat implements Disposable {
  readonly #deps: FollowDeps;
  #watching = new AbortController();
  #arrivals: Arrival[] = [];
  #seen = 0;
  #seenTimer: ReturnType<typeof setTimeout> | undefined;
  chat: Chat | null = null;
  view: TerminalView = emptyTerminalView;
  connection: Connection = { state: "connecting" };
  /** The open questions, and when each was shown. */
  approvals: ReadonlyMap<string, Approval> = new Map();
  readonly shownAt = new Map<string, number>();

  constructor(deps: FollowDeps) {
    this.#deps = deps;
  }

  /** Goes on from the newest page; gives what is settled in it. */
  open(chat: ChatWithView, page: EventsPage): readonly Shown[] {
    this.leave();
    this.chat = chat;
    this.#seen = chat.seen;
    const arrivals = page.events.map((event) => ({ kind: "event", event }) as const);
    const { view, settled } = advance(emptyTerminalView, arrivals);
    this.view = withRun(view, chat.view.activeRun, page.events);
    this.#lookUpQuestions();
    this.#follow(chat.id, page.last, page.epoch);
    return settled;
  }

  /** A chat that has just been made. */
  begin(chat: Chat): void {
    this.chat = chat;
    this.#follow(chat.id, 0, "");
  }

  leave(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    clearTimeout(this.#seenTimer);
    this.#seenTimer = undefined;
    this.#arrivals = [];
    this.#seen = 0;
    this.chat = null;
    this.view = emptyTerminalView;
    this.connection = { state: "connecting" };
    this.approvals = new Map();
  }

  /** Folds what has arrived; gives what is settled by it. */
  fold(): readonly Shown[] {
    if (this.#arrivals.length === 0) return [];
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    const { view, settled } = advance(this.view, arrivals);
    this.view = view;
    for (const arrival of arrivals) {
      if (arrival.kind !== "event" || arrival.event.type !== "chat" || this.chat === null) continue;
      if (arrival.event.data.change === "renamed") this.chat = { ...this.chat, title: arrival.event.data.title };
    }
    this.#lookUpQuestions();
    this.#markSeen();
    return settled;
  }

  [Symbol.dispose](): void {
    this.leave();
  }

  #follow(chatId: string, after: number, epoch: string): void {
    const { signal } = this.#watching;
    this.#watch(chatId, after, epoch, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#deps.lost(asFailure(error));
    });
  }

  async #watch(chatId: string, after: number, epoch: string, signal: AbortSignal): Promise<void> {
    const options = { chatId, after, epoch, deltas: true, patience: Number.POSITIVE_INFINITY, signal };
    for await (const watched of this.#deps.context.watch(options)) {
      if (signal.aborted) return;
      switch (watched.kind) {
        case "event":
        case "delta":
        case "progress":
          this.#arrivals.push(watched);
          break;
        case "preferences":
          await this.#deps.preferences();
          break;
        case "live":
          this.connection = { state: "live" };
          break;
        case "lost": {
          const tries = this.connection.state === "lost" ? this.connection.tries + 1 : 1;
          this.connection = { state: "lost", tries };
          break;
        }
        case "reset":
          this.#arrivals = [];
          this.view = emptyTerminalView;
          this.#deps.reset();
          break;
      }
      this.#deps.changed();
    }
  }

  /** What a question is about is whole only in its own row. */
  #lookUpQuestions(): void {
    for (const { approval } of questions(this.view)) {
      const { approvalId } = approval.data;
      if (this.approvals.has(approvalId)) continue;
      const { signal } = this.#watching;
      this.#deps.request<Approval>("GET", `/api/approvals/${approvalId}`).then(
        (known) => {
          if (signal.aborted || this.approvals.has(approvalId)) return;
          this.approvals = new Map(this.approvals).set(approvalId, known);
          this.shownAt.set(approvalId, this.#deps.context.io.now());
          if (known.state === "requested") this.#deps.asked(known);
        },
        // It is looked up again with the next event.
        () => {},
      );
    }
  }

  #markSeen(): void {
    const { chat } = this;
    if (chat === null || this.view.transcript.last <= this.#seen || this.#seenTimer !== undefined) return;
    this.#seenTimer = setTimeout(() => {
      this.#seenTimer = undefined;
      this.#seen = this.view.transcript.last;
      // Not worth a word: it is marked again with the next event.
      this.#deps.request("POST", `/api/chats/${chat.id}/seen`, { seq: this.#seen }).catch(() => {});
    }, SEEN_MS);
  }
}
