import { createHash } from "node:crypto";
import { z } from "zod";
import type { Store, Tx } from "../database/store.ts";
import type { Db } from "../database/sql.ts";
import type { StepRow } from "../database/schema.ts";

/** What the request of a step was made of, beside the conversation, which is folded from the log again. */

export interface SentRequest {
  readonly instructions: string;
  /** What the model was told of its tools, as JSON. */
  readonly tools: string;
  /** Tokens that the conversation might take, as they are estimated. */
  readonly budget: number;
  readonly takesImages: boolean;
  /** Of the conversation: whether it can still be told as it was sent. */
  readonly digest: string;
}

const kept = z.object({
  instructions: z.string(),
  tools: z.string(),
  budget: z.number(),
  takesImages: z.boolean(),
  digest: z.string(),
});

export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Keeps the parts, and returns what the step's row holds. */
export async function keepRequest(tx: Tx, secrets: Store["secrets"], sent: SentRequest): Promise<string> {
  const parts = [secrets.text(sent.instructions), secrets.json(sent.tools)].map((text) => ({
    digest: digestOf(text),
    text,
  }));
  const digests = parts.map(({ digest }) => digest);
  const known = await tx.db.selectFrom("request_parts").select("digest").where("digest", "in", digests).execute();
  const fresh = parts.filter(({ digest }) => !known.some((row) => row.digest === digest));
  if (fresh.length > 0) {
    await tx.db
      .insertInto("request_parts")
      .values(fresh)
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
  const [instructions, tools] = digests;
  return JSON.stringify({ ...sent, instructions, tools });
}

/** null: the step was made by a version that did not keep it. */
export async function sentRequest(db: Db, { request }: Pick<StepRow, "request">): Promise<SentRequest | null> {
  if (request === null) return null;
  const row = kept.parse(JSON.parse(request));
  const parts = await db
    .selectFrom("request_parts")
    .selectAll()
    .where("digest", "in", [row.instructions, row.tools])
    .execute();
  const [instructions, tools] = [row.instructions, row.tools].map(
    (digest) => parts.find((part) => part.digest === digest)?.text,
  );
  return instructions === undefined || tools === undefined ? null : { ...row, instructions, tools };
}
