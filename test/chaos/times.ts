import type { ChatEvent } from "../../src/core/events.ts";
import { isEnded } from "../../src/core/run-state.ts";
import type { Happened } from "./faults.ts";
import { ofType } from "./log.ts";
import type { Stopped } from "./work.ts";

// How long stops, take-overs and orderly ends took, by what the logs say, where nothing else disturbed them.

/** Faults by which a node vanishes without a word, perhaps in the middle of a transaction. */
const VANISHES = new Set<Happened["kind"]>(["pause", "blackhole", "freeze"]);

/** How long a fault has effects when it is over: connections that were swallowed are given up by then. */
const afterMs = (kind: Happened["kind"]): number => (VANISHES.has(kind) ? 20_000 : 5000);

export interface Took {
  readonly what: string;
  readonly ms: number;
  /** What is promised. */
  readonly atMost: number;
}

type Logs = ReadonlyMap<string, readonly ChatEvent[]>;

export function timesOf(
  {
    stops,
    happened,
    busy,
  }: { readonly stops: readonly Stopped[]; readonly happened: readonly Happened[]; readonly busy: readonly number[] },
  logs: Logs,
): readonly Took[] {
  /** Null: the machine itself was late, so nothing can be said. */
  const disturbers = (from: number, to: number): readonly Happened[] | null =>
    busy.some((at) => at > from && at < to + 1000)
      ? null
      : happened.filter((each) => each.from < to && each.to + afterMs(each.kind) > from);
  return [
    ...stopTimes(stops, logs, disturbers),
    ...takeOverTimes(happened, logs, disturbers),
    ...endTimes(happened, disturbers),
  ];
}

type Disturbers = (from: number, to: number) => readonly Happened[] | null;

function stopTimes(stops: readonly Stopped[], logs: Logs, disturbers: Disturbers): Took[] {
  return stops.flatMap(({ chatId, runId, askedAt }) => {
    const own = (logs.get(chatId) ?? []).filter((event) => event.runId === runId);
    const end = ofType(own, "status").find(({ data }) => isEnded(data.state));
    const at = end === undefined ? Infinity : Date.parse(end.at);
    const others = disturbers(askedAt, at);
    if (others === null || !others.every(({ kind }) => kind === "kill" || VANISHES.has(kind))) return [];
    const atMost = others.some(({ kind }) => VANISHES.has(kind)) ? 7000 : 2000;
    return [{ what: `the stop of run ${runId}`, ms: at - askedAt, atMost }];
  });
}

function takeOverTimes(happened: readonly Happened[], logs: Logs, disturbers: Disturbers): Took[] {
  const all = [...logs.values()].flat();
  return happened.flatMap((killed) =>
    killed.leases.flatMap(({ runId, until }) => {
      const states = ofType(all, "status").filter(
        (event) => event.runId === runId && Date.parse(event.at) > killed.from,
      );
      const [first, second] = states;
      // It was another node's, or was stopped, or waits for its turn behind another run.
      if (first?.data.state !== "interrupted" || first.data.reason !== "crash") return [];
      const others = disturbers(killed.from, until + 2000);
      if (others === null || others.some((each) => each !== killed)) return [];
      const chat = logs.get(first.chatId) ?? [];
      const overtaken = chat.some(
        (event) => event.seq > first.seq && event.seq < (second?.seq ?? 0) && event.runId !== runId,
      );
      const ends = [{ what: `taking back run ${runId}`, ms: Date.parse(first.at) - until, atMost: 2000 }];
      if (second?.data.state === "resumed" && !overtaken)
        ends.push({ what: `going on with run ${runId}`, ms: Date.parse(second.at) - until, atMost: 2000 });
      return ends;
    }),
  );
}

/** One that does not end with 0 has not ended in order at all. */
function endTimes(happened: readonly Happened[], disturbers: Disturbers): Took[] {
  return happened.flatMap((ended) => {
    if (ended.exit === undefined) return [];
    const { code, ms } = ended.exit;
    if (disturbers(ended.from, ended.from + ms)?.some((each) => each !== ended) !== false) return [];
    return [{ what: `the orderly end of node ${ended.node}`, ms: code === 0 ? ms : Infinity, atMost: 7000 }];
  });
}
