import { randomUUID } from "node:crypto";
import type { CallToolResult, Client, Progress, RequestOptions, Transport } from "@modelcontextprotocol/client";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { shorten } from "../../core/text.ts";
import type { Answered } from "../needs-answer.ts";
import { OutcomeUnknown } from "../tool.ts";
import {
  codeOf,
  connected,
  EndedAtProbe,
  failure,
  signInNeeded,
  type Connected,
  type ConnectionOptions,
} from "./connect.ts";
import { askedBy, askedMeanwhile, goneWithServer, resumed, type Reply, type Resumed } from "./elicitation.ts";
import { reasonOf } from "./http.ts";
import { keepListening } from "./listening.ts";
import {
  offeredPrompts,
  offeredResources,
  promptText,
  resourceText,
  type OfferedPrompt,
  type OfferedResource,
} from "./offers.ts";
import { MAX_TOOLS, offeredTool, type OfferedTool } from "./offered.ts";
import { progressWords } from "./progress.ts";
import { resultOf, textOf } from "./result.ts";
import { RunningCall } from "./running-call.ts";
import { StdioTransport } from "./stdio.ts";
import { WITH_PROGRESS } from "./tool.ts";

/** One conversation with one server. */

export interface ToolList {
  readonly tools: readonly OfferedTool[];
  readonly refused: readonly { readonly name: string; readonly refused: string }[];
}

export interface ServerToolCall {
  readonly tool: string;
  readonly args: { readonly [key: string]: Json };
  /** What came of the question that the same call asked before. */
  readonly answer?: Answered | undefined;
  /** Told how far it is. */
  readonly progress?: ((words: string) => void) | undefined;
  /** Whose call it is; undefined: a trial, with which nobody goes on. */
  readonly runId?: string | undefined;
  /** How often the server has asked to be called again. */
  readonly rounds: number;
}

const MAX_ROUNDS = 10;
/** The longest that timers take, 24.8 days. */
const LONGEST_MS = 2 ** 31 - 1;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #active = new Set<RunningCall>();
  /** Calls that wait for what somebody answers to their server. */
  readonly #held = new Map<string, { readonly running: RunningCall; readonly runId: string | undefined }>();
  #isAsking = false;
  /** What is being asked beside calls. */
  #asked = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #endListening: () => void;
  #isClosed = false;

  private constructor(options: ConnectionOptions, { client, transport }: Connected) {
    this.#options = options;
    this.#client = client;
    this.#transport = transport;
    this.#endListening = keepListening(client, options.onToolsChanged);
    client.onclose = () => {
      this.#isClosed = true;
      this.#endListening();
    };
    client.setRequestHandler("elicitation/create", async ({ params }) => this.#elicit(params));
  }

  /** Throws `unavailable` in words where it cannot be had. */
  static async open(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    try {
      return new Connection(options, await connected(options, options.legacy, signal));
    } catch (error) {
      // Some old servers end when they are asked something before the first word that they know.
      if (options.legacy || !(error instanceof EndedAtProbe) || signal.aborted) throw error;
      return new Connection(options, await connected(options, true, signal));
    }
  }

  /** Something is asked of it that has no answer yet: be it that a person must give one first. */
  get isBusy(): boolean {
    return this.#active.size > 0 || this.#asked > 0;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it speaks only the revisions before 2026-07-28. */
  get isLegacy(): boolean {
    return this.#client.getProtocolEra() === "legacy";
  }

  /** The process that runs it; null: it runs elsewhere. */
  get pid(): number | null {
    return this.#transport instanceof StdioTransport ? this.#transport.pid : null;
  }

  async tools(signal: AbortSignal): Promise<ToolList> {
    const { definition, tail } = this.#options;
    this.#asked++;
    try {
      const options = { signal, timeout: definition.connectMs, cacheMode: "refresh" as const };
      const { tools } = await this.#client.listTools(undefined, options);
      const offered = tools.slice(0, MAX_TOOLS).map(offeredTool);
      const over = tools.slice(MAX_TOOLS).map(({ name }) => ({ name, refused: `only ${MAX_TOOLS} tools are taken` }));
      const taken = new Map(offered.flatMap((tool) => ("refused" in tool ? [] : [[tool.name, tool] as const])));
      return {
        tools: [...taken.values()],
        refused: [...offered.flatMap((tool) => ("refused" in tool ? [tool] : [])), ...over],
      };
    } catch (error) {
      this.#checkSignIn(error);
      throw failure(definition.name, `its tools could not be listed: ${this.#words(error, signal)}`, tail, error);
    } finally {
      this.#asked--;
    }
  }

  resources(signal: AbortSignal): Promise<readonly OfferedResource[]> {
    return this.#ask("its resources could not be listed", signal, (options) => offeredResources(this.#client, options));
  }

  resource(uri: string, signal: AbortSignal): Promise<string> {
    return this.#ask("it could not be read", signal, async (options) =>
      resourceText(await this.#client.readResource({ uri }, { ...options, cacheMode: "refresh" })),
    );
  }

  prompts(signal: AbortSignal): Promise<readonly OfferedPrompt[]> {
    return this.#ask("its prompts could not be listed", signal, (options) => offeredPrompts(this.#client, options));
  }

  prompt(name: string, args: { readonly [name: string]: string }, signal: AbortSignal): Promise<string> {
    return this.#ask("the prompt could not be had", signal, async (options) =>
      promptText(await this.#client.getPrompt({ name, arguments: { ...args } }, options)),
    );
  }

  /** Of what changes nothing: its own refusal is told in its own words. */
  async #ask<T>(what: string, signal: AbortSignal, ask: (options: RequestOptions) => Promise<T>): Promise<T> {
    const { definition, tail } = this.#options;
    this.#asked++;
    try {
      return await ask({ signal, timeout: definition.timeoutMs });
    } catch (error) {
      signal.throwIfAborted();
      this.#checkSignIn(error);
      const words = shorten(this.#words(error, signal), 500);
      if (isAnswer(error))
        throw new SparkyError("conflict", `the server ${definition.name}: ${words}`, { cause: error });
      throw failure(definition.name, `${what}: ${words}`, tail, error);
    } finally {
      this.#asked--;
    }
  }

  /** Whether a call waits here for what somebody answers. */
  holds(id: string): boolean {
    return this.#held.get(id)?.running.isSettled === false;
  }

  /** Tells the server no more than that nobody answers, for calls whose runs ended before somebody did. */
  async letGo(hasEnded: (runId: string) => Promise<boolean>): Promise<void> {
    for (const [id, { running, runId }] of this.#held) {
      if (!running.isSettled && runId !== undefined && !(await hasEnded(runId))) continue;
      if (this.#held.delete(id) && !running.isSettled) running.answer({ action: "cancel" });
    }
  }

  /**
   * Throws `OutcomeUnknown` where the call may have happened, and `NeedsAnswer` where the server asks somebody; a tool's own
   * failure is an error with its words.
   */
  async call(call: ServerToolCall, signal: AbortSignal): Promise<Json> {
    const before: Resumed = call.answer === undefined ? { replies: {} } : resumed(call.answer);
    const held = before.held === undefined ? undefined : this.#held.get(before.held)?.running;
    if (before.held !== undefined) this.#held.delete(before.held);
    const reply = Object.values(before.replies).at(-1);
    if (held !== undefined && !held.isSettled && reply !== undefined) {
      held.answer(reply);
      return this.#outcome(call, held, before, signal);
    }
    const { name, idempotent } = this.#options.definition;
    if (before.held !== undefined && call.answer !== undefined && !idempotent.includes(call.tool))
      throw goneWithServer(name, call.answer);
    // The older revision does not say which call a question belongs to: a server that asks is called once at a time.
    const turn = this.#isAsking
      ? this.#last.then(() => this.#start(call, before, signal))
      : this.#start(call, before, signal);
    this.#last = turn.catch(() => null);
    return turn;
  }

  #start(call: ServerToolCall, before: Resumed, signal: AbortSignal): Promise<Json> {
    const { timeoutMs } = this.#options.definition;
    const { requestState, replies } = before;
    const again = Object.keys(replies).length > 0 && !this.isLegacy;
    const running = new RunningCall(timeoutMs, WITH_PROGRESS * timeoutMs, this.isLegacy ? Object.values(replies) : []);
    this.#active.add(running);
    const params = {
      name: call.tool,
      arguments: { ...call.args },
      ...(again && { inputResponses: replies }),
      ...((again || call.rounds > 0) && requestState !== undefined && { requestState }),
    };
    const onprogress = (progress: Progress): void => running.progressed(progressWords(progress));
    // The time is ours to count: it stands still while somebody is asked.
    const options = { timeout: LONGEST_MS, onprogress, allowInputRequired: true };
    running.run(
      (ending) => this.#client.callTool(params, { ...options, signal: ending }),
      () => this.#active.delete(running),
    );
    return this.#outcome(call, running, before, signal);
  }

  async #outcome(call: ServerToolCall, running: RunningCall, before: Resumed, signal: AbortSignal): Promise<Json> {
    const { name } = this.#options.definition;
    let next: Awaited<ReturnType<RunningCall["next"]>>;
    try {
      next = await running.next(signal, call.progress);
    } catch (error) {
      signal.throwIfAborted();
      this.#checkSignIn(error);
      if (isAnswer(error)) throw new Error(messageOf(error), { cause: error });
      const why = running.signal.aborted ? messageOf(running.signal.reason) : this.#words(error, signal);
      throw new OutcomeUnknown(`the server ${name} gave no answer: ${why}`, { cause: error });
    }
    if ("asked" in next) {
      const id = randomUUID();
      this.#held.set(id, { running, runId: call.runId });
      askedMeanwhile(name, next.asked, before.replies, id);
      throw new Error("it asked nothing");
    }
    const result: CallToolResult & { readonly inputRequests?: unknown; readonly requestState?: unknown } = next.result;
    if (result["resultType"] === "input_required") {
      // Without a question the server only wants to be called again, as one does that is busy.
      const resume = askedBy(name, result);
      if (call.rounds >= MAX_ROUNDS) throw new Error(`the server ${name} asks to be called again and again`);
      return this.#start({ ...call, rounds: call.rounds + 1 }, resume, signal);
    }
    if (result.isError === true) throw new Error(textOf(result) || "the tool failed and said no more");
    return resultOf(result);
  }

  /** A server of the older revision asks while a call waits: it is the one that does not wait for an answer already. */
  #elicit(params: unknown): Promise<Reply> | Reply {
    this.#isAsking = true;
    const [running, ...others] = [...this.#active].filter(({ isAsking }) => !isAsking);
    return running === undefined || others.length > 0 ? { action: "cancel" } : running.ask(params);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endListening();
    // The process first: a library that waits for it politely would wait too long.
    await this.#transport.close().catch(() => {});
    await this.#client.close().catch(() => {});
  }

  /** A server may want more of a person than it did before: nothing was done then. */
  #checkSignIn(error: unknown): void {
    const needed = signInNeeded(this.#options, error);
    if (needed !== null) throw needed;
    // A sign-in that cannot be renewed just now: nothing was asked of the server.
    if (isSparkyError(error) && this.#options.signIn !== undefined) throw error;
  }

  #words(error: unknown, signal: AbortSignal): string {
    if (signal.aborted) return "it was stopped";
    const exit = this.#transport instanceof StdioTransport ? this.#transport.exit : null;
    if (exit !== null) return `it ${exit}`;
    if (codeOf(error) === "REQUEST_TIMEOUT") return "it took too long";
    return error instanceof TypeError ? reasonOf(error) : messageOf(error);
  }
}

/** The answer of a server that refuses, which is one: a number is the protocol's code, a text the library's. */
const isAnswer = (error: unknown): boolean => typeof codeOf(error) === "number";
