import { join } from "node:path";
import { expect, test } from "vitest";
import { sqlite } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { createChat } from "../chats/chats.ts";
import { namesIn } from "./names.ts";
import { createSchedule } from "../schedules/change.ts";
import { addTask } from "../tasks/add.ts";

test("the owner's tasks, chats and schedules that begin so, the newest first, and nobody else's", async () => {
  const file = join(await tempHome(), "sparky.db");
  const store = await sqlite.open({ kind: "sqlite", file });
  const { owner, ann } = await people(store);
  const { task: first } = await addTask(store, owner, { instruction: "First" });
  const { task: second } = await addTask(store, owner, { instruction: "Second" });
  const { chat } = await createChat(store, owner, { title: "Mine" });
  const { chat: other } = await createChat(store, ann, { title: "Hers" });
  const { task: hers } = await addTask(store, ann, { instruction: "Hers", chatId: other.id });
  const settings = { when: "every(1 hour)", prompt: "Look", timezone: "UTC" };
  await createSchedule(store, owner, { name: "tidy", ...settings, description: "Tidies" });
  await createSchedule(store, ann, { name: "tidy_hers", ...settings });

  // While another has it open for writing.
  const tasks = await namesIn(file, "tasks", "");
  expect(tasks.map(({ hint }) => hint).toSorted()).toEqual(["First", "Second"]);
  expect(await namesIn(file, "tasks", second.id.slice(0, 8))).toEqual([{ value: second.id, hint: "Second" }]);
  expect(await namesIn(file, "tasks", hers.id.slice(0, 8))).toEqual([]);
  expect((await namesIn(file, "chats", "")).map(({ value }) => value)).toContain(chat.id);
  expect((await namesIn(file, "chats", "")).map(({ hint }) => hint)).not.toContain("Hers");
  expect(await namesIn(file, "schedules", "ti")).toEqual([{ value: "tidy", hint: "Tidies" }]);
  expect(await namesIn(file, "approvals", "")).toEqual([]);
  expect(await namesIn(file, "grants", "")).toEqual([]);
  expect(tasks.map(({ value }) => value)).toContain(first.id);
});

test("without a database there is nothing to name, and none is made", async () => {
  const home = await tempHome();
  await expect(namesIn(join(home, "sparky.db"), "tasks", "")).rejects.toThrow();
});
