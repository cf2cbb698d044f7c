import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import { mayChangeFact } from "../../store/facts/change.ts";
import { correctFact } from "../../store/facts/correct.ts";
import { findFact } from "../../store/facts/find.ts";
import { defineTransactionalTool, type Tool } from "../../tools/tool.ts";
import { authorOf, checkTimes, openDoor, sourcesOf, writerFor } from "./door.ts";
import { moment, resultOf, sentence, tellLearned, timeOf } from "./remember.ts";

const args = z.strictObject({
  text: sentence.describe("what is right, as one sentence in the person's own words"),
  fact: z
    .string()
    .min(1)
    .max(500)
    .describe("what is wrong: the fact's id, or words of it; left out: the one most like it")
    .optional(),
  validFrom: moment
    .describe("since when it is so, where it was otherwise before; left out: the old one was never so")
    .optional(),
});

export const correctTool = (store: Store): Tool<Tx> =>
  defineTransactionalTool<z.infer<typeof args>, Tx>({
    name: "correct",
    description:
      "Puts right what is remembered, when a person says that it is wrong or has changed: the new sentence takes the place of the " +
      "old one, which stays in its history. Only in the person's own words.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    policy: { schedule: "ask" },
    args,
    summary: ({ text, fact }) => (fact === undefined ? text : `${fact} → ${text}`),
    execute: async ({ text, fact, validFrom }, context, tx) => {
      const door = await openDoor(store, tx, context);
      const sources = sourcesOf(door, { text });
      const since = timeOf(validFrom, "from");
      checkTimes(sources, [since]);
      const speaker = await authorOf(tx, sources[0]);
      const row = await findFact(store, tx, door.reader, fact ?? text);
      if (!mayChangeFact(speaker, row)) throw new SparkyError("forbidden", `it is not ${speaker.name}'s to change`);
      const learned = await correctFact(tx, door.stem, writerFor(door, speaker, tx), row, {
        text: store.secrets.text(text),
        authorId: speaker.id,
        validFrom: since,
        sources: sources.map(({ seq }) => ({ chatId: context.chatId, seq })),
      });
      tellLearned(context, learned);
      tx.changed("graph", row.owner_id === null ? "all" : [row.owner_id]);
      return resultOf(learned);
    },
  });
