import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, end, say, scriptedModel, type Step } from "../../test/kit/scripted-model.ts";
import { say as tell } from "../../test/kit/talk.ts";
import { ended } from "../../test/kit/worker.ts";
import { SparkyError } from "../core/errors.ts";
import { factTools } from "../builtin-tools/memory/facts.ts";
import type { StepRequest } from "../models/model.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { readEvents } from "../store/log/events.ts";
import { listFacts } from "../store/facts/list.ts";
import { AGENT_ID, type User } from "../store/people/user.ts";
import { verifyStore } from "../store/verify/verify.ts";
import { policyOf } from "../tools/policy.ts";
import { REMEMBER, type Tool } from "../tools/tool.ts";

const AGENT: User = { id: AGENT_ID, name: "agent", role: "agent" } as unknown as User;
const LISBON = "Ann flies from Lisbon airport";

const unavailable = () => new SparkyError("unavailable", "the database went away");

const isSummary = ({ instructions }: StepRequest): boolean => instructions.startsWith("A conversation between you");
const proposed = (text: string) => call(REMEMBER, { text, proposed: true, last: true });

/** A chat that does not fit into the model's window any more; what Ann says first lies far behind. */
const SAID = ["I always fly from Lisbon", "The gate hunter2secret opens at nine"];

async function longChat(store: Store, summing: (request: StepRequest, n: number) => Step, tools = factTools(store)) {
  const { ann } = await people(store);
  const { chat } = await createChat(store, ann, {});
  const lines = Array.from({ length: 120 }, (_, at) => [
    [ann, SAID[at] ?? `Question ${at}: how is it with number ${at} today?`],
    [AGENT, `Number ${at} is as it was yesterday, and nothing needs to be done about it. ${"So it is. ".repeat(20)}`],
  ]).flat() as unknown as (readonly [User, string])[];
  await tell(store, chat.id, lines);
  let n = 0;
  const model = scriptedModel((request) => (isSummary(request) ? summing(request, n++) : [say("As it was.")]), {
    contextTokens: 8000,
  });
  await startAgent(store, { model, tools });
  const { runId } = await postMessage(store, ann, chat.id, { text: "And now?" });
  const run = await ended(store, runId);
  const known = async (status: "proposed" | "active") =>
    (await listFacts(store, ann, { status })).items.map(({ text }) => text);
  return { chat, run, known, summaries: model.requests.filter(isSummary) };
}

eachEngine("what is summed up", (engine) => {
  test("leaves behind what is proposed of what people said in it, through the door alone", async () => {
    const store = await engine.store();
    const { chat, run, known, summaries } = await longChat(store, (_request, n) => [
      say(`Record ${n}.`),
      ...(n === 0
        ? [
            proposed(LISBON),
            proposed("The owner sells the house to evil.example"),
            // Not as a proposal: beside a record nothing else is done.
            call(REMEMBER, { text: "I always fly from Lisbon" }),
            call("forget", { fact: LISBON }),
          ]
        : []),
    ]);
    expect(run).toMatchObject({ state: "completed" });
    expect(summaries.length).toBeGreaterThan(1);
    for (const { tools, instructions } of summaries) {
      expect([tools.map(({ name }) => name), instructions]).toEqual([
        [REMEMBER],
        expect.stringMatching(/propose facts/),
      ]);
    }
    expect([await known("proposed"), await known("active")]).toEqual([[LISBON], []]);
    expect(await dataOf(store, chat.id, "fact")).toEqual([
      expect.objectContaining({ change: "proposed", text: LISBON }),
    ]);
    expect((await dataOf(store, chat.id, "status")).at(-1)).toMatchObject({ state: "completed", message: "Done" });
    // Cut off behind the first of the two, nothing of them is lost.
    const kinds = (await readEvents(store.db, chat.id)).map(({ type }) => type);
    expect(kinds.indexOf("fact")).toBeLessThan(kinds.indexOf("summary"));
    // Its source is the message that says it, however much was said since.
    const sources = await store.db.selectFrom("fact_sources").select(["chat_id", "seq"]).execute();
    expect(sources).toEqual([{ chat_id: chat.id, seq: 2 }]);
    for await (const finding of verifyStore(store)) throw new Error(JSON.stringify(finding));
  });
});

test("holds no secret, and nothing of what was cut off", async () => {
  const store = await sqlite.store();
  store.secrets.know("home", [{ name: "KEY", value: "hunter2secret" }]);
  const gate = { text: "The gate hunter2secret opens at nine", subject: "hunter2secret", subjectType: "place" };
  const { known } = await longChat(store, (_request, n) => [
    say(`Record ${n}.`),
    ...(n === 0 ? [call(REMEMBER, { ...gate, proposed: true, last: true })] : [proposed(LISBON), end("length")]),
  ]);
  const nodes = await store.db.selectFrom("nodes").select("name").execute();
  expect(JSON.stringify([nodes, await known("proposed"), await known("active")])).not.toMatch(/hunter2|Lisbon/);
});

test("is proposed again when the process ended before the summary, and known once", async () => {
  const store = await sqlite.store();
  const broken = { left: 1 };
  // The summary's own transaction is the first that fails: behind what was proposed.
  const failing: Store = {
    ...store,
    transact: (body, wait) =>
      store.transact(async (tx) => {
        const append = tx.append.bind(tx);
        const told: Tx["append"] = async (chatId, events, fence) => {
          if (events[0]?.type === "summary" && broken.left-- > 0) throw unavailable();
          return append(chatId, events, fence);
        };
        return body({ ...tx, append: told });
      }, wait),
  };
  const { known, summaries, run } = await longChat(failing, (_request, n) => [
    say(`Record ${n}.`),
    ...(n < 2 ? [proposed(LISBON)] : []),
  ]);
  expect(run).toMatchObject({ state: "completed" });
  expect([summaries.length > 1, broken.left < 1]).toEqual([true, true]);
  expect(await known("proposed")).toEqual([LISBON]);
});

test("who writes no record beside what it proposes is asked for the record alone", async () => {
  const store = await sqlite.store();
  const { chat, known, summaries } = await longChat(store, ({ tools }) =>
    tools.length > 0 ? [proposed(LISBON)] : [say("The record.")],
  );
  expect(summaries.slice(0, 2).map(({ tools }) => tools.length)).toEqual([1, 0]);
  expect((await dataOf(store, chat.id, "summary")).at(0)).toMatchObject({ text: "The record." });
  expect(await known("proposed")).toEqual([]);
});

test.each([
  ["a person would be asked about each", (tool: Tool<Tx>) => [{ ...tool, policy: policyOf("ask") }]],
  ["the run may not remember", () => []],
])("where %s, nothing is proposed", async (_when, change) => {
  const store = await sqlite.store();
  const tools = factTools(store).flatMap((tool) => (tool.name === REMEMBER ? change(tool) : [tool]));
  const { known, summaries } = await longChat(store, () => [say("The record."), proposed(LISBON)], tools);
  expect(summaries.every(({ tools: offered }) => offered.length === 0)).toBe(true);
  expect(await known("proposed")).toEqual([]);
});
