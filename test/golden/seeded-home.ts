import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ID_LENGTH, type RandomBytes } from "../../src/core/ids.ts";
import { workRun } from "../../src/agent/run.ts";
import { graphTools } from "../../src/builtin-tools/graph.ts";
import { ModelError } from "../../src/models/model.ts";
import { decide } from "../../src/server/socket/decide.ts";
import { AGENT_ACTOR } from "../../src/store/people/actors.ts";
import { listApprovals } from "../../src/store/approvals/approvals.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { makeLink } from "../../src/store/chats/links.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { openStore } from "../../src/store/open.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { recordStep } from "../../src/store/runs/record.ts";
import { createSchedule, runScheduleNow } from "../../src/store/schedules/change.ts";
import { tickSchedules } from "../../src/store/schedules/tick.ts";
import type { Store } from "../../src/store/database/store.ts";
import { addTask, type NewTask } from "../../src/store/tasks/add.ts";
import { cancelTask } from "../../src/store/tasks/change.ts";
import type { User } from "../../src/store/people/user.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { hostShell } from "../kit/host-shell.ts";
import { testClock, type TestClock } from "../kit/clock.ts";
import { addGraph, person } from "../kit/graph.ts";
import { call, fail, say, scriptedModel, think, type Step } from "../kit/scripted-model.ts";
import { seededBytes } from "../kit/seeded.ts";
import { agentDeps } from "../kit/worker.ts";

/** A home in which everything has happened once, made by the store and the agent themselves, the same to the last id. */

/** When the commands run. */
export const NOW = Date.parse("2026-12-01T14:02:20.000Z");
const at = (time: string): number => Date.parse(`2026-12-01T${time}Z`);

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export interface Ids {
  readonly random: RandomBytes;
  /** From here on ids begin with this, and do not depend on what came before: what is added later changes none of them. */
  from(start: string, label?: string): void;
}

export function readableIds(): Ids {
  let start: readonly number[] = [];
  let bytes = seededBytes(0);
  return {
    random(n) {
      const random = bytes(n);
      if (n === ID_LENGTH) random.set(start);
      return random;
    },
    from(letters, label = letters) {
      start = [...letters].map((letter) => ALPHABET.indexOf(letter));
      bytes = seededBytes([...label].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
    },
  };
}

interface Scene {
  readonly store: Store;
  readonly clock: TestClock;
  readonly ids: Ids;
  readonly owner: User;
  readonly workspaces: string;
}

const ITEMS = [
  { text: "Count", status: "done" },
  { text: "Report", status: "done" },
] as const;

const SERVER_LOG = [
  { level: 30, time: "2026-12-01T08:00:00.100Z", url: "http://127.0.0.1:8000", agentLoop: true, model: "demo", msg: "the server is ready" },
  { level: 40, time: "2026-12-01T13:00:01.210Z", err: { type: "Error", message: "socket hang up", stack: "Error: socket hang up\n    at here" }, msg: "a database connection broke" },
  { level: 50, time: "2026-12-01T13:20:01.200Z", schedule: "5ch0", msg: "a schedule failed; the others went on" },
];

/** The home's folder, with a log, an older backup and an older file of schedules beside its database. */
export async function goldenHome(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "sparky-golden-"));
  await seedHome(path);
  await copyFile(join(path, "sparky.db"), join(path, "old.db"));
  await writeFile(join(path, "old.yaml"), "- name: tidy\n  prompt: Tidy the notes\n  interval: 6\n");
  await writeFile(join(path, "graph.jsonl"), GRAPH_FILE.map((line) => `${JSON.stringify(line)}\n`).join(""));
  await writeFile(join(path, "half.jsonl"), GRAPH_FILE.slice(0, 3).map((line) => `${JSON.stringify(line)}\n`).join(""));
  await putSkills(path);
  await mkdir(join(path, "logs"));
  await writeFile(join(path, "logs/server.log"), SERVER_LOG.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const GRAPH_FILE = [
  { format: "sparky-memory", version: 1 },
  { kind: "node", id: "a", type: "person", name: "Ann", content: "She has a cat", updatedAt: "2026-11-01T00:00:00Z" },
  { kind: "node", id: "c", type: "animal", name: "Tom", content: "Ann's cat", colour: "grey" },
  { kind: "edge", source: "a", target: "c", type: "owns" },
  { kind: "end", nodes: 2, edges: 1 },
];

const TIDY = "---\nname: tidy\ndescription: Tidies notes. Use it when notes are in a mess.\n---\n# Tidy\n\nOne by one.\n";
const SUMS = "---\nname: Sums\ndescription: Adds up what was spent\nallowed-tools: Bash\n---\n# Sums\n";

/** One lies in the home and waits; others can be added. */
async function putSkills(home: string): Promise<void> {
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(join(home, path, ".."), { recursive: true });
    await writeFile(join(home, path), text);
  };
  await put("skills/tidy/SKILL.md", TIDY);
  await put("skills/tidy/notes.md", "Titles first.\n");
  await put("from/sums/SKILL.md", SUMS);
  await put("from/script/SKILL.md", "---js\nprocess.exit(7)\n---\n");
}

async function seedHome(home: string): Promise<void> {
  const clock = testClock(at("08:00:00"));
  const ids = readableIds();
  ids.from("ep0c");
  const store = await openStore({ kind: "sqlite", file: join(home, "sparky.db") }, { clock, random: ids.random, node: "home" });
  const workspaces = join(home, "workspace");
  await mkdir(workspaces);
  ids.from("0wn3");
  const { owner } = await ensureUsers(store);
  const scene: Scene = { store, clock, ids, owner, workspaces };
  await seedMemory(scene);
  await seedSchedules(scene);
  await seedTasks(scene);
  await seedChat(scene);
  await seedWork(scene);
  await store[Symbol.asyncDispose]();
}

async function seedMemory({ store, ids, owner }: Scene): Promise<void> {
  ids.from("n0de");
  const nodes = [person("Ann"), person("Bob"), { type: "place", name: "Lisbon", content: "Where Ann lives" }];
  await addGraph(store, owner.id, nodes, ["Ann lives_in Lisbon", "Ann knows Bob"]);
}

async function seedSchedules(scene: Scene): Promise<void> {
  const { store, clock, ids, owner } = scene;
  ids.from("5ch0", "schedules");
  await createSchedule(store, owner, {
    name: "smart_maintenance",
    description: "Keeps the knowledge graph healthy",
    prompt: "Look after the graph.\nReport what you did.",
    when: "every(30 minutes)",
    timezone: "UTC",
  });
  await createSchedule(store, owner, {
    name: "morning",
    prompt: "Tell me what is new",
    when: "cron(0 9 * * 1-5)",
    timezone: "Europe/Berlin",
    state: "paused",
    pausedUntil: "2026-12-24T08:00:00.000Z",
    jitterSeconds: 60,
    limits: { steps: 20 },
  });
  await createSchedule(store, owner, { name: "party", prompt: "Sing", when: "at(2027-01-01T00:00)", timezone: "UTC", state: "disabled" });
  const due = async (time: string, start: string): Promise<void> => {
    ids.from(start);
    clock.step(at(time) - clock.now());
    await tickSchedules(store);
  };
  // Nobody was there until 11:30; the next one is still at work when another is due.
  await due("11:30:00.040", "5rn1");
  await work(scene, [[call("graph_stats")], [say("All is well.")]]);
  await due("12:00:00.020", "5rn2");
  await due("12:30:00.030", "5rn3");
  await work(scene, [[say("Mended one node.")]]);
  await due("13:00:00.010", "5rn4");
  await work(scene, [[fail(new ModelError("model_auth", "the provider refused the key", { retryable: false }))]]);
  ids.from("5rn5");
  clock.step(at("13:07:12.000") - clock.now());
  await runScheduleNow(store, owner, "smart_maintenance");
  await work(scene, [[say("Nothing to do.")]]);
}

async function seedTasks(scene: Scene): Promise<void> {
  const { store, clock, ids, owner } = scene;
  const add = async (time: string, start: string, input: NewTask, label?: string): Promise<string> => {
    clock.step(at(time) - clock.now());
    ids.from(start, label);
    return (await addTask(store, owner, input)).task.id;
  };
  await add("13:10:00", "3f2a", { instruction: "Check knowledge graph stats" });
  await work(scene, [
    [think("The graph may have\nisolated nodes."), call("graph_stats"), call("graph_search", { query: "Ann" })],
    [call("plan_update", { items: [...ITEMS] })],
    [say("The graph has 3 nodes.\nNone is isolated.")],
  ]);
  await add("13:20:00", "c01d", { instruction: "Check links of the wiki", metadata: { wiki: "home" }, limits: { steps: 5 } });
  await work(scene, [[fail(new ModelError("model_auth", "the provider refused the key", { retryable: false }))]]);
  await add("13:22:00", "5c4p", { instruction: "Write to Bob" }).then((id) => cancelTask(store, owner, id));
  ids.from("77aa");
  await add("13:30:00", "77aa", { instruction: "Book the train" });
  ids.from("7kq2");
  await work(scene, [[think("It costs money."), call("shell", { command: "book --train 7\necho done", timeoutSeconds: 5 })]]);
  await add("13:40:00", "t1dy", { instruction: "Tidy the downloads" });
  ids.from("6pp0");
  await work(scene, [[call("shell", { command: "echo tidy" })], [say("Tidied.")]]);
  const [asked] = (await listApprovals(store, owner, { limit: 1 })).items;
  ids.from("9wx4");
  await decide(store, owner, asked?.id ?? "", { decision: "approve", scope: "until 2026-12-01T18:00:00.000Z", note: "for today" });
  await work(scene, [[say("Tidied.")]]);
  await add("13:45:00", "fenc", { instruction: "Paint the fence" });
  ids.from("5zt8");
  await work(scene, [[call("ask_user", { question: "Which colour?\nIt is green now.", choices: ["Red", "As it is"] })]]);
  // Two whose ids begin alike, and one that depends on another.
  const first = await add("13:50:00", "8kk2", { instruction: "Water the plants in the hall", key: "hall", priority: 5 }, "hall");
  await add("13:51:00", "8kk2", { instruction: "Water the plants in the yard", runAt: "2026-12-02T09:00:00.000Z" }, "yard");
  await add("13:52:00", "d3pd", { instruction: "Tell that the plants are watered", dependsOn: [first] });
}

async function seedChat(scene: Scene): Promise<void> {
  const { store, clock, ids, owner } = scene;
  clock.step(at("13:55:00") - clock.now());
  ids.from("5d2c");
  const { chat } = await createChat(store, owner, { title: "The time in Tokyo" });
  await postMessage(store, owner, chat.id, { text: "What time is it in Tokyo?" });
  await work(scene, [[say("It is 22:55 in Tokyo.")]], "turn");
  ids.from("1nk0");
  await makeLink(store, owner, chat.id, { write: true });
}

/** A task in the middle of its work: its process is not this one. */
async function seedWork({ store, clock, ids, owner }: Scene): Promise<void> {
  clock.step(at("14:00:56") - clock.now());
  ids.from("w0rk");
  await addTask(store, owner, { instruction: "Read the news", priority: 9 });
  clock.step(500);
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  clock.step(3000);
  const { run } = claimed;
  const place = { runId: run.id, taskId: run.task_id, step: 1, actor: AGENT_ACTOR };
  const usage = { model: "demo", inputTokens: 12_000, outputTokens: 400, costUsd: 0.03, durationMs: 3000 };
  await recordStep(store, claimed, {
    step: 1,
    readSeq: 3,
    provider: "demo",
    model: "demo",
    request: {
      instructions: "You are Sparky.",
      tools: JSON.stringify([{ name: "web_fetch", description: "Reads a page.", effect: "external", parameters: { type: "object" } }]),
      budget: 4000,
      takesImages: false,
      digest: "of what was said before it was forgotten",
    },
    messages: JSON.stringify([
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "The page tells more." },
          { type: "tool-call", toolCallId: "c1", toolName: "web_fetch", input: { url: "https://example.org" } },
        ],
      },
    ]),
    usage,
    events: [
      { type: "thought", data: { text: "The page tells more." }, ...place },
      {
        type: "tool_use",
        data: { callId: "c1", name: "web_fetch", args: { url: "https://example.org" }, effect: "external", summary: "https://example.org" },
        ...place,
      },
      { type: "usage", data: usage, ...place },
    ],
  });
  await store.append({
    chatId: run.chat_id,
    events: [{ type: "tool_start", data: { callId: "c1", attempt: 1 }, ...place }],
    fence: { runId: run.id, lease: claimed.lease },
  });
}

/** Works on what is due, as a script says; each model step takes 1.2 s. */
async function work({ store, clock, workspaces }: Scene, script: readonly Step[], kind: "task" | "turn" = "task"): Promise<void> {
  const [claimed] = await claimRuns(store, { kind, limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  let step = 0;
  const model = scriptedModel(
    () => {
      clock.step(1200);
      return script[step++] ?? [];
    },
    { id: "demo", provider: "demo" },
  );
  const errors: unknown[] = [];
  const tools = [...graphTools(store), hostShell()];
  await workRun(agentDeps(store, { model, tools, workspaces }, errors), claimed, new AbortController().signal);
  if (errors.length > 0) throw new Error("the seeding failed", { cause: errors[0] });
}
