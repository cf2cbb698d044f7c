import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test as base } from "vitest";
import { SparkyError } from "../../core/errors.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { connect } from "./connect.ts";
import type { CliConfig, Deps, HomeState } from "../deps.ts";
import type { Io } from "../console/io.ts";
import { processIo } from "../console/process-io.ts";

const DEAD = "http://127.0.0.1:9";

interface Attempt {
  /** What the lock says, look by look; the last one stays. */
  readonly states: readonly HomeState[];
  readonly config?: Partial<CliConfig>;
  readonly need?: "server" | "any";
  readonly openApp?: Deps["openApp"];
}

interface Scene {
  readonly home: string;
  readonly url: string;
  /** The credentials of each request that the server got. */
  readonly seen: readonly (string | undefined)[];
  /** Writes `server.json`. */
  running(pid: number, at?: string): void;
  /** Connects and makes one request, with a clock that runs only while the CLI sleeps. */
  attempt(attempt: Attempt): Promise<{ slept: number; local: number }>;
}

/** A home with the owner's token, and a server. */
async function scene(): Promise<Scene> {
  const home = await tempHome();
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.setHeader("connection", "close").setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(home, "token"), "the-owners-token\n");
  return {
    home,
    url,
    seen,
    running(pid, at = url) {
      writeFileSync(join(home, "server.json"), JSON.stringify({ url: at, pid, startedAt: "", version: "1" }));
    },
    async attempt({ states, config, need = "any", openApp }) {
      let now = 0;
      let local = 0;
      const looks = [...states];
      const io: Io = { ...processIo(process, {}), now: () => now, sleep: async (ms) => void (now += ms) };
      const found: CliConfig = { home, url: null, token: null, agentLoop: false, dbUrl: null, ...config };
      const fetch = async (): Promise<Response> => Response.json({ local: (local += 1) });
      const deps: Deps = {
        version: "1",
        loadConfig: async () => found,
        homeState: async () => (looks.length > 1 ? looks.shift() : looks[0]) ?? { held: false },
        openApp: openApp ?? (async () => ({ fetch, close: async () => {} })),
        openData: () => Promise.reject(new Error("not here")),
        examine: () => {
          throw new Error("not here");
        },
        names: async () => [],
        settings: () => Promise.reject(new Error("not here")),
        changeSetting: () => Promise.reject(new Error("not here")),
        startServer: () => Promise.reject(new Error("not here")),
      };
      const client = await connect(deps, io, found, need);
      await client.request("GET", "/api/me");
      return { slept: now, local };
    },
  };
}

const test = (name: string, body: (at: Scene) => Promise<void>): void => base(name, async () => body(await scene()));

test("without a server the app runs in this process", async (at) => {
  expect(await at.attempt({ states: [{ held: false }] })).toEqual({ slept: 0, local: 1 });
});

test("what needs a server exits 3 at once when the home is free", async (at) => {
  await expect(at.attempt({ states: [{ held: false }], need: "server" })).rejects.toMatchObject({ exit: 3 });
});

test("the server that holds the home is asked over the network, with the owner's token", async (at) => {
  at.running(7);
  expect(await at.attempt({ states: [{ held: true, pid: 7 }] })).toEqual({ slept: 0, local: 0 });
  expect(at.seen).toEqual(["Bearer the-owners-token"]);
});

test("a stale server.json is not believed: nothing is sent there", async (at) => {
  at.running(7);
  expect(await at.attempt({ states: [{ held: false }] })).toMatchObject({ local: 1 });
  await expect(at.attempt({ states: [{ held: true, pid: 8 }] })).rejects.toMatchObject({ exit: 1 });
  expect(at.seen).toEqual([]);
});

test("a server that is starting is waited for", async (at) => {
  at.running(7);
  const starting = { held: true, pid: 8 };
  expect(await at.attempt({ states: [starting, starting, { held: true, pid: 7 }] })).toEqual({ slept: 200, local: 0 });
});

test("a home that is held for long without an answer fails after 5 s and names the process", async (at) => {
  at.running(7, DEAD);
  await expect(at.attempt({ states: [{ held: true, pid: 7 }] })).rejects.toMatchObject({
    exit: 1,
    message: `process 7 holds ${at.home} but does not answer`,
  });
});

test("a server that ends before it is asked is no failure: the request goes to the next one, or into this process", async (at) => {
  at.running(7, DEAD);
  const ends = { held: true, pid: 7 };
  expect(await at.attempt({ states: [ends, ends, { held: false }] })).toEqual({ slept: 100, local: 1 });
  await expect(at.attempt({ states: [ends, { held: false }], need: "server" })).rejects.toMatchObject({ exit: 3 });
  expect(at.seen).toEqual([]);
});

test("a home that one after another holds, none of them for long, is waited for", async (at) => {
  const states = [1, 2, 3].flatMap((pid) => Array.from({ length: 40 }, () => ({ held: true, pid })));
  expect(await at.attempt({ states: [...states, { held: false }] })).toEqual({ slept: 12_000, local: 1 });
});

test("a home that another process takes in the meantime is waited for", async (at) => {
  at.running(7);
  const openApp = () => Promise.reject(new SparkyError("conflict", "held"));
  expect(await at.attempt({ states: [{ held: false }, { held: true, pid: 7 }], openApp })).toMatchObject({
    slept: 100,
  });
});

test("F17: the token file goes only to the server that holds the home, never to what SPARKY_URL names", async (at) => {
  const states = [{ held: true, pid: 7 }];
  at.running(7, DEAD);
  await at.attempt({ states, config: { url: at.url } });
  expect(at.seen).toEqual([undefined]);
  await at.attempt({ states, config: { url: at.url, token: "given" } });
  expect(at.seen.at(-1)).toBe("Bearer given");
  at.running(7);
  await at.attempt({ states, config: { url: at.url } });
  expect(at.seen.at(-1)).toBe("Bearer the-owners-token");
});

test("an address where nothing listens exits 3", async (at) => {
  const config = { url: DEAD, token: "t" };
  await expect(at.attempt({ states: [{ held: false }], config })).rejects.toMatchObject({ exit: 3 });
});
