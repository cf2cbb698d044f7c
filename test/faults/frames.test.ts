import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { createChat } from "../../src/store/chats/chats.ts";
import { chatServer } from "../kit/chat-server.ts";
import { testClock } from "../kit/clock.ts";
import { eachEngine } from "../kit/databases.ts";
import { cookiesOf, spendLink } from "../kit/sign-in.ts";
import { socketClient } from "../kit/socket-client.ts";

const FRAMES = 300;

eachEngine("what goes out to those who watch", (engine) => {
  test("asks the database nothing, however many frames there are: who reads, and that they may, is known", async () => {
    // Time stands still: what is looked at once a second, for all who watch together, is not looked at here.
    const store = await engine.store({ clock: testClock(Date.now()) });
    let asked = 0;
    const counting: KyselyPlugin = {
      transformQuery({ node }) {
        asked += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const transact: typeof store.transact = (body, wait) => {
      asked += 1;
      return store.transact(body, wait);
    };
    const app = await chatServer({ ...store, db: store.db.withPlugin(counting), transact });
    const { ann } = app.people;
    const { id: chatId } = (await createChat(store, ann, { title: "The garden" })).chat;
    const url = await app.listen();
    const { body: link } = await app.as(ann, "POST", "/api/users/ann/login-link", {});
    const cookie = cookiesOf(await spendLink(app.server, link.url));
    const watch = async (hello: object, headers: Record<string, string>) => {
      const client = await socketClient(url, { headers });
      client.send({ type: "hello", v: 1, ...hello });
      await client.first("welcome");
      client.send({ type: "subscribe", sub: "s", chatId, after: 0, deltas: true });
      await client.first("live");
      return client;
    };
    const watchers = [await watch({ token: await app.token(ann) }, {}), await watch({}, { cookie })];
    expect(asked).toBeGreaterThan(0);
    asked = 0;

    const actor = { kind: "agent", id: "agent", name: "agent" } as const;
    for (let n = 0; n < FRAMES; n++) {
      store.hub.delta({ chatId, runId: "r", lease: 1, part: "1.1", kind: "message", offset: n, text: "x" });
      const data = { role: "assistant", text: `${n}` } as const;
      await store.append({ chatId, events: [{ type: "message", data, runId: null, taskId: null, step: null, actor }] });
    }
    const last = (await store.db.selectFrom("chats").select("head").where("id", "=", chatId).executeTakeFirstOrThrow())
      .head;
    for (const { first, frames, seqs } of watchers) {
      await first("events", ({ events }) => events.at(-1)?.seq === last);
      expect(seqs(chatId)).toEqual(Array.from({ length: last }, (_, n) => n + 1));
      expect(frames.filter(({ type }) => type === "delta")).toHaveLength(FRAMES);
    }
    expect(asked).toBe(0);
  });
});
