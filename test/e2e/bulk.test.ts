import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { List, Task } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** More than are shown at first. */
const MANY = 110;
const SHOWN = 50;
const LATER = "2999-01-01T00:00:00Z";

describeInBrowser("many tasks", () => {
  let stage: Stage;
  beforeAll(async () => {
    // What is queued again stays in the queue.
    stage = await Stage.open({ SPARKY_ENABLE_AGENT_LOOP: "false" });
    for (let n = 0; n < MANY; n += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          stage.sparky.api("POST", "/api/tasks", { instruction: `Task ${n + i}`, runAt: LATER }),
        ),
      );
    }
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const chosen = (tab: Tab) => tab.page.getByRole("group", { name: "Chosen tasks" });
  const chooseMost = async (tab: Tab): Promise<void> => {
    await tab.page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
    await chosen(tab).getByRole("button", { name: "Choose all that match, up to 500" }).click();
    await chosen(tab).getByText(`${MANY} chosen`).waitFor();
  };
  const all = async () => (await stage.sparky.api<List<Task>>("GET", "/api/tasks?limit=500")).items;
  const how = (tasks: readonly Task[]): Record<string, number> => {
    const counts = Map.groupBy(tasks, ({ status, attempts }) => `${status} ${attempts}`);
    return Object.fromEntries([...counts].map(([state, { length }]) => [state, length]));
  };

  test("F65 are all cancelled at once, and tried again by two tabs at the same time without a run too many", async () => {
    const device = await stage.device();
    const tab = await device.tab("/tasks");
    await chooseMost(tab);
    await chosen(tab).getByRole("button", { name: "Cancel" }).click();
    await tab.page.getByRole("button", { name: `Cancel ${MANY} tasks` }).click();
    await tab.page.getByText(`${MANY} tasks cancelled.`).waitFor({ timeout: 200_000 });
    expect(how(await all())).toEqual({ "cancelled 1": MANY });

    const phone = await stage.device("owner", { viewport: { width: 390, height: 844 }, hasTouch: true });
    const other = await phone.tab("/tasks?status=cancelled");
    await tab.go("/tasks?status=cancelled");
    for (const each of [tab, other]) {
      await each.page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
      await chosen(each).getByText(`${SHOWN} chosen`).waitFor();
      await chosen(each).getByRole("button", { name: "Retry" }).click();
    }
    const [one, two] = [tab, other].map((each) => each.page.getByRole("button", { name: `Retry ${SHOWN} tasks` }));
    await Promise.all([one?.click(), two?.click()]);
    const told: string[] = [];
    for (const each of [tab, other]) {
      const outcome = each.page.getByRole("status").filter({ hasText: /queued again/ });
      told.push((await outcome.first().textContent()) ?? "");
    }
    expect(how(await all())).toEqual({ "cancelled 1": MANY - SHOWN, "pending 2": SHOWN });
    const sum = (pattern: RegExp): number => told.reduce((n, text) => n + Number(pattern.exec(text)?.[1] ?? 0), 0);
    expect([sum(/(\d+) tasks? queued again/), sum(/(\d+) tasks? not queued again/)]).toEqual([SHOWN, SHOWN]);
    for (const each of [tab, other]) expect(each.complaints).toEqual([]);
  });
});
