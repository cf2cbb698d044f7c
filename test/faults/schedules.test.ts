import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { decideApproval, listApprovals } from "../../src/store/approvals/approvals.ts";
import { away } from "../../src/store/overview/away.ts";
import { checkSchedule, getSchedule, scheduleHistory } from "../../src/store/schedules/read.ts";
import { createSchedule } from "../../src/store/schedules/change.ts";
import type { Store } from "../../src/store/database/store.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { verifyStore } from "../../src/store/verify/verify.ts";
import { Scheduler } from "../../src/worker/scheduler.ts";
import { startAgent, story } from "../kit/agent.ts";
import { eachEngine, type Engine } from "../kit/databases.ts";
import { say, scriptedModel } from "../kit/scripted-model.ts";
import { until } from "../kit/worker.ts";

vi.setConfig({ testTimeout: 300_000 });

const CHILD = fileURLToPath(new URL("./schedule-child.ts", import.meta.url));
const MINUTE = 60_000;
/** The last instant that was missed is more than a minute old, and the next is far enough. */
const AWAY_MS = 21.1 * MINUTE;
const EVERY_MS = 2 * MINUTE;

type Place = Awaited<ReturnType<Engine["place"]>>;

/** A node works on the schedule's first task over two more of its instants, twenty minutes ago, and is killed in the middle. */
async function killedInMidRun(engine: Engine, onCrash: "retry" | "leave" | "ask"): Promise<Place> {
  const place = await engine.place();
  const from = Date.now() - AWAY_MS;
  const before = await engine.open(place, { clock: { now: () => from, after: () => () => {} } });
  const { owner } = await ensureUsers(before);
  await createSchedule(before, owner, { name: "s", when: "every(2 minutes)", prompt: "Look", onCrash });
  await before[Symbol.asyncDispose]();
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ place, from })], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  const watcher = await engine.open(place);
  await until("two instants to be skipped", async () => (await ledger(watcher)).length >= 3);
  const stored = async (): Promise<boolean> =>
    (await watcher.db.selectFrom("parts").select("part").execute()).length > 0;
  await until("what it said so far to be stored", stored);
  child.kill("SIGKILL");
  await gone;
  expect((await ledger(watcher)).slice(0, 3)).toEqual(["running", "skipped overlap", "skipped overlap"]);
  if (engine.kind === "postgres") await watcher.db.updateTable("runs").set({ lease_until: 1 }).execute();
  await watcher[Symbol.asyncDispose]();
  return place;
}

async function ledger(store: Store): Promise<string[]> {
  const { owner } = await ensureUsers(store);
  const { items } = await scheduleHistory(store, owner, "s", { limit: 500 });
  return items.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(" ")).reverse();
}

/** The next life: another node, now. */
async function goOn(store: Store): Promise<void> {
  const agent = await startAgent(store, { model: scriptedModel(() => [say("All well.")]), pollMs: 200 });
  const log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: object) => void agent.errors.push(fields),
  };
  const scheduler = new Scheduler({ store, stop: async () => {}, pollMs: 10_000, log });
  onTestFinished(async () => {
    await scheduler[Symbol.asyncDispose]();
    await agent.stop();
    expect(agent.errors).toEqual([]);
  });
  scheduler.start();
}

/** Every instant has its row, by the rules and by the whole check of the data. */
async function accountedFor(store: Store): Promise<void> {
  const { owner } = await ensureUsers(store);
  const check = await checkSchedule(store, owner, "s");
  expect(check).toMatchObject({ ok: true, missing: [], extra: [] });
  expect(check.due).toBeGreaterThanOrEqual(Math.floor(AWAY_MS / EVERY_MS));
  for await (const finding of verifyStore(store)) expect(finding).toBeUndefined();
}

eachEngine("a schedule whose node is killed in mid-run, and comes back after minutes", (engine) => {
  test("F25 F40 accounts for every instant: the run that was left, those that overlapped, were missed, and run late", async () => {
    const store = await engine.open(await killedInMidRun(engine, "leave"));
    await goOn(store);
    await until("the latest to have run", async () => (await ledger(store)).includes("ran late"));
    const rows = await ledger(store);
    expect(rows[0]).toBe("interrupted its worker was lost in the middle; it is left as it is, and can be retried");
    expect(rows.slice(1).findIndex((row) => row !== "skipped overlap")).toBeGreaterThanOrEqual(2);
    const down = rows.filter((row) => row === "skipped down").length;
    expect(down).toBeGreaterThanOrEqual(5);
    expect(rows.indexOf("ran late")).toBe(rows.lastIndexOf("skipped down") + 1);
    await accountedFor(store);
    const { owner } = await ensureUsers(store);
    const { items } = await away(store, owner);
    expect(items.find((item) => item.reason?.includes("not running"))?.reason).toMatch(
      new RegExp(`^${down} runs from`),
    );
  });

  test("onCrash retry: the run goes on to its end", async () => {
    const store = await engine.open(await killedInMidRun(engine, "retry"));
    await goOn(store);
    await until("its end", async () => (await ledger(store))[0] === "ran");
    await accountedFor(store);
  });

  test.each([
    { decision: "approve", is: "ran", ends: ["resumed", "assistant: All well.", "completed"] },
    { decision: "deny", is: "cancelled by owner", ends: ["resumed", "cancelled"] },
  ] as const)("onCrash ask: a person is asked, and $decision makes it $is", async ({ decision, is, ends }) => {
    const store = await engine.open(await killedInMidRun(engine, "ask"));
    const { owner } = await ensureUsers(store);
    await goOn(store);
    await until("the question", async () => (await listApprovals(store, owner)).items.length === 1);
    const [asked] = (await listApprovals(store, owner)).items;
    expect(asked).toMatchObject({ tool: "go_on", canDecide: true });
    expect((await ledger(store))[0]).toBe("running");
    await decideApproval(store, owner, asked?.id ?? "", { decision, scope: { kind: "run" } });
    await until("its end", async () => (await ledger(store))[0] === is);
    const { chatId } = await getSchedule(store, owner, "s");
    const told = (await story(store, chatId ?? "")).filter((line) => !line.startsWith("queued"));
    expect(told.slice(0, 4)).toEqual(["user: Look", "starting", "assistant: I am at it …", "interrupted"]);
    expect(told.slice(4, 5 + ends.length)).toEqual(["waiting", ...ends]);
    expect(await store.db.selectFrom("grants").selectAll().execute()).toEqual([]);
    await accountedFor(store);
  });
});
