import type { Span } from "./timeline.ts";

/** Where an instant lies on a run's axis: 0 is its beginning, 1 its end. */
export type Axis = (ms: number) => number;

/** At most this part of the whole axis is given to a pause: what was worked stays to be seen beside a night of waiting. */
const MOST_OF_A_PAUSE = 0.12;
const SHORT_MS = 1000;

/** Time goes evenly, but for long pauses, which are drawn short. */
export function axisOf(pauses: readonly Span[], from: number, to: number): Axis {
  const long = pauses.flatMap((pause) => {
    const [begin, end] = [Math.max(from, pause.from), Math.min(to, pause.to ?? to)];
    return end - begin > SHORT_MS ? [{ begin, end }] : [];
  });
  const paused = long.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const room = Math.max(SHORT_MS, (to - from - paused) * MOST_OF_A_PAUSE);
  const cuts = long.map(({ begin, end }) => ({ begin, end, drawn: Math.min(end - begin, room) }));
  const drawnUntil = (ms: number): number =>
    cuts.reduce((sum, { begin, end, drawn }) => {
      if (ms <= begin) return sum;
      const length = end - begin;
      return sum - (Math.min(ms, end) - begin) * (1 - drawn / length);
    }, ms - from);
  const whole = Math.max(1, drawnUntil(to));
  return (ms) => Math.min(1, Math.max(0, drawnUntil(ms) / whole));
}
