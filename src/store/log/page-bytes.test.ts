import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { createChat } from "../chats/chats.ts";
import type { Store } from "../database/store.ts";
import { ensureUsers } from "../people/users.ts";
import { eventsPage } from "./events.ts";

const KB = 1024;

async function longChat(store: Store, sizes: readonly number[]) {
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, {});
  for (const size of sizes) {
    const data = { role: "assistant", text: "ü".repeat(size / 2) } as const;
    const actor = { kind: "agent", id: "agent", name: "agent" } as const;
    await store.append({
      chatId: chat.id,
      events: [{ type: "message", data, runId: null, taskId: null, step: null, actor }],
    });
  }
  return { owner, chat };
}

const bytesOf = (page: object): number => Buffer.byteLength(JSON.stringify(page));

eachEngine("a page of events", (engine) => {
  test.each([
    { what: "many events of 30 KB", sizes: Array.from({ length: 40 }, () => 30 * KB) },
    { what: "one that is too big among small ones", sizes: [1, 2, 600, 3, 1].map((n) => n * KB) },
    { what: "small ones", sizes: Array.from({ length: 300 }, () => 10) },
  ])("F77: is bounded in bytes, and all of them lead through the whole log both ways: $what", async ({ sizes }) => {
    const store = await engine.store();
    const { owner, chat } = await longChat(store, sizes);
    const all = sizes.length + 1;
    const forward: number[] = [];
    while (forward.length < all) {
      const page = await eventsPage(store, owner, chat.id, { after: forward.at(-1) ?? 0, limit: 500 });
      expect(page.events.length).toBeGreaterThan(0);
      if (page.events.length > 1) expect(bytesOf(page)).toBeLessThan(300 * KB);
      forward.push(...page.events.map(({ seq }) => seq));
    }
    expect(forward).toEqual(Array.from({ length: all }, (_, i) => i + 1));
    const backward: number[] = [];
    while (backward[0] !== 1) {
      const before = backward[0] === undefined ? {} : { before: backward[0] };
      const page = await eventsPage(store, owner, chat.id, { limit: 500, ...before });
      if (page.events.length > 1) expect(bytesOf(page)).toBeLessThan(300 * KB);
      backward.unshift(...page.events.map(({ seq }) => seq));
    }
    expect(backward).toEqual(forward);
    const some = await eventsPage(store, owner, chat.id, { limit: 3, type: "message" });
    expect(some.events.length).toBeLessThanOrEqual(3);
    expect(some.events.at(-1)?.seq).toBe(all);
  });
});
