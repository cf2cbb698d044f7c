import { z } from "zod";
import { notFound, SparkyError } from "../../core/errors.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import { mayChangeFact } from "../../store/facts/change.ts";
import { findFact, lastLearned } from "../../store/facts/find.ts";
import { forgetFact } from "../../store/facts/forget.ts";
import { defineTransactionalTool, type Tool } from "../../tools/tool.ts";
import { askersOf, authorOf, notUsedUp, openDoor } from "./door.ts";

const args = z.strictObject({
  fact: z
    .string()
    .min(1)
    .max(500)
    .describe("the fact's id, or words of it; left out: what was remembered last in this conversation")
    .optional(),
});

export const forgetTool = (store: Store): Tool<Tx> =>
  defineTransactionalTool<z.infer<typeof args>, Tx>({
    name: "forget",
    description:
      "Forgets one fact for good, when a person asks for it: it is found and told no more, and what was said of it is recalled no " +
      "more. The words themselves stay in the conversation where they were said, unless that is deleted: say so.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    policy: { schedule: "ask" },
    args,
    summary: ({ fact }) => fact ?? "what was remembered last",
    execute: async ({ fact }, context, tx) => {
      const door = await openDoor(store, tx, context);
      const last = await lastLearned(tx.db, door.reader, context.chatId);
      const row = fact === undefined ? last : await findFact(store, tx, door.reader, fact);
      if (row === undefined) throw notFound("anything that was remembered in this conversation", "say which fact");
      const askers = await askersOf(tx, door, row, row.id === last?.id);
      const first = askers[0]?.said;
      if (first === undefined) throw notAsked();
      const speaker = await authorOf(tx, first);
      if (!mayChangeFact(speaker, row)) throw new SparkyError("forbidden", `it is not ${speaker.name}'s to forget`);
      const own = askers.filter(({ said }) => said.author.id === speaker.id);
      const asked = own.map(({ said: { seq } }) => ({ chatId: context.chatId, seq }));
      await forgetFact(tx, door.stem, speaker, row, { runId: context.runId, chatId: context.chatId, asked });
      const used = await notUsedUp(tx, context.chatId, own);
      if (used === undefined) throw notAsked();
      const data = { factId: row.id, change: "forgotten", by: speaker.name, asked: used.seq } as const;
      context.emit({ type: "fact", data });
      tx.changed("graph", row.owner_id === null ? "all" : [row.owner_id]);
      return {
        forgotten: row.id,
        note: "the words stay in the conversation where they were said, until that is deleted; they are recalled no more",
      };
    },
  });

const notAsked = (): SparkyError =>
  new SparkyError("forbidden", "nobody here has asked to forget that", {
    hint: "ask the person to say in so many words what to forget; they can also forget it themself, in the memory's pages or by the command line",
  });
