import type { Chat } from "../../wire/api.ts";
import type { Decision } from "../../wire/approvals.ts";
import type { Request } from "./link.ts";
import type { Beginning } from "./posts.ts";

/** What a slash command may do with the conversation that it is typed in. */
export interface Talk {
  readonly request: Request;
  readonly chat: Chat | null;
  now(): number;
  /** With `hang`, what does not fit goes on below that column. */
  say(text: string, hang?: number): void;
  open(chatId: string): Promise<void>;
  startAnew(): void;
  /** What the chat begins with in which nothing has been said yet. */
  readonly beginning: Beginning;
  beginWith(more: Beginning): void;
  send(kind: "message" | "task", text: string): void;
  /** False when nothing has failed. */
  retry(): boolean;
  stop(): Promise<void>;
  /** Answers the open question; with several, or without a decision, the person chooses. */
  answer(decision: Decision | null): Promise<void>;
  pickChat(): Promise<string | null>;
  /** One line of the person; null: they would rather not. */
  ask(what: string, required: boolean): Promise<string | null>;
  /** Puts words into the line that the person writes. */
  put(text: string): void;
  clear(): void;
  quit(): void;
}
