import { sql } from "kysely";
import { expect, test } from "vitest";
import { agentDeps, echoTool, until } from "../../../test/kit/worker.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { all, damaged, findingsOf, verifyScene, type Scene } from "../../../test/kit/verify-scene.ts";
import { call, gate, pause, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { startAgent } from "../../../test/kit/agent.ts";
import { workRun } from "../../agent/run.ts";
import { createChat, deleteChat, patchChat } from "../chats/chats.ts";
import { encodeCursor } from "../database/page.ts";
import type { FindingKind } from "./finding.ts";
import { postMessage } from "../chats/messages.ts";
import { claimRuns } from "../runs/claim.ts";
import { sweepRuns } from "../endings/sweep.ts";
import { requestStop } from "../endings/stop.ts";
import { addTask } from "../tasks/add.ts";
import { ensureUsers } from "../people/users.ts";
import { liveSource, restingSource, verifyPage, verifyPages } from "./verify.ts";

/** `seq` of the first event of the chat that fits. */
const at = (s: Scene, condition: string): string =>
  `(SELECT min(e.seq) FROM events e WHERE e.chat_id = '${s.chatId}' AND ${condition})`;
const event = (s: Scene, condition: string): string => `chat_id = '${s.chatId}' AND seq = ${at(s, condition)}`;
const result = "e.type = 'tool_result'";
const ofRun = (s: Scene): string => `e.run_id = '${s.runId}'`;

interface Damage {
  readonly what: string;
  readonly plant: (s: Scene) => readonly string[];
  /** The kinds that are found, each once or more, and no other. */
  readonly kinds: readonly FindingKind[];
  readonly says: RegExp;
}

const copyToEnd = (s: Scene, condition: string): string[] => [
  `INSERT INTO events SELECT e.chat_id, c.head + 1, e.type, e.at, e.run_id, e.task_id, e.body FROM events e
     JOIN chats c ON c.id = e.chat_id WHERE e.chat_id = '${s.chatId}' AND e.seq = ${at(s, condition)}`,
  `UPDATE chats SET head = head + 1, last_event_at = (SELECT e.at FROM events e WHERE e.chat_id = chats.id AND e.seq = head + 1)
     WHERE id = '${s.chatId}'`,
];

const DAMAGES: readonly Damage[] = [
  {
    what: "an event is missing",
    plant: (s) => [`DELETE FROM events WHERE ${event(s, "e.type = 'thought'")}`],
    kinds: ["gap"],
    says: /events are missing/,
  },
  {
    what: "the last event is missing",
    plant: (s) => [
      `DELETE FROM events WHERE chat_id = '${s.talkId}' AND seq = (SELECT head FROM chats WHERE id = '${s.talkId}')`,
      `UPDATE chats SET last_event_at = (SELECT e.at FROM events e WHERE e.chat_id = chats.id AND e.seq = head - 1)
         WHERE id = '${s.talkId}'`,
    ],
    kinds: ["head", "run"],
    says: /the chat's head/,
  },
  {
    what: "the counter ran ahead",
    plant: (s) => [`UPDATE chats SET head = head + 5 WHERE id = '${s.chatId}'`],
    kinds: ["head"],
    says: /the chat's head/,
  },
  {
    what: "an event's text is cut",
    plant: (s) => [`UPDATE events SET body = substr(body, 1, 40) WHERE ${event(s, "e.type = 'thought'")}`],
    kinds: ["undecodable"],
    says: /the thought event cannot be read/,
  },
  {
    what: "an event has a column of another run",
    plant: (s) => [`UPDATE events SET run_id = 'nobody' WHERE ${event(s, "e.type = 'thought'")}`],
    kinds: ["columns"],
    says: /columns differ/,
  },
  {
    what: "a run's state is another",
    plant: (s) => [`UPDATE runs SET state = 'failed' WHERE id = '${s.runId}'`],
    kinds: ["run"],
    says: /: state/,
  },
  {
    what: "a run's attempt is another",
    plant: (s) => [`UPDATE runs SET attempt = 7 WHERE id = '${s.runId}'`],
    kinds: ["run"],
    says: /: attempt/,
  },
  {
    what: "a run's step is another",
    plant: (s) => [`UPDATE runs SET step = step + 1 WHERE id = '${s.runId}'`],
    kinds: ["run"],
    says: /: step/,
  },
  {
    what: "a run's tokens are others",
    plant: (s) => [`UPDATE runs SET input_tokens = input_tokens - 1 WHERE id = '${s.runId}'`],
    kinds: ["run"],
    says: /: input tokens/,
  },
  {
    what: "a run has no row",
    plant: (s) => [`DELETE FROM runs WHERE id = '${s.runId}'`],
    kinds: ["run", "task"],
    says: /has no row/,
  },
  {
    what: "a run is in no log",
    plant: (s) => [
      `INSERT INTO runs (id, chat_id, state, priority, not_before, first_seq, queued_at)
         VALUES ('ghost', '${s.talkId}', 'queued', 0, 0, 2, 1)`,
    ],
    kinds: ["run"],
    says: /run ghost, queued, is not in the log/,
  },
  {
    what: "a run that the log has ended is still working",
    plant: (s) => [`UPDATE runs SET state = 'working', ended_at = NULL WHERE id = '${s.runId}'`],
    kinds: ["run", "lease"],
    says: /: state/,
  },
  {
    what: "a run ended twice",
    plant: (s) => copyToEnd(s, `${ofRun(s)} AND e.type = 'status' AND e.body LIKE '%"completed"%'`),
    kinds: ["end"],
    says: /has ended before this event/,
  },
  {
    what: "a thought comes after the end of its run",
    plant: (s) => copyToEnd(s, "e.type = 'thought'"),
    kinds: ["end"],
    says: /has ended before this event/,
  },
  {
    what: "a chat is held by a run that has ended",
    plant: (s) => [`UPDATE chats SET run_id = '${s.runId}', run_lease = 1 WHERE id = '${s.chatId}'`],
    kinds: ["lease"],
    says: /fence/,
  },
  {
    what: "a title is none of the log",
    plant: (s) => [`UPDATE chats SET title = 'Other' WHERE id = '${s.talkId}'`],
    kinds: ["chat"],
    says: /title/,
  },
  {
    what: "a call has no result",
    plant: (s) => [`DELETE FROM events WHERE ${event(s, result)}`],
    kinds: ["gap", "call"],
    says: /has no result/,
  },
  {
    what: "a call has two results",
    plant: (s) => [
      `UPDATE events SET type = 'tool_result', body = (SELECT e.body FROM events e WHERE e.chat_id = '${s.chatId}' AND e.seq = ${at(s, result)}),
         at = (SELECT e.at FROM events e WHERE e.chat_id = '${s.chatId}' AND e.seq = ${at(s, result)})
         WHERE chat_id = '${s.chatId}' AND seq = ${at(s, `e.type = 'tool_use' AND e.seq > ${at(s, result)}`)}`,
    ],
    kinds: ["call", "step"],
    says: /more than one result/,
  },
  {
    what: "a result stands before its call",
    plant: (s) => {
      const use = at(s, "e.type = 'tool_use'");
      const first = at(s, "e.type = 'thought'");
      return [
        `UPDATE events SET seq = -1 WHERE chat_id = '${s.chatId}' AND seq = ${first}`,
        `UPDATE events SET seq = -2 WHERE ${event(s, result)}`,
        `UPDATE events SET seq = ${use} - 1 WHERE chat_id = '${s.chatId}' AND seq = -2`,
        `DELETE FROM events WHERE chat_id = '${s.chatId}' AND seq = -1`,
      ];
    },
    kinds: ["gap", "call"],
    says: /has no call before it/,
  },
  {
    what: "a call is not in its step's messages",
    plant: (s) => [`UPDATE steps SET messages = '[]' WHERE run_id = '${s.runId}' AND step = 1`],
    kinds: ["step"],
    says: /step 1 of run .*: the call/,
  },
  {
    what: "a step's messages are cut",
    plant: (s) => [`UPDATE steps SET messages = '[{' WHERE run_id = '${s.runId}' AND step = 1`],
    kinds: ["undecodable"],
    says: /step 1 of run/,
  },
  {
    what: "a step has no row",
    plant: (s) => [`DELETE FROM steps WHERE run_id = '${s.runId}' AND step = 2`],
    kinds: ["step"],
    says: /step 2 of run/,
  },
  {
    what: "a step has no events",
    plant: (s) => [
      `INSERT INTO steps (run_id, step, chat_id, provider, model, read_seq, messages, at)
         SELECT run_id, 9, chat_id, provider, model, read_seq, '[]', at FROM steps WHERE run_id = '${s.runId}' AND step = 1`,
    ],
    kinds: ["step"],
    says: /step 9 of run .*usage/,
  },
  {
    what: "an approval is in no log",
    plant: (s) => [
      `INSERT INTO approvals (id, chat_id, run_id, call_id, tool, summary, args, args_digest, state, requested_at, expires_at)
         VALUES ('ghost', '${s.chatId}', '${s.runId}', 'c', 'shell', '', '{}', 'd', 'requested', 1, 2)`,
    ],
    kinds: ["approval"],
    says: /approval ghost/,
  },
  {
    what: "a question is in no log",
    plant: (s) => [
      `INSERT INTO questions (id, chat_id, run_id, call_id, tool, asked_seq, text, kept, state, asked_at, expires_at)
         VALUES ('ghost', '${s.chatId}', '${s.runId}', 'c', 'ask_user', 3, 'Well?', 'null', 'asked', 1, 2)`,
    ],
    kinds: ["question"],
    says: /question ghost/,
  },
  {
    what: "a task is delegated by a call that says nothing of it",
    plant: (s) => [
      `UPDATE tasks SET parent_call = 'c', parent_run = '${s.runId}', root_run = '${s.runId}', depth = 1
         WHERE instruction = 'Then this'`,
    ],
    kinds: ["child", "task"],
    says: /which the call c has delegated/,
  },
  {
    what: "a blob's bytes changed",
    plant: (s) => [
      `UPDATE blobs SET sha256 = replace(sha256, substr(sha256, 1, 4), 'beef') WHERE chat_id = '${s.chatId}'`,
    ],
    kinds: ["blob"],
    says: /blob/,
  },
  {
    what: "a blob that an event names is missing",
    plant: (s) => [`DELETE FROM blobs WHERE chat_id = '${s.chatId}'`],
    kinds: ["blob"],
    says: /is missing/,
  },
  {
    what: "a task's status is another",
    plant: (s) => [`UPDATE tasks SET status = 'failed' WHERE id = '${s.taskId}'`],
    kinds: ["task"],
    says: /: status/,
  },
  {
    what: "a task's attempts are others",
    plant: (s) => [`UPDATE tasks SET attempts = 1 WHERE id = '${s.taskId}'`],
    kinds: ["task"],
    says: /: attempts/,
  },
  {
    what: "a completed task has no result",
    plant: (s) => [`UPDATE tasks SET result = NULL WHERE id = '${s.taskId}'`],
    kinds: ["task"],
    says: /: result/,
  },
  {
    what: "a task's progress is not its plan's",
    plant: (s) => [`UPDATE tasks SET plan_done = 2 WHERE id = '${s.taskId}'`],
    kinds: ["task"],
    says: /: plan/,
  },
  {
    what: "a task is in no log",
    plant: (s) => [
      `INSERT INTO tasks (id, owner_id, chat_id, instruction, status, priority, metadata, limits, attempts, run_id, created_at)
         VALUES ('ghost', '${s.ownerId}', '${s.talkId}', 'x', 'pending', 0, '{}', '{}', 0, NULL, 1)`,
    ],
    kinds: ["task"],
    says: /task ghost is not in its chat's log/,
  },
  {
    what: "a task waits for tasks that are done",
    plant: (s) => [
      `UPDATE tasks SET status = 'waiting', run_id = NULL, result = NULL, finished_at = NULL, attempts = 2 WHERE id = '${s.taskId}'`,
    ],
    kinds: ["task"],
    says: /waits for tasks that are all done/,
  },
  {
    what: "a task has no chat",
    plant: (s) => [`UPDATE tasks SET chat_id = 'nowhere' WHERE id = '${s.taskId}'`],
    kinds: ["task", "orphan"],
    says: /tasks of a chat that is missing/,
  },
  {
    what: "a chat's row is missing",
    plant: (s) => [`DELETE FROM chats WHERE id = '${s.talkId}'`],
    kinds: ["orphan"],
    says: /events of a chat that is missing/,
  },
  {
    what: "somebody has seen more than there is",
    plant: (s) => [`UPDATE seen SET seq = 999 WHERE chat_id = '${s.talkId}'`],
    kinds: ["seen"],
    says: /has seen more/,
  },
  {
    what: "a message's key points at something else",
    plant: (s) => [`UPDATE message_keys SET seq = 1 WHERE chat_id = '${s.talkId}'`],
    kinds: ["message"],
    says: /the key "k1"/,
  },
  {
    what: "a message is stored twice",
    plant: (s) => [
      `UPDATE events SET type = 'message', run_id = NULL, task_id = NULL,
         at = (SELECT e.at FROM events e WHERE e.chat_id = '${s.talkId}' AND e.type = 'message' AND e.run_id IS NULL),
         body = (SELECT e.body FROM events e WHERE e.chat_id = '${s.talkId}' AND e.type = 'message' AND e.run_id IS NULL)
         WHERE chat_id = '${s.talkId}' AND seq = 1`,
    ],
    kinds: ["message"],
    says: /the message with the key "k1"/,
  },
  {
    what: "a checkpoint is left of a run that has ended",
    plant: (s) => [
      `INSERT INTO parts (run_id, part, ord, lease, kind, text) VALUES ('${s.runId}', '1.9', 9, 1, 'message', 'half')`,
    ],
    kinds: ["part"],
    says: /part 1.9/,
  },
  {
    what: "an edge leads to a node that is missing",
    plant: () => [`DELETE FROM nodes WHERE name = 'Bob'`],
    kinds: ["orphan"],
    says: /target of edges/,
  },
];

eachEngine("verification", (engine) => {
  test("finds each damage, and nothing else", async () => {
    const store = await engine.store();
    const scene = await verifyScene(store);
    expect(await findingsOf(store)).toEqual([]);
    for (const { what, plant, kinds, says } of DAMAGES) {
      const { findings } = await damaged(store, plant(scene), (db) =>
        verifyPage({ ...restingSource(store.kind, db), snapshot: (body) => body(db) }, null),
      );
      expect.soft(findings.map((finding) => finding.what).join("\n"), what).toMatch(says);
      expect.soft([...new Set(findings.map(({ kind }) => kind))].sort(), what).toEqual([...kinds].sort());
    }
    expect(await findingsOf(store)).toEqual([]);
  });

  test("says what it looked at, and where each page goes on", async () => {
    const store = await engine.store();
    await verifyScene(store);
    const pages = await all(verifyPages(await liveSource(store)));
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatchObject({
      next: null,
      checked: { chats: 3, runs: 4, tasks: 2, steps: 9, blobs: 3, edges: 1 },
    });
    const ids = await store.db.selectFrom("chats").select("id").orderBy("id").execute();
    const rest = await verifyPage(await liveSource(store), encodeCursor([ids[0]?.id ?? ""]));
    expect(rest).toMatchObject({ next: null, checked: { chats: 2 } });
  });

  test("finds nothing wrong while runs work, wait, stop and end, and chats change and go", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const model = scriptedModel(({ messages }) =>
      messages.length > 1 ? [say("Done.")] : [say("Half"), pause(held), call("echo", { text: "x" })],
    );
    const agent = await startAgent(store, { model, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    const working = await addTask(store, owner, { instruction: "Hold" });
    await addTask(store, owner, { instruction: "After it", dependsOn: [working.task.id] });
    await held.reached;
    expect(await findingsOf(store)).toEqual([]);
    await patchChat(store, owner, chat.id, { title: "Renamed", archived: true, model: "demo" });
    await deleteChat(store, owner, chat.id);
    expect(await findingsOf(store)).toEqual([]);
    const verifying = (async () => {
      const seen = [];
      for (let i = 0; i < 4; i++) seen.push(...(await findingsOf(store)));
      return seen;
    })();
    held.open();
    for (let i = 0; i < 8; i++) {
      const { task } = await addTask(store, owner, { instruction: `Task ${i}` });
      if (i % 3 === 0) await agent.stopper.cancelTask(owner, task.id).catch(() => {});
      await postMessage(store, owner, task.chatId, { text: "And?", key: `k${i}` });
    }
    expect(await verifying).toEqual([]);
    await until("all runs to end", async () => {
      const open = await store.db.selectFrom("runs").select("id").where("ended_at", "is", null).executeTakeFirst();
      return open === undefined;
    });
    expect(await findingsOf(store)).toEqual([]);
    expect(agent.errors).toEqual([]);
  });

  test("finds a working run whose lease is nobody's, until the sweep has taken it back", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner } = await ensureUsers(first);
    await addTask(first, owner, { instruction: "Lost" });
    expect(await claimRuns(first, { kind: "task", limit: 1 })).toHaveLength(1);
    expect(await findingsOf(first)).toEqual([]);
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place);
    if (second.kind === "postgres") await sql`UPDATE runs SET lease_until = lease_until - 60000`.execute(second.db);
    expect((await findingsOf(second)).map(({ kind }) => kind)).toEqual(["lease"]);
    expect(await sweepRuns(second)).toBe(1);
    expect(await findingsOf(second)).toEqual([]);
  });

  test("a run that was stopped before its worker heard of it is sound", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task } = await addTask(store, owner, { instruction: "Stop me" });
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    if (claimed === undefined) throw new Error("nothing was claimed");
    await requestStop(store, owner, { chatId: task.chatId });
    expect(await findingsOf(store)).toEqual([]);
    const model = scriptedModel([[say("never")]]);
    await workRun(agentDeps(store, { model }), claimed, AbortSignal.abort("stop"));
    expect(await findingsOf(store)).toEqual([]);
  });
});
