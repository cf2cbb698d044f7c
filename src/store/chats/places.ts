import { notFound } from "../../core/errors.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import { decodeAll, eventsOf, readEvents } from "../log/events.ts";

/** A message of a chat from which several chats go on, this one among them, in the order in which they were made. */
interface ForkPlace {
  readonly seq: number;
  readonly chats: readonly Target[];
}

interface Target {
  readonly chatId: string;
  /** Where the message stands there. */
  readonly seq: number;
}

/** A chat that another one was made from, or the other way round. */
interface Relative {
  readonly chatId: string;
  readonly title: string;
}

/** How one chat hangs together with others. */
interface Links {
  readonly title: string;
  /** What it was made from, and the event of its own that says so. */
  readonly parent: { readonly chatId: string; readonly seq: number; readonly at: number } | null;
  readonly children: readonly { readonly chatId: string; readonly seq: number }[];
}

/** Bounds what one question reads: more chats than these are not told of. */
const MOST_CHATS = 100;
/** A person's next message stands near: behind the end of an answer at most. */
const LOOK = 50;

/** Where a chat and others part, as far as the viewer may see them. */
export async function forkPlaces(
  store: Store,
  viewer: User,
  chatId: string,
): Promise<{ readonly items: readonly ForkPlace[]; readonly relatives: readonly Relative[] }> {
  const family = new Family(store.db, viewer);
  const own = await family.linksOf(chatId);
  if (own === null) throw notFound(`chat ${JSON.stringify(chatId)}`);
  const seqs = new Set<number>();
  for (const after of [...(own.parent === null ? [] : [own.parent.at]), ...own.children.map(({ seq }) => seq)]) {
    seqs.add(await family.messageAfter(chatId, after));
  }
  const items: ForkPlace[] = [];
  for (const seq of [...seqs].toSorted((one, other) => one - other)) {
    const root = await family.rootOf({ chatId, seq });
    const chats = await family.from(root);
    if (chats.length > 1) items.push({ seq, chats });
  }
  const relatives: Relative[] = [];
  for (const { chatId: id } of [...(own.parent === null ? [] : [own.parent]), ...own.children]) {
    const links = await family.linksOf(id);
    if (links !== null) relatives.push({ chatId: id, title: links.title });
  }
  return { items, relatives };
}

class Family {
  readonly #db: Db;
  readonly #viewer: User;
  readonly #links = new Map<string, Links | null>();

  constructor(db: Db, viewer: User) {
    this.#db = db;
    this.#viewer = viewer;
  }

  /** null: it is not there any more, or the viewer may not see it. */
  async linksOf(chatId: string): Promise<Links | null> {
    const known = this.#links.get(chatId);
    if (known !== undefined) return known;
    if (this.#links.size >= MOST_CHATS) return null;
    const seen = await this.#db
      .selectFrom("chats")
      .select("title")
      .where("id", "=", chatId)
      .where(may(this.#viewer, "see", "chats"))
      .executeTakeFirst();
    const links =
      seen === undefined ? null : linksIn(seen.title, await readEvents(this.#db, chatId, { types: ["chat"] }));
    this.#links.set(chatId, links);
    return links;
  }

  /** The first that a person says behind `after`; where nobody has yet, the place right behind it. */
  async messageAfter(chatId: string, after: number): Promise<number> {
    const rows = await eventsOf(this.#db, chatId, { from: after + 1, types: ["message"] })
      .limit(LOOK)
      .execute();
    const said = decodeAll(chatId, rows).find(({ type, data }) => type === "message" && data.role === "user");
    return said?.seq ?? after + 1;
  }

  /** The same message in the chat that was there first. */
  async rootOf(target: Target): Promise<Target> {
    const links = await this.linksOf(target.chatId);
    if (links?.parent == null || (await this.messageAfter(target.chatId, links.parent.at)) !== target.seq)
      return target;
    const { chatId, seq } = links.parent;
    if ((await this.linksOf(chatId)) === null) return target;
    return this.rootOf({ chatId, seq: await this.messageAfter(chatId, seq) });
  }

  /** This chat and all that were made from it at that message, each before those that were made from it in turn. */
  async from(target: Target): Promise<readonly Target[]> {
    const found: Target[] = [target];
    for (const { chatId, seq } of (await this.linksOf(target.chatId))?.children ?? []) {
      const links = await this.linksOf(chatId);
      if (links?.parent == null || (await this.messageAfter(target.chatId, seq)) !== target.seq) continue;
      found.push(...(await this.from({ chatId, seq: await this.messageAfter(chatId, links.parent.at) })));
    }
    return found;
  }
}

function linksIn(title: string, events: Awaited<ReturnType<typeof readEvents>>): Links {
  let parent: Links["parent"] = null;
  const children: { chatId: string; seq: number }[] = [];
  for (const { type, data, seq: at } of events) {
    if (type !== "chat") continue;
    if (data.change === "forked") parent = { chatId: data.from, seq: data.seq, at };
    if (data.change === "fork") children.push({ chatId: data.to, seq: data.seq });
  }
  return { title, parent, children };
}
