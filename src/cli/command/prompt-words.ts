import { exactLine } from "../../core/exact.ts";
import { namesHint } from "../../core/nearest.ts";
import { promptName, promptPath } from "../../core/slash.ts";
import { shorten } from "../../core/text.ts";
import type { Prompts, PromptText } from "../../wire/offers.ts";
import type { Client } from "../client/client.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { oneLine } from "../console/text.ts";
import { repeated, type OptionSpec } from "./command.ts";

/** Words for the agent: as they are given, or those of a prompt. */

export const PROMPT: readonly OptionSpec[] = [
  ["--prompt <name>", "the words of this prompt instead: sparky mcp prompts lists them"],
  ["--arg <key=value>", "what the prompt wants to know; may be repeated", repeated],
];

export type PromptOptions = { prompt?: string; arg?: readonly string[] };

/** Throws a usage error, before anything is asked, unless there is either. `what` they are; `command` takes them. */
export function checkWords(
  given: string | undefined,
  { prompt, arg = [] }: PromptOptions,
  what: string,
  command: string,
): void {
  const example = `${command} --prompt deep_dive --arg topic=salt`;
  if (prompt !== undefined && given !== undefined) throw usage(`either the ${what} or --prompt, not both`, example);
  if (prompt === undefined && arg.length > 0) throw usage("--arg is for a prompt: name it by --prompt", example);
  if (prompt === undefined && (given ?? "").trim() === "") {
    throw usage(`the ${what} is empty`, `${command} "Check knowledge graph stats"`);
  }
  const odd = arg.find((each) => each.indexOf("=") < 1);
  if (odd !== undefined) throw usage(`--arg ${odd}: write NAME=VALUE`, example);
}

/** The words that were given, or those of the prompt. */
export async function wordsFrom(
  client: Pick<Client, "request">,
  given: string | undefined,
  { prompt, arg = [] }: PromptOptions,
): Promise<string> {
  if (prompt === undefined) return given ?? "";
  const name = prompt.replace(/^\//, "");
  const { items, problems } = await client.request<Prompts>("GET", "/api/prompts");
  const found = items.find((each) => promptName(each) === name);
  if (found === undefined) {
    const wrong = problems.find(({ server }) => server === `${name}.md`);
    if (wrong !== undefined) throw usage(oneLine(wrong.message));
    const hint = namesHint(shorten(name, 100), items.map(promptName)) ?? "sparky mcp prompts";
    throw new Failure(EXIT.notFound, "not_found", `there is no prompt ${JSON.stringify(name)}`, hint);
  }
  const values = arg.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)] as const);
  const filled = { arguments: Object.fromEntries(values) };
  const { text } = await client.request<PromptText>("POST", promptPath(found), filled).catch((error: unknown) => {
    // What the server says to do is for who types it into a message.
    if (error instanceof Failure && error.exit === EXIT.usage) throw usage(error.message, asOptions(name, found));
    throw error;
  });
  if (text.trim() !== "") return text;
  throw new Failure(EXIT.error, "invalid_input", `the prompt ${name} has no words`, "sparky mcp prompts");
}

function asOptions(name: string, { args }: Prompts["items"][number]): string {
  const options = args.map((arg) => (arg.required ? `--arg ${arg.name}=…` : `[--arg ${arg.name}=…]`));
  return exactLine(["--prompt", name, ...options].join(" "));
}
