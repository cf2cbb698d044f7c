import { McpServer, type CallToolResult } from "@modelcontextprotocol/server";
import { messageOf } from "../core/errors.ts";
import { soundJson } from "../core/text.ts";
import { memoryTools } from "./memory-tools.ts";
import { taskTools } from "./task-tools.ts";
import type { Api } from "./tool.ts";

/** Loaded only when somebody asks: its library is not small. */

const INSTRUCTIONS = `Sparky is an agent that works on its own, on its owner's machine. Give it work with task_add, wait for it with
task_wait, and read what it knows with memory_search, search and skill_read. You act with the rights of the token that you came with.`;

/** In the one order that there is, so that a client's own requests keep their beginning. */
export const TOOLS = [...taskTools, ...memoryTools];

export function sparkyServer(api: Api, version: string): McpServer {
  const server = new McpServer(
    { name: "sparky", title: "Sparky", version },
    { instructions: INSTRUCTIONS, capabilities: { tools: {} } },
  );
  for (const tool of TOOLS) {
    const { name, title, description, args, changes } = tool;
    const readOnlyHint = changes === "nothing";
    const annotations = {
      readOnlyHint,
      destructiveHint: changes === "ends",
      idempotentHint: changes !== "adds",
      openWorldHint: !readOnlyHint,
    };
    server.registerTool(name, { title, description, inputSchema: args, annotations }, async (given, { mcpReq }) => {
      const token = mcpReq._meta?.progressToken;
      const progress = async (done: number, message: string): Promise<void> => {
        if (token === undefined) return;
        await mcpReq.notify({
          method: "notifications/progress",
          params: { progressToken: token, progress: done, message },
        });
      };
      try {
        return answer(await tool.call(given, { api, signal: mcpReq.signal, progress }));
      } catch (error) {
        mcpReq.signal.throwIfAborted();
        return { isError: true, content: [{ type: "text", text: words(error) }] };
      }
    });
  }
  return server;
}

function answer(value: object): CallToolResult {
  const text = soundJson(JSON.stringify(value));
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) as { [key: string]: unknown } };
}

function words(error: unknown): string {
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? ` (${error.hint})` : "";
  return messageOf(error) + hint;
}
