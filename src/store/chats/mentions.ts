import type { EventOf } from "../../core/events.ts";
import { mentionsIn } from "../../core/mentions.ts";
import { rolesWith } from "../../core/rights.ts";
import { sql } from "kysely";
import type { ChatRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { chatFor } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";

type ChatOfSomebody = Pick<ChatRow, "id" | "owner_id">;
type Mentions = NonNullable<EventOf<"message">["data"]["mentions"]>;

/** Whom a message in this chat can mention, by name: everybody else who can see it, and nobody whom the viewer does not share it with. */
export async function mentionable(store: Store, viewer: User, chatId: string): Promise<readonly string[]> {
  const chat = await chatFor(store.db, viewer, "see", chatId);
  return (await others(store.db, viewer, chat)).map(({ name }) => name);
}

/** Of a message that is about to be said: in its transaction, so that who loses the chat meanwhile is not meant. */
export async function mentionsOf(
  { db }: Tx,
  viewer: User,
  chat: ChatOfSomebody,
  text: string,
): Promise<{ readonly mentions?: Mentions }> {
  if (viewer.id === AGENT_ID || !text.includes("@")) return {};
  const people = await others(db, viewer, chat);
  const named = new Set(
    mentionsIn(
      text,
      people.map(({ name }) => name),
    ).map(({ name }) => name),
  );
  return named.size === 0 ? {} : { mentions: people.filter(({ name }) => named.has(name)) };
}

/** `agent` is asked by every message: it is not mentioned. */
async function others(db: Db, viewer: User, { id, owner_id }: ChatOfSomebody): Promise<Mentions> {
  const shared = db.selectFrom("chat_shares").select("user_id").where("chat_id", "=", id);
  return db
    .selectFrom("user")
    .select(["id", "name"])
    .where("id", "not in", [viewer.id, AGENT_ID])
    .where(sql<boolean>`NOT banned`)
    .where((eb) =>
      eb.or([
        eb("id", "=", owner_id),
        eb("id", "in", shared),
        ...(owner_id === AGENT_ID ? [eb("role", "in", rolesWith("agent.act"))] : []),
      ]),
    )
    .orderBy("name")
    .execute();
}
