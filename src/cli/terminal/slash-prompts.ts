import { exactLine } from "../../core/exact.ts";
import { argumentsIn, promptName, promptPath } from "../../core/slash.ts";
import { shorten } from "../../core/text.ts";
import type { Prompt, Prompts, PromptText } from "../../wire/offers.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import type { Request } from "./link.ts";
import type { Talk } from "./talk.ts";

/** Prompts of tool servers, `/SERVER:PROMPT`, and of the home, `/NAME`: their words go into the line that the person writes. */

/** None where the server knows of none, or cannot say. */
export async function promptsOf(request: Request): Promise<Prompts> {
  return request<Prompts>("GET", "/api/prompts").catch(() => ({ items: [], next: null, problems: [] }));
}

export async function usePrompt(talk: Talk, prompt: Prompt, rest: string): Promise<void> {
  const values = await withAsked(talk, prompt, argumentsIn(rest, prompt));
  if (values === null) return;
  const filled = { arguments: Object.fromEntries(values) };
  const { text } = await talk.request<PromptText>("POST", promptPath(prompt), filled);
  if (text.trim() === "") throw problem(`${promptName(prompt)} has no words`);
  talk.put(text);
  talk.say("Change it as you like; Enter sends it.");
}

/** What is needed and was not given, one by one; all of it where nothing was given. null: the person would rather not. */
async function withAsked(
  talk: Talk,
  { args }: Prompt,
  given: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string> | null> {
  const values = new Map(given);
  for (const { name, description, required } of args) {
    if (values.has(name) || (!required && given.size > 0)) continue;
    const about = [required ? "" : "may be left out", exactLine(description, 200)].filter((words) => words !== "");
    const value = await talk.ask(exactLine(name) + (about.length === 0 ? "" : ` (${about.join(": ")})`), required);
    if (value === null) return null;
    if (value !== "") values.set(name, value);
  }
  return values;
}

/** A line for each, with what it takes; and what could not be asked. */
export function promptLines({ items, problems }: Prompts): readonly (readonly [usage: string, words: string])[] {
  return [
    ...items.map((prompt) => {
      const args = prompt.args.map(({ name, required }) => exactLine(required ? name : `[${name}]`));
      const words = [args.join(" "), exactLine(prompt.description)].filter((each) => each !== "");
      return [exactLine(`/${promptName(prompt)}`), shorten(words.join(" · "), 200)] as const;
    }),
    ...problems.map(({ server, message }) => [exactLine(server), exactLine(message)] as const),
  ];
}

const problem = (message: string): Failure => new Failure(EXIT.error, "invalid_input", message);
