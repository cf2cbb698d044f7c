import { expect, test } from "vitest";
import { sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { createChat } from "../store/chats/chats.ts";
import { searchEvents } from "../store/search/events.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { Indexer } from "./indexer.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function say(store: Store, owner: User, texts: readonly string[]): Promise<void> {
  const { chat } = await createChat(store, owner, {});
  const actor = { kind: "system", id: "system", name: "Sparky" } as const;
  const events = texts.map((text) => ({
    type: "thought" as const,
    data: { text },
    runId: null,
    taskId: null,
    step: null,
    actor,
  }));
  await store.append({ chatId: chat.id, events });
}

test("what is said is found without a search having asked for its index, and nothing is indexed after the end", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const found = async (query: string): Promise<number> =>
    (await searchEvents(store, ann, { query, limit: 500 })).items.length;
  await say(
    store,
    ann,
    Array.from({ length: 250 }, (_, at) => `early ${at}`),
  );
  await using indexer = new Indexer(store, silent);
  indexer.start();
  await expect.poll(() => found("early"), { timeout: 60_000 }).toBe(250);
  await indexer[Symbol.asyncDispose]();
  await say(store, ann, ["late"]);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await found("late")).toBe(0);
});
