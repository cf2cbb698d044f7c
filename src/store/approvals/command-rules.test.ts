import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { testTool, until } from "../../../test/kit/worker.ts";
import { policyOf } from "../../tools/policy.ts";
import type { Tool } from "../../tools/tool.ts";
import { addTask } from "../tasks/add.ts";
import { getTask } from "../tasks/read.ts";
import type { Store, Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { decideApproval, listApprovals } from "./approvals.ts";
import { listGrants, revokeGrant } from "./grants.ts";

/** Asks about every line, and keeps those that it was run with. */
function asking(terms: () => string = () => "not sandboxed") {
  const ran: string[] = [];
  const tool: Tool<Tx> = {
    ...testTool("shell", async (text) => {
      ran.push(text);
      return null;
    }),
    commandOf: (args) => (args as { text: string }).text,
    termsFor: async () => ({ policy: policyOf("ask"), words: terms() }),
  };
  return { tool, ran };
}

const open = (store: Store, viewer: User) =>
  until("a question", async () => (await listApprovals(store, viewer)).items[0]);

const ended = (store: Store, viewer: User, id: string) =>
  until("the end", async () => (await getTask(store, viewer, id)).status === "completed");

eachEngine("rules for commands", (engine) => {
  test("let through what each of them covers a part of, ask about the rest, and are listed and taken back like grants", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { tool, ran } = asking();
    const lines = ["git log -1 | head -n 1", "git log --all", "git log; rm x", "git log"];
    const model = scriptedModel([...lines.map((text) => [call("shell", { text })]), [say("done")]]);
    await startAgent(store, { model, tools: [tool] });
    const { task } = await addTask(store, owner, { instruction: "go" });

    const first = await open(store, owner);
    expect(first.rules).toEqual(["git log *", "head *"]);
    const at = store.clock.now() + 3_600_000;
    const scope = { kind: "until", at } as const;
    await decideApproval(store, owner, first.id, { decision: "approve", scope, rules: first.rules });
    // The second is covered.
    const third = await open(store, owner);
    expect(third.args).toEqual({ text: "git log; rm x" });
    expect(ran).toEqual(["git log -1 | head -n 1", "git log --all"]);

    const rules = await listGrants(store, owner);
    expect(new Set(rules.map(({ tool, rule, terms }) => `${tool}: ${rule} (${terms})`))).toEqual(
      new Set(["shell: git log * (not sandboxed)", "shell: head * (not sandboxed)"]),
    );
    await revokeGrant(store, owner, rules.find(({ rule }) => rule === "git log *")?.id ?? "");
    await decideApproval(store, owner, third.id, { decision: "approve" });
    const fourth = await until("the last question", async () => {
      const { items } = await listApprovals(store, owner);
      return items.find(({ id }) => id !== third.id);
    });
    expect(fourth.args).toEqual({ text: "git log" });
    await decideApproval(store, owner, fourth.id, { decision: "approve", scope: { kind: "run" }, rules: ["git log"] });
    await ended(store, owner, task.id);
    expect(ran).toEqual(lines);
    // One for a run is over with it.
    expect((await listGrants(store, owner)).map(({ rule }) => rule)).toEqual(["head *"]);
  });

  test("cover neither another person's runs, nor what would run on other terms, nor what comes from elsewhere", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    let terms = "sandboxed, with network";
    const { tool, ran } = asking(() => terms);
    const model = scriptedModel(() => [call("shell", { text: "git log" })]);
    await startAgent(store, { model, tools: [tool] });
    await addTask(store, owner, { instruction: "go" });
    const first = await open(store, owner);
    const scope = { kind: "until", at: store.clock.now() + 3_600_000 } as const;
    terms = "not sandboxed";
    await decideApproval(store, owner, first.id, { decision: "approve", scope, rules: ["git log *"] });
    const again = await until("it to be asked anew", async () => {
      const { items } = await listApprovals(store, owner);
      return items.find(({ id }) => id !== first.id);
    });
    expect(again).toMatchObject({ terms: "not sandboxed", args: { text: "git log" } });
    expect(ran).toEqual([]);
    expect(await listGrants(store, ann)).toEqual([]);
    const [rule] = await listGrants(store, owner);
    await expect(revokeGrant(store, ann, rule?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
  });

  test("are refused in words where they cover too much, are none, or the answer is for one call", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { tool } = asking();
    await startAgent(store, { model: scriptedModel([[call("shell", { text: "git log" })]]), tools: [tool] });
    await addTask(store, owner, { instruction: "go" });
    const { id } = await open(store, owner);
    const answer = (rules: string[], scope: { kind: "run" } | { kind: "call" } = { kind: "run" }) =>
      decideApproval(store, owner, id, { decision: "approve", scope, rules });
    for (const rule of ["sudo *", "git *", "a; b", "ls $(x)", "*"])
      await expect(answer([rule]), rule).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining("no rule"),
      });
    await expect(answer(["ls"], { kind: "call" })).rejects.toMatchObject({ code: "invalid_input" });
    expect((await listApprovals(store, owner)).items).toHaveLength(1);
  });
});

test("a tool that runs no command is not covered by a rule", async () => {
  const { sqlite } = await import("../../../test/kit/databases.ts");
  const store = await sqlite.store();
  const { owner } = await people(store);
  const tool: Tool<Tx> = { ...testTool("danger", async () => null), policy: policyOf("ask") };
  await startAgent(store, { model: scriptedModel([[call("danger", { text: "ls" })]]), tools: [tool] });
  await addTask(store, owner, { instruction: "go" });
  const { id, rules } = await open(store, owner);
  expect(rules).toEqual([]);
  const answer = decideApproval(store, owner, id, { decision: "approve", scope: { kind: "run" }, rules: ["ls"] });
  await expect(answer).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("no command") });
});
