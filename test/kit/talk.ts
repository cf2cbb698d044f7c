import { createChat } from "../../src/store/chats/chats.ts";
import type { Store } from "../../src/store/database/store.ts";
import { AGENT_ACTOR, userActor } from "../../src/store/people/actors.ts";
import { AGENT_ID, type User } from "../../src/store/people/user.ts";

/** A chat in which people, and the agent, have said this, in order; gives its id. Its first message is its second event. */
export async function talk(
  store: Store,
  owner: User,
  lines: readonly (readonly [User, string])[],
  title = "A talk",
): Promise<string> {
  const { chat } = await createChat(store, owner, { title });
  await say(store, chat.id, lines);
  return chat.id;
}

export async function say(store: Store, chatId: string, lines: readonly (readonly [User, string])[]): Promise<void> {
  const events = lines.map(([who, text]) => {
    const isAgent = who.id === AGENT_ID;
    const data = { role: isAgent ? ("assistant" as const) : ("user" as const), text };
    const actor = isAgent ? AGENT_ACTOR : userActor(who);
    return { type: "message" as const, data, runId: null, taskId: null, step: null, actor };
  });
  await store.append({ chatId, events });
}
