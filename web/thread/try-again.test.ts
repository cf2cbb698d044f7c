import { expect, test } from "vitest";
import type { Entry } from "../../src/core/transcript.ts";
import type { Http } from "../live/http.ts";
import { loadQuestion, questionBefore } from "./try-again.ts";

const said = (seq: number, text: string, taskId: string | null): Entry =>
  ({
    ...{ kind: "event", key: `e${seq}`, seq, runId: null, taskId },
    event: { type: "message", seq, runId: null, taskId, data: { role: "user", text } },
  }) as unknown as Entry;

test("what is asked again is what was said in the chat; what a task was given may be a model's words, and is not", () => {
  expect(questionBefore([said(1, "Tea?", null), said(3, "More?", null)], 3)).toEqual({ seq: 1, text: "Tea?" });
  expect(questionBefore([said(1, "Tea?", null), said(3, "Read @docs:x://a", "t")], 5)).toBeNull();
});

test("what was asked further up than is loaded is looked for in the log, page by page", async () => {
  expect(questionBefore([], 9)).toBeUndefined();
  const at = "2026-01-01T00:00:00.000Z";
  const message = (seq: number, role: "user" | "assistant", taskId: string | null = null) => ({
    ...{ chatId: "c", seq, at, runId: null, taskId, step: null, actor: { kind: "user", id: "u", name: "ann" } },
    ...{ type: "message", data: { role, text: `${role} ${seq}` } },
  });
  const logs = (events: ReturnType<typeof message>[]): Http => ({
    get: (path, schema) => {
      const before = Number(new URL(path, "http://x").searchParams.get("before"));
      const page = events.filter(({ seq }) => seq < before).slice(-2);
      return Promise.resolve(schema.parse({ events: page, first: 1, last: 99, epoch: "e" }));
    },
    send: () => Promise.reject(new Error("not asked here")),
    aheadMs: () => 0,
  });
  const answers = [4, 5, 6, 7, 8].map((seq) => message(seq, "assistant"));
  const asked = await loadQuestion(logs([message(1, "user"), message(2, "user"), ...answers]), "c", 9);
  expect(asked).toEqual({ seq: 2, text: "user 2" });
  expect(await loadQuestion(logs([message(2, "user", "t"), ...answers]), "c", 9)).toBeNull();
  expect(await loadQuestion(logs(answers), "c", 9)).toBeNull();
});
