import type { RandomBytes } from "../../src/core/ids.ts";

/** Random bytes that are the same for the same seed (mulberry32), so that a failing run can be repeated. */
export function seededBytes(seed: number): RandomBytes {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return (n) => Uint8Array.from({ length: n }, () => next() >>> 24);
}
