import { EVENT_KINDS, type EventFilter } from "../../src/core/event-filter.ts";
import { eventFilterOf } from "../../src/core/preferences.ts";
import type { PreferencesPatch } from "../../src/wire/preferences.ts";
import { usePreferences, useSetPreferences } from "../settings/preferences.ts";

/** Which events this person wants to see, in every browser and at the terminal. */
export const useEventFilter = (): EventFilter => eventFilterOf(usePreferences());

const everything = (value: true | null): PreferencesPatch =>
  Object.fromEntries(EVENT_KINDS.map((kind) => [`events.${kind}`, value]));

/** Shows every event, or only those that are usually shown. */
export function useShowAll(): (isWanted: boolean) => void {
  const { mutate } = useSetPreferences();
  return (isWanted) => mutate(everything(isWanted ? true : null));
}

export const showsAll = (filter: EventFilter): boolean => EVENT_KINDS.every((kind) => filter[kind]);
