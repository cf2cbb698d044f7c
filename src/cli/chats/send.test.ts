import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { mcpAdmin } from "../../../test/kit/mcp/admin.ts";
import { gate, pause, say, scriptedModel, untimed } from "../../../test/kit/scripted-model.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { ensureUsers } from "../../store/people/users.ts";
import { addTask } from "../../store/tasks/add.ts";

test("what is sent to a task that ends before it reads it is answered by the turn that follows, and that answer is shown", async () => {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const url = await app.listen();
  const last = gate();
  const model = scriptedModel((request) =>
    JSON.stringify(request.messages).includes("And now?")
      ? [say("Now I rest.")]
      : [say("The task is done."), pause(last)],
  );
  await startAgent(store, { model, tools: [] });
  const { owner } = app.people;
  const { task } = await addTask(store, owner, { instruction: "Do it" });
  await last.reached;
  const config = { home: "/nowhere", url, token: await app.token(owner), agentLoop: true, dbUrl: null };
  const sent = sparky(["chat", "send", "--chat", task.chatId, "And now?"], {
    deps: { loadConfig: async () => config },
  });
  const seen = async (): Promise<boolean> =>
    (await store.db.selectFrom("message_keys").select("seq").execute()).length > 0;
  while (!(await seen())) await new Promise((resolve) => setTimeout(resolve, 5));
  last.open();
  const { exit, stdout } = await sent;
  expect([exit, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "Now I rest."]);
});

test("words may be a prompt's, filled in; what is wrong with it is told before anything is sent", async () => {
  const store = await sqlite.store();
  const { owner } = await ensureUsers(store);
  const home = await tempHome();
  await mkdir(join(home, "prompts"));
  await writeFile(join(home, "prompts/half.md"), "---\ndescription: x\nGo");
  const { admin, close } = mcpAdmin(store, { home, ownerId: owner.id });
  onTestFinished(close);
  const app = await chatServer(store, { mcp: admin });
  const url = await app.listen();
  const asked: string[] = [];
  const model = scriptedModel(({ messages }) => {
    asked.push(JSON.stringify(untimed(messages)));
    return [say("Done.")];
  });
  await startAgent(store, { model, tools: [] });
  const config = { home: "/nowhere", url, token: await app.token(owner), agentLoop: true, dbUrl: null };
  const run = (...args: string[]) => sparky(args, { deps: { loadConfig: async () => config } });
  const sent = await run("chat", "send", "--prompt", "/make_plan", "--arg", "goal=a garden=two", "--arg", "until=May");
  expect([sent.exit, sent.stdout.trim()]).toEqual([0, "Done."]);
  expect(asked[0]).toContain("Make a plan for this: a garden=two\\nBy when: May\\n\\n1. ");
  for (const [args, exit, says] of [
    [["--prompt", "make_plan"], 2, "/make_plan needs goal"],
    [["--prompt", "make_plan"], 2, "try: --prompt make_plan --arg goal=… [--arg until=…] [--arg means=…]"],
    [["--prompt", "half"], 2, "half.md: its front matter has no end (end it by a line with ---"],
    [["--prompt", "mak_plan"], 5, "did you mean make_plan?"],
    [["--prompt", "make_plan", "--arg", "gaol=x"], 2, "gaol: no such argument of /make_plan"],
    [["--prompt", "make_plan", "--arg", "goal"], 2, "write NAME=VALUE"],
    [["--prompt", "make_plan", "words"], 2, "not both"],
    [["--arg", "goal=x", "words"], 2, "--arg is for a prompt"],
    [[" "], 2, "the message is empty"],
    [[], 2, "the message is empty"],
  ] as const) {
    const refused = await run("chat", "send", ...args);
    expect([refused.exit, refused.stderr], args.join(" ")).toEqual([exit, expect.stringContaining(says)]);
  }
  const task = await run("agent", "tasks", "add", "--prompt", "organize_memories", "--wait");
  expect(task.exit).toBe(0);
  expect(asked[1]).toContain("Tidy what you remember");
  expect(asked).toHaveLength(2);
});
