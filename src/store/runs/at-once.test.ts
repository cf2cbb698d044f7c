import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { gate, pause, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { ended, until } from "../../../test/kit/worker.ts";
import type { Store } from "../database/store.ts";
import { endRun, waitForLimit } from "../endings/run.ts";
import { setLimits } from "../limits/change.ts";
import { tasksOf } from "../limits/standing.ts";
import { addTask } from "../tasks/add.ts";
import { listTasks } from "../tasks/read.ts";
import type { User } from "../people/user.ts";
import { claimRuns, type Claimed } from "./claim.ts";
import { fenceOf } from "./record.ts";

const claim = (store: Store, limit: number) => claimRuns(store, { kind: "task", limit });
const namesOf = (claimed: readonly Claimed[]) => claimed.map(({ task }) => task?.instruction);
const end = (store: Store, { run, lease }: Claimed) =>
  store.transact((tx) =>
    endRun(
      tx,
      run.id,
      { state: "completed", message: "Done", result: "" },
      { fence: { runId: run.id, lease }, readSeq: 9 },
    ),
  );

async function add(store: Store, user: User, ...names: readonly string[]): Promise<void> {
  for (const instruction of names) await addTask(store, user, { instruction });
}

eachEngine("a limit of tasks at once", (engine) => {
  test("lets the others wait in their order, and nobody else behind them", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    await setLimits(store, owner, ann, { tasksAtOnce: 2 });
    await add(store, ann, "a1", "a2", "a3", "a4");
    await add(store, bob, "b1", "b2");
    const first = await claim(store, 3);
    expect(namesOf(first)).toEqual(["a1", "a2", "b1"]);
    expect(namesOf(await claim(store, 10))).toEqual(["b2"]);
    expect(await tasksOf(store.db, ann.id, store.clock.now())).toEqual({ working: 2, queued: 2 });
    const [a1, a2] = first;
    if (a1 === undefined || a2 === undefined) throw new Error("nothing was claimed");
    await end(store, a1);
    expect(namesOf(await claim(store, 10))).toEqual(["a3"]);
    // What waits is not at work.
    const wait = { until: store.clock.now() + 60_000, message: "waits" };
    await store.transact((tx) => waitForLimit(tx, a2.run.id, wait, fenceOf(a2)));
    expect(namesOf(await claim(store, 10))).toEqual(["a4"]);
    // And goes on only where there is room.
    await store.db.updateTable("runs").set({ not_before: 0 }).where("id", "=", a2.run.id).execute();
    expect(await claim(store, 10)).toEqual([]);
    await setLimits(store, owner, ann, { tasksAtOnce: 3 });
    expect(namesOf(await claim(store, 10))).toEqual(["a2"]);
  });

  test("is said to what is queued behind it, and not to what comes later", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { tasksAtOnce: 1 });
    const said = async (runAt?: string) => {
      const { task } = await addTask(store, ann, { instruction: "x", ...(runAt !== undefined && { runAt }) });
      return (await dataOf(store, task.chatId, "status")).map(({ message }) => message);
    };
    expect(await said()).toEqual(["Queued"]);
    await claim(store, 1);
    expect(await said()).toEqual([
      "Queued: the limit of one task at once is reached; it starts when another has ended or waits",
    ]);
    expect(await said("2999-01-01T00:00:00Z")).toEqual(["Queued"]);
    const now = async () => (await listTasks(store, ann)).items.map(({ progress }) => progress.current).toReversed();
    expect(await now()).toEqual([
      "calling the model",
      "Queued: the limit of one task at once is reached; it starts when another has ended or waits",
      null,
    ]);
    await setLimits(store, owner, ann, { tasksAtOnce: null });
    expect(await now()).toEqual(["calling the model", null, null]);
  });

  test("is kept while several take from the queue at the same moment", async () => {
    const place = await engine.place();
    const store = await engine.open(place);
    const { owner, ann, bob } = await people(store);
    await setLimits(store, owner, ann, { tasksAtOnce: 3 });
    await add(store, ann, ...Array.from({ length: 12 }, (_, at) => `a${at}`));
    await add(store, bob, "b1", "b2");
    // On SQLite there is one process; its claims are as many.
    const nodes =
      engine.kind === "sqlite" ? [store, store] : [store, await engine.open(place), await engine.open(place)];
    const takers = nodes.flatMap((node) => [node, node]);
    const taken = (await Promise.all(takers.map((node) => claim(node, 2)))).flat();
    // Whoever was passed over while somebody else had it locked is looked at again, as at every wake-up.
    const all = namesOf([...taken, ...(await claim(store, 10))]);
    expect(all.filter((name) => name?.startsWith("a"))).toHaveLength(3);
    expect(all.filter((name) => name?.startsWith("b"))).toHaveLength(2);
    expect(await tasksOf(store.db, ann.id, store.clock.now())).toEqual({ working: 3, queued: 9 });
  });

  test("starts what waits by itself, one after another", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { tasksAtOnce: 1 });
    const first = gate();
    let calls = 0;
    const model = scriptedModel(() => (calls++ === 0 ? [pause(first), say("Done.")] : [say("Done.")]));
    await startAgent(store, { model });
    const added = [];
    for (const instruction of ["one", "two", "three"]) added.push((await addTask(store, ann, { instruction })).task);
    await until("the first to be at work", async () => model.requests.length === 1);
    expect(await tasksOf(store.db, ann.id, store.clock.now())).toEqual({ working: 1, queued: 2 });
    first.open();
    const runs = [];
    for (const { runId } of added) runs.push(await ended(store, runId));
    const [one, two, three] = runs.map(({ state, started_at, ended_at }) => ({ state, started_at, ended_at }));
    expect([one?.state, two?.state, three?.state]).toEqual(["completed", "completed", "completed"]);
    expect(two?.started_at).toBeGreaterThanOrEqual(one?.ended_at ?? Infinity);
    expect(three?.started_at).toBeGreaterThanOrEqual(two?.ended_at ?? Infinity);
  });
});
