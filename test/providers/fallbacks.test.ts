import { expect, test } from "vitest";
import { openModel } from "../../src/models/open.ts";
import { selectModel } from "../../src/models/select.ts";
import { createChat, patchChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import type { RunRow } from "../../src/store/database/schema.ts";
import { verifyStore } from "../../src/store/verify/verify.ts";
import { dataOf, startAgent } from "../kit/agent.ts";
import { testClock } from "../kit/clock.ts";
import { sqlite } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { testTool, until } from "../kit/worker.ts";
import { runRow } from "../../src/store/runs/run.ts";
import { providerServer, type Reply } from "./server.ts";
import { settingsFor, WIRES, type Said, type WireName } from "./wires.ts";

/** Models that stand in for one another, each over its own wire format, on servers that answer as they are told to. */

const CHAIN = ["responses", "anthropic", "chat"] as const satisfies readonly WireName[];
const [FIRST, SECOND, THIRD] = CHAIN.map((wire) => WIRES[wire].model) as [string, string, string];

const refuses = (status: number, message: string): Reply => ({ status, body: JSON.stringify({ error: { message } }) });
const OVERLOADED = refuses(529, "Overloaded");
const NO_CREDIT = refuses(402, "Payment required");

async function scene(replies: { readonly [wire in (typeof CHAIN)[number]]: readonly (Reply | Said)[] }) {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const asked: string[] = [];
  const models = await Promise.all(
    CHAIN.map(async (name) => {
      const wire = WIRES[name];
      const given = replies[name].map((each) => ("body" in each ? each : { body: wire.answer(each) }));
      const server = await providerServer(given);
      const opened = openModel(selectModel(settingsFor(wire.model, server.url)));
      return {
        ...opened,
        step(request: Parameters<typeof opened.step>[0]) {
          asked.push(opened.id);
          return opened.step(request);
        },
      };
    }),
  );
  const byPlace = (choice: string | null, place = 0) =>
    models.find(
      ({ id }) => id === (choice ?? CHAIN.map((wire) => WIRES[wire].model)[place]),
    ) as (typeof models)[number];
  const note = testTool("note", async (text) => ({ noted: text }));
  const [first] = models;
  if (first === undefined) throw new Error("no model");
  await startAgent(store, { model: first, modelFor: byPlace, fallbacks: () => [SECOND, THIRD], tools: [note] });
  const { chat } = await createChat(store, owner, {});
  const answered = async (text: string): Promise<RunRow> => {
    const { runId } = await postMessage(store, owner, chat.id, { text });
    return until("the run's end", async () => {
      const row = await runRow(store.db, runId ?? "");
      if (row.state === "waiting" && row.not_before > clock.now()) await clock.advance(row.not_before - clock.now());
      return row.ended_at !== null && row;
    });
  };
  const told = async () => (await dataOf(store, chat.id, "status")).map(({ message }) => message);
  return { store, owner, chat, asked, answered, told };
}

const NOTES: Said = { text: ["Let me note it."], calls: [{ name: "note", args: '{"text":"one"}' }] };
const DONE: Said = { text: ["All is noted."] };

test("a run whose first model is overloaded and whose second is out of credit is finished by the third, and the next tries the first again", async () => {
  const { store, chat, asked, answered, told } = await scene({
    responses: [NOTES, OVERLOADED, { text: ["I am back."] }],
    anthropic: [NO_CREDIT],
    chat: [DONE],
  });
  expect(await answered("Note it, please.")).toMatchObject({ state: "completed", step: 2, retries: 0, model: THIRD });
  expect(asked).toEqual([FIRST, FIRST, SECOND, THIRD]);
  expect(await told()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(`^Goes on with ${SECOND}: .*cannot answer now \\(529\\)`),
      expect.stringMatching(`^Goes on with ${THIRD}: .*no credit left`),
    ]),
  );
  expect((await dataOf(store, chat.id, "error")).map(({ code, retryable }) => [code, retryable])).toEqual([
    ["model_overloaded", true],
    ["model_rate_limited", false],
  ]);
  expect(await answered("And now?")).toMatchObject({ state: "completed", model: FIRST });
  expect(asked.slice(4)).toEqual([FIRST]);
  for await (const finding of verifyStore(store)) throw new Error(JSON.stringify(finding));
});

test("where none can answer it waits and begins with the first again, as long as one of them may come back", async () => {
  const { asked, answered } = await scene({
    responses: [OVERLOADED, OVERLOADED, DONE],
    anthropic: [NO_CREDIT],
    chat: [refuses(404, "no such model")],
  });
  expect(await answered("Hello?")).toMatchObject({ state: "completed", model: FIRST, retries: 0 });
  expect(asked).toEqual([FIRST, SECOND, THIRD, FIRST, SECOND, THIRD, FIRST]);
});

test("where none of them ever will it fails, with the reason of the last", async () => {
  const { asked, answered } = await scene({
    responses: [NO_CREDIT],
    anthropic: [NO_CREDIT],
    chat: [refuses(401, "bad key")],
  });
  const run = await answered("Hello?");
  expect(run).toMatchObject({ state: "failed" });
  expect(run.reason).toMatch(/refused the key/);
  expect(asked).toEqual([FIRST, SECOND, THIRD]);
});

test("a chain whose every member is overloaded is given up after as many rounds as one model would be tried", async () => {
  const { asked, answered } = await scene({ responses: [OVERLOADED], anthropic: [OVERLOADED], chat: [OVERLOADED] });
  const run = await answered("Hello?");
  expect(run.reason).toMatch(/\(529\).*\(tried 8 times\)/);
  expect(asked).toHaveLength(3 * 8);
});

test("what is wrong with the request, and a chat's own choice of a model, is answered by no other", async () => {
  const { store, owner, chat, asked, answered } = await scene({
    responses: [refuses(400, "this is no request")],
    anthropic: [NO_CREDIT],
    chat: [DONE],
  });
  expect(await answered("Hello?")).toMatchObject({ state: "failed" });
  expect(asked).toEqual([FIRST]);
  await patchChat(store, owner, chat.id, { model: SECOND });
  expect(await answered("And you?")).toMatchObject({ state: "failed" });
  expect(asked).toEqual([FIRST, SECOND]);
});
