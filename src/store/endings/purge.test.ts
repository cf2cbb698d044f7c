import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { ageHome } from "../../../test/kit/aged-home.ts";
import { createChat, deleteChat, listChats } from "../chats/chats.ts";
import { restoreChat } from "../chats/restore.ts";
import { breathe } from "../database/breathe.ts";
import type { Store } from "../database/store.ts";
import { indexPending } from "../search/indexing.ts";
import { verifyStore } from "../verify/verify.ts";
import { purgeDeleted } from "./purge.ts";

const AGE = { chats: 3, events: 1500, runs: 250, rows: 1 };

async function rowsOf(store: Store, chatId: string): Promise<number> {
  let sum = 0;
  for (const table of ["events", "runs", "search_events", "steps", "approvals", "tasks", "seen"] as const) {
    const query = store.db.selectFrom(table).select((eb) => eb.fn.countAll<number>().as("n"));
    sum += Number((await query.where("chat_id", "=", chatId).executeTakeFirstOrThrow()).n);
  }
  return sum;
}

/** What is found of the chats that this is about: the aged ones are not whole. */
async function findings(store: Store, chatId: string): Promise<number> {
  let found = 0;
  for await (const finding of verifyStore(store)) if (finding.chatId === chatId) found++;
  return found;
}

eachEngine("the purge of a big chat", (engine) => {
  test("F71: goes in portions, and whatever else is written or read goes on in between", async () => {
    const clock = testClock(Date.now());
    const store = await engine.store({ clock });
    const { owner, longChat } = await ageHome(store, AGE);
    await store.db.deleteFrom("search_chats").where("chat_id", "=", longChat).execute();
    await indexPending(store, 500);
    await deleteChat(store, owner, longChat);
    await clock.advance(61_000);
    const left: number[] = [];
    let purged = false;
    let portions = 0;
    const purging = purgeDeleted(store, () => portions++ < 0).then(() => (purged = true));
    for (let i = 0; !purged && i < 500; i++) {
      await createChat(store, owner, { title: `meanwhile ${i}` });
      left.push(await rowsOf(store, longChat));
      await breathe();
    }
    await purging;
    expect(portions).toBeGreaterThan(AGE.events / 200);
    // Every look in between, and every chat that was made, came through; what was left only got less.
    expect(left.length).toBeGreaterThan(0);
    expect(left.toSorted((a, b) => b - a)).toEqual(left);
    expect(await rowsOf(store, longChat)).toBe(0);
    expect(await store.db.selectFrom("chats").select("id").where("id", "=", longChat).execute()).toEqual([]);
  });

  test("F71: what is stopped in the middle stays out of sight, is no finding, cannot be brought back, and is gone on with", async () => {
    const clock = testClock(Date.now());
    const place = await engine.place();
    const store = await engine.open(place, { clock });
    const { owner, longChat } = await ageHome(store, AGE);
    await deleteChat(store, owner, longChat);
    await clock.advance(61_000);
    const sizes = new Set<number>();
    for (let portions = 1; ; portions += 2) {
      let asked = 0;
      await purgeDeleted(store, () => asked++ >= portions);
      const left = await rowsOf(store, longChat);
      if (left === 0) break;
      sizes.add(left);
      expect(await findings(store, longChat)).toBe(0);
      expect((await listChats(store, owner)).items.map(({ id }) => id)).not.toContain(longChat);
      await expect(restoreChat(store, owner, longChat)).rejects.toMatchObject({ code: "not_found" });
    }
    expect(sizes.size).toBeGreaterThan(3);
    await purgeDeleted(store);
    expect(await store.db.selectFrom("chats").select("id").where("id", "=", longChat).execute()).toEqual([]);
  });
});
