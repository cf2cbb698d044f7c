import { expect, test } from "vitest";
import type { ChatEvent, EventBody } from "./events.ts";
import { chatText, exportName } from "./chat-export.ts";

const CHAT = { id: "3f2a91c0ffee", title: "Tea" };

async function* log(...bodies: readonly EventBody[]): AsyncGenerator<ChatEvent> {
  const actor = { kind: "user", id: "u", name: "ann" } as const;
  const place = { chatId: "c", at: "2026-01-02T00:00:00.000Z", runId: null, taskId: null, step: null, actor };
  yield* bodies.map((body, n): ChatEvent => ({ ...place, ...body, seq: n + 1 }));
}

async function whole(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}

test("as JSON a chat is one document with every event, in which no character turns a line around", async () => {
  const said: EventBody = { type: "message", data: { role: "user", text: "a\u202eb\u0007" } };
  const text = await whole(chatText("json", CHAT, log(said, said)));
  expect(text).not.toMatch(/[\u202e\u0007]/);
  expect(JSON.parse(text)).toMatchObject({ chat: CHAT, events: [{ seq: 1, data: said.data }, { seq: 2 }] });
  expect(JSON.parse(await whole(chatText("json", CHAT, log())))).toEqual({ chat: CHAT, events: [] });
});

test("as Markdown what was copied from another chat bears the time at which it was said", async () => {
  const originAt = "2025-12-24T18:00:00.000Z";
  const copied: EventBody = { type: "message", data: { role: "user", text: "Hello", originAt } };
  expect(await whole(chatText("md", CHAT, log(copied)))).toBe(`# Tea\n\n## ann · ${originAt}\n\nHello\n`);
});

test("F100 as Markdown what a tool gave, or failed with, hides nothing: characters that are not seen are spelled out", async () => {
  const hidden = "a\u200bb\u00a0c\u202ed\u001b[2J";
  const seen = "a\\u200bb\\u00a0c\\u202ed\\u001b[2J";
  const call = { callId: "c1", name: "web_fetch", durationMs: 5, size: 9 } as const;
  const text = await whole(
    chatText(
      "md",
      CHAT,
      log(
        { type: "tool_result", data: { ...call, ok: true, result: `${hidden}\r\nend` } },
        { type: "tool_result", data: { ...call, ok: false, error: hidden } },
      ),
    ),
  );
  expect(text).toContain(`\`\`\`\n${seen}\nend\n\`\`\``);
  expect(text).toContain(`failed: ${seen}`);
});

test.each([
  ["Ünïcode & “quotes”", "unicode-quotes-3f2a91c0.md"],
  ["../../etc/passwd", "etc-passwd-3f2a91c0.md"],
  ["天气", "chat-3f2a91c0.md"],
  ['a"; rm -rf / #\r\nx: y', "a-rm-rf-x-y-3f2a91c0.md"],
  ["x".repeat(300), `${"x".repeat(60)}-3f2a91c0.md`],
])("a chat called %j is saved as %s", (title, name) => {
  expect(exportName({ ...CHAT, title }, "md")).toBe(name);
});
