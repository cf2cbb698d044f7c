import { expect, onTestFinished, test, vi } from "vitest";
import type { Chat, Task } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { pacedProvider } from "./paced-provider.ts";
import { Stage } from "./stage.ts";
import { expectThread } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const STORY = Array.from({ length: 40 }, (_, n) => `Sentence ${n + 1} of the story.`).join(" ");

describeInBrowser("a server that goes away in the middle of a run", () => {
  test.each([
    { how: "killed", signal: "SIGKILL", seam: "crash", pill: "reconnecting" },
    { how: "stopped", signal: "SIGTERM", seam: "shutdown", pill: "restarting" },
  ] as const)(
    "$how: the page comes back by itself and shows the seam; the run goes on to one end (F1, F7, F25)",
    async ({ signal, seam, pill }) => {
      const provider = await pacedProvider(({ results }) =>
        results === 0 ? { reasoning: "First the clock.", calls: ["current_time"] } : { words: STORY, pieceMs: 12 },
      );
      onTestFinished(() => provider[Symbol.asyncDispose]());
      const stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
      onTestFinished(() => stage[Symbol.asyncDispose]());
      const { sparky } = stage;
      const device = await stage.device();
      const chat = await sparky.api<Chat>("POST", "/api/chats", {});
      const tab = await device.tab(`/chats/${chat.id}`);
      await tab.connection("live");
      const held = provider.hold("story");
      const task = await sparky.addTask("Tell me a story", "--chat", chat.id);
      await tab.conversation.getByText("Sentence 8 ").waitFor();
      // What is shown is saved twice a second: a kill takes what has come since.
      await expect.poll(() => sparky.savedWords()).toContain("Sentence 2 ");
      const { port } = sparky;
      await sparky.kill(signal);
      held[Symbol.dispose]();
      await tab.connection(pill);
      await sparky.startServer(["--port", String(port)]);
      await tab.connection("live");
      await tab.conversation.getByText("Task completed").waitFor();

      const log = await sparky.log(chat.id);
      const statuses = log.flatMap((event) => (event.type === "status" ? [event.data] : []));
      expect(statuses).toMatchObject([
        { state: "queued" },
        { state: "starting" },
        { state: "interrupted", reason: seam },
        { state: "resumed", reason: "recovered", attempt: 2 },
        { state: "completed" },
      ]);
      expect(log.filter((event) => event.type === "tool_use")).toHaveLength(1);
      const said = log.flatMap((event) =>
        event.type === "message" && event.data.role === "assistant" ? [event.data] : [],
      );
      expect(said).toMatchObject([{ partial: true }, { text: STORY }]);
      expect(STORY.startsWith(said[0]?.text ?? "-")).toBe(true);
      expect(said[0]?.text).toContain("Sentence 2 ");
      expect(await sparky.api<Task>("GET", `/api/tasks/${task.id}`)).toMatchObject({
        status: "completed",
        attempts: 1,
      });

      const live = await expectThread(tab, log);
      await tab.page.reload();
      expect(await expectThread(tab, log)).toEqual(live);
      expect(tab.complaints).toEqual([]);
    },
  );
});
