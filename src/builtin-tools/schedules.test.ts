import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel, stepsIn, type Step } from "../../test/kit/scripted-model.ts";
import { findingsOf } from "../../test/kit/verify-scene.ts";
import { until } from "../../test/kit/worker.ts";
import type { Json } from "../core/events.ts";
import { decideApproval, listApprovals } from "../store/approvals/approvals.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { createSchedule, runScheduleNow } from "../store/schedules/change.ts";
import { getSchedule, listSchedules } from "../store/schedules/read.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { policyOf } from "../tools/policy.ts";
import { scheduleTools } from "./schedules.ts";

const DAILY: Json = { name: "news", when: "cron(0 9 * * *)", prompt: "Tell me what is new" };

/** Runs one call in a chat of the user's own. */
async function runs(store: Store, user: User, name: string, args: Json, policy: "ask" | "allow"): Promise<string> {
  const model = scriptedModel((request): Step => (stepsIn(request) === 0 ? [call(name, args)] : [say("done")]));
  const tools = scheduleTools(store).map((tool) => ({ ...tool, policy: policyOf(policy) }));
  const agent = await startAgent(store, { model, tools });
  const { chat } = await createChat(store, user, {});
  await postMessage(store, user, chat.id, { text: "go" });
  if (policy === "ask") {
    const approval = await until("an approval", async () => (await listApprovals(store, user)).items[0]);
    const { owner } = await people(store);
    await decideApproval(store, owner, approval.id, { decision: "approve" });
  }
  await until("the result", async () => (await dataOf(store, chat.id, "tool_result")).length > 0);
  await agent.stop();
  return chat.id;
}

const originsOf = async (store: Store, user: User, name: string) => {
  const { id } = await runScheduleNow(store, user, name);
  const row = await store.db.selectFrom("tasks").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  return { origins: row.origins, parent: row.parent_run !== null, owner: row.owner_id };
};

eachEngine("the tools for schedules", (engine) => {
  test("make a schedule that is one's own when somebody says yes to exactly it, whoever that is", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await runs(store, ann, "schedule_add", DAILY, "ask");
    expect(await getSchedule(store, ann, "news")).toMatchObject({ when: "cron(0 9 * * *)", timezone: "UTC" });
    expect(await originsOf(store, ann, "news")).toEqual({ origins: null, parent: false, owner: ann.id });
  });

  test("let what passes unasked inherit: its tasks come from the chat, a task and a schedule", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    await runs(store, ann, "schedule_add", DAILY, "allow");
    expect(await originsOf(store, ann, "news")).toEqual({ origins: "chat task schedule", parent: true, owner: ann.id });
    expect(await listSchedules(store, bob)).toEqual([]);
    // So does a prompt that a run gives to a person's schedule; a pause changes nothing of it.
    await createSchedule(store, ann, { name: "own", when: "every(1 hour)", prompt: "Look" });
    await runs(store, ann, "schedule_change", { name: "own", state: "paused" }, "allow");
    expect(await getSchedule(store, ann, "own")).toMatchObject({ state: "paused" });
    expect(await originsOf(store, ann, "own")).toMatchObject({ origins: null });
    await runs(store, ann, "schedule_change", { name: "own", prompt: "Do more" }, "allow");
    expect(await originsOf(store, ann, "own")).toMatchObject({ origins: "chat task schedule" });
    expect(await findingsOf(store)).toEqual([]);
  });

  test("list one's own, and refuse a file as a prompt, a rule that is none, and a schedule of somebody else", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    await createSchedule(store, bob, { name: "his", when: "every(1 hour)", prompt: "Look" });
    const results = async (name: string, args: Json) =>
      (await dataOf(store, await runs(store, ann, name, args, "allow"), "tool_result"))[0];
    expect(await results("schedule_list", {})).toMatchObject({ ok: true, result: { items: [], total: 0 } });
    const file = await results("schedule_add", { name: "a", when: "every(1 hour)", prompt: "file(/etc/passwd)" });
    expect(file).toMatchObject({ ok: false, error: expect.stringContaining("must be the words themselves") });
    expect(await results("schedule_add", { name: "a", when: "often", prompt: "Look" })).toMatchObject({ ok: false });
    expect(await results("schedule_change", { name: "his", state: "disabled" })).toMatchObject({
      ok: false,
      error: expect.stringContaining("has no schedule"),
    });
  });
});
