/** Milliseconds on a clock that all processes of this machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Calls `work` one after another for `ms`, after as many calls for warming up as take a quarter of that; calls a second. */
export async function rateOf(ms: number, work: () => Promise<unknown> | void): Promise<number> {
  const until = async (end: number): Promise<number> => {
    let calls = 0;
    for (; performance.now() < end; calls++) await work();
    return calls;
  };
  await until(performance.now() + ms / 4);
  const started = performance.now();
  const calls = await until(started + ms);
  return (calls * 1000) / (performance.now() - started);
}

/** Keeps `width` calls in flight until `total` have been made; calls a second. */
export async function rateInFlight(total: number, width: number, work: () => Promise<unknown>): Promise<number> {
  let left = total;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: width }, lane));
  return (total * 1000) / (performance.now() - started);
}
