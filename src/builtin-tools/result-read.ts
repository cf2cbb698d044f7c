import { z } from "zod";
import { readBlobText } from "../store/log/blobs.ts";
import { textFile } from "../store/log/files.ts";
import type { Tx } from "../store/database/store.ts";
import { bytesPage } from "../tools/bytes-page.ts";
import { textPage } from "../tools/text-page.ts";
import { defineTransactionalTool, RESULT_READ, type Tool } from "../tools/tool.ts";

const DEFAULT_CHARS = 8000;
const MAX_CHARS = 24_000;

const args = z.strictObject({
  id: z.string().min(1).max(100).describe("the id that the cut result gave"),
  offset: z.number().int().nonnegative().describe("where to begin: 0 when left out, else as it was given").default(0),
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
    "Reads on in an earlier tool result, or in a file that was sent along, of this conversation that was cut because it was too long. " +
    "What was cut names its id and where to go on.",
  effect: "read",
  idempotent: true,
  timeoutMs: 30_000,
  args,
  summary: ({ id, offset }) => `${id} from ${offset}`,
  execute: async ({ id, offset, limit }, { chatId, masking }, { db }) => {
    const file = await textFile(db, chatId, id);
    if (file !== null) return { ...(await bytesPage(file, { offset, limit }, masking)) };
    // What was kept was masked by the secrets of then.
    const whole = masking.text(await readBlobText(db, chatId, id));
    const text = textPage(whole, offset, limit);
    const end = offset + text.length;
    return { text, offset, next: end < whole.length ? end : null, total: whole.length };
  },
});
