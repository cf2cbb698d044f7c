import { EVENT_KINDS, EVENT_KIND_WORDS, USUAL_EVENTS, type EventFilter, type EventKind } from "./event-filter.ts";

/** What a person prefers, by name: the same in every browser and at the terminal. */

type EventName = `events.${EventKind}`;

export type Preferences = { readonly [name in EventName]: boolean } & {
  readonly "time.clock": "locale" | "12" | "24";
  /** `device`, or the name of a time zone. */
  readonly "time.zone": string;
  readonly "notify.page": boolean;
  readonly "notify.browser": boolean;
  readonly "notify.sound": boolean;
  readonly "notify.finished": "usual" | "all" | "none";
  /** `off`, or `22:00-07:00`. */
  readonly "notify.quiet": string;
};
export type PreferenceName = keyof Preferences;

function ofEvents<T>(value: (kind: EventKind) => T): { readonly [name in EventName]: T } {
  // One for each kind.
  return Object.fromEntries(EVENT_KINDS.map((kind) => [`events.${kind}`, value(kind)])) as { [name in EventName]: T };
}

/** What counts for whoever has not said otherwise. */
export const USUAL: Preferences = {
  ...ofEvents((kind) => USUAL_EVENTS[kind]),
  "time.clock": "locale",
  "time.zone": "device",
  "notify.page": true,
  "notify.browser": false,
  "notify.sound": false,
  "notify.finished": "usual",
  "notify.quiet": "off",
};

export const PREFERENCE_WORDS: { readonly [name in PreferenceName]: string } = {
  ...ofEvents((kind) => `show ${EVENT_KIND_WORDS[kind]}`),
  "time.clock": "the page's clock: 12, 24, or locale, as the device has it",
  "time.zone": "the page's time zone: its name, or device",
  "notify.page": "tell of what happens in the page",
  "notify.browser": "tell of it by the browser, while a tab is open",
  "notify.sound": "with a short sound",
  "notify.finished": "tell of what is done: usual (long, or begun elsewhere), all, none",
  "notify.quiet": "hours without sound and the browser: 22:00-07:00, or off",
};

export const PREFERENCE_NAMES = Object.keys(USUAL) as readonly PreferenceName[];

export function eventFilterOf(preferences: Preferences): EventFilter {
  return Object.fromEntries(EVENT_KINDS.map((kind) => [kind, preferences[`events.${kind}`]])) as EventFilter;
}
