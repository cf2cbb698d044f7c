import { expect, onTestFinished, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite, type Engine, type Place } from "../../../test/kit/databases.ts";
import { deskOf, person } from "../../../test/kit/mcp/desk.ts";
import { oauthServer, type Ways } from "../../../test/kit/mcp/oauth-server.ts";
import { people } from "../../../test/kit/members.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { until } from "../../../test/kit/worker.ts";
import { systemClock, type Clock } from "../../core/clock.ts";
import { SignInNeeded } from "../../tools/mcp/sign-in.ts";
import { McpAdmin } from "./admin.ts";

const signal = () => new AbortController().signal;

async function signInServer(ways: Partial<Ways> = {}) {
  const server = await oauthServer(ways);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** A node of its own on a database that others may have too, with one server that wants a sign-in. */
async function nodeOn(
  engine: Engine,
  place: Place,
  home: string,
  url: string,
  clock: Clock = systemClock,
  base: string | null = "http://127.0.0.1:1",
) {
  const store = await engine.open(place, { home, clock });
  const { owner } = await people(store);
  const me = person(owner);
  const { desk } = await deskOf(store, owner.id, { closed: { url } }, base);
  const admin = new McpAdmin({ store, desk: async () => desk, toolsFor: async () => [], setPolicy: () => {} });
  /** Goes there from a page of this session, and agrees: what the browser comes back with. */
  const begin = async (session: string | null = null): Promise<URLSearchParams> => {
    const page = await admin.login(me, "closed", session === null ? null : { session, base: "http://127.0.0.1:1" });
    const back = await fetch(page ?? "", { redirect: "manual" });
    return new URL(back.headers.get("location") ?? "").searchParams;
  };
  const finish = (answer: URLSearchParams, session: string | null = null) =>
    admin.signedIn(answer, async () => session);
  return {
    store,
    desk,
    /** As the browser of somebody who agrees. */
    async signIn(): Promise<void> {
      await finish(await begin());
    },
    begin,
    finish,
    call: async () =>
      desk.servers.call((await desk.server("closed")).definition, me, { tool: "echo", args: {} }, signal()),
    shown: () => admin.server(me, "closed"),
    logout: () => admin.logout(me, "closed"),
    end: () => desk.servers.end("closed"),
  };
}

/** Connections listen to their server from then on: until they do, that is one more request that needs a token. */
const listening = ({ seen }: { readonly seen: readonly string[] }, nodes: number) =>
  until("their listening", () => seen.filter((each) => each === "GET /mcp").length >= nodes);

async function signedIn(engine: Engine, ways: Partial<Ways> = {}, clock?: Clock) {
  const server = await signInServer(ways);
  const [place, home] = [await engine.place(), await tempHome()];
  const node = await nodeOn(engine, place, home, server.url, clock);
  await node.signIn();
  await listening(server, 1);
  const silent = () => nodeOn(engine, place, home, server.url, clock, null);
  return { server, node, silent, other: () => nodeOn(engine, place, home, server.url, clock) };
}

const DONE = "for who is signed in";

eachEngine("a sign-in at a tool server", (engine) => {
  test("is renewed once when it is refused, however many calls on however many nodes need it", async () => {
    const { server, node, other: another } = await signedIn(engine);
    const other = await another();
    expect(await Promise.all([node.call(), other.call()])).toEqual([DONE, DONE]);
    server.tokens.clear();
    // What was given is kept before it is used, and the others wait for it.
    const answers = Promise.withResolvers<"answer">();
    server.ways.onRenewed = () => answers.promise;
    const calls = [node.call(), other.call(), node.call(), other.call()];
    await until("the renewal", () => server.asked() > 0);
    answers.resolve("answer");
    expect(await Promise.all(calls)).toEqual([DONE, DONE, DONE, DONE]);
    expect(server.asked()).toBe(1);
    server.tokens.clear();
    expect(await other.call()).toBe(DONE);
    expect(server.asked()).toBe(2);
  });

  test.each([
    { rotates: false, becomes: "renewed by another node" },
    { rotates: true, becomes: "one to begin anew" },
  ])("is $becomes when the node that renewed it has gone before the answer was kept", async ({ rotates }) => {
    const clock = testClock();
    const { server, node, other: another } = await signedIn(engine, { rotates }, clock);
    const other = await another();
    await other.call();
    await listening(server, 2);
    server.tokens.clear();
    server.ways.onRenewed = () => new Promise(() => {});
    node.call().catch(() => null);
    await until("the renewal", () => server.asked() === 1);
    server.ways.onRenewed = async () => "answer";
    const call = other.call();
    call.catch(() => null);
    await until("its waiting", () => clock.pending > 0);
    clock.step(20_000);
    await clock.advance(1000);
    expect(server.asked()).toBe(1);
    await until("the second renewal", async () => (await clock.advance(1000), server.asked() === 2));
    if (!rotates) return expect(await call).toBe(DONE);
    await expect(call).rejects.toThrow("wants you to sign in");
    expect(await other.shown()).toMatchObject({
      state: "sign_in_again",
      error: "a renewal of this sign-in was cut off (invalid_grant)",
    });
  });

  test("whose renewal was cut off before its answer was kept is not tried again and again: one signs in again", async () => {
    const { server, node, other: another } = await signedIn(engine);
    expect(await node.shown()).toMatchObject({ state: "ready", signedIn: true });
    server.tokens.clear();
    server.ways.onRenewed = async () => "cut";
    // What went wrong is told, and that nothing was called.
    await expect(node.call()).rejects.toThrow("the sign-in at the server closed could not be renewed just now");
    server.ways.onRenewed = async () => "answer";
    // The server has given another, which nobody has.
    await expect(node.call()).rejects.toThrow(SignInNeeded);
    const told = {
      state: "sign_in_again",
      error: "the server has ended this sign-in (invalid_grant)",
      hint: "sign in again: sparky mcp login closed",
    };
    expect(await node.shown()).toMatchObject(told);
    const other = await another();
    expect(await other.shown()).toMatchObject(told);
    for (const each of [node, other]) await expect(each.call()).rejects.toThrow("wants you to sign in");
    expect(server.asked()).toBe(2);
    await node.signIn();
    expect(await node.shown()).toMatchObject({ state: "ready", error: null });
    await other.end();
    expect(await Promise.all([node.call(), other.call()])).toEqual([DONE, DONE]);
  });

  test("is gone on with on another node, by the browser that began it, once, and is kept where nobody can read it", async () => {
    const server = await signInServer();
    const [place, home, clock] = [await engine.place(), await tempHome(), testClock()];
    const [node, other] = [
      await nodeOn(engine, place, home, server.url, clock),
      await nodeOn(engine, place, home, server.url, clock),
    ];
    const answer = await node.begin("a session");
    const kept = JSON.stringify(await other.store.db.selectFrom("mcp_begun_sign_ins").selectAll().execute());
    for (const word of [answer.get("state") ?? "?", "a session", "code_verifier", server.url]) {
      expect(kept).not.toContain(word);
    }
    for (const session of [null, "another"]) {
      await expect(other.finish(answer, session)).rejects.toMatchObject({ code: "forbidden" });
    }
    // Node and other at the same time: one of them goes on with it.
    const both = await Promise.allSettled([node.finish(answer, "a session"), other.finish(answer, "a session")]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(server.seen.filter((each) => each === "POST /token")).toHaveLength(1);
    // The node on which it was begun tries again after a pause.
    clock.step(60_000);
    expect(await Promise.all([node.call(), other.call()])).toEqual([DONE, DONE]);
    await expect(other.finish(answer, "a session")).rejects.toMatchObject({ code: "not_found" });
  });

  test("that takes longer than ten minutes, or comes back with a word that is none, is not known", async () => {
    const [server, clock] = [await signInServer(), testClock()];
    const node = await nodeOn(engine, await engine.place(), await tempHome(), server.url, clock);
    const answer = await node.begin();
    for (const word of ["", "x".repeat(32), "x".repeat(100_000), "' or 1=1 --", "__proto__"]) {
      const wrong = new URLSearchParams(answer);
      wrong.set("state", word);
      await expect(node.finish(wrong)).rejects.toMatchObject({ code: "not_found" });
    }
    clock.step(10 * 60_000 + 1);
    await expect(node.finish(answer)).rejects.toMatchObject({ code: "not_found" });
    await node.begin();
    const { length } = await node.store.db.selectFrom("mcp_begun_sign_ins").selectAll().execute();
    expect(length).toBe(1);
  });

  test("keeps what it is renewed by where the server gives no other", async () => {
    const { server, node } = await signedIn(engine, { rotates: false });
    for (const renewals of [1, 2]) {
      server.tokens.clear();
      expect(await node.call()).toBe(DONE);
      expect(server.asked()).toBe(renewals);
    }
  });

  test("ends for all nodes when one signs out: the server is told, and no request has its token any more", async () => {
    const { server, node, other: another } = await signedIn(engine);
    const other = await another();
    await other.call();
    const given = [...server.renewals, ...server.tokens];
    expect(await node.logout()).toEqual({ signedOut: true, revoked: true, problem: null });
    expect(server.revoked).toEqual(given);
    expect(await node.shown()).toMatchObject({ state: "idle", signedIn: false, error: null });
    for (const each of [node, other]) await expect(each.call()).rejects.toThrow("wants you to sign in");
    expect(await node.logout()).toEqual({ signedOut: false, revoked: false, problem: null });
    await node.signIn();
    expect(await node.call()).toBe(DONE);
    // Once is enough to be known there.
    expect(server.seen.filter((each) => each === "POST /register")).toHaveLength(1);
  });

  test("is given back when a renewal of it comes after the sign-out", async () => {
    const { server, node } = await signedIn(engine);
    server.tokens.clear();
    const answers = Promise.withResolvers<"answer">();
    server.ways.onRenewed = () => answers.promise;
    const call = node.call();
    call.catch(() => null);
    await until("the renewal", () => server.asked() > 0);
    await node.logout();
    answers.resolve("answer");
    await expect(call).rejects.toThrow();
    await until("its end", () => server.renewals.size === 0 && server.tokens.size === 0);
    expect(await node.shown()).toMatchObject({ signedIn: false });
  });
});

test.each([
  { ways: { revokes: false }, problem: null },
  { ways: { refuses: { status: 503, body: {} } }, problem: "it answered 503 Service Unavailable" },
])("what was given is forgotten even if the server cannot be told ($problem)", async ({ ways, problem }) => {
  const { node } = await signedIn(sqlite, ways);
  expect(await node.logout()).toEqual({ signedOut: true, revoked: false, problem });
  expect(await node.shown()).toMatchObject({ signedIn: false });
  await expect(node.call()).rejects.toThrow("wants you to sign in");
});

test("one is not signed in by what comes back for another issuer, or for none where it should be named", async () => {
  const server = await signInServer({ iss: "https://evil.example.com" });
  const node = await nodeOn(sqlite, await sqlite.place(), await tempHome(), server.url);
  await expect(node.signIn()).rejects.toThrow(/iss/i);
  server.ways.iss = "";
  await expect(node.signIn()).rejects.toThrow(/iss/i);
  expect(server.seen).not.toContain("POST /token");
  expect(await node.shown()).toMatchObject({ signedIn: false });
  server.ways.iss = null;
  await node.signIn();
  expect(await node.call()).toBe(DONE);
});

test("what one issuer gave is shown to no other that the server names later, and an address within is not asked", async () => {
  const { server, node } = await signedIn(sqlite);
  const other = await signInServer();
  server.ways.issuer = new URL(other.url).origin;
  server.tokens.clear();
  server.renewals.clear();
  await expect(node.call()).rejects.toThrow("wants you to sign in");
  const asked = other.seen.filter((each) => each.startsWith("POST"));
  expect(asked).toEqual(["POST /register"]);
  await node.end();
  server.ways.issuer = "http://10.0.0.1";
  const call = node.call();
  await expect(call).rejects.toThrow(
    "signing in at the server closed failed: 10.0.0.1 is no public address, so it is not fetched",
  );
  expect(await node.shown()).toMatchObject({ state: "sign_in_again" });
});

test("an issuer that tells of itself as OpenID Connect does is told too", async () => {
  const { server, node } = await signedIn(sqlite, { openId: true });
  const given = [...server.renewals, ...server.tokens];
  expect(await node.logout()).toEqual({ signedOut: true, revoked: true, problem: null });
  expect(server.revoked).toEqual(given);
});

test("counts in a process that no browser reaches too, which renews it, and in which nobody can sign in", async () => {
  const { server, silent: open } = await signedIn(sqlite);
  const silent = await open();
  expect(await silent.call()).toBe(DONE);
  server.tokens.clear();
  expect(await silent.call()).toBe(DONE);
  server.tokens.clear();
  server.renewals.clear();
  const told = {
    message: "the server closed wants you to sign in",
    hint: expect.stringContaining("start Sparky's server"),
  };
  await expect(silent.call()).rejects.toMatchObject(told);
  await expect(silent.signIn()).rejects.toThrow("only while Sparky's server runs");
  expect(server.seen.filter((each) => each === "POST /register")).toHaveLength(1);
});

const renewedAhead = (expiresIn: unknown) => async () => {
  const clock = testClock();
  const { server, node } = await signedIn(sqlite, { expiresIn }, clock);
  await node.call();
  const before = server.asked();
  clock.step(3600_000 - 20_000);
  await node.call();
  return [before, server.asked()];
};

test.each([
  { words: "an hour is renewed ahead of its end", expiresIn: 3600, renewals: [0, 1] },
  { words: "an hour, in a text,", expiresIn: "3600", renewals: [0, 1] },
  { words: "a text that is no time", expiresIn: "soon", renewals: [0, 0] },
  { words: "nothing said of it", expiresIn: undefined, renewals: [0, 0] },
  { words: "null", expiresIn: null, renewals: [0, 0] },
  { words: "0", expiresIn: 0, renewals: [0, 0] },
  { words: "-5", expiresIn: -5, renewals: [0, 0] },
  { words: "1e300", expiresIn: 1e300, renewals: [0, 0] },
])("what is good for $words", async ({ expiresIn, renewals }) => {
  expect(await renewedAhead(expiresIn)()).toEqual(renewals);
});

test("a clock that is set makes no sign-in be renewed more than once, and an outage ends none", async () => {
  const clock = testClock();
  const { server, node } = await signedIn(sqlite, {}, clock);
  await node.call();
  clock.step(365 * 24 * 3600_000);
  expect(await node.call()).toBe(DONE);
  expect(server.asked()).toBe(1);
  clock.step(-2 * 365 * 24 * 3600_000);
  server.tokens.clear();
  expect(await Promise.all([node.call(), node.call()])).toEqual([DONE, DONE]);
  expect(server.asked()).toBe(2);
  // Ahead of time it does without, and when it is refused it says so.
  server.ways.refuses = { status: 503, body: { error: "temporarily_unavailable" } };
  clock.step(3590_000);
  expect(await node.call()).toBe(DONE);
  server.tokens.clear();
  await expect(node.call()).rejects.toThrow("could not be renewed just now");
  expect(await node.shown()).toMatchObject({ signedIn: true, state: "ready" });
  server.ways.refuses = null;
  expect(await node.call()).toBe(DONE);
});

test("a server that refuses what it has only just given is not asked again and again", async () => {
  const { server, node } = await signedIn(sqlite);
  server.tokens.clear();
  server.ways.onRenewed = async () => (server.tokens.clear(), "answer");
  await expect(node.call()).rejects.toThrow(SignInNeeded);
  await expect(node.call()).rejects.toThrow("wants you to sign in");
  expect(server.asked()).toBe(1);
  expect(await node.shown()).toMatchObject({
    state: "sign_in_again",
    error: "the server refuses what was given for it only now",
  });
});
