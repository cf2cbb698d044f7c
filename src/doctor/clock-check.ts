import { machineZone } from "../core/clock.ts";
import { ok, fail, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

/** No clock that is right shows less: Sparky is younger. */
const EARLIEST = Date.UTC(2026, 0, 1);

export function* checkClock({ environment }: Patient): Generator<Diagnosis> {
  const now = Date.now();
  const zone = machineZone();
  const asked = environment["TZ"]?.replace(/^:/, "");
  if (now < EARLIEST) {
    return yield fail(
      "clock",
      `it is ${new Date(now).toISOString()} on this machine`,
      "set the clock: schedules go by it",
    );
  }
  if (asked && !isZone(asked)) {
    return yield warn(
      "clock",
      `TZ is ${JSON.stringify(asked)}, which is no time zone; ${zone} is used`,
      "set TZ to one such as Europe/Berlin",
    );
  }
  yield ok("clock", `${new Date(now).toISOString()}, time zone ${zone}`);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    // A file of zone data or a rule as POSIX writes it.
    return /^\/|^[A-Za-z]{3,}[+-]?\d/.test(name);
  }
}
