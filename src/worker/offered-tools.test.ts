import { expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Tool } from "../tools/tool.ts";
import type { ToolSettings } from "../tools/settings.ts";
import { OfferedTools } from "./offered-tools.ts";

const WINDOW = 200_000;

const tool = (name: string, description = "Does it."): Tool<unknown> =>
  defineTool({
    ...{ name, description, effect: "read", idempotent: true, timeoutMs: 1000, args: z.strictObject({}) },
    summary: () => "",
    execute: () => Promise.resolve(null),
  });

function offered(): { readonly tools: OfferedTools<unknown>; readonly set: (settings: ToolSettings) => void } {
  let now: ToolSettings = {};
  const isOffered = ({ name }: Tool<unknown>): boolean => name !== "shell";
  const asBuilt = ["clock", "notes", "shell"].map((name) => tool(name));
  return {
    tools: new OfferedTools(asBuilt, { settings: () => now, isOffered, tokensOf: ({ length }) => length / 4 }),
    set: (settings) => void (now = settings),
  };
}

const names = (tools: readonly Pick<Tool<unknown>, "name">[]): readonly string[] => tools.map(({ name }) => name);

test("one registry for all runs with our own tools, without those that are not offered", () => {
  const { tools } = offered();
  const first = tools.registry([], WINDOW);
  expect(names(first.list())).toEqual(["clock", "notes"]);
  expect(tools.registry([], WINDOW)).toBe(first);
});

test("what a person sets counts from the next run on", () => {
  const { tools, set } = offered();
  const before = tools.registry([], WINDOW);
  set({ clock: { policy: "deny" } });
  const after = tools.registry([], WINDOW);
  expect([before, after].map((each) => each.get("clock")?.policy.chat)).toEqual(["allow", "deny"]);
  expect(tools.registry([], WINDOW)).toBe(after);
});

test("tools of servers are a run's own, as set, behind ours", () => {
  const { tools, set } = offered();
  set({ mcp__x__y: { idempotent: false } });
  const one = tools.registry([tool("mcp__x__y")], WINDOW);
  expect(names(one.list())).toEqual(["clock", "notes", "mcp__x__y"]);
  expect(one.get("mcp__x__y")?.idempotent).toBe(false);
  expect(names(tools.registry([tool("mcp__x__z")], WINDOW).list())).toEqual(["clock", "notes", "mcp__x__z"]);
  expect(names(tools.registry([], WINDOW).list())).toEqual(["clock", "notes"]);
});

test("a smaller window is told of fewer", () => {
  const { tools } = offered();
  const all = tools.registry([], WINDOW);
  expect(names(tools.registry([], 100).specs())).toContain("tool_search");
  expect(names(all.list())).not.toContain("tool_search");
});
