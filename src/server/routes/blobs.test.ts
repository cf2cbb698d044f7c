import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { ended, testTool } from "../../../test/kit/worker.ts";
import { addTask } from "../../store/tasks/add.ts";

const BIG = { lines: Array.from({ length: 20_000 }, (_, at) => `line ${at} — ünï 🙂`) };

eachEngine("a big result, over HTTP", (engine) => {
  test("F16 F31 is whole on demand, by the id that its event names, and fetched once while it is kept", async () => {
    const store = await engine.store();
    const { server, as, people } = await chatServer(store);
    const { ann, bob } = people;
    const model = scriptedModel([[call("big")], [say("done")]]);
    await startAgent(store, { model, tools: [testTool("big", async () => BIG)] });
    const { task } = await addTask(store, ann, { instruction: "go" });
    await ended(store, task.runId);
    const { events } = (await as(ann, "GET", `/api/chats/${task.chatId}/events?type=tool_result`)).body;
    const { blob, size, result } = events[0].data;
    expect([size > 500_000, result.length]).toEqual([true, 2048]);
    const get = (viewer: typeof ann, headers: HeadersInit = {}) =>
      server.fetch(new Request(`http://127.0.0.1:8000/api/blobs/${blob}`, { headers }), { viewer });
    const whole = await get(ann);
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(JSON.parse(bytes.toString())).toEqual(BIG);
    const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
    expect([whole.status, Object.fromEntries(whole.headers)]).toMatchObject([
      200,
      {
        etag,
        "content-type": "application/json; charset=utf-8",
        "content-length": String(size),
        "content-disposition": `attachment; filename="result-${blob}.json"`,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    ]);
    const kept = await get(ann, { "if-none-match": `"other", W/${etag}` });
    expect([kept.status, await kept.text()]).toEqual([304, ""]);
    expect((await get(ann, { "if-none-match": '"other"' })).status).toBe(200);
    // F16: who may not see the chat is told nothing, not even that a copy of theirs is still right.
    for (const headers of [{}, { "if-none-match": etag }]) expect((await get(bob, headers)).status).toBe(404);
    expect((await as(bob, "GET", `/api/blobs/${blob}`)).body.error.code).toBe("not_found");
    expect((await as(ann, "GET", "/api/blobs/nothing")).status).toBe(404);
    await as(ann, "DELETE", `/api/chats/${task.chatId}`);
    expect((await get(ann)).status).toBe(404);
  });
});
