import { expect, test } from "vitest";
import { sendWords } from "./send-words.ts";

const run = (state: "queued" | "working" | "waiting" | "stopping" | "completed", more: object = {}) => ({
  state,
  reason: null,
  taskId: null,
  ...more,
});

test.each([
  { when: "nothing runs", run: null, says: null },
  { when: "a run has ended", run: run("completed"), says: null },
  { when: "the answer has not begun", run: run("queued"), says: /together with those before it/ },
  { when: "only a task is queued", run: run("queued", { taskId: "t" }), says: /apart from it/ },
  { when: "the agent works", run: run("working"), says: /before its next step/ },
  { when: "it has asked", run: run("waiting", { reason: "question" }), says: /message answers what is asked/ },
  { when: "it waits for a yes", run: run("waiting", { reason: "approval" }), says: /takes the question back/ },
  { when: "it waits to try again", run: run("waiting", { reason: "retry" }), says: /ends the wait/ },
  { when: "a limit is used up", run: run("waiting", { reason: "limit" }), says: /when it begins anew/ },
  { when: "it is being stopped", run: run("stopping"), says: /when it has/ },
])("the box says what becomes of a message while $when", ({ run: current, says }) => {
  const words = sendWords(current, true);
  if (says === null) expect(words).toBeNull();
  else expect(words).toMatch(says);
  expect(sendWords(current, false)).toContain("sent when the connection is back");
});
