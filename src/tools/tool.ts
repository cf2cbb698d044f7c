import { exactLine } from "../core/exact.ts";
import { z } from "zod";
import type { Effect, EventBody, Json } from "../core/events.ts";
import type { Masking } from "../core/known-secrets.ts";
import type { Answered } from "./needs-answer.ts";
import { policyOf, type OnUnknown, type Policy, type Verdict } from "./policy.ts";

/** The tool contract. A call goes prepare → execute → finalize; an unknown tool or bad arguments are values, not exceptions. */

/** The tool that reads on in a result that was cut: the context names it where it cuts. */
export const RESULT_READ = "result_read";

/** The tool that looks through the memory: what is forgotten is taken out of what it gave. */
export const RECALL = "recall";
/** Keeps what a person says; what it only proposes asks for nothing back. */
export const REMEMBER = "remember";

/** The tool that reads a skill: without it a run is told of none. */
export const SKILL_READ = "skill_read";

/** The tool that hands work to tasks of its own and waits for them: whoever looks at its call looks at those first. */
export const DELEGATE = "delegate";

/** In place of a result: the call stays open, and others will end it. */
export const WAITS: unique symbol = Symbol("waits");

/** Who the run acts for: its chat's owner. A tool sees and changes only what this user may. */
export interface Principal {
  readonly userId: string;
  readonly name: string;
  /** The built-in account for unattended work. It has no memory of its own: whose it uses, `readerFor` says. */
  readonly isAgent: boolean;
}

export interface ToolContext {
  readonly principal: Principal;
  readonly chatId: string;
  readonly runId: string;
  readonly taskId: string | null;
  readonly callId: string;
  /**
   * The same at each attempt of this call, however many crashes lie between, and never another call's: for a service that
   * does what it is asked only once for a key.
   */
  readonly idempotencyKey: string;
  /** The chat owner's folder, absolute; it may not exist yet. No tool writes outside it. */
  readonly workspace: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The owner's IANA time zone. */
  readonly timeZone: string;
  readonly signal: AbortSignal;
  /** A result is masked when it is given back; who gives a text back in parts masks it before it is cut. */
  readonly masking: Masking;
  /** Tells people how far it is, in one line in the place of the one before; nothing of it is kept. Any number of times. */
  readonly progress?: (text: string) => void;
  /** Looked up when it is asked for. */
  readonly inSight?: () => Promise<InSight>;
  /** It knows of the conversation what stands up to this event; absent: all of it. */
  readonly knownUpTo?: number;
  /** What came of the question that the call asked before, by `NeedsAnswer`; absent when it has asked nothing yet. */
  readonly answer?: Answered;
  /**
   * Keeps the id of a process group that the call has started, and the mark in its environment, before the group does
   * anything: after a crash, recovery ends what is left of it.
   */
  readonly ownsProcess: (pgid: number, mark: string) => Promise<void>;
}

/** What of its chat stands before the model anyway. */
export interface InSight {
  /** The messages that are in its context. */
  readonly seqs: readonly number[];
  /** What the run answers: the newest message, or the task's instruction. */
  readonly text: string;
}

/** What a plain tool throws when its effect may have happened: the call's outcome is then unknown, as after a crash. */
export class OutcomeUnknown extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason}; whether it happened is unknown`, options);
    this.name = "OutcomeUnknown";
  }
}

export interface TransactionalContext extends ToolContext {
  /** Adds an event of this run to the transaction, before the call's result. */
  emit(body: EventBody): void;
}

/** What is known of a tool before a call: what the model and the policy see. */
interface ToolFacts {
  /** snake_case, `noun_verb`. */
  readonly name: string;
  /** For the model: what it does and when to use it. */
  readonly description: string;
  readonly effect: Effect;
  /** May be run again after a crash that left its outcome unknown. */
  readonly idempotent: boolean;
  /** The call fails when it has no result after this long. */
  readonly timeoutMs: number;
}

/** What the owner may decide otherwise, in `tools.json`. */
interface ToolRules {
  readonly policy: Policy;
  readonly onUnknown: OnUnknown;
  /** The secrets that its calls may be given unasked; of others each call is asked about. */
  readonly secrets?: readonly string[];
}

/** On which terms a call with these arguments would run. */
export interface Terms {
  readonly policy: Policy;
  /**
   * Told to whoever is asked, and part of what is answered: an answer or a grant that was given on other terms does not count.
   */
  readonly words: string | null;
}

export interface CallTerms {
  readonly verdict: Verdict;
  readonly words: string | null;
}

/** A kind of call, in words for people that follow those of its verdict: `asks first` `with network`. */
export interface CallKind {
  readonly when: string;
  readonly verdict: Verdict;
}

export interface PolicyCase {
  readonly when: string;
  readonly policy: Policy;
}

export type Prepared<Tx> =
  | { readonly ok: false; readonly error: string }
  /** The effect may reach outside our database: written ahead with `tool_start`. */
  | {
      readonly ok: true;
      readonly kind: "plain";
      readonly summary: string;
      execute(context: ToolContext): Promise<Json>;
    }
  /** The whole effect is in our database: it shares the transaction of its result and is never unknown. */
  | {
      readonly ok: true;
      readonly kind: "transactional";
      readonly summary: string;
      execute(context: TransactionalContext, tx: Tx): Promise<Json | typeof WAITS>;
    };

export interface Tool<Tx> extends ToolFacts, ToolRules {
  /** JSON Schema of the arguments. */
  readonly parameters: { readonly [key: string]: Json };
  /** What ends with this process: told where the outcome of a call is unknown, for the model to start anew from. */
  readonly lost?: string;
  /** A model is not told of it: it finds it by `tool_search`. */
  readonly deferred?: true;
  /** Checks the arguments: bad ones are a value that tells the model what is allowed. */
  prepare(args: Json): Prepared<Tx>;
  /** The line for a shell that the call runs, where it does: rules for commands may cover it. */
  readonly commandOf?: (args: Json) => string;
  /** Where that depends on the arguments, which `prepare` has found right; else it is `policy`, whatever they are. */
  readonly termsFor?: (args: Json) => Promise<Terms>;
  /** What `termsFor` comes to at present, for people who have not seen a call yet: the kinds of calls that it tells apart. */
  readonly cases?: () => Promise<readonly PolicyCase[]>;
}

interface Definition<A> extends ToolFacts {
  /** Allowed everywhere when left out. */
  readonly policy?: Verdict | Partial<Policy>;
  /** The model decides when left out. */
  readonly onUnknown?: OnUnknown;
  readonly args: z.ZodType<A>;
  /** The call's main argument, for people; it is shown exactly, in one line. */
  summary(args: A): string;
  /** The line for a shell that it runs. */
  commandOf?(args: A): string;
  /** Decides in place of `policy` where the arguments count. */
  termsFor?(args: A): Promise<CallTerms>;
  /** The kinds of calls that `termsFor` tells apart. */
  cases?(): Promise<readonly CallKind[]>;
}

export function defineTool<A>(
  tool: Definition<A> & { execute(args: A, context: ToolContext): Promise<Json> },
): Tool<unknown> {
  return made(tool, (raw) =>
    parsed(tool, raw, (args) => ({
      ok: true,
      kind: "plain",
      summary: exactLine(tool.summary(args)),
      execute: (context) => tool.execute(args, context),
    })),
  );
}

export function defineTransactionalTool<A, Tx>(
  tool: Definition<A> & { execute(args: A, context: TransactionalContext, tx: Tx): Promise<Json | typeof WAITS> },
): Tool<Tx> {
  return made(tool, (raw) =>
    parsed(tool, raw, (args) => ({
      ok: true,
      kind: "transactional",
      summary: exactLine(tool.summary(args)),
      execute: (context, tx) => tool.execute(args, context, tx),
    })),
  );
}

function made<A, Tx>(tool: Definition<A>, prepare: Tool<Tx>["prepare"]): Tool<Tx> {
  let parameters: Tool<Tx>["parameters"] | null = null;
  return {
    ...factsOf(tool),
    prepare,
    // Worked out when it is first told of: a start needs none of them.
    get parameters() {
      return (parameters ??= schemaOf(tool.args));
    },
  };
}

function schemaOf(args: z.ZodType): Tool<never>["parameters"] {
  const { $schema: _, ...parameters } = z.toJSONSchema(args, { io: "input" }) as { [key: string]: Json };
  return parameters;
}

function factsOf<A>(tool: Definition<A>): Omit<Tool<never>, "prepare" | "parameters"> {
  const { name, description, effect, idempotent, timeoutMs, onUnknown = "model" } = tool;
  const policy = policyOf(tool.policy ?? "allow");
  const command = tool.commandOf && { commandOf: (raw: Json) => tool.commandOf?.(tool.args.parse(raw)) ?? "" };
  const facts = { name, description, effect, idempotent, timeoutMs, policy, onUnknown, ...command };
  if (tool.termsFor === undefined) return facts;
  return {
    ...facts,
    async termsFor(raw) {
      const terms = await tool.termsFor?.(tool.args.parse(raw));
      return terms === undefined ? { policy, words: null } : { policy: policyOf(terms.verdict), words: terms.words };
    },
    async cases() {
      const kinds = (await tool.cases?.()) ?? [];
      return kinds.map(({ when, verdict }) => ({ when, policy: policyOf(verdict) }));
    },
  };
}

function parsed<A, Tx>(tool: Definition<A>, raw: Json, then: (args: A) => Prepared<Tx>): Prepared<Tx> {
  const result = tool.args.safeParse(raw);
  return result.success
    ? then(result.data)
    : { ok: false, error: `bad arguments for ${tool.name}: ${z.prettifyError(result.error)}` };
}
