import { z } from "zod";
import { piece } from "../core/text.ts";
import { readBlobText } from "../store/log/blobs.ts";
import type { Tx } from "../store/database/store.ts";
import { defineTransactionalTool, RESULT_READ, type Tool } from "../tools/tool.ts";

const DEFAULT_CHARS = 8000;
const MAX_CHARS = 24_000;
/** Below what an event holds inline, so that a page of a big result is not itself kept as one. */
const MAX_BYTES = 30_000;

const args = z.strictObject({
  id: z.string().min(1).max(100).describe("the id that the cut result gave"),
  offset: z.number().int().nonnegative().describe("the first character; 0 when left out").default(0),
  limit: z
    .number()
    .int()
    .min(1)
    .max(MAX_CHARS)
    .describe(`characters; ${DEFAULT_CHARS} when left out`)
    .default(DEFAULT_CHARS),
});

/** Reads back what was too big for the context, page by page: only what this chat's own calls have kept. */
export const resultRead: Tool<Tx> = defineTransactionalTool<z.infer<typeof args>, Tx>({
  name: RESULT_READ,
  description:
    "Reads on in an earlier tool result of this conversation that was cut because it was too long. The cut result names " +
    "its id and where to go on.",
  effect: "read",
  idempotent: true,
  timeoutMs: 30_000,
  args,
  summary: ({ id, offset }) => `${id} from ${offset}`,
  execute: async ({ id, offset, limit }, { chatId }, { db }) => {
    const whole = await readBlobText(db, chatId, id);
    const text = pageOf(whole, offset, limit);
    const end = offset + text.length;
    return { text, offset, next: end < whole.length ? end : null, total: whole.length };
  },
});

/** So many characters, or as many as stay below the limit in bytes; never half of a pair. */
export function pageOf(whole: string, offset: number, limit: number): string {
  // Where a page would hold no more than half a character, it holds the whole one.
  let text = piece(whole, offset, offset + limit) || piece(whole, offset, offset + 2);
  for (let bytes = bytesOf(text); bytes > MAX_BYTES; bytes = bytesOf(text)) {
    text = piece(text, 0, Math.floor((text.length * MAX_BYTES) / bytes) - 1);
  }
  return text;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
