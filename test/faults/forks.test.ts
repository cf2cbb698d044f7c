import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import type { NewEvent } from "../../src/core/events.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { forkChat } from "../../src/store/chats/fork.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { AGENT_ACTOR } from "../../src/store/people/actors.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { verifyStore } from "../../src/store/verify/verify.ts";
import { eachEngine, type Engine, type Place } from "../kit/databases.ts";
import type { Order } from "./forks-child.ts";

vi.setConfig({ testTimeout: 300_000 });

const CHILD = fileURLToPath(new URL("./forks-child.ts", import.meta.url));
/** More than one portion of what is copied at a time. */
const MESSAGES = 1200;

async function scene(engine: Engine): Promise<Omit<Order, "death">> {
  const place = await engine.place();
  const store = await engine.open(place);
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, { title: "Tea" });
  const by = { runId: null, taskId: null, step: null, actor: AGENT_ACTOR };
  const events = Array.from({ length: MESSAGES }, (_, n): NewEvent => ({
    type: "message",
    data: { role: "assistant", text: `No. ${n}` },
    ...by,
  }));
  await store.append({ chatId: chat.id, events });
  await store[Symbol.asyncDispose]();
  return { place, chatId: chat.id, seq: MESSAGES + 1 };
}

async function die(order: Order): Promise<void> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(order)], { stdio: ["ignore", "ignore", "inherit"] });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  expect(signal, `dying at ${order.death}`).toBe("SIGKILL");
}

/** The heads of all chats, the oldest first; what is stored is whole. */
async function heads(engine: Engine, place: Place): Promise<readonly number[]> {
  const store = await engine.open(place);
  const rows = await store.db.selectFrom("chats").select(["id", "head"]).orderBy("head", "desc").execute();
  for (const { id, head } of rows) expect((await readEvents(store.db, id)).length).toBe(head);
  for await (const finding of verifyStore(store)) expect(finding).toBeUndefined();
  await store[Symbol.asyncDispose]();
  return rows.map(({ head }) => head);
}

eachEngine("a process that is killed in the middle of a fork", (engine) => {
  test("leaves nothing of it before its commit and all of it behind, and its key finds what there is", async () => {
    const { place, chatId, seq } = await scene(engine);
    for (const death of [1, 2, 3, 4, "end"] as const) {
      await die({ place, chatId, seq, death });
      expect(await heads(engine, place), `after dying at ${death}`).toEqual([MESSAGES + 1]);
    }
    await die({ place, chatId, seq, death: "committed" });
    // Made, copied, whence, then the message and its run; and in the first one that another was made from it.
    expect(await heads(engine, place)).toEqual([MESSAGES + 4, MESSAGES + 2]);
    const store = await engine.open(place);
    const { owner } = await ensureUsers(store);
    expect(await forkChat(store, owner, chatId, { seq, text: "And now?", key: "f" })).toMatchObject({
      created: false,
      message: { seq: MESSAGES + 3 },
    });
  });
});
