import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/core/clock.ts";
import type { Json } from "../../../src/core/events.ts";
import { readServer } from "../../../src/tools/mcp/definition.ts";
import { finishSignIn } from "../../../src/tools/mcp/finish-sign-in.ts";
import { NOTHING_KEPT } from "../../../src/tools/mcp/kept-sign-in.ts";
import { SignIn, SignInNeeded } from "../../../src/tools/mcp/sign-in.ts";
import { sandboxOf } from "../sandbox.ts";
import { openWeb } from "./open-web.ts";
import { Servers } from "../../../src/tools/mcp/servers.ts";
import { NeedsAnswer, type Answered } from "../../../src/tools/needs-answer.ts";

// Our client as the conformance suite runs it: the server's address is the last argument. It looks at the tools, calls each
// as the scenario says or its schema allows, and says yes with the form's own values to whatever it is asked.

const url = process.argv.at(-1) ?? "";
const context = JSON.parse(process.env["MCP_CONFORMANCE_CONTEXT"] ?? "{}") as {
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: { readonly [key: string]: Json } }[];
};

/** As patient as the suite is: it starts all its scenarios at once. */
const { definition } = readServer("suite", { url, connectTimeoutMs: 240_000, timeoutMs: 240_000 });
/** A sign-in that a browser without a person goes through at once. */
let kept = NOTHING_KEPT;
const client =
  context.client_id === undefined
    ? {}
    : {
        client: {
          client_id: context.client_id,
          ...(context.client_secret !== undefined && { client_secret: context.client_secret }),
        },
      };
const signInFor = () =>
  new SignIn({
    redirectUrl: "http://127.0.0.1:3000/callback",
    clientMetadataUrl: "https://conformance-test.local/client-metadata.json",
    ...client,
    server: "suite",
    clock: systemClock,
    web: openWeb,
    stopping: new AbortController().signal,
    onRenewal: () => {},
    place: {
      read: async () => kept,
      async change(update) {
        const next = update(kept);
        kept = next ?? kept;
        return next !== null;
      },
    },
  });

const servers = new Servers({
  signInFor,
  clock: systemClock,
  version: "0",
  workspaces: join(tmpdir(), "sparky-conformance"),
  environment: {},
  lookup: () => undefined,
  sandbox: sandboxOf(tmpdir()),
  keep: async () => {},
  forget: async () => {},
  isLegacy: () => false,
  onSeen: async () => {},
  onError: () => {},
  hasEnded: async () => false,
});
const me = { userId: "me" };
const { signal } = new AbortController();

type Schema = {
  readonly properties?: { readonly [name: string]: { readonly type?: string; readonly default?: Json } };
};

function filled(schema: Schema): { [name: string]: Json } {
  const values = { string: "text", number: 2, integer: 2, boolean: true, array: [], object: {} };
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, { type = "", default: initial }]) => {
      const value = initial ?? values[type as keyof typeof values];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

async function call(tool: string, args: { readonly [key: string]: Json }): Promise<void> {
  let answer: Answered | undefined;
  for (let round = 0; round < 10; round++) {
    try {
      await servers.call(definition, me, { tool, args, answer }, signal);
      return;
    } catch (error) {
      if (error instanceof SignInNeeded) throw error;
      if (!(error instanceof NeedsAnswer)) return console.error(`${tool}: ${String(error)}`);
      const { state, schema } = error.asked;
      answer = {
        state,
        outcome: "answered",
        answer: schema === undefined ? "yes" : filled(schema as Schema),
        by: "me",
      };
    }
  }
}

async function signedIn<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SignInNeeded) || round >= 2) throw error;
      const answer = await fetch(error.page, { redirect: "manual" });
      const back = new URL(answer.headers.get("location") ?? "").searchParams;
      await finishSignIn(signInFor(), error.begun, { by: "http", url, headers: {} }, back);
      await servers.end("suite");
    }
  }
}

const { tools, refused } = await signedIn(() => servers.list(definition, me, signal));
for (const { name, refused: why } of refused) console.error(`${name} is not taken: ${why}`);
const calls = context.toolCalls ?? tools.map(({ name, schema }) => ({ name, arguments: filled(schema as Schema) }));
for (const { name, arguments: args } of calls) await signedIn(() => call(name, args));
await servers[Symbol.asyncDispose]();
