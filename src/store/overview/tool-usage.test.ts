import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { claimRuns } from "../runs/claim.ts";
import { appendResult } from "../runs/record.ts";
import { toolUsage } from "./tool-usage.ts";

const DAY_MS = 86_400_000;

eachEngine("what tools are used for", (engine) => {
  test("is counted over the last week, for those who may see the chats", async () => {
    const clock = testClock(Date.parse("2026-12-01T10:00:00Z"));
    const store = await engine.store({ clock });
    const { owner, ann } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Ann's" });
    await postMessage(store, ann, chat.id, { text: "Hello" });
    const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (claimed === undefined) throw new Error("nothing to claim");
    const called = (name: string, durationMs: number, ok: boolean) => {
      const outcome = ok ? ({ ok, result: 'it\'s "so" 🙂' } as const) : ({ ok, error: "no" } as const);
      const result = { callId: `c${name}${durationMs}`, name, step: 1, durationMs, outcome };
      return store.transact((tx) => appendResult(tx, claimed, result, []));
    };
    for (let ms = 1; ms <= 40; ms++) await called("file_read", ms, true);
    await called("shell", 7, false);
    await clock.advance(1000);
    await called("shell", 9, true);
    const at = (plus: number): string => new Date(Date.parse("2026-12-01T10:00:00Z") + plus).toISOString();
    expect(await toolUsage(store, ann)).toEqual([
      { name: "file_read", calls: 40, failures: 0, p95Ms: 38, lastAt: at(0) },
      { name: "shell", calls: 2, failures: 1, p95Ms: 9, lastAt: at(1000) },
    ]);
    expect(await toolUsage(store, owner)).toEqual([]);
    clock.step(8 * DAY_MS);
    expect(await toolUsage(store, ann)).toEqual([]);
  });
});
