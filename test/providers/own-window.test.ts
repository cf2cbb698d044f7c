import { expect, test } from "vitest";
import { Windows } from "../../src/agent/window.ts";
import { openModel } from "../../src/models/open.ts";
import { selectModel } from "../../src/models/select.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { dataOf, startAgent } from "../kit/agent.ts";
import { sqlite } from "../kit/databases.ts";
import { LLAMA_CPP, localServer, OLLAMA, type Telling, type Tells } from "../kit/local-server.ts";
import { people } from "../kit/members.ts";
import { ended } from "../kit/worker.ts";
import { settingsFor, WIRES } from "./wires.ts";

/** Whole runs with a server that tells its window itself, over its real wire format. */

const tokensIn = (body: string): number => Math.ceil(body.length / 4);
/** With its tokens, as a server counts them. */
const answer = (body: string): Telling => ({
  stream: WIRES.chat.answer({ text: ["It is noted."], usage: { input: tokensIn(body), output: 5 } }),
});
const LONG = "word ".repeat(2500);

type Answers = (body: string, asked: number) => Telling;

async function scene(tells: Tells, model: string, answers: Answers = answer) {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const requests: string[] = [];
  const server = await localServer({
    ...tells,
    "POST /v1/chat/completions": (body) => answers(body, requests.push(body)),
  });
  const opened = openModel(selectModel(settingsFor(model, server.url)), { askMs: 60_000 });
  await startAgent(store, { model: opened });
  const { chat } = await createChat(store, owner, {});
  const answered = async (text: string) => ended(store, (await postMessage(store, owner, chat.id, { text })).runId);
  const windows = async () =>
    (await dataOf(store, chat.id, "usage")).flatMap(({ context }) =>
      context === undefined ? [] : [[context.window, context.windowGuessed]],
    );
  const told = async () => (await dataOf(store, chat.id, "summary")).length;
  return { store, chat, server, requests, opened, answered, windows, told };
}

test.each([
  ["ollama/small", OLLAMA],
  ["compatible/small", LLAMA_CPP],
] as const)("%s tells a window of 8,000 tokens, and a chat that outgrows it is summed up", async (model, tells) => {
  const { answered, windows, told, requests } = await scene(tells, model);
  for (let n = 0; n < 4; n += 1) expect(await answered(`No. ${n}: ${LONG}`)).toMatchObject({ state: "completed" });
  expect(new Set((await windows()).map(String))).toEqual(new Set(["8000,"]));
  expect(await told()).toBeGreaterThan(0);
  for (const request of requests) expect(tokensIn(request)).toBeLessThan(8000);
});

const FULL: Telling = {
  error: {
    message: "the request exceeds the available context size, try increasing it",
    type: "exceed_context_size_error",
    n_ctx: 6000,
  },
};

test("a window that the server overstates is unlearned when it refuses, and the run goes on with the smaller one", async () => {
  const overstated: Tells = { ...OLLAMA, "GET /api/ps": { models: [{ name: "small", context_length: 100_000 }] } };
  const { answered, windows, server } = await scene(overstated, "ollama/small", (body) =>
    tokensIn(body) > 6000 ? { status: 400, ...FULL } : answer(body),
  );
  expect(await answered(`${LONG} ${LONG} ${LONG}`)).toMatchObject({ state: "completed" });
  expect((await windows()).at(-1)).toEqual([6000, undefined]);
  const before = server.asked.filter((each) => each === "GET /api/ps").length;
  // Said once more, it is not believed once more.
  expect(await answered("And now?")).toMatchObject({ state: "completed" });
  expect(server.asked.filter((each) => each === "GET /api/ps").length).toBeGreaterThan(before);
  expect((await windows()).at(-1)).toEqual([6000, undefined]);
});

test("another window than before is believed from the next run on, be it larger or smaller", async () => {
  let context_length = 8000;
  const changing: Tells = { ...OLLAMA, "GET /api/ps": () => ({ models: [{ name: "small", context_length }] }) };
  const { answered, windows } = await scene(changing, "ollama/small");
  for (const size of [8000, 32_000, 4096]) {
    context_length = size;
    await answered("Hello");
  }
  expect(await windows()).toEqual([8000, 32_000, 4096].map((size) => [size, undefined]));
});

test("a model that its first step loads is asked once more, and what it guesses never undoes what it said", async () => {
  let loaded = false;
  const loading: Tells = {
    ...OLLAMA,
    "GET /api/ps": () => ({ models: loaded ? [{ name: "small", context_length: 4096 }] : [] }),
  };
  const call = { stream: WIRES.chat.answer({ calls: [{ name: "time_now", args: "{}" }] }) };
  const { answered, windows, opened } = await scene(loading, "ollama/small", (body, asked) => {
    loaded = true;
    return asked === 1 ? call : answer(body);
  });
  expect(await answered("What time is it?")).toMatchObject({ state: "completed", step: 2 });
  expect(await windows()).toEqual([
    [16_000, true],
    [4096, undefined],
  ]);
  const known = new Windows();
  await known.ask(opened);
  loaded = false;
  await known.ask(opened);
  expect(known.of(opened).size).toEqual({ window: 4096 });
});
