import { useSyncExternalStore } from "react";
import type { LogEvent } from "../../src/core/transcript.ts";

/** What happened that hardly anybody looks for: out of sight, until this person wants every event to be seen, in this browser. */
export function isNoise(event: LogEvent): boolean {
  if (event.type !== "chat") return false;
  return event.data.change === "created" || (event.data.change === "renamed" && event.data.by === "agent");
}

const STORED_AS = "sparky.events";
const changes = new EventTarget();

function showsAll(): boolean {
  try {
    return localStorage.getItem(STORED_AS) === "all";
  } catch {
    return false;
  }
}

export function showAll(isWanted: boolean): void {
  try {
    if (isWanted) localStorage.setItem(STORED_AS, "all");
    else localStorage.removeItem(STORED_AS);
  } catch {
    // Nothing to keep it in.
  }
  changes.dispatchEvent(new Event("change"));
}

/** Whether every event is shown, in all places at once. */
export function useShowsAll(): boolean {
  return useSyncExternalStore((changed) => {
    changes.addEventListener("change", changed);
    return () => changes.removeEventListener("change", changed);
  }, showsAll);
}
