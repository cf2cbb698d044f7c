import { expect, test } from "vitest";
import type { LocalData, PreparedRestore } from "../../src/cli/deps.ts";
import { SparkyError } from "../../src/core/errors.ts";
import type { Checked, DataStatus, Finding } from "../../src/wire/data.ts";
import { sparky, views, type Stage } from "./scripted-cli.ts";
import { chat } from "./wire-samples.ts";

/** `sparky verify` and `sparky db`, with the database played by a script. */

const checked: Checked = { chats: 3, events: 214, runs: 9, steps: 31, tasks: 1, blobs: 2, edges: 0, resumable: 0 };
const call: Finding = {
  kind: "call",
  chatId: chat.id,
  seq: 12,
  what: "the call c_91 of web_fetch has no result, and its run r1 has ended",
  expected: "one tool_result",
  found: "none",
};
const edge: Finding = { kind: "orphan", chatId: null, seq: null, what: "target of edges e1", expected: "one of nodes", found: "n7, which is missing" };
const status: DataStatus = {
  engine: "sqlite",
  schema: 2,
  latestSchema: 2,
  epoch: "k2v9",
  bytes: 4_210_688,
  chats: 3,
  events: 214,
  runs: 9,
  tasks: 1,
  nodes: 12,
  edges: 7,
};
const backup = { file: "/home/ada/.sparky/backups/sparky.db", bytes: 81_920, verified: true, checked, findings: [] };

function data(change: Partial<LocalData> = {}, prepared: Partial<PreparedRestore> = {}): Pick<Stage, "deps"> {
  const restore: PreparedRestore = {
    bytes: 81_920,
    checked,
    findings: [],
    epoch: "n3w",
    swap: async () => "/home/ada/.sparky/sparky.db.replaced-2026-12-01T14-02-20-000Z",
    [Symbol.dispose]: () => {},
    ...prepared,
  };
  const local: LocalData = {
    place: "/home/ada/.sparky/sparky.db",
    status: async () => status,
    async *verify() {
      yield { findings: [], checked, next: null };
    },
    migrate: async () => ({ from: 1, to: 2, kept: "/home/ada/.sparky/backups/before-migration-from-schema-1.db" }),
    backup: async () => backup,
    restore: async () => restore,
    ...change,
  };
  return { deps: { openData: async () => local } };
}

const damaged = data({
  async *verify() {
    yield { findings: [call], checked: { ...checked, resumable: 2 }, next: "c" };
    yield { findings: [edge], checked: { ...checked, chats: 1 }, next: null };
  },
});
const held = data({
  restore: async () => {
    throw new SparkyError("conflict", "process 4711 is using /home/ada/.sparky", {
      hint: "stop it with: sparky chat stop",
    });
  },
});

test("what the commands for the data show, and how they end", async () => {
  const cases: readonly (readonly [argv: readonly string[], stage: Stage])[] = [
    [["verify"], data()],
    [["verify"], damaged],
    [["db", "status"], data()],
    [["db", "status"], data({ status: async () => ({ ...status, schema: 1, epoch: null }) })],
    [["db", "backup"], data()],
    [["db", "backup"], data({ backup: async () => ({ ...backup, verified: false, findings: [call] }) })],
    [["db", "migrate"], data()],
    [["db", "migrate"], data({ migrate: async () => ({ from: 2, to: 2, kept: null }) })],
    [["db", "restore", "/b.db"], data()],
    [["db", "restore", "/b.db"], { ...data(), answer: "n" }],
    [["db", "restore", "/b.db"], { ...data(), answer: "y" }],
    [["db", "restore", "/b.db", "--yes"], data({}, { swap: async () => null })],
    [["db", "restore", "/b.db", "--yes"], data({}, { findings: [call, edge] })],
    [["db", "restore", "/b.db", "--yes"], held],
  ];
  let text = "";
  for (const [argv, stage] of cases) text += await views(argv, stage);
  await expect(text).toMatchFileSnapshot("cli-data.txt");
});

test("nothing is swapped without a yes, and never for a backup that is not sound", async () => {
  let swaps = 0;
  const swap = async (): Promise<null> => (swaps++, null);
  const at = (prepared: Partial<PreparedRestore>, answer?: string): Stage => ({
    ...data({}, { swap, ...prepared }),
    ...(answer !== undefined && { answer }),
  });
  for (const answer of ["", "n", "yep"]) expect((await sparky(["db", "restore", "b"], at({}, answer))).exit).toBe(1);
  expect((await sparky(["db", "restore", "b"], at({}))).exit).toBe(2);
  expect((await sparky(["db", "restore", "b", "--yes"], at({ findings: [call] }))).exit).toBe(1);
  expect(swaps).toBe(0);
  expect((await sparky(["db", "restore", "b"], at({}, "y"))).exit).toBe(0);
  expect((await sparky(["db", "restore", "b", "--yes"], at({}))).exit).toBe(0);
  expect(swaps).toBe(2);
});

test("a server that is named verifies its own data, part by part", async () => {
  const { createServer } = await import("node:http");
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const body = { findings: [], checked, next: asked.length < 3 ? `c${asked.length}` : null };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const deps = { loadConfig: async () => ({ home: "/none", url, token: "t", agentLoop: false, dbUrl: null }) };
  const outcome = await sparky(["verify", "--json"], { deps });
  const backedUp = await sparky(["db", "backup"], { deps });
  server.close();
  expect(asked).toEqual(["/api/verify", "/api/verify?cursor=c1", "/api/verify?cursor=c2"]);
  expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: true, checked: { chats: 9, events: 642 } });
  expect(backedUp).toMatchObject({ exit: 2, stdout: "" });
  expect(backedUp.stderr).toContain("only this machine's data");
});
