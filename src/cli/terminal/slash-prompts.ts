import { exactLine } from "../../core/exact.ts";
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

/** As it is typed behind the slash. */
export const promptName = ({ server, name }: Pick<Prompt, "server" | "name">): string =>
  server === null ? name : `${server}:${name}`;

/** The prompt that a typed line begins with, and what follows it. A name may have blanks in it: the longest that fits is meant. */
export function promptIn(typed: string, prompts: readonly Prompt[]): { prompt: Prompt; rest: string } | null {
  const fits = prompts.filter((prompt) => {
    const start = `/${promptName(prompt)}`;
    return typed === start || (typed.startsWith(start) && /\s/.test(typed.charAt(start.length)));
  });
  const [prompt] = fits.toSorted((one, other) => promptName(other).length - promptName(one).length);
  return prompt === undefined ? null : { prompt, rest: typed.slice(promptName(prompt).length + 1).trim() };
}

export async function usePrompt(talk: Talk, prompt: Prompt, rest: string): Promise<void> {
  const values = await withAsked(talk, prompt, argumentsIn(rest, prompt));
  if (values === null) return;
  const { server, name } = prompt;
  const path = ["/api/prompts", ...[...(server === null ? [] : [server]), name].map(encodeURIComponent)].join("/");
  const { text } = await talk.request<PromptText>("POST", path, { arguments: Object.fromEntries(values) });
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

/**
 * `name=value name="a value"`: a value goes on to the next name that the prompt knows, in quotes to their end. Throws where
 * something belongs to no name.
 */
export function argumentsIn(rest: string, { args }: Prompt): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const longestFirst = args.map(({ name }) => name).toSorted((one, other) => other.length - one.length);
  const nameAt = (at: number): string | undefined => longestFirst.find((name) => rest.startsWith(`${name}=`, at));
  for (let at = 0; at < rest.length;) {
    const name = nameAt(at);
    if (name === undefined || values.has(name)) {
      throw problem(`${wrong(rest.slice(at), name !== undefined)}. ${usageOf(args)}`);
    }
    const value = rest.slice(at + name.length + 1);
    const quoted = /^"((?:[^"\\]|\\[^])*)"(?=\s|$)/.exec(value);
    const gaps = quoted === null ? [...value.matchAll(/\s+/g)] : [];
    const from = rest.length - value.length;
    const gap = gaps.find(({ index, 0: blanks }) => nameAt(from + index + blanks.length) !== undefined);
    const length = quoted?.[0].length ?? gap?.index ?? value.length;
    values.set(name, quoted === null ? value.slice(0, length) : (quoted[1] ?? "").replace(/\\([^])/g, "$1"));
    at = from + length + (/^\s*/.exec(value.slice(length))?.[0].length ?? 0);
  }
  return values;
}

function wrong(rest: string, isTwice: boolean): string {
  const what = exactLine(shorten(rest, 40));
  return isTwice ? `${what} was given already` : `${what} is none of its arguments`;
}

function usageOf(args: Prompt["args"]): string {
  if (args.length === 0) return "It takes none";
  const words = args.map(({ name, required }) => (required ? `${exactLine(name)}=…` : `[${exactLine(name)}=…]`));
  return `It takes ${words.join(" ")}; without any it asks`;
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
