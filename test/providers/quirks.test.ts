import { expect, test } from "vitest";
import { onWires, repliesOf, type Quirk } from "./quirk.ts";
import { CALLS } from "./rows/calls.ts";
import { ENDS } from "./rows/ends.ts";
import { ERRORS } from "./rows/errors.ts";
import { REFUSED } from "./rows/refusals.ts";
import { STREAMS } from "./rows/streams.ts";
import { TAGS } from "./rows/tags.ts";
import { USAGES } from "./rows/usages.ts";
import { WAITS } from "./rows/waits.ts";
import { WINDOWS } from "./rows/windows.ts";
import { answerOf, dataIn, play } from "./scene.ts";
import type { WireName } from "./wires.ts";

// Every quirk of every wire, from the bytes of a server to what the log says of the run.

interface Row {
  readonly wire: WireName;
  readonly quirk: Quirk;
}

async function holds({ wire, quirk }: Row): Promise<void> {
  const limits = quirk.limits === undefined ? {} : { limits: quirk.limits };
  const outcome = await play({
    wire,
    replies: repliesOf(quirk, wire),
    says: quirk.says ?? "Please note it.",
    ...limits,
  });
  const { comes } = quirk;
  const { run, requests, notes } = outcome;
  const shown = JSON.stringify(outcome.events.slice(-6));
  expect(run.state, shown).toBe(comes.state ?? "completed");
  if (comes.requests !== undefined) expect(requests.length, shown).toBe(comes.requests);
  if (comes.notes !== undefined) expect(notes).toEqual(comes.notes);
  if (comes.answer !== undefined) expect(answerOf(outcome) ?? null).toBe(comes.answer);
  if (comes.reason !== undefined) expect(run.reason).toMatch(comes.reason);
  if (comes.errors !== undefined) expect(dataIn(outcome, "error").map(({ code }) => code)).toEqual(comes.errors);
  if (comes.errorSays !== undefined) expect(dataIn(outcome, "error")[0]?.message).toMatch(comes.errorSays);
  if (comes.estimated !== undefined) {
    expect(dataIn(outcome, "usage").map(({ estimated }) => estimated === true)).toEqual(comes.estimated);
  }
  if (comes.waits !== undefined) expect(outcome.waits).toEqual(comes.waits);
  if (comes.thoughts !== undefined) expect(dataIn(outcome, "thought").map(({ text }) => text)).toEqual(comes.thoughts);
  if (comes.sent !== undefined) expect(requests.at(-1)).toMatch(comes.sent);
  if (comes.notSent !== undefined) expect(requests.at(-1)).not.toMatch(comes.notSent);
}

const calls = onWires(CALLS);
test.each(calls)("F86 $wire: $what", holds);

const ends = onWires(ENDS);
test.each(ends)("F89 $wire: $what", holds);

const windows = onWires(WINDOWS);
test.each(windows)("F87 $wire: $what", holds);

const usages = onWires(USAGES);
test.each(usages)("F93 $wire: $what", holds);

const refused = onWires(REFUSED);
test.each(refused)("F88 $wire: $what", holds);

const streams = onWires(STREAMS);
test.each(streams)("F90 $wire: $what", holds);

const errors = onWires(ERRORS);
test.each(errors)("F91 $wire: $what", holds);

const waits = onWires(WAITS);
test.each(waits)("F92 $wire: $what", holds);

const tags = onWires(TAGS);
test.each(tags)("F94 $wire: $what", holds);
