import { setTimeout as pause } from "node:timers/promises";
import { createAuth } from "../src/server/sign-in/auth.ts";
import { Identities } from "../src/server/sign-in/identities.ts";
import { createLoginLink } from "../src/server/sign-in/login-link.ts";
import { mustMay } from "../src/server/sign-in/must-may.ts";
import { createToken } from "../src/store/people/tokens.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { bareClient, bareSqlite, eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";

const CALLS = 1500;
const WARM_UP = 100;
/** Between two requests of one person. */
const PAUSE_MS = 2;
/** Of a request, at the median. */
const REACH_MS = 0.3;

/** What each request pays before anything is done for it: who asks, and whether they may. */
export async function signInFigures(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const raw = { what: "one row by its key, bare", value: median(await bareTimes(opened)) };
    for (const { what, reach, times } of await checks(opened)) {
      figures.push({ what: `${what}, ${opened.name}, median`, value: median(times), unit: "ms", reach, raw });
    }
  }
  return figures;
}

async function checks(database: BenchDatabase) {
  await using store = await database.open();
  const { owner } = await ensureUsers(store);
  const quiet = (): void => {};
  const log = { debug: quiet, info: quiet, warn: console.warn, error: console.error };
  using identities = new Identities(store, log);
  const auth = createAuth(store, "a secret that signs nothing that lasts", log, identities);
  const { url } = await createLoginLink(store, owner, "http://127.0.0.1:8000");
  const signedIn = await auth.signIn(new URL(url).searchParams.get("token") ?? "", new Headers());
  if (signedIn === null) throw new Error("the link signs nobody in");
  const cookie = signedIn.cookies.map((each) => each.split(";")[0]).join("; ");
  const token = await createToken(store, owner.id, "bench");
  const check = (headers: Headers) => async (): Promise<void> => {
    const session = await auth.identify(headers, true);
    if (session === null) throw new Error("nobody is signed in");
    mustMay(session.user, "chats.see");
  };
  const byCookie = check(new Headers({ cookie }));
  const byToken = check(new Headers({ authorization: `Bearer ${token}` }));
  /** All is forgotten, as when somebody signs out. */
  const anew = (): void => identities.ended({ kind: "session", id: "none" });
  return [
    { what: "who asks, and may they: browser", reach: REACH_MS, times: await timesOf(byCookie) },
    { what: "who asks, and may they: token", reach: REACH_MS, times: await timesOf(byToken) },
    { what: "the same, looked up anew: browser", reach: null, times: await timesOf(byCookie, anew) },
    { what: "the same, looked up anew: token", reach: null, times: await timesOf(byToken, anew) },
  ];
}

async function timesOf(work: () => Promise<unknown>, before?: () => void): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + CALLS; n++) {
    before?.();
    const started = performance.now();
    await work();
    if (n >= WARM_UP) times.push(performance.now() - started);
    await pause(PAUSE_MS);
  }
  return times;
}

const TABLE = "create table bare (id text primary key, name text not null)";
const ADD = "insert into bare values ('a', 'ann')";
const FIND = "select * from bare where id = $1";

async function bareTimes({ place }: BenchDatabase): Promise<number[]> {
  if (place.kind === "sqlite") {
    const db = bareSqlite(`${place.file}-bare`);
    db.exec(`${TABLE}; ${ADD}`);
    const find = db.prepare<{ 1: string }>(FIND);
    const times = await timesOf(async () => find.get({ 1: "a" }));
    db.close();
    return times;
  }
  await using connection = await bareClient(place.url);
  const { client } = connection;
  await client.query(`${TABLE}; ${ADD}`);
  return await timesOf(() => client.query({ name: "find", text: FIND, values: ["a"] }));
}
