import { expect, test } from "vitest";
import { CALL_MS, LOOK_MS, patienceFor } from "./patience.ts";

test.each([
  { path: "/api/mcp/servers/git%2Fhub/test", least: LOOK_MS },
  { path: "/api/mcp/servers/files/restart", least: LOOK_MS },
  { path: "/api/mcp/servers/notion/login", least: LOOK_MS },
  { path: "/api/mcp/servers/files/call", least: CALL_MS },
  { path: "/api/chats/bulk", least: 30_000 },
])("an answer to $path is waited for longer than the server itself waits", ({ path, least }) => {
  expect(patienceFor(path, 15_000)).toBeGreaterThan(least);
});

test.each([
  "/api/mcp/servers",
  "/api/mcp/servers/test",
  "/api/mcp/servers/files/logs",
  "/api/chats/call",
  "/api/tasks",
])("an answer to %s is waited for as any", (path) => expect(patienceFor(path, 15_000)).toBe(15_000));
