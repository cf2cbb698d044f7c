import { createHash } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { ModelError } from "../../src/models/model.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { backupFile } from "../../src/store/home/backup.ts";
import { openData } from "../../src/store/home/data.ts";
import type { Store } from "../../src/store/database/store.ts";
import { indexPending } from "../../src/store/search/indexing.ts";
import { startAgent } from "../kit/agent.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine, type Place } from "../kit/databases.ts";
import { extent } from "../kit/extent.ts";
import { people } from "../kit/members.ts";
import { call, fail, say, scriptedModel, stepsIn, think, untimed } from "../kit/scripted-model.ts";
import { tempHome } from "../kit/temp-home.ts";
import { all, findingsOf } from "../kit/verify-scene.ts";
import { echoTool, ended, testTool } from "../kit/worker.ts";
import { anyText, bigText, isWhole, throughAllDoors } from "./text-doors.ts";

const HOMES = extent.all ? 60 : 6;

eachEngine("F78", (engine) => {
  test(
    "every text that a person, a model, a tool or a file brings in leaves a home that verifies and a backup that restores",
    async () => {
      let unsound = 0;
      const said = fc.record({ texts: fc.array(anyText, { minLength: 20, maxLength: 60 }), big: bigText });
      await fc.assert(
        fc.asyncProperty(said, async (what) => {
          const home = await tempHome();
          const place: Place =
            engine.kind === "sqlite" ? { kind: "sqlite", file: join(home, "sparky.db") } : await engine.place();
          const store = await engine.open(place, { home });
          await throughAllDoors(store, home, what);
          while (!(await indexPending(store, 1000)));
          expect(await findingsOf(store)).toEqual([]);
          expect(await unsoundIn(store)).toEqual([]);
          await store[Symbol.asyncDispose]();
          await expectRestores(home, place);
          if (!isWhole(what)) unsound += 1;
        }),
        { numRuns: HOMES, seed: extent.seed, endOnFailure: true },
      );
      expect(unsound).toBeGreaterThan(HOMES / 2);
    },
    extent.all ? 3_600_000 : 300_000,
  );

  test("a home that holds half characters already is read, worked on, verified, backed up and restored as it is", async () => {
    const home = await tempHome();
    const place: Place =
      engine.kind === "sqlite" ? { kind: "sqlite", file: join(home, "sparky.db") } : await engine.place();
    const store = await engine.open(place, { home });
    const { owner } = await people(store);
    const { chat } = await createChat(store, owner, { title: "Half HALF", model: "scripted/HALF" });
    const model = scriptedModel((request) =>
      stepsIn(request) === 0
        ? [think("HALF"), call("echo", { text: "HALF" }), call("big", {})]
        : String(untimed(request.messages).at(-1)?.content) === "fail"
          ? [fail(new ModelError("model_bad_request", "HALF", { retryable: false }))]
          : [say("HALF")],
    );
    const big = testTool("big", async () => "HALF".repeat(10_000));
    const agent = await startAgent(store, { model, tools: [echoTool, big] });
    const ask = async (text: string) =>
      ended(store, (await postMessage(store, owner, chat.id, { text, key: `HALF ${text}` })).runId);
    await ask("HALF");
    await ask("fail");
    await plantHalves(store);
    const before = await store.db.selectFrom("events").selectAll().orderBy("seq").execute();
    expect(before.filter(({ body }) => body.includes("\\ud83d")).length).toBeGreaterThan(8);

    expect(await findingsOf(store)).toEqual([]);
    await ask("go on");
    for (const request of model.requests.slice(-1)) expect(isWhole(request.messages)).toBe(true);
    await agent.stop();
    const chats = await chatServer(store);
    const paths = ["away", "status", "chats", `chats/${chat.id}`, `chats/${chat.id}/events`, "search?q=half"];
    for (const path of paths) {
      const { status, body } = await chats.as(owner, "GET", `/api/${path}`);
      expect([path, status, isWhole(body)]).toEqual([path, 200, true]);
    }
    const sent = await postMessage(store, owner, chat.id, {
      text: "again",
      key: "HALF HALF".replaceAll("HALF", "\ud83d"),
    });
    expect(sent.seq).toBe(2);
    while (!(await indexPending(store, 1000)));
    const after = await store.db.selectFrom("events").selectAll().orderBy("seq").execute();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(await findingsOf(store)).toEqual([]);

    // Tolerant of nothing else.
    await store.db.updateTable("chats").set({ title: "Half \ufffd\ufffd" }).where("id", "=", chat.id).execute();
    expect(await findingsOf(store)).toMatchObject([{ kind: "chat", what: "the chat's title" }]);
    await store.db.updateTable("chats").set({ title: "Half \ufffd" }).where("id", "=", chat.id).execute();
    await store[Symbol.asyncDispose]();
    await expectRestores(home, place);
  });
});

/** What an older version left: halves in the JSON of events, steps and blobs; in columns what an engine made of them. */
async function plantHalves(store: Store): Promise<void> {
  const half = "\\ud83d";
  await sql`UPDATE events SET body = replace(body, 'HALF', ${half})`.execute(store.db);
  await sql`UPDATE steps SET messages = replace(messages, 'HALF', ${half}), model = replace(model, 'HALF', ${"\ufffd"})`.execute(
    store.db,
  );
  await sql`UPDATE message_keys SET key = replace(key, 'HALF', ${"\ufffd"})`.execute(store.db);
  await sql`UPDATE chats SET title = replace(title, 'HALF', ${"\ufffd"}), model = replace(model, 'HALF', ${"\ufffd"})`.execute(
    store.db,
  );
  await sql`UPDATE runs SET reason = replace(reason, 'HALF', ${"\ufffd"})`.execute(store.db);
  for (const { id, data } of await store.db.selectFrom("blobs").select(["id", "data"]).execute()) {
    const planted = Buffer.from(Buffer.from(data).toString().replaceAll("HALF", half));
    const sha256 = createHash("sha256").update(planted).digest("hex");
    await store.db
      .updateTable("blobs")
      .set({ data: planted, size: planted.length, sha256 })
      .where("id", "=", id)
      .execute();
    const [from, to] = [`"size":${data.length}`, `"size":${planted.length}`];
    await sql`UPDATE events SET body = replace(body, ${from}, ${to})`.execute(store.db);
  }
}

async function expectRestores(home: string, place: Place): Promise<void> {
  const data = openData(home, place.kind === "postgres" ? place.url : null);
  expect((await all(data.verify())).flatMap((page) => page.findings)).toEqual([]);
  if (place.kind === "postgres") return;
  const backup = await backupFile(place.file, join(home, "backup.db"));
  expect(backup).toMatchObject({ verified: true, findings: [] });
  using prepared = await data.restore(backup.file);
  expect(prepared).toMatchObject({ findings: [], checked: backup.checked });
  await prepared.swap();
}

const TABLES = [
  "chats",
  "events",
  "steps",
  "runs",
  "tasks",
  "parts",
  "message_keys",
  "approvals",
  "schedules",
] as const;
const MORE = ["occurrences", "schedule_rules", "nodes", "edges"] as const;

/** Rows with a text, or a text inside of their JSON, that is not whole. */
async function unsoundIn(store: Store): Promise<unknown[]> {
  const unsound: unknown[] = [];
  for (const table of [...TABLES, ...MORE]) {
    const { rows } = await sql<object>`SELECT * FROM ${sql.table(table)}`.execute(store.db);
    for (const row of rows) {
      const inner = Object.values(row).map((value) => (/^[[{]/.test(String(value)) ? parsed(String(value)) : null));
      if (!isWhole(row) || !isWhole(inner)) unsound.push({ table, row });
    }
  }
  for (const { data } of await store.db.selectFrom("blobs").select("data").execute()) {
    const json = new TextDecoder("utf-8", { fatal: true }).decode(data);
    if (!isWhole(JSON.parse(json))) unsound.push(json.slice(0, 200));
  }
  return unsound;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
