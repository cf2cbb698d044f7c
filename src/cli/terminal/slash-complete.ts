import type { Chat, List } from "../../wire/api.ts";
import { skillNames, SLASH_COMMANDS } from "./slash-commands.ts";
import type { Request } from "./link.ts";

/** What Tab offers: names of commands, then what a command takes; and the part of the text that is replaced by it. */
export async function completeSlash(
  request: Request,
  text: string,
): Promise<readonly [hits: readonly string[], part: string]> {
  const name = /^\/(\S*)$/.exec(text)?.[1];
  if (name !== undefined) {
    const hits = SLASH_COMMANDS.filter((each) => each.name.startsWith(name));
    const skills = (await skillNames(request)).filter((each) => each.startsWith(name));
    const own = hits.map((each) => `/${each.name}${each.args === "" ? "" : " "}`);
    return [[...own, ...skills.map((each) => `/${each} `)], text];
  }
  const [, command = "", part = ""] = /^\/(\S+)\s+(\S*)$/.exec(text) ?? [];
  if (SLASH_COMMANDS.find((each) => each.name === command)?.completes !== "chats") return [[], text];
  const query = new URLSearchParams({ limit: "20", ...(part !== "" && { prefix: part }) });
  const { items } = await request<List<Chat>>("GET", `/api/chats?${query}`);
  return [items.map(({ id }) => id), part];
}
