import { prettyJson } from "../../core/pretty-json.ts";
import type { EventOf } from "../../core/events.ts";
import { exactLine, exactText } from "../../core/exact.ts";
import type { Chat, ChatWithView, EventsPage, List, Stopped, User } from "../../wire/api.ts";
import type { Decision } from "../../wire/approvals.ts";
import type { Context } from "../command/context.ts";
import type { FollowedFilter } from "../command/event-filter.ts";
import { cut } from "../console/columns.ts";
import { asFailure, Failure } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { complete } from "./complete.ts";
import { runSlash } from "./slash-commands.ts";
import type { Talk } from "./talk.ts";
import { createAnswers, type Answers } from "./answers.ts";
import { below } from "./below.ts";
import type { TerminalDevice } from "../console/terminal-device.ts";
import { createEditor, type Editor } from "./editor.ts";
import { entryLines, isWanted, type Shown } from "./entry.ts";
import { FollowedChat } from "./follow.ts";
import type { History } from "./history.ts";
import type { Request } from "./link.ts";
import type { Outgoing } from "./outbox.ts";
import { TerminalPage } from "./page.ts";
import { createPosts, type Beginning, type Posts } from "./posts.ts";
import type { Below } from "./screen.ts";
import { fit, span, type Line } from "./text.ts";
import { asking, currentRun, questions } from "./view.ts";
import { oneLine, shortId } from "../console/text.ts";

export interface SessionParts {
  readonly context: Context;
  readonly device: TerminalDevice;
  readonly request: Request;
  readonly me: User;
  /** What this person wants to see of what happened. */
  readonly filter: FollowedFilter;
  readonly history: History;
}

const FRAME_MS = 33;
/** Ctrl-C a second time within this leaves, whatever runs. */
const TWICE_MS = 2000;

/** One conversation at the terminal, from the first key to the last: what is typed, what is sent, what comes. */
export class TerminalSession implements Talk, Disposable {
  readonly request: Request;
  readonly #parts: SessionParts;
  readonly #page: TerminalPage;
  readonly #editor: Editor;
  readonly #posts: Posts;
  readonly #followed: FollowedChat;
  readonly #answers: Answers;
  readonly #closing = new AbortController();
  readonly #end = Promise.withResolvers<ExitCode>();
  #stopping = false;
  /** Keys that came before there was a chat that they could be for; null: there is one. */
  #held: string | null = "";
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.request = parts.request;
    const { context, device, history, request } = parts;
    const changed = (): void => this.#page.drawIn(0);
    this.#page = new TerminalPage({
      device,
      paint: context.out.paint,
      arrived: () => this.#arrived(),
      below: () => this.#below(),
    });
    this.#followed = new FollowedChat({
      context,
      request,
      changed: () => this.#page.drawIn(FRAME_MS),
      asked: ({ tool, args }) => this.#page.note(exactText(`${tool} ${prettyJson(args)}`), "ask"),
      preferences: () => parts.filter.again(),
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
      failedElsewhere: ({ text }) =>
        this.#page.note(`not sent, to the chat before: ${oneLine(text)}. Try: /retry`, "bad"),
    });
    this.#editor = createEditor(history.entries, (text) => complete(request, this.#followed.chat, text), {
      changed,
      line: (text) => this.#typed(text),
      interrupt: () => this.#interrupted(),
      end: () => this.quit(),
      suspend: () => this.#page.suspend(),
    });
    this.#answers = createAnswers({
      ...{ request, followed: this.#followed, page: this.#page, now: () => this.now() },
      writeNote: () => this.#editor.replace("/deny "),
    });
    device.onKeys((text) => this.#keys(text));
    device.onResize(changed);
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
    this.#page[Symbol.dispose]();
    this.#closing.abort();
    this.#followed[Symbol.dispose]();
    this.#editor[Symbol.dispose]();
  }

  /** The chat is open: what was typed until now is taken as if it were typed now. */
  ready(): void {
    const held = this.#held ?? "";
    this.#held = null;
    if (held !== "") this.#keys(held);
  }

  #keys(text: string): void {
    if (this.#held === null) return (this.#page.picking ?? this.#editor).keys(text);
    // Whoever wants to leave is not kept.
    if (text.includes("\u0003")) this.leave(EXIT.interrupted);
    else this.#held += text;
  }

  // --- what slash commands do ---------------------------------------------------------------------------------------

  get chat(): Chat | null {
    return this.#followed.chat;
  }

  now(): number {
    return this.#parts.context.io.now();
  }

  say(text: string, hang = 0): void {
    this.#page.note(text, "dim", hang);
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
    const whole = [span(`  … all of it: sparky chats show ${shortId(chat.id)}`, "dim")];
    this.#page.write([], fit(title, this.#page.width));
    if (isCut) this.#page.write(fit(whole, this.#page.width));
    this.#page.write(...lines.slice(-room));
  }

  startAnew(): void {
    this.#posts.moveTo(null);
    this.#followed.leave();
    this.say("A new chat. It begins with what you write.");
  }

  get beginning(): Beginning {
    return this.#posts.beginning;
  }

  beginWith(more: Beginning): void {
    this.#posts.beginWith(more);
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
    this.#page.drawIn(0);
    try {
      const { runId } = await this.request<Stopped>("POST", `/api/chats/${chat.id}/stop`);
      if (runId === null) this.say("Nothing runs here.");
    } finally {
      this.#stopping = false;
      this.#page.drawIn(0);
    }
  }

  answer(given: Decision | null): Promise<void> {
    return this.#answers.answer(given);
  }

  async pickChat(): Promise<string | null> {
    const { items } = await this.request<List<Chat>>("GET", "/api/chats?limit=50");
    if (items.length === 0) throw new Failure(EXIT.error, "not_found", "there are no chats yet");
    const choices = items.map((chat) => ({
      value: chat.id,
      label: cut(oneLine(chat.title), 60),
      hint: `${shortId(chat.id)}${chat.runState === null ? "" : ` · ${chat.runState}`}`,
    }));
    return this.#page.pick("Which chat?", choices, () => true);
  }

  ask(what: string, required: boolean): Promise<string | null> {
    return this.#page.askLine(what, required);
  }

  /** What was typed meanwhile stays behind it. It is a message, be it that its words begin with a slash. */
  put(text: string): void {
    this.#editor.replace(`${text.startsWith("/") ? " " : ""}${text}${this.#editor.text}`);
  }

  clear(): void {
    this.#page.wipe();
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
      if (questions(this.#followed.view).length > 0) this.#attempt(() => this.answer(null));
      else this.#attempt(() => this.#choose());
      return;
    }
    this.#parts.history.add(text);
    // A message may begin with a slash too: behind a space.
    if (!text.startsWith("/")) return this.send("message", text);
    this.#page.write([]);
    this.#page.note(typed, "dim");
    this.#attempt(() => runSlash(this, typed));
  }

  /** A choice is a message like any other words: the open question takes it as its answer. */
  async #choose(): Promise<void> {
    const open = (): EventOf<"question">["data"] | undefined => asking(this.#followed.view)[0]?.data;
    const { questionId, text, choices = [] } = open() ?? { questionId: "", text: "" };
    if (choices.length === 0) return;
    const labelled = choices.map((value) => ({ value, label: exactLine(value) }));
    const chosen = await this.#page.pick(exactLine(text), labelled, () => open()?.questionId === questionId);
    if (chosen !== null && open()?.questionId === questionId) this.send("message", chosen);
  }

  #interrupted(): void {
    if (this.#editor.text !== "") return this.#editor.replace("");
    const isSecond = this.now() - this.#interruptedAt < TWICE_MS;
    this.#interruptedAt = this.now();
    if (!this.isWorking || isSecond) return this.leave(EXIT.interrupted);
    this.#attempt(() => this.stop());
  }

  /** Runs what a person asked for; its failure is told, and the conversation goes on. */
  #attempt(body: () => Promise<void>): void {
    body().catch((error: unknown) => {
      const { message, hint } = asFailure(error);
      this.#page.note(`${message}${hint === undefined ? "" : `. Try: ${hint}`}`, "bad");
    });
  }

  // --- the screen ---------------------------------------------------------------------------------------------------

  #lost(failure: Failure): void {
    if (failure.exit === EXIT.notAllowed) return this.#end.reject(failure);
    this.#page.note(failure.message, "bad");
    this.startAnew();
  }

  #linesOf(shown: Shown): readonly Line[] {
    return entryLines(shown, { width: this.#page.width, me: this.#parts.me.id, now: this.now() });
  }

  #arrived(): readonly Line[] {
    const settled = this.#followed.fold().filter((each) => isWanted(each, this.#parts.filter.shown()));
    const lines = settled.flatMap((each) => this.#linesOf(each));
    const { transcript, keys } = this.#followed.view;
    this.#posts.arrived(transcript.last, keys);
    return lines;
  }

  #below(): Below {
    const { columns, rows } = this.#parts.device;
    const { text, cursor, completions } = this.#editor;
    const { view, chat, connection, approvals } = this.#followed;
    const state = {
      ...{ view, chat, connection, approvals, outbox: this.#posts.items, me: this.#parts.me.id },
      editor: { text, cursor, completions },
      stopping: this.#stopping,
    };
    return below(state, { columns, rows, now: this.now() });
  }
}
