import { expect, test } from "vitest";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { createOutbox, type Outbox, type Outgoing } from "./outbox.ts";

const gone = new Failure(EXIT.notRunning, "unavailable", "no server answers");
const refused = new Failure(EXIT.usage, "too_large", "too long");

/** An outbox whose clock goes on only while it waits; `answers` are what the server does with each try, the last one again. */
function outboxWith(...answers: (number | Failure)[]): {
  outbox: Outbox;
  tries: string[];
  settled: () => Promise<void>;
} {
  let now = 0;
  const tries: string[] = [];
  const io = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const post = async ({ key, text }: Outgoing): Promise<number> => {
    tries.push(`${text} ${key}`);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (typeof answer === "number") return answer;
    throw answer ?? gone;
  };
  const outbox = createOutbox(io, new AbortController().signal, { post, changed: () => {}, failed: () => {} });
  const settled = async (): Promise<void> => {
    while (outbox.items.some(({ state }) => state.name === "sending")) await new Promise(setImmediate);
  };
  return { outbox, tries, settled };
}

test("F20 while no server answers a message goes out again with the same key, until one has it", async () => {
  const { outbox, tries, settled } = outboxWith(gone, gone, 7);
  outbox.send("message", "hello");
  await settled();
  expect(tries).toHaveLength(3);
  expect(new Set(tries).size).toBe(1);
  expect(outbox.items).toMatchObject([{ state: { name: "sent", seq: 7 } }]);
  outbox.arrived(6, new Set());
  expect(outbox.items).toHaveLength(1);
  outbox.arrived(7, new Set());
  expect(outbox.items).toEqual([]);
});

test("F20 a message that nobody takes within half a minute has failed, and is sent again by a retry with its old key", async () => {
  const { outbox, tries, settled } = outboxWith(gone);
  outbox.send("message", "hello");
  await settled();
  expect(outbox.unsent).toMatchObject([{ state: { name: "failed", why: "no server answers" } }]);
  const before = tries.length;
  expect(outbox.retry()).toBe(true);
  await settled();
  expect(tries.length).toBeGreaterThan(before);
  expect(new Set(tries).size).toBe(1);
});

test("what the server refuses is not sent again by itself, and does not hold up what comes after", async () => {
  const { outbox, tries, settled } = outboxWith(refused, 8);
  outbox.send("message", "one");
  outbox.send("message", "two");
  await settled();
  expect(outbox.items.map(({ text, state }) => `${text} ${state.name}`)).toEqual(["one failed", "two sent"]);
  expect(tries).toHaveLength(2);
});

test("a message that the log shows is forgotten, though its answer was lost", async () => {
  const { outbox, settled } = outboxWith(gone);
  outbox.send("message", "hello");
  await settled();
  outbox.arrived(3, new Set([outbox.items[0]?.key ?? ""]));
  expect(outbox.items).toEqual([]);
  expect(outbox.retry()).toBe(false);
});
