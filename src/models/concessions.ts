import type { AssistantModelMessage, ModelMessage } from "ai";
import type { StepRequest } from "./model.ts";

/** What some servers refuse, and is left out for them once they have said so. */

export type Concession = keyof typeof REFUSALS;

const REFUSALS = {
  /** OpenAI gives summaries of its reasoning only to accounts that it has verified; the answer matters more. */
  summaries: /reasoning.?summar/i,
  /** DeepSeek wants the field with every call, for calls of other models too. */
  emptyReasoning:
    /(?:missing|must be passed back|must be provided).{0,40}reasoning_content|reasoning_content.{0,60}(?:must be passed back|is missing|is required)/i,
  /** Anthropic thinks only if the turn began with thoughts, which another model's did not. */
  thinking: /expected .{0,3}thinking.{0,40}but found/i,
  /** The reasoning that came from the very same server, which it does not take back. */
  reasoning:
    /reasoning_content|reasoning_details|invalid_encrypted_content|encrypted content|signature.{0,20}(?:thinking|thought)|(?:thinking|thought).{0,20}signature/i,
  /** Templates in which a person cannot speak right behind a tool. */
  alternation: /roles must alternate|role .?user.? after role .?tool/i,
  /** Models that cannot look at pictures: they are told so. */
  images:
    /(?:image|vision|multi-?modal).{0,80}(?:not support|unsupported|not allowed|only supported|not enabled|cannot)|(?:not support|unsupported|not accept|unknown variant|cannot).{0,60}(?:image|vision|multi-?modal)/i,
  /** Servers that are older than the usage of streams. */
  usage: /stream_options/i,
} as const;

/** Of an effort that this model cannot be asked for, in the words of the field that each server has for it. */
const EFFORT_REFUSED =
  /reasoning.?effort|reasoning\.effort|output_config|\beffort\b|thinking.?(?:budget|level|config)|\b(?:reasoning|think(?:ing)?)\b.{0,40}(?:not support|unsupported|not available|not enabled|not allowed)|(?:not support|unsupported|cannot|unknown|invalid).{0,40}\b(?:reasoning|thinking|think)\b(?!.{0,3}(?:block|_content))|only works in thinking mode|budget_tokens/i;

export const isEffortRefused = (said: string): boolean => EFFORT_REFUSED.test(said);

/** Of a picture that cannot be read, or not by this server: another one it may well look at. */
const BROKEN_PICTURE =
  /(?:could not|cannot|unable to|failed to) (?:process|decode|identify|read|load).{0,40}image|(?:invalid|unsupported|corrupt(?:ed)?|not (?:represent )?a valid) image|image.{0,60}(?:exceeds|too large|is (?:invalid|corrupt))/i;

/** The same request without its pictures, where it is refused for one of them; null: it is not. */
export function withoutBroken(said: string, request: StepRequest): StepRequest | null {
  if (!BROKEN_PICTURE.test(said) || !request.messages.some(hasPicture)) return null;
  return { ...request, messages: request.messages.map(withoutPictures) };
}

const hasPicture = ({ role, content }: ModelMessage): boolean =>
  role === "user" && typeof content !== "string" && content.some(({ type }) => type !== "text");

/** What could be left out so that the server takes the request; null: nothing that is not left out already. */
export function concessionFor(said: string, given: ReadonlySet<Concession>): Concession | null {
  const names = Object.keys(REFUSALS) as Concession[];
  return names.find((name) => !given.has(name) && REFUSALS[name].test(said)) ?? null;
}

/** The request as a server takes it that was given these. */
export function conceded(request: StepRequest, given: ReadonlySet<Concession>): StepRequest {
  let { messages } = request;
  if (given.has("reasoning")) messages = messages.map(withoutReasoning);
  if (given.has("emptyReasoning")) messages = messages.map(withEmptyReasoning);
  if (given.has("images")) messages = messages.map(withoutPictures);
  if (given.has("alternation")) messages = alternating(messages);
  return { ...request, messages };
}

function withoutReasoning(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant" || typeof message.content === "string") return message;
  const content = message.content
    .filter((part) => part.type === "text" || part.type === "tool-call")
    .map(({ providerOptions: _, ...part }) => part);
  return { role: "assistant", content };
}

function withoutPictures(message: ModelMessage): ModelMessage {
  if (message.role !== "user" || typeof message.content === "string") return message;
  const content = message.content.map((part) =>
    part.type === "text" ? part : ({ type: "text", text: UNSEEN } as const),
  );
  return { role: "user", content };
}

const UNSEEN = "(You cannot look at this picture: say so if it matters.)";

function withEmptyReasoning(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant" || hasReasoning(message)) return message;
  const openaiCompatible = { reasoning_content: "" };
  return { ...message, providerOptions: { ...message.providerOptions, openaiCompatible } };
}

function hasReasoning({ content }: AssistantModelMessage): boolean {
  return typeof content !== "string" && content.some((part) => part.type === "reasoning");
}

function alternating(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  return messages.flatMap((message, index): ModelMessage[] =>
    message.role === "user" && messages[index - 1]?.role === "tool"
      ? [{ role: "assistant", content: "(I go on with what the tools gave.)" }, message]
      : [message],
  );
}
