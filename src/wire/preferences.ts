import { z } from "zod";
import { EVENT_KINDS, type EventKind } from "../core/event-filter.ts";
import { PREFERENCE_NAMES, USUAL, type PreferenceName } from "../core/preferences.ts";

/** What a person prefers: each value is checked by its name. */

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

const onOff = z.boolean();
const QUIET = /^(?:off|(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d)$/;

const SHAPE = {
  // One for each kind.
  ...(Object.fromEntries(EVENT_KINDS.map((kind) => [`events.${kind}`, onOff])) as {
    readonly [name in `events.${EventKind}`]: typeof onOff;
  }),
  "time.clock": z.enum(["locale", "12", "24"]),
  "time.zone": z
    .string()
    .max(64)
    .refine((zone) => zone === "device" || isZone(zone), {
      error: 'must be "device" or the name of a time zone, such as Europe/Berlin',
    }),
  "notify.page": onOff,
  "notify.browser": onOff,
  "notify.sound": onOff,
  "notify.finished": z.enum(["usual", "all", "none"]),
  "notify.quiet": z.string().regex(QUIET, { error: 'must be "off" or two times of day, such as 22:00-07:00' }),
} as const satisfies { readonly [name in PreferenceName]: z.ZodType };

export const preferencesSchema = z.object(SHAPE).readonly();

/** Names that are not there stay as they are; null: what counts for everybody again. */
export const preferencesPatchSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(SHAPE).map(([name, schema]) => [name, schema.nullable()])) as {
      [name in PreferenceName]: z.ZodNullable<(typeof SHAPE)[name]>;
    },
  )
  .exactPartial();
export type PreferencesPatch = z.infer<typeof preferencesPatchSchema>;

/** `set`: which of them this person has set. */
export const preferencesAnswerSchema = z.object({
  preferences: preferencesSchema,
  set: z.array(z.string()).readonly(),
});
export type PreferencesAnswer = z.infer<typeof preferencesAnswerSchema>;

/** What is kept, with what counts without it. A name or a value that another version kept, and this one does not know, counts for nothing. */
export function preferencesFrom(kept: ReadonlyMap<string, unknown>): PreferencesAnswer {
  const set = PREFERENCE_NAMES.filter((name) => SHAPE[name].safeParse(kept.get(name)).success);
  const chosen = Object.fromEntries(set.map((name) => [name, kept.get(name)]));
  return { preferences: preferencesSchema.parse({ ...USUAL, ...chosen }), set };
}
