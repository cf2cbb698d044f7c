import { join } from "node:path";
import { expect, test } from "vitest";
import { graphTools } from "../src/builtin-tools/graph.ts";
import { createDemoModel } from "../src/models/demo/demo.ts";
import { createChat } from "../src/store/chats/chats.ts";
import { postMessage } from "../src/store/chats/messages.ts";
import type { Store } from "../src/store/database/store.ts";
import type { User } from "../src/store/people/user.ts";
import { runScheduleNow } from "../src/store/schedules/change.ts";
import { addTask } from "../src/store/tasks/add.ts";
import { getTask } from "../src/store/tasks/read.ts";
import type { GraphStats } from "../src/wire/graph.ts";
import { offerDefaultSchedules, writePrompts } from "../src/worker/default-schedules.ts";
import { sparky } from "./golden/scripted-cli.ts";
import { dataOf, startAgent } from "./kit/agent.ts";
import { chatServer } from "./kit/chat-server.ts";
import { overApp } from "./kit/cli-app.ts";
import { eachEngine } from "./kit/databases.ts";
import { people } from "./kit/members.ts";
import { say, scriptedModel } from "./kit/scripted-model.ts";
import { talk } from "./kit/talk.ts";
import { tempHome } from "./kit/temp-home.ts";
import { ended } from "./kit/worker.ts";

const STATS = "Check knowledge graph stats";

/** What the run's call of `graph_stats` gave. */
async function statsOf(store: Store, chatId: string, runId: string | null): Promise<unknown> {
  expect(await ended(store, runId)).toMatchObject({ state: "completed" });
  const given = (await dataOf(store, chatId, "tool_result")).filter(({ name }) => name === "graph_stats");
  expect(given).toHaveLength(1);
  return given[0]?.result;
}

eachEngine("whose memory it is", (engine) => {
  test("in a home of one person a chat, a task, a default schedule and the command line count the same", async () => {
    const home = await tempHome();
    const store = await engine.store({ home });
    const app = await chatServer(store);
    const { owner } = app.people;
    await store.db.deleteFrom("user").where("role", "=", "member").execute();
    writePrompts(join(import.meta.dirname, "../prompts"), home);
    await offerDefaultSchedules(store, owner);
    await startAgent(store, { model: createDemoModel({ pauseMs: 0 }), tools: graphTools(store) });
    const said = async (text: string) => {
      const { chat } = await createChat(store, owner, {});
      return { chatId: chat.id, ...(await postMessage(store, owner, chat.id, { text })) };
    };
    const done = async (instruction: string) => {
      const { task } = await addTask(store, owner, { instruction });
      await ended(store, task.runId);
      return getTask(store, owner, task.id);
    };
    // Some of it is learned in a chat, some in unattended work.
    for (const name of ["Alice", "Bob", "Clara"])
      await ended(store, (await said(`Remember that ${name} is a person`)).runId);
    for (const name of ["Rome", "Oslo", "Kyiv"]) await done(`Remember that ${name} is a city`);

    const counts = { nodes: 6, edges: 0, nodeTypes: { city: 3, person: 3 }, edgeTypes: {} };
    const chat = await said(STATS);
    expect(await statsOf(store, chat.chatId, chat.runId)).toEqual(counts);
    const task = await done(STATS);
    expect(await statsOf(store, task.chatId, task.runId)).toEqual(counts);
    const scheduled = await runScheduleNow(store, owner, "smart_maintenance");
    expect(await statsOf(store, scheduled.chatId, scheduled.runId)).toEqual(counts);
    const told = await sparky(["graph", "stats", "--json"], overApp(app, owner));
    expect(JSON.parse(told.stdout)).toEqual(counts);

    // With somebody else here, who has a memory of their own, that is told, and nothing of it.
    const { ann } = await people(store);
    const hers = (await createChat(store, ann, {})).chat.id;
    const shown = await sparky(["graph", "stats", "--json"], overApp(app, owner));
    const { leftOut, ...rest }: GraphStats = JSON.parse(shown.stdout);
    expect(rest).toEqual(counts);
    expect(leftOut).toBe("What is private to other people here is not shown or counted.");
    const asked = await postMessage(store, ann, hers, { text: STATS });
    expect(await statsOf(store, hers, asked.runId)).toEqual({
      nodes: 0,
      edges: 0,
      nodeTypes: {},
      edgeTypes: {},
      leftOut,
    });
    expect((await sparky(["graph", "search", "Alice"], overApp(app, ann))).stderr).toBe(`${leftOut}\nNo such nodes.\n`);
    expect((await sparky(["recall", "Alice"], overApp(app, ann))).stderr).toContain(leftOut);
  });

  test("F16: what a run was given of it is told to nobody who may not see it, whatever they read the chat by", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { owner, ann } = app.people;
    await startAgent(store, { model: scriptedModel(() => [say("At half past nine.")]), recall: true });
    const earlier = await talk(store, owner, [[owner, "The movers come on Friday with the quokka van."]]);
    const { chat } = await createChat(store, owner, {});
    const ask = { text: "When do the movers come with their van?" };
    await ended(store, (await postMessage(store, owner, chat.id, ask)).runId);
    const [event] = await dataOf(store, chat.id, "recall");
    expect(event?.nodes).toMatchObject([{ id: `${earlier}.2` }]);
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: ann.id, can_write: 1 }).execute();
    await ended(store, (await postMessage(store, ann, chat.id, ask)).runId);

    const paths = ["events", "export?format=json", "export?format=md"].map((path) => `/api/chats/${chat.id}/${path}`);
    const asked = [`/api/recall/items?ids=${earlier}.2`, "/api/recall?q=movers+van", "/api/search?q=movers"];
    const commands = [
      ["chats", "show", chat.id],
      ["chats", "export", chat.id],
      ["recall", "movers van", "--why"],
    ];
    const all = async (viewer: User): Promise<readonly string[]> => [
      ...(await Promise.all(
        [...paths, ...asked].map(async (path) =>
          (await app.server.fetch(new Request(`http://127.0.0.1:8000${path}`), { viewer })).text(),
        ),
      )),
      ...(await Promise.all(commands.map(async (argv) => (await sparky(argv, overApp(app, viewer))).stdout))),
    ];
    const theirs = await all(ann);
    expect(theirs.slice(0, 3).every((text) => text.includes("half past nine"))).toBe(true);
    expect(theirs.filter((text) => text.includes("quokka"))).toEqual([]);
    // Its owner finds it by the same ways, but for the chat's log: that holds no word of it.
    const own = await all(owner);
    expect(own.map((text) => text.includes("quokka"))).toEqual([
      ...[false, false, false],
      ...[true, true, true],
      ...[false, false, true],
    ]);
  });
});
