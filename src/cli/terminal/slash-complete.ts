import type { Chat, List } from "../../wire/api.ts";
import { skillNames, SLASH_COMMANDS } from "./slash-commands.ts";
import { promptIn, promptName } from "../../core/slash.ts";
import { promptsOf } from "./slash-prompts.ts";
import type { Request } from "./link.ts";

/** `labels`: how the hits are shown, where that is not as they are typed. */
export type Completions = readonly [hits: readonly string[], part: string, labels?: readonly string[]];

/** What Tab offers: names of commands, then what a command or a prompt takes; and the part of the text that is replaced by it. */
export async function completeSlash(request: Request, text: string): Promise<Completions> {
  const name = /^\/(\S*)$/.exec(text)?.[1];
  if (name !== undefined) {
    const own = SLASH_COMMANDS.filter((each) => each.name.startsWith(name));
    const [skills, prompts] = await Promise.all([skillNames(request), promptsOf(request)]);
    const others = [...skills, ...prompts.items.map(promptName)].filter((each) => each.startsWith(name));
    const hits = own.map((each) => `/${each.name}${each.args === "" ? "" : " "}`);
    return [[...hits, ...others.map((each) => `/${each} `)], text];
  }
  const [, command = "", part = ""] = /^\/(\S+)\s+(\S*)$/.exec(text) ?? [];
  const known = SLASH_COMMANDS.find((each) => each.name === command);
  if (known === undefined) return completeArguments(request, text);
  if (known.completes !== "chats") return [[], text];
  const query = new URLSearchParams({ limit: "20", ...(part !== "" && { prefix: part }) });
  const { items } = await request<List<Chat>>("GET", `/api/chats?${query}`);
  return [items.map(({ id }) => id), part];
}

/** Names of a prompt's arguments that do not stand there yet. */
async function completeArguments(request: Request, text: string): Promise<Completions> {
  const found = text.startsWith("/") ? promptIn(text, (await promptsOf(request)).items) : null;
  const part = /\s(\S*)$/.exec(text)?.[1];
  if (found === null || part === undefined) return [[], text];
  const open = found.prompt.args.filter(({ name }) => !text.includes(` ${name}=`) && name.startsWith(part));
  return [open.map(({ name }) => `${name}=`), part];
}
