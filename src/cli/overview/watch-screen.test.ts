import { expect, test } from "vitest";
import type { ChatEvent, EventOf } from "../../core/events.ts";
import { labelOf, RunningRuns } from "./watch-screen.ts";

const at = "2026-12-01T14:02:10.000Z";
const now = Date.parse(at) + 8000;
const place = {
  chatId: "c4a7aaaabbbbccccdddd",
  seq: 1,
  at,
  runId: "r1",
  taskId: null,
  step: 1,
  actor: { kind: "agent", id: "agent", name: "agent" },
} as const;
const status = (data: EventOf<"status">["data"]): ChatEvent => ({ ...place, type: "status", data });
const message = "…";

test("the last line tells what each run does and for how long, and forgets those that end", () => {
  const runs = new RunningRuns();
  expect(runs.line(now)).toBe("○ nothing runs");
  runs.event(status({ state: "starting", message, attempt: 1 }), "Read the news");
  expect(runs.line(now)).toBe("● Read the news: calling the model 8s");
  const use = { callId: "c1", name: "web_fetch", args: {}, effect: "external", summary: "https://x" } as const;
  runs.event({ ...place, type: "tool_use", data: use }, "Read the news");
  expect(runs.line(now)).toBe("● Read the news: web_fetch https://x 8s");
  runs.progress({ runId: "r1", callId: "c1", text: "3 of 10" });
  runs.progress({ runId: "unknown", callId: "c9", text: "nobody's" });
  expect(runs.line(now)).toBe("● Read the news: web_fetch https://x 8s 3 of 10");
  const result = { callId: "c1", name: "web_fetch", ok: true, durationMs: 1, size: 1 };
  runs.event({ ...place, type: "tool_result", data: result }, "Read the news");
  expect(runs.line(now)).toBe("● Read the news: web_fetch https://x 8s");
  runs.event(status({ state: "waiting", message, reason: "approval" }), "Read the news");
  expect(runs.line(now)).toBe("◔ Read the news: waits for your approval 8s");
  runs.event(
    { ...status({ state: "resumed", message, reason: "recovered", attempt: 2 }), runId: "r2" },
    "Other\u001b[2J",
  );
  expect(runs.line(now)).toBe("◔ Read the news: waits for your approval 8s · ● Other: calling the model 8s");
  runs.event(status({ state: "cancelled", message, by: "ada" }), "Read the news");
  runs.event({ ...status({ state: "interrupted", message, reason: "crash" }), runId: "r2" }, "Other");
  expect(runs.line(now)).toBe("○ nothing runs");
});

test("every line's label is equally wide, and names the task where there is one", () => {
  const widths = ["", "short", "a title that is far too long for a column"].map(
    (title) => [...labelOf(status({ state: "completed", message }), title).text].length,
  );
  expect(new Set(widths).size).toBe(1);
  const { text, cells } = labelOf({ ...status({ state: "completed", message }), taskId: "3f2a91c0aaaa" }, "x");
  expect(text.startsWith("3f2a91c0 x")).toBe(true);
  expect(cells).toEqual([place.chatId, "3f2a91c0aaaa", "x"]);
});
