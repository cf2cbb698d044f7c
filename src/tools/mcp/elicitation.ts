import { z } from "zod";
import { jsonSchema, type Json } from "../../core/events.ts";
import { exactLine } from "../../core/exact.ts";
import { answerWords } from "../../core/form.ts";
import { shorten } from "../../core/text.ts";
import { NeedsAnswer, type Answered } from "../needs-answer.ts";
import { OutcomeUnknown } from "../tool.ts";

/**
 * What a server asks of people in the middle of a call. The newer revision answers the call with its questions and is called
 * again with what was said; the older one asks while the call waits: it is left waiting. Where it is gone by the time that somebody
 * answers, as after a restart, what it did before it asked is unknown; only what may be repeated is called once more, with the
 * answer at hand. Either way all that is needed to go on is kept with the question.
 */

const requestSchema = z.object({
  method: z.string(),
  params: z.looseObject({
    message: z.string().default(""),
    url: z.string().optional(),
    requestedSchema: z.record(z.string(), jsonSchema).optional(),
  }),
});
type Request = z.infer<typeof requestSchema>;

const contentSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));
const replySchema = z.object({
  action: z.enum(["accept", "decline", "cancel"]),
  content: contentSchema.optional(),
});
export type Reply = z.infer<typeof replySchema>;

const stateSchema = z.object({
  /** Its own word for where it is, given back byte for byte. */
  requestState: z.string().optional(),
  /** The call that waits for the reply, if it still does. */
  held: z.string().optional(),
  /** Asked, by the names that it gave; the first that has no reply is being asked. */
  requests: z.record(z.string(), requestSchema),
  replies: z.record(z.string(), replySchema),
});
type State = z.infer<typeof stateSchema>;

/** How an answered call goes on. */
export interface Resumed {
  readonly requestState?: string;
  readonly held?: string;
  readonly replies: { readonly [name: string]: Reply };
}

/** The call that waits for this answer in its server, of the older revision; undefined: none does. */
export const heldFor = ({ state }: Answered): string | undefined => stateSchema.parse(state).held;

const MOST_ANSWER = 2000;

/** The call that asked is gone: what came of its question is told, and not lost with it. */
export function goneWithServer(server: string, answered: Answered): OutcomeUnknown {
  return new OutcomeUnknown(
    `the call that asked is gone with the process of the server ${server}, or waits on another node; it was not made again, ` +
      `for it may have acted before it asked. ${whatCame(answered)}`,
  );
}

function whatCame({ outcome, answer, by }: Answered): string {
  const who = by ?? "somebody";
  switch (outcome) {
    case "answered":
      return `${who} had answered: ${shorten(exactLine(answerWords(answer), Infinity), MOST_ANSWER)}`;
    case "declined":
      return `${who} had said no`;
    case "expired":
      return "nobody had answered in time";
    case "withdrawn":
      return "its question had been withdrawn";
  }
}

/** Throws the next question, while one is open. */
export function resumed({ state, outcome, answer }: Answered): Resumed {
  const kept = stateSchema.parse(state);
  const name = openOf(kept);
  if (name !== undefined) kept.replies[name] = replyOf(kept.requests[name], outcome, answer);
  return asked(kept);
}

/** Throws the first question of a call's answer in the newer revision; returns where there is nothing to ask. */
export function askedBy(
  server: string,
  result: { readonly inputRequests?: unknown; readonly requestState?: unknown },
): Resumed {
  const requests = z.record(z.string(), requestSchema).parse(result.inputRequests ?? {});
  const foreign = Object.values(requests).find(({ method }) => method !== "elicitation/create");
  if (foreign !== undefined) throw new Error(`the server ${server} asks for ${foreign.method}, which is not offered`);
  const requestState = typeof result.requestState === "string" ? { requestState: result.requestState } : {};
  return asked({ ...requestState, requests, replies: {} }, server);
}

/** The question of a server that asked while its call waited. */
export function askedMeanwhile(server: string, params: unknown, before: Resumed["replies"], held: string): Resumed {
  const name = String(Object.keys(before).length);
  const request = requestSchema.parse({ method: "elicitation/create", params });
  return asked({ held, requests: { [name]: request }, replies: { ...before } }, server);
}

const openOf = ({ requests, replies }: State): string | undefined =>
  Object.keys(requests).find((name) => !Object.hasOwn(replies, name));

function asked(state: State, server?: string): Resumed {
  const name = openOf(state);
  const request = name === undefined ? undefined : state.requests[name];
  if (request === undefined) {
    const { requestState, held, replies } = state;
    return { ...(requestState !== undefined && { requestState }), ...(held !== undefined && { held }), replies };
  }
  const { message, url, requestedSchema } = request.params;
  const properties = requestedSchema?.["properties"];
  const isForm = typeof properties === "object" && properties !== null && Object.keys(properties).length > 0;
  const words = url === undefined ? message : `${message}\n\nOpen this address, and answer when it is done: ${url}`;
  throw new NeedsAnswer({
    text: server === undefined ? words : `The tool server ${server} asks: ${words}`,
    ...(isForm ? { schema: requestedSchema as Json } : { choices: ["Yes", "No"] }),
    state: state as Json,
  });
}

function replyOf(request: Request | undefined, outcome: Answered["outcome"], answer: Json): Reply {
  if (outcome === "declined" || (typeof answer === "string" && /^no\b/i.test(answer.trim())))
    return { action: "decline" };
  if (outcome !== "answered") return { action: "cancel" };
  const content = contentSchema.safeParse(answer);
  if (request?.params.url !== undefined) return { action: "accept" };
  return { action: "accept", content: content.success ? content.data : {} };
}
