import { expect, test } from "vitest";
import { below, type BelowState } from "../../src/cli/terminal/below.ts";
import { entryLines } from "../../src/cli/terminal/entry.ts";
import { textOf } from "../../src/cli/terminal/text.ts";
import { advance, emptyTerminalView } from "../../src/cli/terminal/view.ts";
import { decideApproval, listApprovals } from "../../src/store/approvals/approvals.ts";
import type { Store } from "../../src/store/database/store.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { hostShell } from "../kit/host-shell.ts";
import { sparky } from "../golden/scripted-cli.ts";
import { startAgent } from "../kit/agent.ts";
import { chatServer } from "../kit/chat-server.ts";
import { overApp } from "../kit/cli-app.ts";
import { eachEngine } from "../kit/databases.ts";
import { call, say, scriptedModel } from "../kit/scripted-model.ts";
import { until } from "../kit/worker.ts";

/** Each does more than a careless view would show of it; `seen` is what every view must show. */
const COMMANDS = [
  { command: "ls \u001b]0;; rm -rf ~", seen: "rm -rf ~" },
  { command: "ls \u009d0;; rm -rf ~\u009c", seen: "rm -rf ~" },
  { command: "ls\u00a0# harmless; rm -rf ~", seen: String.raw`ls\u00a0# harmless; rm -rf ~` },
  { command: "ls \u202e~ fr- mr", seen: String.raw`\u202e~ fr- mr` },
  { command: `ls${"\n".repeat(61)}rm -rf ~`, seen: "rm -rf ~" },
  { command: `ls${" ".repeat(3000)}; rm -rf ~`, seen: "; rm -rf ~" },
] as const;

const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2066-\u2069]|\n{4}| {200}/;

/** What every view of one call, asked about and then denied, shows; with the view's name. */
async function views(store: Store, command: string, asOld: boolean): Promise<ReadonlyMap<string, string>> {
  const app = await chatServer(store);
  const { owner } = app.people;
  const seen = new Map<string, string>();
  const model = scriptedModel([[call("shell", { command })], [say("done")]]);
  const agent = await startAgent(store, { model, tools: [hostShell()] });
  const { task } = await addTask(store, owner, { instruction: "go" });
  const id = await until("the question", async () => (await listApprovals(store, owner)).items[0]?.id);
  await until("the wait", async () => {
    const run = await store.db.selectFrom("runs").select("state").where("task_id", "=", task.id).executeTakeFirst();
    return run?.state === "waiting";
  });
  // An older version kept the summary as the model wrote it.
  if (asOld) await store.db.updateTable("approvals").set({ summary: command }).execute();
  for (const [name, ...argv] of [
    ["the list", "approvals", "list"],
    ["one approval", "approvals", "get", id],
    ["status", "agent", "status"],
    ["away", "away"],
    ["the log", "agent", "tasks", "logs", task.id],
  ]) {
    for (const terminal of [true, false]) {
      const { stdout } = await sparky(argv, { ...overApp(app, owner), terminal, columns: 4000 });
      // Where it is piped the status has counts only.
      if (name !== "status" || terminal) seen.set(`${name}, ${terminal ? "on a terminal" : "in a pipe"}`, stdout);
    }
  }
  const events = await readEvents(store.db, task.chatId);
  const old = events.map((event) =>
    asOld && event.type === "tool_use" ? { ...event, data: { ...event.data, summary: command } } : event,
  );
  const { view } = advance(
    emptyTerminalView,
    old.map((event) => ({ kind: "event", event })),
  );
  const { approvals, ...state } = terminalState;
  const screen = { columns: 4000, rows: 40, now: Date.parse(task.createdAt) };
  seen.set(
    "the terminal chat, below",
    below({ ...state, view, approvals }, screen)
      .lines.map(textOf)
      .join("\n"),
  );
  const denied = await sparky(["approvals", "deny", id], { ...overApp(app, owner), terminal: true, columns: 4000 });
  seen.set("the answer", denied.stdout);
  await until("the end", async () => {
    const run = await store.db.selectFrom("runs").select("state").where("task_id", "=", task.id).executeTakeFirst();
    return run?.state === "completed";
  });
  const { settled } = advance(
    emptyTerminalView,
    [...old, ...(await readEvents(store.db, task.chatId, { from: (old.at(-1)?.seq ?? 0) + 1 }))].map((event) => ({
      kind: "event",
      event,
    })),
  );
  const lines = settled.flatMap((each) => entryLines(each, { width: 4000, me: "u", now: 0 }).map(textOf));
  seen.set("the terminal chat, above", lines.join("\n"));
  seen.set("the export", (await sparky(["chats", "export", task.chatId], overApp(app, owner))).stdout);
  await agent.stop();
  await expect(decideApproval(store, owner, id, { decision: "approve" })).rejects.toMatchObject({ code: "conflict" });
  return seen;
}

const terminalState: BelowState = {
  view: emptyTerminalView,
  chat: { id: "3f2a91c0aaaa", title: "Nodes" },
  connection: { state: "live" },
  outbox: [],
  approvals: new Map(),
  me: "u",
  editor: { text: "", cursor: 0, completions: [] },
  stopping: false,
};

eachEngine("what a person is asked", (engine) => {
  test.each(COMMANDS)("F100 every view shows what exactly runs: $seen", async ({ command, seen }) => {
    for (const asOld of [false, true]) {
      for (const [name, text] of await views(await engine.store(), command, asOld)) {
        const where = `${name}${asOld ? ", of an older version" : ""}`;
        expect(text.replaceAll("\\\\u", "\\u"), where).toContain(seen);
        expect(RAW.exec(text)?.[0], where).toBeUndefined();
      }
    }
  });
});
