import { expect, test } from "vitest";
import { nearSlashes } from "../../core/slash.ts";
import { runSlash, scopeOf, SLASH_COMMANDS } from "./slash-commands.ts";
import type { Talk } from "./talk.ts";

const NOW = Date.parse("2026-12-01T14:00:00.000Z");

test.each([
  { typed: "tsks", near: ["/tasks", "/task"] },
  { typed: "qiut", near: ["/quit"] },
  { typed: "ren", near: ["/rename"] },
  { typed: "Help", near: ["/help"] },
  { typed: "deepdive", near: [] },
  { typed: "etc/hosts", near: [] },
  { typed: "x".repeat(100_000), near: [] },
])("to /$typed the near commands are $near", ({ typed, near }) => {
  const names = SLASH_COMMANDS.map(({ name }) => name);
  expect(nearSlashes(typed, names)).toEqual(near);
});

test.each([
  { text: "call", is: "call" },
  { text: "run", is: "run" },
  { text: "90m", is: "until 2026-12-01T15:30:00.000Z" },
  { text: "2h", is: "until 2026-12-01T16:00:00.000Z" },
  { text: "2026-12-02T09:00Z", is: "until 2026-12-02T09:00:00.000Z" },
])("a yes may go as far as $text", ({ text, is }) => {
  expect(scopeOf(text, NOW)).toBe(is);
});

test.each(["yes", "1y", "2026", "2026-13-01T00:00", "-1h"])("a yes does not go as far as %s", (text) => {
  expect(() => scopeOf(text, NOW)).toThrow("says nothing of how far the yes goes");
});

test("a slash with the name of a skill that is used is sent as it was typed, and nothing else is", async () => {
  const sent: string[] = [];
  const items = [
    { name: "tidy", used: true },
    { name: "waits", used: false },
  ];
  const talk = {
    request: async (_: string, path: string) => ({ items: path === "/api/skills" ? items : [], problems: [] }),
    send: (_: string, text: string) => void sent.push(text),
  } as unknown as Talk;
  await runSlash(talk, "/tidy the notes of March");
  await expect(runSlash(talk, "/waits now")).rejects.toThrow("there is no /waits");
  expect(sent).toEqual(["/tidy the notes of March"]);
});

test("no two commands have the same name, and each says what it does", () => {
  expect(new Set(SLASH_COMMANDS.map(({ name }) => name)).size).toBe(SLASH_COMMANDS.length);
  expect(SLASH_COMMANDS.filter(({ summary }) => !/^[A-Z].*\w\.$/.test(summary))).toEqual([]);
});
