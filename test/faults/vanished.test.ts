import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { createChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { readEvents } from "../../src/store/log/events.ts";
import type { Store } from "../../src/store/database/store.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import type { User } from "../../src/store/people/user.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { startAgent } from "../kit/agent.ts";
import { postgres } from "../kit/databases.ts";
import { call, say, scriptedModel, stepsIn } from "../kit/scripted-model.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";
import { ended, testTool, until } from "../kit/worker.ts";

const CHILD = fileURLToPath(new URL("./vanished-child.ts", import.meta.url));

const hanging = testTool(
  "hang",
  (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  { idempotent: false, timeoutMs: 600_000 },
);
const model = scriptedModel((request) => (stepsIn(request) === 0 ? [call("hang", { text: "" })] : [say("Done.")]));

/** A chat with one task in it. */
async function workIn(store: Store, owner: User) {
  const { chat } = await createChat(store, owner, {});
  let runId: string | null = null;
  return {
    id: chat.id,
    /** Adds the task, and waits until its tool is at work. */
    async work(): Promise<void> {
      ({ runId } = (await addTask(store, owner, { instruction: "x", chatId: chat.id })).task);
      await until("the tool", async () => (await readEvents(store.db, chat.id, { types: ["tool_start"] })).length > 0);
    },
    ended: () => ended(store, runId),
    /** Which node took its run, and when. */
    taken: async () =>
      (await readEvents(store.db, chat.id, { types: ["status"] })).flatMap(({ at, data }) =>
        "worker" in data && data.worker !== undefined ? [{ at: Date.parse(at), worker: data.worker }] : [],
      ),
    leaseUntil: async () =>
      Number(
        (await store.db.selectFrom("runs").select("lease_until").where("id", "=", runId).executeTakeFirstOrThrow())
          .lease_until,
      ),
  };
}

/** A node of its own process. */
async function startNode(order: object) {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(order)], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  const told = (word: string): Promise<boolean> => until(word, () => output.includes(word));
  await told("ready");
  return { child, told };
}

test.each([
  { how: "is paused", killed: false },
  { how: "is killed behind a black hole", killed: true },
])(
  "F110 F111: a node that $how in the middle of a transaction keeps nobody for long, and leaves nothing behind",
  async ({ killed }) => {
    const direct = await postgres.place();
    const url = new URL(direct.kind === "postgres" ? direct.url : "");
    const store = await postgres.open(direct, { node: "healthy" });
    const { owner } = await ensureUsers(store);
    const admin = new Client({ connectionString: url.href, application_name: "admin" });
    await admin.connect();
    onTestFinished(() => admin.end());
    const count = async (what: string): Promise<number> =>
      (await admin.query(`select from pg_stat_activity where datname = current_database() and ${what}`)).rowCount ?? 0;
    const proxy = await tcpProxy({ port: Number(url.port) });
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    url.port = String(proxy.port);
    url.searchParams.set("application_name", "vanishing");

    const chats = await Promise.all([1, 2, 3, 4].map(() => workIn(store, owner)));
    const [locked, taken, other, own] = chats as [Work, Work, Work, Work];
    const place = { kind: "postgres", url: url.href };
    const { child, told } = await startNode({ place, chats: [locked.id, taken.id] });
    for (const chat of [locked, taken, other]) await chat.work();
    const agent = await startAgent(store, { model, tools: [hanging], pollMs: 200 });
    await own.work();
    expect((await own.taken()).map(({ worker }) => worker)).toEqual(["healthy"]);
    expect((await locked.taken()).map(({ worker }) => worker)).toEqual(["vanishing"]);

    child.stdin.write("hold them\n");
    await told("holds");
    if (killed) proxy.blackhole();
    child.kill(killed ? "SIGKILL" : "SIGSTOP");

    const ends: string[] = [];
    const stop = async (chat: Work, name: string): Promise<void> => {
      await agent.stopper.stop(owner, { chatId: chat.id });
      ends.push(`${name} acknowledged`);
      expect((await chat.ended()).state).toBe("cancelled");
      ends.push(`${name} ended`);
    };
    const message = postMessage(store, owner, taken.id, { text: "still there?" });
    await Promise.all([stop(locked, "locked"), stop(own, "own"), stop(other, "other"), message]);
    // What the node does not hold did not wait for it.
    expect(ends.slice(-2)).toEqual(["locked acknowledged", "locked ended"]);

    const leaseUntil = await taken.leaseUntil();
    const resumed = await until("the take-over", async () => (await taken.taken()).at(1));
    expect(resumed.worker).toBe("healthy");
    expect(resumed.at - leaseUntil).toBeLessThan(2000);
    expect((await taken.ended()).state).toBe("completed");

    await until(
      "its connections to be gone",
      async () => (await count("application_name = 'vanishing'")) === 0,
      40_000,
    );
    expect(await count("wait_event_type = 'Lock'")).toBe(0);
    await agent.stop();
  },
  120_000,
);

type Work = Awaited<ReturnType<typeof workIn>>;
