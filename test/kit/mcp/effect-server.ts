import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { inputRequired, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

// A server of the revision 2026-07-28 whose effects are lines in a file. It ends neither with its input nor when it is asked
// to, and has a process outside of its group that knows of nothing.

const [, , file = "", sleeper = ""] = process.argv;

process.on("SIGTERM", () => {});
setInterval(() => {}, 60_000);
spawn("sleep", [sleeper], { detached: true, stdio: "ignore" }).unref();

const effect = (line: string): void => appendFileSync(file, `${line}\n`);
const text = (words: string) => ({ content: [{ type: "text" as const, text: words }] });
const named = {
  type: "object" as const,
  properties: { name: { type: "string" as const, title: "Name" } },
  required: ["name"],
};

serveStdio(() => {
  const server = new McpServer({ name: "effects", version: "1" });
  const said = z.object({ text: z.string() });
  server.registerTool("note", { description: "Notes a text.", inputSchema: said }, async ({ text: words }) => {
    effect(words);
    return text(`noted ${words}`);
  });
  server.registerTool("book", { description: "Books a table.", inputSchema: said }, async ({ text: at }, context) => {
    const replies = context.mcpReq.inputResponses;
    if (replies === undefined) {
      const name = inputRequired.elicit({ message: "For whom?", requestedSchema: named });
      return inputRequired({ inputRequests: { name }, requestState: at });
    }
    effect(at);
    return text(`booked ${at} ${JSON.stringify(replies)}`);
  });
  server.registerTool("hang", { description: "Never answers.", inputSchema: said }, ({ text: words }, context) => {
    effect(words);
    context.mcpReq.signal.addEventListener("abort", () => effect(`${words} was cancelled`));
    return new Promise<never>(() => {});
  });
  return server;
});
