import { ALL_EVENTS, USUAL_EVENTS, type EventFilter } from "../../core/event-filter.ts";
import { eventFilterOf } from "../../core/preferences.ts";
import type { PreferencesAnswer } from "../../wire/preferences.ts";
import type { Client } from "../client/client.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import type { Context } from "./context.ts";
import type { EventOptions } from "./events-option.ts";

/** What is to be shown for as long as something is followed: as this person changes it elsewhere, it changes. */
export interface FollowedFilter {
  readonly shown: () => EventFilter;
  /** Asks for it again. */
  again(): Promise<void>;
}

export async function followedFilter(
  context: Context,
  client: Pick<Client, "request">,
  options: EventOptions,
): Promise<FollowedFilter> {
  let shown = await eventFilter(context, client, options);
  return {
    shown: () => shown,
    async again() {
      // It cannot be had while the connection is lost: it is asked for with the next one.
      shown = await eventFilter(context, client, options).catch(() => shown);
    },
  };
}

/** What is to be shown: as asked for here, else as this person prefers it; as JSON everything. */
async function eventFilter(
  { out }: Context,
  client: Pick<Client, "request">,
  { events }: EventOptions,
): Promise<EventFilter> {
  if (out.json) return ALL_EVENTS;
  if (events !== undefined) return events;
  try {
    return eventFilterOf((await client.request<PreferencesAnswer>("GET", "/api/preferences")).preferences);
  } catch (error) {
    // A server of an earlier version.
    if (error instanceof Failure && error.exit === EXIT.notFound) return USUAL_EVENTS;
    throw error;
  }
}
