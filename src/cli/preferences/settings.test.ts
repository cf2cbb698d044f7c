import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { overApp } from "../../../test/kit/cli-app.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import type { NewEvent } from "../../core/events.ts";
import { createChat } from "../../store/chats/chats.ts";
import { AGENT_ACTOR } from "../../store/people/actors.ts";

const at = { runId: null, taskId: null, step: 1, actor: AGENT_ACTOR };
const thought: NewEvent = { type: "thought", data: { text: "Hm." }, ...at };
const said: NewEvent = { type: "message", data: { role: "assistant", text: "Yes." }, ...at };

test("what a person has put out of sight is not shown at the terminal, unless it is asked for; JSON has everything", async () => {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const { owner } = app.people;
  const run = (...argv: string[]) => sparky(argv, overApp(app, owner));
  const { chat } = await createChat(store, owner, { title: "A chat" });
  await store.append({ chatId: chat.id, events: [thought, said] });
  const shown = async (...argv: string[]) => (await run("chats", "show", chat.id, ...argv)).stdout;
  expect(await shown()).toContain("Hm.");
  expect((await run("settings", "set", "events.thoughts", "off")).stdout).toBe("off\n");
  expect(await shown()).toContain("Yes.");
  expect(await shown()).not.toContain("Hm.");
  expect(await shown("--events", "thoughts,tools")).toContain("Hm.");
  expect(await shown("--json")).toContain("Hm.");
  expect((await run("settings", "reset", "events.thoughts")).stdout).toBe("on\n");
  expect(await shown()).toContain("Hm.");
});
