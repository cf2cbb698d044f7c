import { Client } from "pg";
import { sleep, type Clock } from "../../core/clock.ts";
import { explainPostgres } from "./postgres-failures.ts";
import { endAll } from "./postgres-pool.ts";
import { beginSession, connectionTo, LISTENING } from "./postgres-session.ts";

const RECONNECT_MS = 500;
/** A connection may die without a word, and one that only listens would never notice. */
const CHECK_MS = 3000;
const GRACE_MS = 500;

export interface Listening {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called whenever a new connection listens: what was sent before may have been missed. */
  readonly onBegin: () => Promise<void>;
  readonly onLetter: (payload: string) => void;
  readonly onError: (error: Error) => void;
}

/** Keeps one connection listening to a channel until the signal aborts. Never throws. */
export async function listen(url: string, channel: string, listening: Listening): Promise<void> {
  const { clock, signal, onError } = listening;
  while (!signal.aborted) {
    const client = new Client(connectionTo(url, "sparky-listen", LISTENING));
    const lost = new AbortController();
    client.on("error", (error) => lost.abort(error));
    client.on("end", () => lost.abort(new Error("the connection that listens has ended")));
    client.on("notification", ({ payload }) => listening.onLetter(payload ?? ""));
    try {
      await client.connect();
      await beginSession(client, LISTENING);
      const ends = AbortSignal.any([signal, lost.signal]);
      for (let begun = false; ; begun = true) {
        await client.query(`LISTEN ${channel}`);
        if (!begun) await listening.onBegin();
        await sleep(clock, CHECK_MS, ends);
      }
    } catch (error) {
      if (!signal.aborted) onError(explainPostgres(error, true) as Error);
    }
    const ended = endAll([client], GRACE_MS);
    void client.end();
    if (!signal.aborted) await sleep(clock, RECONNECT_MS, signal).catch(() => {});
    await ended;
  }
}
