import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { decideApproval, listApprovals } from "../../src/store/approvals/approvals.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { getTask } from "../../src/store/tasks/read.ts";
import { dataOf, startAgent } from "../kit/agent.ts";
import { eachEngine } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { processesWith, sleeperOf } from "../kit/processes.ts";
import { tempHome } from "../kit/temp-home.ts";
import { ended, until } from "../kit/worker.ts";
import { findingsOf } from "../kit/verify-scene.ts";
import { commander, shellFor, type CommandScene } from "./commands-scene.ts";

const CHILD = fileURLToPath(new URL("./commands-child.ts", import.meta.url));

eachEngine("commands that do not end", (engine) => {
  describe.each(["sandbox", "host"] as const)("with SPARKY_SHELL=%s", (mode) => {
    test("F97 is ended with all that it started when its server is killed, and is not run again", async () => {
      const scene: CommandScene = {
        place: await engine.place(),
        workspaces: await tempHome(),
        mode,
        sleeper: sleeperOf(4),
      };
      const store = await engine.open(scene.place, { node: "here" });
      const { owner } = await people(store);
      const { task } = await addTask(store, owner, { instruction: "go" });
      const child = spawn(process.execPath, [CHILD, JSON.stringify(scene)], { stdio: ["ignore", "ignore", "inherit"] });
      const gone = once(child, "exit");
      onTestFinished(async () => {
        child.kill("SIGKILL");
        await gone;
      });
      const up = join(scene.workspaces, "agent", "up");
      await until("the command", () => existsSync(up));
      expect((await processesWith(scene.sleeper)).length).toBeGreaterThan(2);
      child.kill("SIGKILL");
      await gone;
      // A sandbox ends with its server; on the host it takes the next start.
      if (mode === "sandbox")
        await until("the sandbox to end", async () => (await processesWith(scene.sleeper)).length === 0);
      if (engine.kind === "postgres") await store.db.updateTable("runs").set({ lease_until: 1 }).execute();
      const tools = shellFor(scene);
      await startAgent(store, { model: commander(scene), tools, workspaces: scene.workspaces, pollMs: 200 });
      const run = await ended(store, task.runId);
      expect(run.state).toBe("completed");
      expect(await processesWith(scene.sleeper)).toEqual([]);
      const { chatId } = await getTask(store, owner, task.id);
      expect(await dataOf(store, chatId, "tool_start")).toHaveLength(1);
      expect(await dataOf(store, chatId, "tool_result")).toMatchObject([{ ok: false, interrupted: true }]);
      expect(await findingsOf(store)).toEqual([]);
    });

    test("F26 is ended by a stop, with all that it started", async () => {
      const store = await engine.store();
      const { owner } = await people(store);
      const scene = { workspaces: await tempHome(), mode, sleeper: sleeperOf(4) };
      const agent = await startAgent(store, {
        model: commander(scene),
        tools: shellFor(scene),
        workspaces: scene.workspaces,
      });
      const { task } = await addTask(store, owner, { instruction: "go" });
      if (mode === "host") {
        const asked = await until("the question", async () => (await listApprovals(store, owner)).items[0]);
        expect(asked).toMatchObject({ terms: "not sandboxed" });
        await decideApproval(store, owner, asked.id, { decision: "approve" });
      }
      await until("the command", () => existsSync(join(scene.workspaces, "agent", "up")));
      const { chatId } = await getTask(store, owner, task.id);
      await agent.stopper.stop(owner, { chatId });
      const run = await ended(store, task.runId);
      const [asked] = (await dataOf(store, chatId, "approval")).map(({ terms }) => terms);
      expect([run.state, asked]).toEqual(["cancelled", mode === "host" ? "not sandboxed" : undefined]);
      await until("its processes to end", async () => (await processesWith(scene.sleeper)).length === 0);
      expect(await findingsOf(store)).toEqual([]);
    });
  });
});
