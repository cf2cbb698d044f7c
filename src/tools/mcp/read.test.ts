import { describe, expect, test } from "vitest";
import { isSparkyError } from "../../core/errors.ts";
import { toolName } from "./names.ts";
import { readMcpText } from "./read.ts";
import { filledIn } from "./variables.ts";

const one = { command: "npx", args: ["-y", "a-server", "/srv"], env: { KEY: "x" }, cwd: "/srv" };
const stdio = { by: "stdio", ...one, sandbox: null };

const read = (value: unknown) => readMcpText(typeof value === "string" ? value : JSON.stringify(value), "mcp.json");

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isSparkyError(error, "invalid_input")) return `${error.message} | ${error.hint ?? ""}`;
    throw error;
  }
  throw new Error("it was taken");
}

describe("the servers of every program's file are found", () => {
  test.each([
    { program: "Claude, Cursor, Windsurf", file: { mcpServers: { files: one } } },
    { program: "VS Code", file: { servers: { files: { type: "stdio", ...one } }, inputs: [] } },
    { program: "OpenClaw", file: { mcp: { servers: { files: one } } } },
    { program: "Hermes", file: { mcp_servers: { files: { ...one, timeout: 120, connect_timeout: 60 } } } },
    { program: "nobody: the servers alone", file: { files: one } },
  ])("of $program", ({ file }) => {
    const { servers, problems, warnings } = read(file);
    expect(servers).toMatchObject([{ name: "files", reached: stdio, enabled: true, shared: false }]);
    expect([problems, warnings]).toEqual([[], []]);
  });

  test.each([
    { how: "a url alone", entry: { url: "https://a/mcp" } },
    { how: "http", entry: { type: "http", url: "https://a/mcp" } },
    { how: "streamable-http", entry: { type: "streamable-http", url: "https://a/mcp" } },
    { how: "streamableHttp", entry: { type: "streamableHttp", url: "https://a/mcp" } },
    { how: "transport", entry: { transport: "http", url: "https://a/mcp" } },
  ])("elsewhere, by $how", ({ entry }) => {
    expect(read({ mcpServers: { a: entry } }).servers[0]?.reached).toEqual({
      by: "http",
      url: "https://a/mcp",
      headers: {},
    });
  });

  test("with comments and a last comma, as editors keep them, and with texts that look like comments", () => {
    const { servers } = read('{ // mine\n "servers": { /* all */ "a": { "url": "https://a//b/*c*/", }, }, }');
    expect(servers[0]?.reached).toMatchObject({ url: "https://a//b/*c*/" });
  });

  test("and an empty file names none", () => expect(read(" \n").servers).toEqual([]));
});

describe("what is said of a server counts", () => {
  test.each([
    { what: "disabled", entry: { disabled: true }, is: { enabled: false } },
    { what: "enabled: false", entry: { enabled: false }, is: { enabled: false } },
    { what: "seconds", entry: { timeout: 90 }, is: { timeoutMs: 90_000 } },
    { what: "milliseconds", entry: { timeout: 90_000 }, is: { timeoutMs: 90_000 } },
    { what: "no policy", entry: {}, is: { policy: { chat: "ask", task: "ask", schedule: "ask" } } },
    {
      what: "a policy by origin, and one for a tool",
      entry: { policy: { chat: "allow" }, tools: { policy: { drop: "deny" }, include: ["a"], exclude: ["b"] } },
      is: {
        policy: { chat: "allow", task: "ask", schedule: "ask" },
        toolPolicy: { drop: { chat: "deny", task: "deny", schedule: "deny" } },
        include: ["a"],
        exclude: ["b"],
      },
    },
    { what: "idempotent", entry: { idempotent: ["get"] }, is: { idempotent: ["get"] } },
    { what: "no sandbox", entry: { sandbox: false }, is: { reached: { ...stdio, sandbox: null } } },
    {
      what: "a sandbox",
      entry: { sandbox: true },
      is: { reached: { ...stdio, sandbox: { network: false, read: [] } } },
    },
    {
      what: "a sandbox with network and more to read",
      entry: { sandbox: true, network: "on", read: ["/srv"] },
      is: { reached: { ...stdio, sandbox: { network: true, read: ["/srv"] } } },
    },
  ])("$what", ({ entry, is }) => {
    expect(read({ mcpServers: { a: { ...one, ...entry } } }).servers).toMatchObject([is]);
  });

  test.each([
    { key: "baseUrl", says: "baseUrl is not known and does not count: url is perhaps meant" },
    { key: "comand", says: "comand is not known and does not count: command is perhaps meant" },
    { key: "constructor", says: "constructor is not known and does not count" },
    { key: "colour", says: "colour is not known and does not count" },
    {
      key: "autoApprove",
      says: "autoApprove is shown and not obeyed: which calls are allowed unasked is said by policy",
    },
    { key: "read", says: 'read does not count without "sandbox": true' },
  ])("the key $key is a warning", ({ key, says }) => {
    const { servers, warnings } = read({ mcpServers: { a: { ...one, [key]: [] } } });
    expect(servers).toHaveLength(1);
    expect(warnings).toEqual([{ server: "a", message: says }]);
  });
});

describe("what cannot be used says why", () => {
  test.each([
    {
      when: "it is no JSON",
      file: '{"mcpServers": {',
      says: "mcp.json is not JSON: it ends in the middle at character 17",
    },
    {
      when: "two servers have one name",
      file: '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}',
      says: 'mcp.json: "a" is there twice in the same place | rename one of them',
    },
    {
      when: "two places have servers",
      file: { servers: {}, mcpServers: {} },
      says: "both in mcpServers and in servers",
    },
    {
      when: "the place is misspelt",
      file: { mcpServer: {}, x: 1 },
      says: "mcpServer is perhaps meant to be mcpServers",
    },
    { when: "it is a list", file: [], says: "mcp.json is not an object" },
  ])("as a whole: $when", ({ file, says }) => expect(refusal(() => read(file))).toContain(says));

  test.each([
    { when: "nothing says where", entry: { args: [] }, says: '"bad": neither command nor url is there' },
    {
      when: "two things say where",
      entry: { command: "x", url: "http://x", type: "http" },
      says: "both command and url",
    },
    { when: "args is a text", entry: { command: "x", args: "y" }, says: '"bad": args: a list of texts' },
    {
      when: "a policy is no policy",
      entry: { command: "x", policy: "yes" },
      says: '"bad": policy: "allow", "ask" or "deny"',
    },
    {
      when: "a sandbox is asked for elsewhere",
      entry: { url: "https://a/mcp", sandbox: true },
      says: "a sandbox is for a program that is started here, not for a url (take sandbox out)",
    },
    { when: "a sandbox is neither", entry: { command: "x", sandbox: {} }, says: '"bad": sandbox: true or false' },
    {
      when: "a variable would lead on the way into the sandbox",
      entry: { command: "x", sandbox: true, env: { "A; reboot": "" } },
      says: 'env "A; reboot": in a sandbox a variable cannot have that name',
    },
    { when: "it is no object", entry: "npx", says: '"bad": a server is an object' },
  ])("of one server, and the others count: $when", ({ entry, says }) => {
    const { servers, problems } = read({ mcpServers: { bad: entry, good: one } });
    expect(servers.map(({ name }) => name)).toEqual(["good"]);
    expect(problems).toEqual([{ server: "bad", message: expect.stringContaining(says) }]);
  });

  test.each([
    ["my/server", "my-server"],
    ["../a b", "a-b"],
    ["", "files"],
    ["x".repeat(70), "x".repeat(59)],
  ])("a name that cannot be taken, with one that can: %j could be %s", (name, better) => {
    const [problem] = read({ mcpServers: { [name]: one } }).problems;
    expect(problem?.message).toContain(`(call it ${better}, for example)`);
    expect(read({ mcpServers: { [better]: one } }).problems).toEqual([]);
  });

  test("a name that leads elsewhere", () => {
    for (const name of ["../a", "a/b", "", "a\n", "x".repeat(61)]) {
      expect(read({ mcpServers: { [name]: one } }).problems, name).toHaveLength(1);
    }
  });
});

describe("variables", () => {
  const lookup = (name: string) => ({ HOME: "/home/ann", KEY: "k", EMPTY: "" })[name];
  const fill = (entry: object) => filledIn("a", read({ mcpServers: { a: entry } }).servers[0]!.reached, lookup);

  test("are filled in everywhere, with what counts otherwise", () => {
    expect(
      fill({
        command: "${HOME}/x",
        args: ["${KEY}", "${NONE:-d}", "${EMPTY:-e}${NONE:-}"],
        env: { K: "${env:KEY}" },
        cwd: "${HOME}",
        sandbox: true,
        read: ["${HOME}/lib"],
      }),
    ).toEqual({
      ...{ by: "stdio", command: "/home/ann/x", args: ["k", "d", "e"], env: { K: "k" }, cwd: "/home/ann" },
      sandbox: { network: false, read: ["/home/ann/lib"] },
    });
    expect(fill({ url: "https://${HOST:-b}/", headers: { Authorization: "Bearer ${KEY}" } })).toEqual({
      by: "http",
      url: "https://b/",
      headers: { Authorization: "Bearer k" },
    });
  });

  test.each([
    {
      where: "header",
      entry: { url: "https://b/", headers: { Authorization: "Bearer ${TOKEN}" } },
      says: '"a": header Authorization needs ${TOKEN}, which is not set | set TOKEN',
    },
    { where: "argument", entry: { command: "x", args: ["a", "${TOKEN}"] }, says: "argument 2 needs ${TOKEN}" },
    { where: "env, set to nothing", entry: { command: "x", env: { K: "${EMPTY}" } }, says: "env K needs ${EMPTY}" },
    {
      where: "VS Code's input",
      entry: { command: "x", args: ["${input:key}"] },
      says: "argument 1 has ${input:key}, which nobody fills in here",
    },
    { where: "an address that is none", entry: { url: "file:///etc" }, says: '"file:///etc" is not an address' },
  ])("that are not there are named: $where", ({ entry, says }) => expect(refusal(() => fill(entry))).toContain(says));
});

describe("a tool's name", () => {
  test.each([
    ["memory", "create_entities", "mcp__memory__create_entities"],
    ["my server", "a.b", expect.stringMatching(/^mcp__my_server__a_b_[0-9a-f]{6}$/)],
    ["s", "x".repeat(90), expect.stringMatching(/^mcp__s__x{49}_[0-9a-f]{6}$/)],
  ])("of %s and %s", (server, tool, name) => expect(toolName(server, tool)).toEqual(name));

  test("is never that of another", () => {
    const pairs = [
      ["a", "b__c"],
      ["a__b", "c"],
      ["a", "_b"],
      ["a_", "b"],
      ["a.b", "c"],
      ["a_b", "c"],
      ["ä", "c"],
      ["ö", "c"],
    ];
    const names = pairs.map(([server = "", tool = ""]) => toolName(server, tool));
    expect(new Set(names).size).toBe(pairs.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });
});
