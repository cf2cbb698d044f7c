import { expect, test } from "vitest";
import { Answer, shown, sparky, views, type Stage } from "./scripted-cli.ts";
import { approval, away, chat, deniedApproval, grant, log, task } from "./wire-samples.ts";

process.env["TZ"] = "UTC";

const page = (...items: unknown[]) => ({ items, next: null });
const digest = "d".repeat(64);
const changes = page(
  { kind: "skill", name: "tidy", place: "home", folder: "tidy", description: "Tidies.", change: "changed", hash: digest },
  {
    kind: "tools",
    server: "github",
    at: "2026-12-01T14:00:00.000Z",
    tools: ["fork", "issue", "merge", "review", "star"].map((tool) => ({ tool, change: "new", digest })),
  },
);
const noChanges = { "GET /api/changes": page() };
const byPrefix = { "GET /api/approvals?prefix=7kq2&limit=6&state=all": page(approval) };
const grantByPrefix = { "GET /api/grants?prefix=9wx4&limit=6": page(grant) };
const answered = { ...approval, state: "approved", by: "owner", decidedAt: "2026-12-01T14:02:20.000Z", canDecide: false };
const post = `POST /api/approvals/${approval.id}`;

test("what the commands for approvals and for time away show, on a terminal, in a pipe and as JSON", async () => {
  const none = { ...away, items: [], total: 0, waiting: 0 };
  const text = [
    await views(["approvals", "list"], { routes: { ...noChanges, "GET /api/approvals?limit=20": page(approval) } }),
    await views(["approvals", "list", "--all"], {
      routes: { ...noChanges, "GET /api/approvals?limit=20&state=all": page(approval, deniedApproval) },
    }),
    await views(["approvals", "list"], { routes: { ...noChanges, "GET /api/approvals?limit=20": page() } }),
    await views(["approvals", "list"], { routes: { "GET /api/changes": changes, "GET /api/approvals?limit=20": page() } }),
    await views(["approvals", "get", "7kq2"], { routes: { ...byPrefix, [`GET /api/approvals/${approval.id}`]: approval } }),
    await views(["approvals", "get", "7kq2"], {
      routes: { ...byPrefix, [`GET /api/approvals/${approval.id}`]: deniedApproval },
    }),
    await views(["approvals", "approve", "7kq2"], { routes: { ...byPrefix, [post]: answered } }),
    await views(["approvals", "approve", "7kq2", "--scope", "run"], { routes: { ...byPrefix, [post]: answered } }),
    await views(["approvals", "deny", "7kq2", "--note", "use the copy instead"], {
      routes: { ...byPrefix, [post]: { ...answered, state: "denied" } },
    }),
    await views(["approvals", "grants"], { routes: { "GET /api/grants": page(grant, { ...grant, until: null, runId: "r2" }) } }),
    await views(["approvals", "grants"], { routes: { "GET /api/grants": page() } }),
    await views(["approvals", "revoke", "9wx4"], {
      routes: { ...grantByPrefix, [`DELETE /api/grants/${grant.id}`]: new Answer(204, null) },
    }),
    await views(["away"], { routes: { "GET /api/away": away } }),
    await views(["away"], { routes: { "GET /api/away": { ...away, items: away.items.slice(0, 1), complete: false } } }),
    await views(["away"], { routes: { "GET /api/away": none } }),
    await views(["away"], { routes: { "GET /api/away": { ...none, waiting: 6, changes: changes.items } } }),
  ].join("");
  await expect(text).toMatchFileSnapshot("cli-approvals.txt");
});

const conflict = { error: { code: "conflict", message: "this was denied already by ann" } };

test("what wrong answers and late ones get", async () => {
  const cases: readonly (readonly [argv: readonly string[], exit: number, stage?: Stage])[] = [
    [["approvals", "approve", "zzzz"], 5, { routes: { "GET /api/approvals?prefix=zzzz&limit=6&state=all": page() } }],
    [["approvals", "approve", "7kq2"], 6, { routes: { ...byPrefix, [post]: new Answer(409, conflict) } }],
    [["approvals", "approve", "7kq2", "--scope", "always"], 2],
    [["approvals", "approve", "7kq2", "--scope", "until:tomorrow"], 2],
    [["approvals", "deny", "7kq2", "--scope", "run"], 2],
    [["approvals", "revoke", "zzzz"], 5, { routes: { "GET /api/grants?prefix=zzzz&limit=6": page() } }],
  ];
  let text = "";
  for (const [argv, exit, stage] of cases) {
    const outcome = await sparky(argv, stage);
    expect([argv, outcome.exit, outcome.stdout]).toEqual([argv, exit, ""]);
    text += shown(`sparky ${argv.join(" ")}`, outcome);
  }
  await expect(text).toMatchFileSnapshot("cli-approvals-errors.txt");
});

test("scope and note reach the server in its own words", async () => {
  const { requests } = await sparky(
    ["approvals", "approve", "7kq2", "--scope", "until:2026-12-01T18:00", "--note", "for today"],
    { routes: { ...byPrefix, [post]: answered } },
  );
  const body = { decision: "approve", scope: "until 2026-12-01T18:00:00.000Z", note: "for today" };
  expect(requests.filter((request) => request.startsWith("POST"))).toEqual([`${post} ${JSON.stringify(body)}`]);
});

test("only what was shown is marked as seen, and only when asked", async () => {
  const routes = { "GET /api/away": away, "POST /api/away/seen": { marked: 2 } };
  expect((await sparky(["away"], { routes })).requests).toEqual(["GET /api/away"]);
  const { requests, stdout } = await sparky(["away", "--mark", "--json"], { routes });
  expect(JSON.parse(stdout)).toEqual(away);
  expect(requests.at(-1)).toBe(`POST /api/away/seen ${JSON.stringify({ chats: { [chat.id]: 21, c5: 7 } })}`);
});

test("nothing of the arguments hides from who is asked: neither what a terminal swallows nor what turns a line around", async () => {
  const command = "echo \u202e tac \u200b\u001b[8m; rm -r ~ \u{e0041}\u2028end";
  const hidden = { ...approval, args: { command } };
  const routes = { ...byPrefix, [`GET /api/approvals/${approval.id}`]: hidden };
  for (const terminal of [true, false]) {
    const { stdout } = await sparky(["approvals", "get", "7kq2"], { routes, terminal });
    expect(stdout).toContain(String.raw`echo \u202e tac \u200b\u001b[8m; rm -r ~ \udb40\udc41\u2028end`);
  }
});

test("a task's log says what was asked, who answered, and in which words", async () => {
  const asked = { approvalId: approval.id, callId: "a", argsDigest: approval.argsDigest };
  const events = log([
    {
      type: "tool_use",
      step: 1,
      data: { callId: "a", name: "shell", args: { command: "ls" }, effect: "external", summary: "ls" },
    },
    { type: "approval", data: { ...asked, state: "requested" } },
    { type: "approval", data: { ...asked, state: "denied", by: "ann", note: "not on Sundays" } },
    { type: "approval", data: { ...asked, state: "expired" } },
  ]);
  const { stdout } = await sparky(["agent", "tasks", "logs", "3f2a"], {
    routes: {
      "GET /api/tasks?prefix=3f2a&limit=6": page(task()),
      [`GET /api/tasks/${task().id}`]: task({ status: "completed" }),
      [`GET /api/chats/${chat.id}/events?after=0&limit=200`]: { events, first: 1, last: events.length, epoch: "e1" },
    },
  });
  const told = stdout.split("\n").flatMap((line) => (line.includes("\tapproval\t") ? [line.split("\t")[3]] : []));
  expect(told).toEqual(['requested: shell {"command":"ls"}', "denied by ann: not on Sundays", "expired"]);
});
