/** Time as an argument: production passes the system's clock, tests set their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once after `ms` (at least 0); the returned function cancels. Never keeps the process alive by itself. */
  after(ms: number, fn: () => void): () => void;
}

/** The longest delay Node's timers take (2^31 - 1 ms, 24.8 days); a longer one fires at once, so longer waits are split. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    let timer: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      const part = Math.min(Math.max(left, 0), MAX_TIMER_MS);
      timer = setTimeout(() => (left > part ? arm(left - part) : fn()), part);
      timer.unref();
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};

/** The zone that this machine's clock is set to; UTC where nothing sensible is said of it. */
export function machineZone(): string {
  // Not a string where TZ is a word that is no zone; Etc/Unknown where it is a file without a name.
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === "Etc/Unknown" ? "UTC" : zone;
}

/** ISO 8601 in UTC with milliseconds: the only form of a time on the wire. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
