import type { Json } from "../../core/events.ts";
import type { JsonObject } from "./json.ts";

export interface PlannedCall {
  readonly name: string;
  readonly args: JsonObject;
  /** The words of the request that asked for it. */
  readonly because: string;
}

/** Calls that are made side by side. */
export type Stage = readonly PlannedCall[];

/** What a request comes to. */
export interface Plan {
  readonly stages: readonly Stage[];
  /** Calls that only prepare others: their results are no news to people. */
  readonly asides: readonly PlannedCall[];
  /** Parts of the request that came to nothing, as sentences. */
  readonly open: readonly string[];
}

export function sameCall(
  one: Pick<PlannedCall, "name" | "args">,
  other: { readonly name: string; readonly args: Json },
) {
  return one.name === other.name && JSON.stringify(one.args) === JSON.stringify(other.args);
}
