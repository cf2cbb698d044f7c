import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { endRun } from "../endings/run.ts";
import { claimRuns } from "../runs/claim.ts";
import { fenceOf } from "../runs/record.ts";
import { addTask } from "../tasks/add.ts";
import { getRun } from "./run.ts";

eachEngine("a run by itself", (engine) => {
  test("says what it is called, whose it is and where its events lie, to whoever may see its chat", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Tea" });
    const { task } = await addTask(store, ann, { instruction: "Buy tea\nthe green one", chatId: chat.id });
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    if (claimed === undefined) throw new Error("nothing was claimed");
    const { id } = claimed.run;
    const working = await getRun(store, ann, id);
    expect(working).toMatchObject({ taskId: task.id, title: "Buy tea", by: "ann", state: "working", canWrite: true });
    expect(working).toMatchObject({ schedule: null, current: "calling the model", lastSeq: null });

    const ending = { state: "completed", message: "Task completed", result: "42" } as const;
    await store.transact((tx) => endRun(tx, id, ending, { fence: fenceOf(claimed), readSeq: 1000 }));
    const { runId } = await postMessage(store, ann, chat.id, { text: "thanks" });
    const rows = await store.db.selectFrom("events").select(["seq", "run_id"]).orderBy("seq").execute();
    const mine = rows.flatMap((row) => (row.run_id === id ? [row.seq] : []));
    expect(await getRun(store, ann, id)).toMatchObject({ firstSeq: mine[0], lastSeq: mine.at(-1), state: "completed" });
    expect(rows.at(-1)?.run_id).toBe(runId);
    expect(await getRun(store, ann, runId)).toMatchObject({
      taskId: null,
      title: "Tea",
      state: "queued",
      lastSeq: null,
    });

    await expect(getRun(store, bob, id)).rejects.toMatchObject({ code: "not_found" });
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: "bob", can_write: 0 }).execute();
    expect(await getRun(store, bob, id)).toMatchObject({ canWrite: false, by: "ann" });
  });
});
