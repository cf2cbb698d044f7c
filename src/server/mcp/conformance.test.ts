import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { expect, onTestFinished, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { suiteServer } from "../../../test/kit/mcp/suite-server.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import type { ServerDeps } from "../deps.ts";

const SUITE = join(import.meta.dirname, "../../../node_modules/@modelcontextprotocol/conformance");

/** What needs something that Sparky never asks of those that it serves, or keeps for them: named, and nothing else may fail. */
const REFUSED: { readonly [revision: string]: readonly RegExp[] } = {
  "2025-11-25": [/sampling/, /elicitation/, /^logging-set-level$/, /with-logging$/, /^resources-(un)?subscribe$/],
  "2026-07-28": [/^input-required-result-/],
};

test.each([{ revision: "2025-11-25" }, { revision: "2026-07-28" }])(
  "the conformance suite finds no fault in how tools are served in $revision, but for what Sparky does not ask of anybody",
  { timeout: 240_000 },
  async ({ revision }) => {
    const { passed, failed } = await conformance(revision, { serveMcp: () => suiteServer() });
    const unnamed = failed.filter(({ scenario }) => !REFUSED[revision]?.some((name) => name.test(scenario)));
    // The suite says so itself of what it cannot try without such a tool.
    expect(unnamed.filter(({ why }) => !why.startsWith("Not testable: server does not list"))).toEqual([]);
    expect(passed.length).toBeGreaterThan(15);
    expect(passed).toEqual(
      expect.arrayContaining(["tools-list", "tools-call-with-progress", "dns-rebinding-protection"]),
    );
  },
);

test.each([
  { revision: "2025-11-25", all: ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"] },
  { revision: "2026-07-28", all: ["tools-list", "dns-rebinding-protection", "server-sse-multiple-streams"] },
])("nor in Sparky's own tools in $revision", { timeout: 240_000 }, async ({ revision, all }) => {
  const { passed } = await conformance(revision, {});
  expect(passed).toEqual(expect.arrayContaining(all));
});

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** The suite as it comes, against a real server; it has no token of its own, so one is put into each of its requests. */
async function conformance(revision: string, options: Partial<ServerDeps>) {
  const store = await sqlite.store();
  const { listen, token, people } = await chatServer(store, options);
  const url = await withToken(await listen(), await token(people.owner));
  const out = await tempHome();
  const args = [join(SUITE, "dist/index.js"), "server", "--url", `${url}/mcp`, "--requirements", revision, "-o", out];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "close");
  const { server } = parse(readFileSync(join(SUITE, "requirements", `${revision}.yaml`), "utf8")) as {
    server: string[];
  };
  const results = readdirSync(out).flatMap((folder) => {
    const scenario = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(folder)?.[1] ?? "";
    const checks = JSON.parse(readFileSync(join(out, folder, "checks.json"), "utf8")) as readonly Check[];
    // Only what the revision requires is scored.
    return server.includes(scenario)
      ? [{ scenario, failures: checks.filter(({ status }) => status === "FAILURE") }]
      : [];
  });
  expect(results.map(({ scenario }) => scenario).sort()).toEqual(server.toSorted());
  const failed = results.flatMap(({ scenario, failures }) =>
    failures.map(({ id, errorMessage = "" }) => ({ scenario, id, why: errorMessage })),
  );
  return { passed: results.flatMap(({ scenario, failures }) => (failures.length === 0 ? [scenario] : [])), failed };
}

async function withToken(url: string, token: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const proxy = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
    const { method, url: path } = incoming;
    const on = send({ hostname, port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    on.on("error", () => outgoing.destroy());
    outgoing.on("close", () => on.destroy());
    incoming.pipe(on);
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  onTestFinished(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
