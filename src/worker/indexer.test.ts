import { expect, test } from "vitest";
import { testClock } from "../../test/kit/clock.ts";
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
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { ann } = await people(store);
  const found = async (query: string): Promise<number> =>
    (await searchEvents(store, ann, { query, limit: 500 })).items.length;
  await say(
    store,
    ann,
    Array.from({ length: 250 }, (_, at) => `early ${at}`),
  );
  const others = clock.pending;
  await using indexer = new Indexer(store, silent);
  indexer.start();
  const passing = async (): Promise<number> => {
    await clock.advance(60_000);
    return found("early");
  };
  await expect.poll(passing, { timeout: 60_000 }).toBe(250);
  await say(store, ann, ["soon"]);
  await expect.poll(async () => (await passing(), found("soon")), { timeout: 60_000 }).toBe(1);
  // It waits for its next look.
  await expect.poll(() => clock.pending, { timeout: 60_000 }).toBe(others + 1);
  await indexer[Symbol.asyncDispose]();
  expect(clock.pending).toBe(others);
  await say(store, ann, ["late"]);
  await clock.advance(60_000);
  expect(await found("late")).toBe(0);
});
