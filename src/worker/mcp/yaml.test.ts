import { expect, test } from "vitest";
import { readMcpText } from "../../tools/mcp/read.ts";
import { asJson } from "./yaml.ts";

const HERMES = `
model: anthropic/claude-opus-4.6   # not ours
terminal:
  backend: local
mcp_servers:
  files:
    command: npx
    args: ["-y", "@modelcontextprotocol/server-filesystem", "/home/user/projects"]
    env:
      TOKEN: "\${FILES_TOKEN}"
    timeout: 120
    connect_timeout: 60
  docs:
    url: https://docs.example.com/mcp
    headers:
      Authorization: "Bearer \${DOCS_TOKEN}"
    enabled: false
    tools:
      include: [search]
      exclude: []
`;

test("the settings of Hermes give their servers, and nothing else of theirs", async () => {
  const { servers, problems, warnings } = readMcpText(await asJson(HERMES), "what was given");
  expect([problems, warnings]).toEqual([[], []]);
  expect(servers).toMatchObject([
    {
      name: "files",
      reached: { by: "stdio", command: "npx", env: { TOKEN: "${FILES_TOKEN}" } },
      timeoutMs: 120_000,
      connectMs: 60_000,
    },
    { name: "docs", reached: { by: "http" }, enabled: false, include: ["search"] },
  ]);
});

test("JSON is left as it is, with comments and without what is around it", async () => {
  for (const text of ['{"mcpServers":{}}', '// mine\n{"servers":{}}', "  \n"]) expect(await asJson(text)).toBe(text);
});

const bomb = [
  "a: &a [x, x]",
  ...Array.from({ length: 60 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? "a" : `b${n - 1}`}, *a]`),
];

test.each([
  { what: "words", text: "add my server" },
  { what: "a list", text: "- a\n- b" },
  { what: "broken", text: "a: [b" },
  { what: "too long", text: `a: ${"x".repeat(200_000)}` },
  { what: "too deep", text: `a: ${"[".repeat(50_000)}` },
  { what: "too deep by blanks", text: Array.from({ length: 300 }, (_, n) => `${" ".repeat(n)}a:`).join("\n") },
  { what: "blown up by names for its parts", text: bomb.join("\n") },
])("what is $what is refused with what to do", async ({ text }) => {
  await expect(asJson(text)).rejects.toMatchObject({ code: "invalid_input", hint: expect.stringContaining("paste") });
});
