import type { Clock } from "../../core/clock.ts";
import { isSparkyError } from "../../core/errors.ts";
import type { StreamReader } from "./reader.ts";
import type { StreamSource } from "./source.ts";

/** What ends a live answer: its time, or one of the signals that it was given. */
export interface LiveTime extends Disposable {
  readonly signal: AbortSignal;
}

export function liveTime(
  clock: Clock,
  ms: number,
  others: readonly AbortSignal[],
  held: (Disposable & { readonly signal: AbortSignal }) | null = null,
): LiveTime {
  const signals = held === null ? others : [...others, held.signal];
  const over = new AbortController();
  const end = (): void => over.abort();
  const cancel = clock.after(ms, end);
  for (const signal of signals) {
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  }
  return {
    signal: over.signal,
    [Symbol.dispose]() {
      cancel();
      held?.[Symbol.dispose]();
      for (const signal of signals) signal.removeEventListener("abort", end);
    },
  };
}

/** An answer whose connection takes nothing for so long is cut. */
export const STALLED_MS = 30_000;

export interface LiveAnswer {
  readonly clock: Clock;
  readonly time: LiveTime;
  /** The control event's fields, for the reader's position. */
  readonly control: () => object;
  /** Destroys the connection; undefined: there is none. */
  readonly cut: (() => void) | undefined;
  readonly onError: (error: unknown) => void;
}

/**
 * Server-sent events from the reader's position on: a `data` and its `control` event for every page, in one piece, so that
 * no reader ever has items without the offset behind them. Pages are read when the connection asks for the next, so a
 * slow one costs one page. Ends when its time is over, when the stream is gone, or when its reader may not see it.
 */
export function liveEvents<Item extends { readonly seq: number }>(
  source: StreamSource<Item>,
  reader: StreamReader<Item>,
  { clock, time, control, cut, onError }: LiveAnswer,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let greeted = false;
  let cancelStalled = (): void => {};
  const finish = (): void => {
    cancelStalled();
    time[Symbol.dispose]();
    reader[Symbol.dispose]();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        cancelStalled();
        try {
          for (;;) {
            if (time.signal.aborted && greeted) break;
            const items = await reader.take();
            if (items.length > 0 || !greeted) {
              greeted = true;
              const data = items.length === 0 ? "" : serverSentEvent("data", source.event(items));
              controller.enqueue(encoder.encode(data + serverSentEvent("control", JSON.stringify(control()))));
              cancelStalled = clock.after(STALLED_MS, () => {
                finish();
                if (cut === undefined) controller.error(new Error("the reader takes nothing"));
                else cut();
              });
              return;
            }
            await reader.wait(time.signal);
          }
        } catch (error) {
          if (!isSparkyError(error, "not_found")) onError(error);
        }
        finish();
        controller.close();
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  );
}

/** One event; a reader drops one space behind the colon, so a line that begins with one gets another. */
function serverSentEvent(name: string, text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data:${line.startsWith(" ") ? " " : ""}${line}\n`);
  return `event: ${name}\n${lines.join("")}\n`;
}
