import { expect, onTestFinished, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { pino } from "pino";
import { Identities } from "./identities.ts";
import { KnownSignIns } from "./known-sign-ins.ts";
import type { Session } from "./sessions.ts";

const session = (cookies: readonly string[] = []): Session => ({
  user: { id: "ann", name: "ann", role: "member" },
  credential: { kind: "session", id: "s1" },
  cookies,
});

async function scene() {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const identities = new Identities(store, pino({ level: "silent" }));
  onTestFinished(() => identities[Symbol.dispose]());
  const known = new KnownSignIns(clock, identities);
  let looks = 0;
  const find = (answer: () => Promise<Session | null> | Session | null = session, given = "a=b") =>
    known.find(given, async () => {
      looks++;
      return answer();
    });
  return { clock, identities, find, looks: () => looks };
}

test("who asks many things at once, and again in the same second, is looked up once", async () => {
  const { find, looks, clock } = await scene();
  expect(await Promise.all([find(), find(), find()])).toEqual([session(), session(), session()]);
  clock.step(900);
  await find();
  expect(looks()).toBe(1);
  await find(session, "a=c");
  expect(looks()).toBe(2);
});

test("nothing holds longer than a second, nor over a clock that is set back", async () => {
  const { find, looks, clock } = await scene();
  await find();
  clock.step(1000);
  await find();
  expect(looks()).toBe(2);
  clock.step(-3_600_000);
  await find();
  expect(looks()).toBe(3);
});

test("an end is heard in the same tick: what was kept, and what is being looked up, counts no more", async () => {
  const { find, looks, identities } = await scene();
  await find();
  identities.ended({ kind: "session", id: "s2" });
  const late = Promise.withResolvers<Session | null>();
  const before = find(() => late.promise);
  identities.userChanged("ann", "viewer");
  // Who comes after the end does not wait for what began before it.
  expect(await find(() => null)).toBeNull();
  late.resolve(session());
  expect(await before).toEqual(session());
  expect(await find(() => null)).toBeNull();
  expect(looks()).toBe(4);
});

test("nobody, a failure, and a session that was just prolonged are asked about again", async () => {
  const { find, looks } = await scene();
  await find(() => null);
  await expect(find(() => Promise.reject(new Error("no database")))).rejects.toThrow("no database");
  await find(() => session(["a=b; Max-Age=1"]));
  await find();
  expect(looks()).toBe(4);
});
