import type { Chat, ChatWithView, EventsPage, MessageAccepted, Stopped, Task, User } from "../wire/api.ts";
import type { Approval, Decision } from "../wire/approvals.ts";
import { visible } from "./approvals.ts";
import type { Context } from "./context.ts";
import { asFailure, Failure } from "./failure.ts";
import { EXIT, type ExitCode } from "./io.ts";
import { completeSlash } from "./slash-complete.ts";
import { runSlash, type Talk } from "./slash-commands.ts";
import { below, type BelowState, type Connection } from "./terminal-below.ts";
import type { TerminalDevice } from "./terminal-device.ts";
import { createEditor, type Editor } from "./terminal-editor.ts";
import { entryLines, type Shown } from "./terminal-entry.ts";
import type { History } from "./terminal-history.ts";
import type { Request } from "./terminal-link.ts";
import { createOutbox, type Outbox, type Outgoing } from "./terminal-outbox.ts";
import { pick, type Choice, type Picking } from "./terminal-pick.ts";
import { createScreen, type Screen } from "./terminal-screen.ts";
import { span, wrap, type Line, type Look } from "./terminal-text.ts";
import { advance, currentRun, emptyTerminalView, questions, type Arrival, type TerminalView } from "./terminal-view.ts";
import { withRun } from "./terminal-open.ts";
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
const SEEN_MS = 500;

/** One conversation at the terminal, from the first key to the last. Wires keys, log, outbox and screen together. */
export class TerminalSession implements Talk, Disposable {
  readonly request: Request;
  readonly #parts: SessionParts;
  readonly #screen: Screen;
  readonly #editor: Editor;
  readonly #closing = new AbortController();
  readonly #end = Promise.withResolvers<ExitCode>();
  readonly #ticking: ReturnType<typeof setInterval>;
  #outbox: Outbox;
  #chat: Chat | null = null;
  /** So that a chat that is made for the first message is made once. */
  #chatKey = crypto.randomUUID();
  #watching = new AbortController();
  #view: TerminalView = emptyTerminalView;
  #connection: Connection = { state: "connecting" };
  #approvals = new Map<string, Approval>();
  #stopping = false;
  #arrivals: Arrival[] = [];
  /** Lines that are to be written above, for good. */
  #lines: Line[] = [];
  #picking: Picking<string> | null = null;
  #frame: ReturnType<typeof setTimeout> | undefined;
  #seenTimer: ReturnType<typeof setTimeout> | undefined;
  #seen = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.request = parts.request;
    const { context, device, history } = parts;
    this.#screen = createScreen(device, context.out.paint);
    this.#outbox = this.#newOutbox();
    this.#editor = createEditor(history.entries, (text) => completeSlash(this.request, text), {
      changed: () => this.#schedule(0),
      line: (text) => this.#typed(text),
      interrupt: () => this.#interrupted(),
      end: () => this.#end.resolve(EXIT.ok),
      suspend: () => this.#suspend(),
    });
    device.onKeys((text) => (this.#picking ?? this.#editor).keys(text));
    device.onResize(() => this.#schedule(0));
    this.#ticking = setInterval(() => this.#schedule(0), TICK_MS);
  }

  get chat(): Chat | null {
    return this.#chat;
  }

  /** How the person left, or what ended it. */
  get ended(): Promise<ExitCode> {
    return this.#end.promise;
  }

  now(): number {
    return this.#parts.context.io.now();
  }

  say(text: string): void {
    this.#note(text, "dim");
  }

  /** Shows the last screen of the chat, and follows it from there. */
  async open(chatId: string): Promise<void> {
    const chat = await this.request<ChatWithView>("GET", `/api/chats/${chatId}`);
    const page = await this.request<EventsPage>("GET", `/api/chats/${chatId}/events?limit=200`);
    this.#leave();
    this.#chat = chat;
    this.#seen = chat.seen;
    const { view, settled } = advance(
      emptyTerminalView,
      page.events.map((event) => ({ kind: "event", event })),
    );
    this.#view = withRun(view, chat.view.activeRun, page.events);
    const lines = settled.flatMap((each) => this.#linesOf(each));
    const room = Math.max(this.#parts.device.rows - 5, 5);
    const earlier = lines.length > room || (page.events[0]?.seq ?? 1) > Math.max(page.first, 1);
    const title: Line = [
      span(oneLine(chat.title), "bold"),
      span(`  ${shortId(chat.id)}${earlier ? "  …" : ""}`, "dim"),
    ];
    this.#lines.push([], title, ...lines.slice(-room));
    this.#askAbout();
    this.#follow(chat.id, page.last, page.epoch);
  }

  startAnew(): void {
    this.#leave();
    this.#chatKey = crypto.randomUUID();
    this.say("A new chat. It begins with what you write.");
  }

  send(kind: "message" | "task", text: string): void {
    this.#outbox.send(kind, text);
  }

  retry(): boolean {
    return this.#outbox.retry();
  }

  async stop(): Promise<void> {
    if (this.#chat === null) return this.say("Nothing runs here.");
    this.#stopping = true;
    this.#schedule(0);
    try {
      const { runId } = await this.request<Stopped>("POST", `/api/chats/${this.#chat.id}/stop`);
      if (runId === null) this.say("Nothing runs here.");
    } finally {
      this.#stopping = false;
      this.#schedule(0);
    }
  }

  async answer(given: Decision | null): Promise<void> {
    const open = questions(this.#view);
    const [call] = open;
    if (call === undefined) throw new Failure(EXIT.error, "conflict", "nothing waits for your answer here");
    const { approvalId } = call.approval.data;
    if (given !== null) return this.#decide(approvalId, given);
    const what = oneLine(`${call.name} ${call.use?.data.summary ?? ""}`);
    const gone = new AbortController();
    const isOpen = (): boolean => questions(this.#view).some(({ approval }) => approval.data.approvalId === approvalId);
    const watching = setInterval(() => (isOpen() ? undefined : gone.abort()), 100);
    const chosen = await this.#pick(`Run this? ${what}`, this.#scopes(call.name), gone.signal).finally(() =>
      clearInterval(watching),
    );
    if (chosen === null || chosen === "later") return;
    if (chosen === "note") return this.#editor.replace("/deny ");
    await this.#decide(approvalId, chosen === "deny" ? { decision: "deny" } : { decision: "approve", scope: chosen });
  }

  async pickChat(): Promise<string | null> {
    const { items } = await this.request<{ items: readonly Chat[] }>("GET", "/api/chats?limit=50");
    if (items.length === 0) throw new Failure(EXIT.error, "not_found", "there are no chats yet");
    const choices = items.map((chat) => ({
      value: chat.id,
      label: oneLine(chat.title).slice(0, 60),
      hint: `${shortId(chat.id)}${chat.runState === null ? "" : ` · ${chat.runState}`}`,
    }));
    return this.#pick("Which chat?", choices, new AbortController().signal);
  }

  clear(): void {
    this.#screen.wipe();
    this.#schedule(0);
  }

  quit(): void {
    this.#end.resolve(EXIT.ok);
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#watching.abort();
    clearInterval(this.#ticking);
    clearTimeout(this.#frame);
    clearTimeout(this.#seenTimer);
    this.#editor[Symbol.dispose]();
    this.#screen.clear();
  }

  /** What was written and never reached the server. */
  get unsent(): readonly Outgoing[] {
    return this.#outbox.items.filter(({ state }) => state.name !== "sent");
  }

  get isWorking(): boolean {
    return currentRun(this.#view) !== null;
  }

  // --- keys ---------------------------------------------------------------------------------------------------------

  #typed(text: string): void {
    const typed = text.trim();
    if (typed === "") {
      if (questions(this.#view).length > 0) this.#attempt(() => this.answer(null));
      return;
    }
    this.#parts.history.add(text);
    if (!typed.startsWith("/")) return this.send("message", text);
    this.#note(typed, "dim");
    this.#attempt(() => runSlash(this, typed));
  }

  #interrupted(): void {
    if (this.#editor.text !== "") return this.#editor.replace("");
    const run = currentRun(this.#view);
    if (run === null || run.state === "stopping" || this.#stopping) return this.#end.resolve(EXIT.interrupted);
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

  async #pick<T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    signal: AbortSignal,
  ): Promise<T | null> {
    this.#draw();
    this.#screen.clear();
    const picking = pick(this.#parts.device, message, choices, AbortSignal.any([signal, this.#closing.signal]));
    this.#picking = picking;
    try {
      return await picking.chosen;
    } finally {
      this.#picking = null;
      this.#schedule(0);
    }
  }

  #scopes(tool: string): readonly Choice<string>[] {
    const hour = new Date(this.now() + 3_600_000);
    const midnight = new Date(this.now());
    midnight.setHours(24, 0, 0, 0);
    return [
      { value: "later", label: "Not now" },
      { value: "call", label: "Yes, this call" },
      { value: "run", label: `Yes, ${tool} for the rest of this run` },
      { value: `until ${hour.toISOString()}`, label: `Yes, ${tool} for an hour` },
      { value: `until ${midnight.toISOString()}`, label: `Yes, ${tool} until midnight` },
      { value: "deny", label: "No" },
      { value: "note", label: "No, with a note" },
    ];
  }

  async #decide(approvalId: string, decision: Decision): Promise<void> {
    await this.request<Approval>("POST", `/api/approvals/${approvalId}`, decision);
  }

  // --- what is sent -------------------------------------------------------------------------------------------------

  #newOutbox(): Outbox {
    const { io } = this.#parts.context;
    return createOutbox(
      io,
      this.#closing.signal,
      (item) => this.#post(item),
      () => this.#schedule(0),
    );
  }

  async #post({ kind, key, text }: Outgoing): Promise<number | null> {
    const chat = await this.#ensureChat();
    if (kind === "message") {
      const { seq } = await this.request<MessageAccepted>("POST", `/api/chats/${chat}/messages`, { text, key });
      return seq;
    }
    const task = await this.request<Task>("POST", "/api/tasks", { instruction: text, chatId: chat, key });
    this.say(`Queued as task ${shortId(task.id)}`);
    return null;
  }

  async #ensureChat(): Promise<string> {
    if (this.#chat !== null) return this.#chat.id;
    const chat = await this.request<Chat>("POST", "/api/chats", { key: this.#chatKey });
    if (this.#chat === null) {
      this.#chat = chat;
      this.#follow(chat.id, 0, "");
    }
    return this.#chat.id;
  }

  // --- what is seen -------------------------------------------------------------------------------------------------

  #leave(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#chat = null;
    this.#view = emptyTerminalView;
    this.#approvals = new Map();
    this.#arrivals = [];
    this.#outbox.forget();
    this.#outbox = this.#newOutbox();
    this.#connection = { state: "connecting" };
  }

  #follow(chatId: string, after: number, epoch: string): void {
    const { signal } = this.#watching;
    this.#watch(chatId, after, epoch, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      const failure = asFailure(error);
      this.#note(failure.message, "bad");
      if (failure.exit === EXIT.notAllowed) this.#end.resolve(failure.exit);
      else this.startAnew();
    });
  }

  async #watch(chatId: string, after: number, epoch: string, signal: AbortSignal): Promise<void> {
    const options = { chatId, after, epoch, deltas: true, patience: Number.POSITIVE_INFINITY, signal };
    for await (const watched of this.#parts.context.watch(options)) {
      if (signal.aborted) return;
      switch (watched.kind) {
        case "event":
        case "delta":
          this.#arrivals.push(watched);
          break;
        case "live":
          this.#connection = { state: "live" };
          break;
        case "lost":
          this.#connection = {
            state: "lost",
            tries: this.#connection.state === "lost" ? this.#connection.tries + 1 : 1,
          };
          break;
        case "reset":
          this.#arrivals = [];
          this.#view = emptyTerminalView;
          this.say("The history was cut on the server; it is shown from its start.");
          break;
      }
      this.#schedule(FRAME_MS);
    }
  }

  /** Folds what has arrived; what is settled by it goes to the lines that stay. */
  #fold(): void {
    if (this.#arrivals.length === 0) return;
    const { view, settled } = advance(this.#view, this.#arrivals);
    for (const arrival of this.#arrivals) {
      if (arrival.kind === "event" && arrival.event.type === "chat" && arrival.event.data.change === "renamed") {
        if (this.#chat !== null) this.#chat = { ...this.#chat, title: arrival.event.data.title };
      }
    }
    this.#arrivals = [];
    this.#view = view;
    this.#lines.push(...settled.flatMap((each) => this.#linesOf(each)));
    this.#outbox.arrived(view.transcript.last, view.keys);
    this.#askAbout();
    this.#markSeen();
  }

  /** Shows what each new question is about, whole, once. */
  #askAbout(): void {
    for (const { approval } of questions(this.#view)) {
      const { approvalId } = approval.data;
      if (this.#approvals.has(approvalId)) continue;
      this.#attempt(async () => {
        const known = await this.request<Approval>("GET", `/api/approvals/${approvalId}`);
        if (this.#approvals.has(approvalId) || known.chatId !== this.#chat?.id) return;
        this.#approvals.set(approvalId, known);
        if (known.state === "requested")
          this.#note(`${known.tool} ${clean(visible(JSON.stringify(known.args, null, 2)))}`, "ask");
      });
    }
  }

  #markSeen(): void {
    const { last } = this.#view.transcript;
    const chat = this.#chat;
    if (chat === null || last <= this.#seen || this.#seenTimer !== undefined) return;
    this.#seenTimer = setTimeout(() => {
      this.#seenTimer = undefined;
      const seq = this.#view.transcript.last;
      if (this.#chat?.id !== chat.id) return;
      this.#seen = seq;
      // Not worth a word: it is marked again with the next event.
      this.request("POST", `/api/chats/${chat.id}/seen`, { seq }).catch(() => {});
    }, SEEN_MS);
  }

  #linesOf(shown: Shown): readonly Line[] {
    return entryLines(shown, { width: this.#width, me: this.#parts.me.id, now: this.now() });
  }

  get #width(): number {
    return Math.max(this.#parts.device.columns - 1, 20);
  }

  #note(text: string, look: Look): void {
    for (const line of clean(text).split("\n"))
      this.#lines.push(...wrap([span(line, look)], this.#width, [span("  ")]));
    this.#schedule(0);
  }

  // --- the screen ---------------------------------------------------------------------------------------------------

  #schedule(afterMs: number): void {
    if (this.#frame !== undefined || this.#closing.signal.aborted) return;
    this.#frame = setTimeout(() => {
      this.#frame = undefined;
      this.#draw();
    }, afterMs);
  }

  #draw(): void {
    this.#fold();
    if (this.#picking !== null) return;
    const lines = this.#lines;
    this.#lines = [];
    const { columns, rows } = this.#parts.device;
    this.#screen.draw(lines, below(this.#state, { columns, rows, now: this.now() }));
  }

  get #state(): BelowState {
    const { text, cursor, completions } = this.#editor;
    return {
      view: this.#view,
      chat: this.#chat,
      connection: this.#connection,
      outbox: this.#outbox.items,
      approvals: this.#approvals,
      me: this.#parts.me.id,
      editor: { text, cursor, completions },
      stopping: this.#stopping,
    };
  }
}
