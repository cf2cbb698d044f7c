import { flushCompileCache } from "node:module";
import type { Moment } from "./crash-scenario.ts";

export const LIFE = "LIFE_TO_LIVE";

/** What a process that is to die was told: how it lives, and when it ends. */
export function lifeToLive<Scenario>(): { readonly scenario: Scenario; readonly death: Moment } {
  flushCompileCache();
  return JSON.parse(process.env[LIFE] ?? "");
}
