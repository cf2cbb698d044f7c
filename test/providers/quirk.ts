import type { TaskLimits } from "../../src/store/tasks/read.ts";
import type { Reply } from "./server.ts";
import { WIRE_NAMES, WIRES, type Said, type Wire, type WireName } from "./wires.ts";

/** What servers really send, as data: the next quirk is one more row. */

export interface Quirk {
  /** One sentence, for the reference: what the server does. */
  readonly what: string;
  /** Where it is seen; everywhere when left out. */
  readonly on?: readonly WireName[];
  /** The person's message. */
  readonly says?: string;
  /** Then the message is a task. */
  readonly limits?: TaskLimits;
  /** An answer is one that the wire says in its own way. */
  readonly sends: (wire: Wire) => readonly (Said | Reply)[];
  readonly comes: Comes;
}

export interface Comes {
  /** completed when left out. */
  readonly state?: "completed" | "failed";
  /** Requests in all. */
  readonly requests?: number;
  /** What the tool was called with. */
  readonly notes?: readonly string[];
  /** The last words; null: none. */
  readonly answer?: string | null;
  /** In the reason of a failed run. */
  readonly reason?: RegExp;
  /** Codes of the error events. */
  readonly errors?: readonly string[];
  /** In the first error event. */
  readonly errorSays?: RegExp;
  /** Which of the usages are estimated, in order. */
  readonly estimated?: readonly boolean[];
  /** Between the tries, in milliseconds. */
  readonly waits?: readonly number[];
  readonly thoughts?: readonly string[];
  /** In the last request that the provider got. */
  readonly sent?: RegExp;
  readonly notSent?: RegExp;
}

/** Each row on each of its wires. */
export function onWires(quirks: readonly Quirk[]) {
  return quirks.flatMap((quirk) => (quirk.on ?? WIRE_NAMES).map((wire) => ({ wire, what: quirk.what, quirk })));
}

export function repliesOf(quirk: Quirk, wire: WireName): readonly Reply[] {
  return quirk.sends(WIRES[wire]).map((each) => ("body" in each ? each : { body: WIRES[wire].answer(each) }));
}
