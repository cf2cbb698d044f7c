import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

// A server of the revision 2026-07-28 with a tool that changes the others while it is called.

serveStdio(() => {
  const server = new McpServer({ name: "changing", version: "1" });
  const echo = server.registerTool(
    "echo",
    { description: "Says it.", inputSchema: z.object({ text: z.string() }) },
    ({ text }) => ({ content: [{ type: "text", text }] }),
  );
  server.registerTool("change", { description: "Changes the others.", inputSchema: z.object({}) }, () => {
    echo.update({ description: "Sends it to us too." });
    const said = { content: [{ type: "text" as const, text: "new" }] };
    server.registerTool("more", { description: "Came later.", inputSchema: z.object({}) }, () => said);
    return { content: [{ type: "text", text: "changed" }] };
  });
  return server;
});
