import type { Chat, ChatWithView, EventsPage, List, Stopped, User } from "../wire/api.ts";
import type { Approval, Decision } from "../wire/approvals.ts";
import { visible } from "./approvals.ts";
import type { Context } from "./context.ts";
import { asFailure, Failure } from "./failure.ts";
import { EXIT, type ExitCode } from "./io.ts";
import { completeSlash } from "./slash-complete.ts";
import { runSlash, type Talk } from "./slash-commands.ts";
import { below } from "./terminal-below.ts";
import type { TerminalDevice } from "./terminal-device.ts";
import { createEditor, type Editor } from "./terminal-editor.ts";
import { entryLines, type Shown } from "./terminal-entry.ts";
import { FollowedChat } from "./terminal-follow.ts";
import type { History } from "./terminal-history.ts";
import type { Request } from "./terminal-link.ts";
import type { Outgoing } from "./terminal-outbox.ts";
import { pick, scopeChoices, type Choice, type Picking } from "./terminal-pick.ts";
import { createPosts, type Posts } from "./terminal-posts.ts";
import { createScreen, type Screen } from "./terminal-screen.ts";
import { fit, span, wrap, type Line, type Look } from "./terminal-text.ts";
import { currentRun, questions, type Question } from "./terminal-view.ts";
import { clean, oneLine, shortId } from "./text.ts";

export interface SessionParts {
  readonly context: Context;
  readonly device: TerminalDevice;
  readonly request: Request;
  readonly me: User;
  readonly history: History;
}

const FRAME_MS = 33;
const TICK_MS = 1000;
const PICK_MS = 100;
/** So long a question must have stood there before an answer counts for it. */
const READ_MS = 500;
/** Ctrl-C a second time within this leaves, whatever runs. */
const TWICE_MS = 2000;

/** One conversation at the terminal, from the first key to the last: keys, log, what is sent, and the screen. */
export class TerminalSession implements Talk, Disposable {
  readonly request: Request;
  readonly #parts: SessionParts;
  readonly #screen: Screen;
  readonly #editor: Editor;
  readonly #posts: Posts;
  readonly #followed: FollowedChat;
  readonly #closing = new AbortController();
  readonly #end = Promise.withResolvers<ExitCode>();
  readonly #ticking: ReturnType<typeof setInterval>;
  #stopping = false;
  #interruptedAt = Number.NEGATIVE_INFINITY;
  /** Lines that are to be written above, for good. */
  #lines: Line[] = [];
  #picking: Picking<string> | null = null;
  #frame: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.request = parts.request;
    const { context, device, history, request } = parts;
    const changed = (): void => this.#schedule(0);
    this.#screen = createScreen(device, context.out.paint);
    this.#followed = new FollowedChat({
      context,
      request,
      changed: () => this.#schedule(FRAME_MS),
      asked: ({ tool, args }) => this.#note(`${tool} ${visible(JSON.stringify(args, null, 2))}`, "ask"),
      reset: () => this.say("The history was cut on the server; it is shown from its start."),
      lost: (failure) => this.#lost(failure),
    });
    this.#posts = createPosts({
      io: context.io,
      request,
      signal: this.#closing.signal,
      changed,
      began: (chat) => this.#followed.begin(chat),
      queued: ({ id }) => this.say(`Queued as task ${shortId(id)}`),
      failedElsewhere: ({ text }) => this.#note(`not sent, to the chat before: ${oneLine(text)}. Try: /retry`, "bad"),
    });
    this.#editor = createEditor(history.entries, (text) => completeSlash(request, text), {
      changed,
      line: (text) => this.#typed(text),
      interrupt: () => this.#interrupted(),
      end: () => this.quit(),
      suspend: () => this.#suspend(),
    });
    device.onKeys((text) => (this.#picking ?? this.#editor).keys(text));
    device.onResize(changed);
    this.#ticking = setInterval(changed, TICK_MS);
  }

  /** How the person left; rejected with what made it impossible to go on. */
  get ended(): Promise<ExitCode> {
    return this.#end.promise;
  }

  get unsent(): readonly Outgoing[] {
    return this.#posts.unsent;
  }

  get isWorking(): boolean {
    return currentRun(this.#followed.view) !== null;
  }

  [Symbol.dispose](): void {
    if (this.#picking === null) this.#draw();
    this.#closing.abort();
    clearInterval(this.#ticking);
    clearTimeout(this.#frame);
    this.#followed[Symbol.dispose]();
    this.#editor[Symbol.dispose]();
    this.#screen.clear();
  }

  // --- what slash commands do ---------------------------------------------------------------------------------------

  get chat(): Chat | null {
    return this.#followed.chat;
  }

  now(): number {
    return this.#parts.context.io.now();
  }

  say(text: string, hang = 0): void {
    this.#note(text, "dim", hang);
  }

  /** Shows the last screen of the chat, and follows it from there. */
  async open(chatId: string): Promise<void> {
    const chat = await this.request<ChatWithView>("GET", `/api/chats/${chatId}`);
    const page = await this.request<EventsPage>("GET", `/api/chats/${chatId}/events?limit=200`);
    this.#posts.moveTo(chat.id);
    const lines = this.#followed.open(chat, page).flatMap((each) => this.#linesOf(each));
    const room = Math.max(this.#parts.device.rows - 6, 5);
    const isCut = lines.length > room || (page.events[0]?.seq ?? 1) > Math.max(page.first, 1);
    const title = [span(oneLine(chat.title), "bold"), span(`  ${shortId(chat.id)}`, "dim")];
    this.#lines.push([], fit(title, this.#width));
    if (isCut)
      this.#lines.push(fit([span(`  … all of it: sparky chats show ${shortId(chat.id)}`, "dim")], this.#width));
    this.#lines.push(...lines.slice(-room));
    this.#schedule(0);
  }

  startAnew(): void {
    this.#posts.moveTo(null);
    this.#followed.leave();
    this.say("A new chat. It begins with what you write.");
  }

  send(kind: "message" | "task", text: string): void {
    this.#posts.send(kind, text);
  }

  retry(): boolean {
    return this.#posts.retry();
  }

  async stop(): Promise<void> {
    const { chat } = this.#followed;
    if (chat === null) return this.say("Nothing runs here.");
    this.#stopping = true;
    this.#schedule(0);
    try {
      const { runId } = await this.request<Stopped>("POST", `/api/chats/${chat.id}/stop`);
      if (runId === null) this.say("Nothing runs here.");
    } finally {
      this.#stopping = false;
      this.#schedule(0);
    }
  }

  async answer(given: Decision | null): Promise<void> {
    const call = await this.#question();
    if (call === null) return;
    const { approvalId } = call.approval.data;
    const shownAt = this.#followed.shownAt.get(approvalId);
    if (shownAt === undefined || this.now() - shownAt < READ_MS) {
      throw new Failure(EXIT.error, "conflict", "this question has only just come: read it, then answer");
    }
    if (given !== null) return this.#decide(approvalId, given);
    const isOpen = (): boolean => this.#questions.some(({ approval }) => approval.data.approvalId === approvalId);
    const chosen = await this.#pick(`Run this? ${callWords(call)}`, scopeChoices(call.name, this.now()), isOpen);
    if (chosen === null || chosen === "later") return;
    if (chosen === "note") return this.#editor.replace("/deny ");
    await this.#decide(approvalId, chosen === "deny" ? { decision: "deny" } : { decision: "approve", scope: chosen });
  }

  async pickChat(): Promise<string | null> {
    const { items } = await this.request<List<Chat>>("GET", "/api/chats?limit=50");
    if (items.length === 0) throw new Failure(EXIT.error, "not_found", "there are no chats yet");
    const choices = items.map((chat) => ({
      value: chat.id,
      label: oneLine(chat.title).slice(0, 60),
      hint: `${shortId(chat.id)}${chat.runState === null ? "" : ` · ${chat.runState}`}`,
    }));
    return this.#pick("Which chat?", choices, () => true);
  }

  clear(): void {
    this.#lines = [];
    this.#screen.wipe();
    this.#schedule(0);
  }

  quit(): void {
    this.leave(EXIT.ok);
  }

  leave(exit: ExitCode): void {
    this.#end.resolve(exit);
  }

  // --- keys ---------------------------------------------------------------------------------------------------------

  #typed(text: string): void {
    const typed = text.trim();
    if (typed === "") {
      if (this.#questions.length > 0) this.#attempt(() => this.answer(null));
      return;
    }
    this.#parts.history.add(text);
    // A message may begin with a slash too: behind a space.
    if (!text.startsWith("/")) return this.send("message", text);
    this.#lines.push([]);
    this.#note(typed, "dim");
    this.#attempt(() => runSlash(this, typed));
  }

  #interrupted(): void {
    if (this.#editor.text !== "") return this.#editor.replace("");
    const isSecond = this.now() - this.#interruptedAt < TWICE_MS;
    this.#interruptedAt = this.now();
    if (!this.isWorking || isSecond) return this.leave(EXIT.interrupted);
    this.#attempt(() => this.stop());
  }

  #suspend(): void {
    this.#screen.clear();
    this.#parts.device.suspend(() => this.#schedule(0));
  }

  /** Runs what a person asked for; its failure is told, and the conversation goes on. */
  #attempt(body: () => Promise<void>): void {
    body().catch((error: unknown) => {
      const { message, hint } = asFailure(error);
      this.#note(`${message}${hint === undefined ? "" : `. Try: ${hint}`}`, "bad");
    });
  }

  /** Lets the person choose, for as long as `isOpen` says that there is something to choose. */
  async #pick<T extends string>(message: string, from: readonly Choice<T>[], isOpen: () => boolean): Promise<T | null> {
    if (this.#picking !== null) return null;
    this.#draw();
    this.#screen.clear();
    const gone = new AbortController();
    const watching = setInterval(() => (isOpen() ? undefined : gone.abort()), PICK_MS);
    const picking = pick(this.#parts.device, message, from, AbortSignal.any([gone.signal, this.#closing.signal]));
    this.#picking = picking;
    try {
      return await picking.chosen;
    } finally {
      clearInterval(watching);
      this.#picking = null;
      this.#schedule(0);
    }
  }

  // --- approvals ----------------------------------------------------------------------------------------------------

  get #questions(): readonly Question[] {
    return questions(this.#followed.view);
  }

  /** The call that waits for an answer; of several the one that the person means. */
  async #question(): Promise<Question | null> {
    const [only, ...others] = this.#questions;
    if (only === undefined) throw new Failure(EXIT.error, "conflict", "nothing waits for your answer here");
    if (others.length === 0) return only;
    const choices = this.#questions.map((call) => ({ value: call.callId, label: callWords(call) }));
    const chosen = await this.#pick("Which one?", choices, () => this.#questions.length > 0);
    return this.#questions.find(({ callId }) => callId === chosen) ?? null;
  }

  async #decide(approvalId: string, decision: Decision): Promise<void> {
    await this.request<Approval>("POST", `/api/approvals/${approvalId}`, decision);
  }

  // --- the screen ---------------------------------------------------------------------------------------------------

  #lost(failure: Failure): void {
    if (failure.exit === EXIT.notAllowed) return this.#end.reject(failure);
    this.#note(failure.message, "bad");
    this.startAnew();
  }

  #note(text: string, look: Look, hang = 0): void {
    for (const line of clean(text).split("\n")) {
      const head = span(`  ${line.slice(0, hang)}`, look);
      this.#lines.push(...wrap([span(line.slice(hang), look)], this.#width, [head]));
    }
    this.#schedule(0);
  }

  get #width(): number {
    return Math.max(this.#parts.device.columns - 1, 20);
  }

  #linesOf(shown: Shown): readonly Line[] {
    return entryLines(shown, { width: this.#width, me: this.#parts.me.id, now: this.now() });
  }

  #schedule(afterMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#frame ??= setTimeout(() => {
      this.#frame = undefined;
      this.#draw();
    }, afterMs);
  }

  #draw(): void {
    const followed = this.#followed;
    this.#lines.push(...followed.fold().flatMap((each) => this.#linesOf(each)));
    this.#posts.arrived(followed.view.transcript.last, followed.view.keys);
    // A list to choose from stands at the bottom now; what has arrived is written when it is gone.
    if (this.#picking !== null) return;
    const lines = this.#lines;
    this.#lines = [];
    const { columns, rows } = this.#parts.device;
    const { text, cursor, completions } = this.#editor;
    const { view, chat, connection, approvals } = followed;
    const state = {
      ...{ view, chat, connection, approvals, outbox: this.#posts.items, me: this.#parts.me.id },
      editor: { text, cursor, completions },
      stopping: this.#stopping,
    };
    this.#screen.draw(lines, below(state, { columns, rows, now: this.now() }));
  }
}

const callWords = ({ name, use }: Question): string => oneLine(`${name} ${use?.data.summary ?? ""}`);
