import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";

const sent = (server: object): string =>
  `POST /api/mcp/servers ${JSON.stringify({ text: JSON.stringify({ mcpServers: { docs: server } }) })}`;

test.each([
  { words: ["https://a.example/mcp"], server: { type: "http", url: "https://a.example/mcp" } },
  { words: ["--url", "https://a.example/mcp"], server: { type: "http", url: "https://a.example/mcp" } },
  { words: ["--", "npx", "https://a.example"], server: { command: "npx", args: ["https://a.example"] } },
])("`mcp add docs $words` adds what was meant", async ({ words, server }) => {
  const { requests } = await sparky(["mcp", "add", "docs", ...words]);
  expect(requests).toContain(sent(server));
});

test("of an address and --url only one is taken", async () => {
  const both = await sparky(["mcp", "add", "docs", "https://a.example/mcp", "--url", "https://b.example/mcp"]);
  expect([both.exit, both.requests]).toEqual([2, []]);
});
