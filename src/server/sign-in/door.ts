import type { arrivals } from "../network/arrival.ts";
import type { OriginRules } from "./origin.ts";
import type { SignInLimit } from "./rate-limit.ts";

/** What is asked of all who come in. */
export interface Door {
  readonly origins: OriginRules;
  readonly limit: SignInLimit;
  readonly arrival: ReturnType<typeof arrivals>;
}
