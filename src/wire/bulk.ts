import { z } from "zod";
import { errorBodySchema, idSchema } from "./api.ts";
import { tagPatchSchema } from "./tags.ts";

/** The same with many chats or tasks by one request: one after another, each by itself. */

const MOST_AT_ONCE = 500;

const many = <S extends z.ZodType>(item: S) => z.array(item).min(1).max(MOST_AT_ONCE);
const ids = many(idSchema);

export const chatsBulkSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.enum(["archive", "unarchive", "delete", "restore"]), ids }),
  z.strictObject({ ...tagPatchSchema.shape, do: z.literal("tag"), ids }),
  /** Each is seen up to its `seq`. */
  z.strictObject({
    do: z.literal("seen"),
    items: many(z.strictObject({ id: idSchema, seq: z.number().int().nonnegative() })),
  }),
]);
export type ChatsBulk = z.infer<typeof chatsBulkSchema>;

export const tasksBulkSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.enum(["cancel", "delete"]), ids }),
  z.strictObject({
    do: z.literal("retry"),
    /** With `attempts`, only if it has had so many runs. */
    items: many(z.strictObject({ id: idSchema, attempts: z.number().int().nonnegative().optional() })),
  }),
]);
export type TasksBulk = z.infer<typeof tasksBulkSchema>;

export const bulkDoneSchema = z.object({
  /** In the order in which they were named; `error`: why it was not done with this one. */
  items: z.array(z.object({ id: z.string(), error: errorBodySchema.shape.error.nullable() })),
});
export type BulkDone = z.infer<typeof bulkDoneSchema>;
