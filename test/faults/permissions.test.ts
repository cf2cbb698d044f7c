import { sql } from "kysely";
import { expect, test } from "vitest";
import { SparkyError } from "../../src/core/errors.ts";
import { isWithin, SCOPES, type Scope } from "../../src/core/scopes.ts";
import type { ServerDeps } from "../../src/server/deps.ts";
import { addAccount, changeAccount } from "../../src/store/people/accounts.ts";
import { createToken } from "../../src/store/people/tokens.ts";
import { makeToken } from "../../src/store/tokens/tokens.ts";
import type { Store, Tx } from "../../src/store/database/store.ts";
import { clientFrameSchema, FRAMES, type ServerFrame } from "../../src/wire/frames.ts";
import type { OpenApi } from "../docs/http-page.ts";
import { chatServer, type ChatServer } from "../kit/chat-server.ts";
import { eachEngine } from "../kit/databases.ts";
import { cookiesOf, spendLink } from "../kit/sign-in.ts";
import { socketClient } from "../kit/socket-client.ts";
import { tempHome } from "../kit/temp-home.ts";
import { annsThings, MARK, type AnnsThings } from "./anns-things.ts";
import { bodiesFor, CALLERS, EXPECTED, queriesFor, type Caller, type Outcome } from "./permissions-rows.ts";

/** Somebody with what lets them in. `scopes`: null for all that they may do. */
interface Asker {
  readonly name: string;
  readonly as: Caller;
  readonly scopes: readonly Scope[] | null;
  readonly headers: { readonly [name: string]: string };
}

/** Some three thousand requests: it only ends what hangs. */
const LIMIT_MS = 600_000;

/** What takes the place of every commit, so that each request finds everything as it was. */
const UNDONE = "everything was done but the commit";

/** The store, whose changes come to nothing while it rehearses. One that is told to nobody is none, as a look at a sign-in. */
function rehearsing(plain: Store) {
  let on = false;
  const transact: Store["transact"] = (body, wait) =>
    plain.transact(async (tx) => {
      let isTold = false;
      const tell = <R>(answer: R): R => {
        isTold = true;
        return answer;
      };
      const told: Pick<Tx, "append" | "appendAll" | "changed" | "last"> = {
        append: (...of) => tell(tx.append(...of)),
        appendAll: (...of) => tell(tx.appendAll(...of)),
        changed: (...of) => tell(tx.changed(...of)),
        last: (...of) => tell(tx.last(...of)),
      };
      const result = await body({ ...tx, ...told });
      if (on && isTold) throw new SparkyError("conflict", UNDONE);
      return result;
    }, wait);
  return { store: { ...plain, transact }, rehearse: (is: boolean): void => void (on = is) };
}

/** Whatever is asked of tool servers comes to nothing either: who is let through to them is what counts. */
const noServers = new Proxy({} as ServerDeps["mcp"], {
  get: () => () => Promise.reject(new SparkyError("conflict", UNDONE)),
});

interface Scene extends ChatServer {
  readonly things: AnnsThings;
  readonly askers: readonly Asker[];
  /** Whose sign-in holds no more, or never did. */
  readonly strangers: readonly Omit<Asker, "as" | "scopes">[];
  readonly rehearse: (on: boolean) => void;
  /** As if each request came from elsewhere: nobody is slowed down for failing. */
  readonly address: () => string;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function scene(plain: Store, home: string): Promise<Scene> {
  const { store, rehearse } = rehearsing(plain);
  let asked = 0;
  const skillRoots = { home, personal: home, shipped: null, workspaces: `${home}/workspace` };
  const chat = await chatServer(store, { skillRoots, mcp: noServers });
  const { people, server } = chat;
  const things = await annsThings(store, home, chat);
  const share = async (name: string, role: "member" | "viewer", canWrite: number) => {
    const account = await addAccount(store, name, role);
    const row = { chat_id: things.chatId, user_id: account.id, can_write: canWrite };
    await store.db.insertInto("chat_shares").values(row).execute();
    return account;
  };
  const accounts = {
    ...people,
    admin: await addAccount(store, "adam", "admin"),
    watcher: await share("wanda", "member", 0),
    writer: await share("will", "member", 1),
    viewer: await share("vera", "viewer", 1),
  };
  const token = (of: Caller, name: string): Promise<string> => createToken(store, accounts[of].id, name);
  const scoped = SCOPES.map(async (scope): Promise<Asker> => {
    const made = await makeToken(store, people.ann, { name: `for ${scope}`, scopes: [scope] });
    return { name: `ann by a token to ${scope}`, as: "ann", scopes: [scope], headers: bearer(made.token) };
  });
  const askers: readonly Asker[] = [
    ...(await Promise.all(
      CALLERS.map(async (as) => ({ name: as, as, scopes: null, headers: bearer(await token(as, "all")) })),
    )),
    { name: "ann in her browser", as: "ann", scopes: null, headers: { cookie: things.cookie } },
    ...(await Promise.all(scoped)),
  ];

  const shutOut = await addAccount(store, "dan", "member");
  const disabled = await createToken(store, shutOut.id, "all");
  await changeAccount(store, "dan", { disabled: true });
  const signedIn = await spendLink(server, (await server.createLoginLink(people.bob)).url);
  const over = store.kind === "sqlite" ? "2001-01-01T00:00:00.000Z" : new Date("2001-01-01");
  await sql`UPDATE "session" SET expires_at = ${over} WHERE user_id = ${people.bob.id}`.execute(store.db);
  const [ended, revoked] = [await token("ann", "ended"), await token("ann", "revoked")];
  await store.db.updateTable("tokens").set({ expires_at: 1 }).where("name", "=", "ended").execute();
  await store.db.deleteFrom("tokens").where("name", "=", "revoked").execute();
  // So that none is noted as used, by a change of its own beside those that are asked for.
  await store.db.updateTable("tokens").set({ last_used_at: store.clock.now() }).execute();
  return {
    ...chat,
    things,
    askers,
    strangers: [
      { name: "nobody", headers: {} },
      { name: "who is disabled", headers: bearer(disabled) },
      { name: "who was signed in", headers: { cookie: cookiesOf(signedIn) } },
      { name: "a token that has ended", headers: bearer(ended) },
      { name: "a token that was revoked", headers: bearer(revoked) },
    ],
    rehearse,
    address: () => `10.0.${++asked >> 8}.${asked & 255}`,
  };
}

const CODES: { readonly [code: string]: Outcome } = { conflict: "y", forbidden: "n", not_found: "-" };

/** What came of it; anything but that is told as it is. */
const outcomeOf = (code: string | undefined): string => (code === undefined ? "y" : (CODES[code] ?? code));

async function ask(
  { server, address }: Scene,
  headers: Asker["headers"],
  method: string,
  url: string,
  body: object | undefined,
) {
  const sent = body === undefined || body instanceof FormData ? body : JSON.stringify(body);
  const init = { method, headers, body: sent ?? null };
  const remote = address();
  const response = await server.fetch(new Request(`http://127.0.0.1:8000${url}`, init), { remote });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  const told = isJson && text !== "" ? JSON.parse(text) : null;
  // Of a request about many, what became of the first.
  const code: string | undefined =
    told?.error?.code ?? (url.endsWith("/bulk") ? told?.items?.[0].error?.code : undefined);
  return { status: response.status, text, outcome: outcomeOf(code) };
}

/** `reset`: as for a chat that is gone, or never was. */
function answerOf(frame: ServerFrame | undefined): string {
  if (frame?.type === "error") return outcomeOf(frame.code);
  return frame?.type === "reset" && frame.reason === "gone" ? "-" : "y";
}

async function routesOf({ server }: ChatServer) {
  const response = await server.fetch(new Request("http://127.0.0.1:8000/openapi.json"));
  const { paths } = (await response.json()) as OpenApi;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, doc]) => ({ method: verb.toUpperCase(), path, doc })),
  );
}

eachEngine("every route and every frame", (engine) => {
  test(
    "F16 is answered as the table says to whoever may come: all roles, shares, sign-ins, tokens, and nobody",
    async () => {
      const home = await tempHome();
      const made = await scene(await engine.store({ home }), home);
      const { things, askers, strangers } = made;
      const [bodies, queries] = [bodiesFor(things), queriesFor(things)];
      const routes = await routesOf(made);
      const wrong: string[] = [];
      const walked = new Set<string>();
      for (const { method, path, doc } of routes) {
        const name = `${method} ${path}`;
        const scopes = doc["x-scopes"];
        if (scopes === undefined) continue;
        const row = EXPECTED.get(name);
        expect(row, `${name} has no row in permissions-rows.ts`).toBeDefined();
        walked.add(name);
        const start = Object.keys(things.named).find((each) => path.startsWith(each));
        if (path.includes("{")) expect(start, `${path}: which thing of Ann's is it about?`).toBeDefined();
        const thing = things.named[start ?? ""] ?? "";
        const url =
          path
            .replace("{user}", "wanda")
            .replace("{link}", things.link.id)
            .replace(/\{\w+\}/g, thing) + (queries[name] ?? "");
        const body = method === "GET" ? undefined : (bodies[name] ?? {});
        made.rehearse(method !== "GET");
        const look = async (headers: Asker["headers"], at: string) => ask(made, headers, method, at, body);
        const check = async (who: string, headers: Asker["headers"], expected: string): Promise<void> => {
          const { outcome, status, text } = await look(headers, url);
          if (outcome !== expected)
            wrong.push(`${name}, ${who}: ${outcome}, not ${expected} (${status}) ${text.slice(0, 200)}`);
        };
        // One after another: nobody waits for what another has locked.
        for (const { name: who, as, headers, scopes: own } of askers) {
          await check(who, headers, isWithin(own, scopes) ? (row?.[as] ?? "") : "n");
        }
        await Promise.all(strangers.map((each) => check(each.name, each.headers, "unauthenticated")));
        // What one may not see is answered as what there is not at all, but for its name.
        if (!path.includes("{") || row?.bob === "y") continue;
        const bob = askers.find((asker) => asker.name === "bob")?.headers ?? {};
        const [some, none] = [await look(bob, url), await look(bob, url.replaceAll(thing, "nope"))];
        if (some.text.replaceAll(thing, "nope") !== none.text)
          wrong.push(`${name}, bob: ${some.text}, not ${none.text}`);
      }
      made.rehearse(false);
      expect(wrong).toEqual([]);
      const frames = [...EXPECTED.keys()].filter((each) => each.startsWith("frame "));
      expect([...walked, ...frames].toSorted()).toEqual([...EXPECTED.keys()].toSorted());
      expect(walked.size).toBeGreaterThan(120);
    },
    LIMIT_MS,
  );

  test("F16 is told over the socket as the table says, and nothing to who is not signed in", async () => {
    const home = await tempHome();
    const made = await scene(await engine.store({ home }), home);
    const { things, askers, strangers } = made;
    const url = await made.listen();
    made.rehearse(true);
    const fields = {
      subscribe: { sub: "subscribe", chatId: things.chatId, after: 0 },
      message: { chatId: things.chatId, text: "hello", key: "k" },
      stop: { chatId: things.chatId },
      decide: { approvalId: things.named["/api/approvals/"], decision: "approve" },
    };
    const types = clientFrameSchema.options.map(({ shape }) => shape.type.value);
    const wrong: string[] = [];
    for (const { name, as, scopes, headers } of askers) {
      const client = await socketClient(url, { headers });
      client.send({ type: "hello", v: 1 });
      await client.first("welcome");
      for (const type of types) {
        const needed = FRAMES[type];
        if (needed === null) continue;
        const row = EXPECTED.get(`frame ${type}`);
        expect(row, `${type} has no row in permissions-rows.ts`).toBeDefined();
        const expected = isWithin(scopes, [needed.scope]) ? row?.[as] : "n";
        const isIt = (frame: object): boolean =>
          ("ref" in frame && frame.ref === type) || ("sub" in frame && frame.sub === type);
        client.send({ type, ref: type, ...fields[type as keyof typeof fields] });
        await expect.poll(() => client.frames.find(isIt)).toBeDefined();
        const answer = answerOf(client.frames.find(isIt));
        if (answer !== expected) wrong.push(`${type}, ${name}: ${answer}, not ${expected}`);
      }
      client.socket.close();
    }
    expect(wrong).toEqual([]);
    for (const { name, headers } of strangers) {
      const client = await socketClient(url, { headers });
      client.send({ type: "hello", v: 1 });
      expect([name, await client.closed]).toEqual([name, 4401]);
      expect(JSON.stringify(client.frames)).not.toContain(MARK);
    }
  });
});
