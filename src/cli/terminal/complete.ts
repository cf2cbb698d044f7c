import type { Chat, List } from "../../wire/api.ts";
import type { Person } from "../../wire/shares.ts";
import type { Request } from "./link.ts";
import { completeSlash, type Completions } from "./slash-complete.ts";

/** What Tab offers: behind `@` the people who see the chat, else what a command takes. */
export async function complete(request: Request, chat: Pick<Chat, "id"> | null, text: string): Promise<Completions> {
  const name = /(?:^|[\s([{"'<,;])@([a-z0-9._-]*)$/i.exec(text)?.[1];
  if (name === undefined || chat === null) return completeSlash(request, text);
  const { items } = await request<List<Person>>("GET", `/api/chats/${chat.id}/people`);
  const hits = items.filter((person) => person.name.startsWith(name.toLowerCase()));
  return [hits.map((person) => `@${person.name} `), `@${name}`];
}
