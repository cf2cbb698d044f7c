import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { workRun } from "../../src/agent/run.ts";
import { Stopper } from "../../src/agent/stop.ts";
import { delegate } from "../../src/builtin-tools/delegate.ts";
import { isEnded } from "../../src/core/run-state.ts";
import type { StepRequest } from "../../src/models/model.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import type { Store } from "../../src/store/database/store.ts";
import type { User } from "../../src/store/people/user.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { answerQuestion } from "../../src/store/questions/answer.ts";
import { listQuestions } from "../../src/store/questions/questions.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { listTasks } from "../../src/store/tasks/read.ts";
import { Loop, type LoopOptions } from "../../src/worker/loop.ts";
import { call, say, scriptedModel, stepsIn, type Step } from "../kit/scripted-model.ts";
import { agentDeps, testTool, until } from "../kit/worker.ts";
import { leasesOfTheDeadRunOut, probeOf, telling, type Tell } from "./crash-scenario.ts";

/**
 * One life of a process whose task asks a person something, and delegates work that delegates more. It may be ended at any
 * point, and lived again on the same data until all of it has ended. On PostgreSQL two nodes share the work.
 */
export interface WaitsScenario {
  readonly place: Place;
  readonly folder: string;
  /** The person stops the root as soon as its last part is at work, which works until it is stopped. */
  readonly stops?: boolean;
  /** The process that is to die is one of two nodes; the other survives it. */
  readonly apart?: boolean;
}

/** A node that dies, and one that survives it: until then it works on no more than one run, and on none before the other. */
export type Role = { readonly is: "alone" | "dying" } | { readonly is: "survivor"; readonly death: Promise<unknown> };

const PATIENCE_MS = 120_000;

export const PARTS = ["left", "right", "below"] as const;
const noted = ({ folder }: WaitsScenario): string => join(folder, "noted");

/** What was done outside of the database, in its order. */
export const effectsOf = (scenario: WaitsScenario): readonly string[] =>
  existsSync(noted(scenario)) ? readFileSync(noted(scenario), "utf8").split("\n").slice(0, -1) : [];

const hand = (...parts: readonly string[]) =>
  call("delegate", { tasks: parts.map((part) => ({ instruction: `the part ${part}` })) });

/** By what a run was told to do, and how far it is. */
function script(request: StepRequest): Step {
  const words = JSON.stringify(request.messages.find(({ role }) => role === "user")?.content ?? "");
  const part = PARTS.find((each) => words.includes(`the part ${each}`));
  const note = call("note", { text: part ?? "root" });
  const steps: readonly Step[] =
    part === undefined
      ? [[call("ask_user", { question: "Which?" }), note], [hand("left", "right")], [say("all is done")]]
      : part === "right"
        ? [[note], [hand("below")], [say("right is done")]]
        : [[note], [say(`${part} is done`)]];
  return steps[stepsIn(request)] ?? [];
}

/** Lives until everything has ended; the root's id. */
export async function live(
  scenario: WaitsScenario,
  tell: Tell = () => {},
  role: Role = { is: "alone" },
): Promise<string> {
  const nodes = scenario.place.kind === "postgres" && role.is === "alone" ? 2 : 1;
  await using owned = new AsyncDisposableStack();
  const stores: Store[] = [];
  for (let node = 0; node < nodes; node++) {
    const store = owned.use(await openStore(scenario.place, { probe: probeOf(tell) }));
    stores.push(telling(store, tell));
  }
  const [first] = stores;
  if (first === undefined) throw new Error("no node");
  const { owner } = await ensureUsers(first);
  const { task } = await addTask(first, owner, { instruction: "all of it", key: "the root" });
  if (role.is === "alone") await leasesOfTheDeadRunOut(first);
  let room = role.is === "survivor" ? 0 : 2;
  const mourned =
    role.is === "survivor" &&
    role.death.then(async () => {
      room = 2;
      await leasesOfOthersRunOut(first);
    });
  const stopper = owned.use(new Stopper(first, agentDeps(first, { model: scriptedModel([]) }).log));
  const deepest = Promise.withResolvers<void>();
  let effects = 0;
  const note = testTool(
    "note",
    async (text, { signal }) => {
      const n = ++effects;
      tell({ when: "before", what: "effect", n });
      appendFileSync(noted(scenario), `${text}\n`);
      tell({ when: "after", what: "effect", n });
      if (scenario.stops === true && text === "below") {
        deepest.resolve();
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      }
      return null;
    },
    { idempotent: false },
  );
  for (const store of stores) {
    const deps = agentDeps(store, { model: scriptedModel(script), tools: [note, delegate] });
    const work: LoopOptions["work"] = (claimed, signal) => workRun(deps, claimed, signal);
    const loop = owned.use(
      new Loop({
        store,
        work,
        tasks: true,
        get concurrency() {
          return room === 0 && effectsOf(scenario).length > 0 ? 1 : room;
        },
        pollMs: 10_000,
        log: deps.log,
      }),
    );
    await loop.start();
  }
  // Whoever comes back after a crash finds the last part interrupted, and stops what is left at once.
  if (scenario.stops === true && effectsOf(scenario).includes("below")) deepest.resolve();
  const stopped = deepest.promise.then(() => stopper.stop(owner, { chatId: task.chatId }));
  await until(
    "the end of all",
    async () => {
      if (role.is !== "dying") await answerAll(first, owner);
      const { items } = await listTasks(first, owner);
      return items.every(({ status }) => isEnded(status));
    },
    PATIENCE_MS,
  );
  await mourned;
  // Where it was interrupted before its effect, nobody had a reason to stop it.
  deepest.resolve();
  await stopped;
  return task.id;
}

/** On PostgreSQL a lease outlives its worker by some seconds; those of the other node are over at once. */
async function leasesOfOthersRunOut({ db, bootId }: Store): Promise<void> {
  await db
    .updateTable("runs")
    .set({ lease_until: 1 })
    .where("state", "in", ["working", "stopping"])
    .where("boot_id", "!=", bootId)
    .execute();
}

/** A person who is there the whole time. */
async function answerAll(store: Store, owner: User): Promise<void> {
  for (const { id } of (await listQuestions(store, owner)).items) await answerQuestion(store, owner, id, "this one");
}
