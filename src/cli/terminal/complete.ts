import { exactLine } from "../../core/exact.ts";
import { shorten } from "../../core/text.ts";
import type { Chat, List } from "../../wire/api.ts";
import type { Thing } from "../../wire/offers.ts";
import type { Person } from "../../wire/shares.ts";
import { shortId } from "../console/text.ts";
import type { Request } from "./link.ts";
import { completeSlash, type Completions } from "./slash-complete.ts";

/** What Tab offers: behind `@` the people who see the chat, nodes, chats, tasks and files; else what a command takes. */
export async function complete(request: Request, chat: Pick<Chat, "id"> | null, text: string): Promise<Completions> {
  const typed = /(?:^|[\s([{"'<,;])@([^\s@<>]*)$/.exec(text)?.[1];
  if (typed === undefined) return completeSlash(request, text);
  const query = new URLSearchParams({ q: typed, limit: String(MOST) });
  const [people, things] = await Promise.all([
    chat === null ? { items: [] } : request<List<Person>>("GET", `/api/chats/${chat.id}/people`),
    // Without them people can still be named.
    request<List<Thing>>("GET", `/api/references?${query}`).catch(() => ({ items: [] })),
  ]);
  const named = people.items.filter(({ name }) => name.startsWith(typed.toLowerCase())).map(({ name }) => `@${name}`);
  const hits = [...named, ...things.items.map(({ reference }) => reference)].map((hit) => `${hit} `);
  // Nobody knows an id.
  const labels = [
    ...named,
    ...things.items.map(({ kind, id, title }) => `@${kind}:${shortId(id)}… ${shorten(exactLine(title), 24)}`),
  ];
  return [hits, `@${typed}`, labels];
}

/** More are not shown. */
const MOST = 6;
