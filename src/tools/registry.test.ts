import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createRegistry, prepareCall } from "./registry.ts";
import { defineTool } from "./tool.ts";

const echo = defineTool({
  name: "echo",
  description: "Says it again",
  effect: "read",
  idempotent: true,
  timeoutMs: 1000,
  args: z.strictObject({ text: z.string().default("nothing") }),
  summary: ({ text }) => text,
  execute: ({ text }) => Promise.resolve(text),
});
const registry = createRegistry([echo]);

describe("a registry", () => {
  test("refuses two tools of one name", () => {
    expect(() => createRegistry([echo, echo])).toThrow('two tools are called "echo"');
  });

  test("tells a model each tool's name, description, effect and parameters, and no more", () => {
    expect(registry.specs()).toEqual([
      {
        name: "echo",
        description: "Says it again",
        effect: "read",
        parameters: {
          type: "object",
          properties: { text: { type: "string", default: "nothing" } },
          additionalProperties: false,
        },
      },
    ]);
  });
});

describe("preparing a call", () => {
  test.each([
    { when: "the arguments are an object", args: { text: "a" }, summary: "a" },
    { when: "the arguments are JSON as text", args: '{"text":"b"}', summary: "b" },
    { when: "the provider sent no text for no arguments", args: "", summary: "nothing" },
    { when: "the provider sent null for no arguments", args: null, summary: "nothing" },
  ])("succeeds when $when", ({ args, summary }) => {
    expect(prepareCall(registry, "echo", args)).toMatchObject({ ok: true, summary });
  });

  test.each([
    { when: "no such tool exists", name: "ecko", args: {}, error: 'no tool is called "ecko"; there are: echo' },
    {
      when: "the text is no JSON",
      name: "echo",
      args: '{"text',
      error: 'not JSON: a string without its end begins at character 2, near {"text',
    },
    { when: "an argument has the wrong type", name: "echo", args: { text: 1 }, error: "bad arguments for echo" },
    { when: "an argument is unknown", name: "echo", args: { txet: "a" }, error: "txet" },
    { when: "the arguments are a list", name: "echo", args: ["a"], error: "bad arguments for echo" },
  ])("is a value that says why when $when", ({ name, args, error }) => {
    const prepared = prepareCall(registry, name, args);
    expect(prepared).toMatchObject({ ok: false, error: expect.stringContaining(error) });
  });

  test("shows only the beginning of long arguments that are no JSON", () => {
    const prepared = prepareCall(registry, "echo", "x".repeat(10_000));
    expect(prepared.ok ? "" : prepared.error).toHaveLength(105);
  });
});
