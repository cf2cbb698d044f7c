import { z } from "zod";
import { auditKindSchema } from "../../wire/audit.ts";
import { EVENT_TYPES } from "../../core/events.ts";
import { DEEPEST, MOST_NEIGHBOURS } from "../../store/graph/neighbours.ts";
import { CHAT_ORIGINS, idSchema, TASK_ORIGINS, taskStatusSchema, timeSchema } from "../../wire/api.ts";
import { CHAT_FORMATS, EXPORT_FORMATS, IMPORT_FORMATS } from "../../wire/export-formats.ts";
import { MOMENT, momentOf } from "../../core/span.ts";
import { FACT_STATUSES } from "../../wire/fact-words.ts";
import { factKindSchema } from "../../wire/facts.ts";
import { recallKindSchema } from "../../wire/recall.ts";
import { foundKindSchema } from "../../wire/search.ts";
import { tagSchema } from "../../wire/tags.ts";

/** What may stand behind the `?` of each list. Unknown names are ignored, bad values refused. */

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
};
const seq = whole(0, Number.MAX_SAFE_INTEGER);
const words = z.string().min(1).max(200);

const yes = z.enum(["true", "false"]).transform((value) => value === "true");

export const statsOfGraphQuery = z
  .object({ deep: z.enum(["1", "0", "true", "false"]).transform((value) => value === "1" || value === "true") })
  .exactPartial();

const page = { limit: whole(1, 500), cursor: words, prefix: words };

export const chatsQuery = z
  .object({
    ...page,
    archived: yes,
    working: yes,
    search: words,
    origin: z.enum(CHAT_ORIGINS),
    pinned: yes,
    tag: tagSchema,
    preview: yes,
  })
  .exactPartial();

export const auditQuery = z
  .object({ limit: page.limit, cursor: page.cursor, user: words, kind: auditKindSchema, since: timeSchema, total: yes })
  .exactPartial();

export const tasksQuery = z
  .object({
    ...page,
    status: taskStatusSchema,
    schedule: words,
    origin: z.enum(TASK_ORIGINS),
    chatId: idSchema,
    search: words,
    since: timeSchema,
    before: timeSchema,
    total: yes,
  })
  .exactPartial();

export const resourcesQuery = z.object({ limit: page.limit, q: z.string().max(200) }).exactPartial();

export const invitesQuery = z.object({ prefix: words, limit: page.limit }).exactPartial();

export const chatLinksQuery = z.object({ prefix: words, limit: page.limit }).exactPartial();
export const revokedLinkQuery = z.object({ unshare: yes }).exactPartial();

export const sessionsQuery = z.object({ user: words, prefix: words, limit: page.limit }).exactPartial();

export const workQuery = z.object({ prefix: words, limit: page.limit }).exactPartial();

export const activityQuery = z.object({ limit: page.limit, since: timeSchema }).exactPartial();

export const approvalsQuery = z.object({ ...page, state: z.enum(["open", "all"]) }).exactPartial();

export const schedulesQuery = z.object({ recent: whole(0, 50) }).exactPartial();

export const occurrencesQuery = z.object({ limit: page.limit, cursor: words, total: yes }).exactPartial();

export const nextQuery = z.object({ n: whole(1, 100) }).exactPartial();

/** A node's name may be long, and a search goes on by it. */
const longCursor = z.string().min(1).max(4000);

export const graphSearchQuery = z
  .object({ q: z.string().max(500), type: words, name: words, prefix: words, limit: whole(1, 100), cursor: longCursor })
  .exactPartial();

export const graphChangesQuery = z
  .object({
    thing: idSchema,
    run: idSchema,
    seq: whole(1, Number.MAX_SAFE_INTEGER),
    partOf: whole(1, Number.MAX_SAFE_INTEGER),
    limit: page.limit,
    cursor: words,
    total: yes,
  })
  .exactPartial()
  .refine((query) => query.seq === undefined || query.run !== undefined, {
    error: "seq is of a call of a run: give run too",
  });

export const neighboursQuery = z.object({ depth: whole(1, DEEPEST), limit: whole(1, MOST_NEIGHBOURS) }).exactPartial();

export const pathQuery = z.object({ from: idSchema, to: idSchema });

export const duplicatesQuery = z.object({ limit: whole(1, 100), cursor: longCursor }).exactPartial();

export const searchQuery = z
  .object({ kind: foundKindSchema, runId: idSchema, limit: whole(1, 100), cursor: longCursor })
  .exactPartial()
  .extend({ q: z.string().max(500) });

const moment = (edge: "from" | "to") =>
  z.string().transform((text, context) => {
    const at = momentOf(text, edge);
    if (at !== null) return at;
    context.addIssue({ code: "custom", message: MOMENT });
    return z.NEVER;
  });

export const recallQuery = z
  .object({
    kind: recallKindSchema,
    who: words,
    from: moment("from"),
    to: moment("to"),
    chatId: idSchema,
    limit: whole(1, 100),
  })
  .exactPartial()
  .extend({ q: z.string().min(1).max(4000) });

export const factsQuery = z
  .object({
    ...{ ...page, total: yes, about: idSchema, kind: factKindSchema },
    status: z.enum([...FACT_STATUSES, "all"]),
  })
  .exactPartial();

const MOST_IDS = 50;

export const recallItemsQuery = z.object({
  ids: z
    .string()
    .max(4000)
    .transform((text) => [...new Set(text.split(",").filter(Boolean))])
    .refine((ids) => ids.length <= MOST_IDS, { error: `must be at most ${MOST_IDS} ids` }),
});

export const exportQuery = z
  .object({ format: z.enum(EXPORT_FORMATS), part: z.enum(["nodes", "edges"]) })
  .exactPartial();

export const importQuery = z.object({ format: z.enum(IMPORT_FORMATS), shared: yes, dryRun: yes }).exactPartial();

export const chatExportQuery = z.object({ format: z.enum(CHAT_FORMATS) }).exactPartial();

export const contextQuery = z.object({ runId: idSchema, step: whole(1, 1_000_000) }).exactPartial();

export const edgesQuery = z.object({ limit: page.limit, cursor: longCursor }).exactPartial();

export const statsQuery = z.object({ since: timeSchema, until: timeSchema, zone: words }).exactPartial();

export const grantsQuery = z.object({ prefix: words }).exactPartial();

const eventTypes = z
  .string()
  .refine((value) => value.split(",").every((type) => EVENT_TYPES.some((known) => known === type)), {
    error: `must be one or more of ${EVENT_TYPES.join(", ")}, with commas between`,
  });

export const eventsQuery = z
  .object({ after: seq, before: seq, limit: whole(1, 500), type: eventTypes, epoch: words })
  .exactPartial()
  .refine((query) => query.after === undefined || query.before === undefined, {
    error: "give after or before, not both",
  });
