import { inputRequired, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

// A server of the revision 2026-07-28 with a tool that asks somebody before it does anything, twice.

const form = (title: string) => ({
  type: "object" as const,
  properties: { value: { type: "string" as const, title } },
  required: ["value"],
});

serveStdio(() => {
  const server = new McpServer({ name: "asking", version: "1" });
  server.registerTool(
    "book",
    { description: "Books a table.", inputSchema: z.object({ at: z.string() }) },
    async ({ at }, context) => {
      const replies = context.mcpReq.inputResponses;
      if (replies === undefined) {
        return inputRequired({
          inputRequests: {
            name: inputRequired.elicit({ message: "For whom?", requestedSchema: form("Name") }),
            sure: inputRequired.elicit({ message: "Really?", requestedSchema: form("Sure") }),
          },
          requestState: `state of ${at}`,
        });
      }
      const said = JSON.stringify(replies);
      return { content: [{ type: "text", text: `${at} ${String(context.mcpReq.requestState())} ${said}` }] };
    },
  );
  return server;
});
