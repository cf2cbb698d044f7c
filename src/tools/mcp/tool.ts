import { exactLine } from "../../core/exact.ts";
import type { Json } from "../../core/events.ts";
import type { Tool, ToolContext } from "../tool.ts";
import { isRecord, type ServerDefinition } from "./definition.ts";
import { toolName } from "./names.ts";
import type { OfferedTool } from "./offered.ts";

export interface ServerCall {
  readonly server: string;
  readonly tool: string;
  readonly args: { readonly [key: string]: Json };
}

/** A call that reports progress may take so many times as long as one that does not. */
export const WITH_PROGRESS = 10;

/**
 * A server's tool as one of ours. Its effect is outside, whatever the server says of it, and only our own definition makes it
 * idempotent or lets it be called unasked.
 */
export function serverTool(
  definition: ServerDefinition,
  offered: OfferedTool,
  call: (call: ServerCall, context: ToolContext) => Promise<Json>,
): Tool<unknown> {
  const { name: server, connectMs, timeoutMs } = definition;
  const tool = offered.name;
  const name = toolName(server, tool);
  return {
    name,
    description: offered.description || `The tool ${tool} of the server ${server}.`,
    effect: "external",
    idempotent: definition.idempotent.includes(tool),
    timeoutMs: connectMs + WITH_PROGRESS * timeoutMs + 1000,
    policy: Object.hasOwn(definition.toolPolicy, tool)
      ? (definition.toolPolicy[tool] ?? definition.policy)
      : definition.policy,
    onUnknown: "model",
    parameters: { type: "object", ...offered.schema },
    ...(definition.reached.by === "stdio" && {
      lost: `the server ${server} was ended too, and what it held in memory is gone`,
    }),
    prepare(args) {
      if (!isRecord(args)) return { ok: false, error: `bad arguments for ${name}: they are not an object` };
      return {
        ok: true,
        kind: "plain",
        summary: summaryOf(args as ServerCall["args"]),
        execute: (context) => call({ server, tool, args: args as ServerCall["args"] }, context),
      };
    },
  };
}

/** One text alone says it all; anything else is shown as it is sent. */
function summaryOf(args: ServerCall["args"]): string {
  const [only, ...more] = Object.values(args);
  if (only === undefined) return "";
  return exactLine(more.length === 0 && typeof only === "string" ? only : JSON.stringify(args));
}
