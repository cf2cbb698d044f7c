import type { JsonObject } from "./demo-json.ts";

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
  /** Parts of the request that came to nothing, as sentences. */
  readonly open: readonly string[];
}
