import type { Json } from "../core/events.ts";
import { formFields } from "../core/form.ts";

/** What a call asks of people. */
export interface Asked {
  readonly text: string;
  /** Answers to choose from; other words are taken too. */
  readonly choices?: readonly string[];
  /** A form of one level, as JSON Schema: the answer is an object with its fields. */
  readonly schema?: Json;
  /** Given back with the answer, days and restarts later: all that the call needs to go on. */
  readonly state: Json;
}

/** What came of it: `declined`: somebody would not say; `withdrawn`: they wrote something else instead. */
export interface Answered {
  readonly state: Json;
  readonly outcome: "answered" | "declined" | "expired" | "withdrawn";
  /** null unless it was answered. */
  readonly answer: Json;
  /** The name of who answered or declined. */
  readonly by: string | null;
}

const MOST_TEXT = 8000;
const MOST_CHOICES = 50;
const MOST_CHOICE = 500;
const MOST_FORM = 32_768;
const MOST_STATE = 262_144;

/**
 * Thrown by a plain tool's `execute`: the call stays open, and its run waits for a person without a worker. Once the
 * question is answered, withdrawn or expired, `execute` is called again, with `context.answer`.
 */
export class NeedsAnswer extends Error {
  readonly asked: Asked;

  constructor(asked: Asked) {
    super("the call waits for a person's answer");
    this.name = "NeedsAnswer";
    this.asked = asked;
  }

  /** Why nobody can be asked this; null: it is a question. */
  get problem(): string | null {
    const { text, choices = [], schema, state } = this.asked;
    if (text.trim() === "") return "the question has no words";
    if (text.length > MOST_TEXT) return `the question is longer than ${MOST_TEXT} characters`;
    if (choices.length > MOST_CHOICES) return `the question has more than ${MOST_CHOICES} choices`;
    if (choices.some((choice) => choice.length > MOST_CHOICE))
      return `a choice is longer than ${MOST_CHOICE} characters`;
    if (JSON.stringify(state).length > MOST_STATE) return "the question keeps more than 256 KB";
    if (schema === undefined) return null;
    if (JSON.stringify(schema).length > MOST_FORM) return "the question's form is larger than 32 KB";
    return formFields(schema) === null ? "the question's form is not a flat one of text, numbers and choices" : null;
  }
}
