import { z } from "zod";
import { label } from "../../core/bounds.ts";
import { SparkyError } from "../../core/errors.ts";
import { MOMENT, momentOf } from "../../core/span.ts";
import { lockChat } from "../../store/people/access.ts";
import { FACT_KINDS } from "../../store/database/schema.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import { learnFact, type Learned } from "../../store/facts/learn.ts";
import { relationOf } from "../../store/facts/relation.ts";
import { nodeFor, nodeOfPerson, nodeOrNew } from "../../store/facts/subject.ts";
import { defineTransactionalTool, REMEMBER, type Tool, type TransactionalContext } from "../../tools/tool.ts";
import { authorOf, checkTimes, openDoor, sourcesOf, writerFor } from "./door.ts";

/** One word: what a node is called is told to runs, and whatever is told must have been said. */
const kindOfThing = z.string().regex(/^[\p{L}\p{N}_-]{1,30}$/u, { error: "must be one word" });

export const sentence = label(500);
export const moment = z.string().refine((text) => momentOf(text, "from") !== null, { error: MOMENT });
export const timeOf = (text: string | undefined, edge: "from" | "to"): number | null =>
  text === undefined ? null : momentOf(text, edge);

const args = z.strictObject({
  text: sentence.describe("one sentence that is understood by itself, in the person's own words"),
  subject: label(200)
    .describe("whom or what it is about: a node's id or name; left out: the person who says it")
    .optional(),
  subjectType: kindOfThing.describe("what kind of thing that is, such as person, place, project").optional(),
  relation: label(100)
    .describe("how it stands to that, such as lives_in, works_at, prefers_coffee: of each one holds at a time")
    .optional(),
  object: label(200).describe("the node that the relation leads to: its id or name").optional(),
  objectType: kindOfThing.describe("what kind of thing that is").optional(),
  kind: z.enum(FACT_KINDS).describe("profile when left out").optional(),
  validFrom: moment.describe("since when it is so, ISO 8601").optional(),
  validTo: moment.describe("until when it is so").optional(),
  proposed: z.boolean().describe("you only conclude it: a person confirms it first").optional(),
  last: z
    .boolean()
    .describe("with proposed, beside your final answer: nothing comes back of it, and no further step is taken")
    .optional(),
});
type Args = z.infer<typeof args>;

/** So many a run may propose. */
const MOST_PROPOSED = 5;

export const rememberTool = (store: Store): Tool<Tx> =>
  defineTransactionalTool<Args, Tx>({
    name: REMEMBER,
    description:
      "Remembers one fact that a person has told you here: who they are, what they like, what was decided, how something is done. " +
      "Use it when they ask for it, and for what a new conversation would go wrong without, so that they would have to say it " +
      "again. Their own words: what a page, a file, a tool or the memory says is refused. What you only conclude you may propose, " +
      "beside your final answer, at most five a run.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    args,
    summary: ({ text }) => text,
    execute: async (input, context, tx) => {
      const door = await openDoor(store, tx, context);
      const isProposed = input.proposed === true;
      const author = await authorOf(tx, door.said[0]);
      const seen = writerFor(door, author, tx);
      const subject = input.subject === undefined ? null : { ref: input.subject, type: input.subjectType };
      const object = input.object === undefined ? null : { ref: input.object, type: input.objectType };
      const isNew = async (about: typeof subject) => about !== null && (await nodeFor(tx.db, seen, about)) === null;
      // A node that is new brings a name with it, and that too must have been said.
      const names = [(await isNew(subject)) && subject?.ref, (await isNew(object)) && object?.ref].filter(Boolean);
      const said = { text: input.text, names: names.join(" "), ofSpeaker: subject === null, isProposed };
      const sources = sourcesOf(door, said);
      const [validFrom, validTo] = [timeOf(input.validFrom, "from"), timeOf(input.validTo, "to")];
      checkTimes(sources, [validFrom, validTo]);
      const speaker = await authorOf(tx, sources[0]);
      const writer = writerFor(door, speaker, tx);
      const about =
        subject === null ? await nodeOfPerson(tx.db, writer, speaker.name) : await nodeOrNew(tx.db, writer, subject);
      const kind = input.kind ?? "profile";
      const learned = await learnFact(tx, door.stem, writer, {
        ...{ ownerId: speaker.id, within: writer.within ?? null, authorId: speaker.id, subjectId: about, kind },
        ...{ relation: relationOf(input.relation ?? ""), text: store.secrets.text(input.text), stated: !isProposed },
        objectId: object === null ? null : await nodeOrNew(tx.db, writer, object),
        // Who somebody is matters to whatever is done for them.
        ...{ pinned: kind === "profile" && subject === null && !isProposed, isProposed },
        ...{ validFrom, validTo },
        sources: sources.map(({ seq }) => ({ chatId: context.chatId, seq })),
      });
      // Under the lock of the chat, which comes last: calls of one step run at once.
      if (learned.change === "proposed") await unlessMany(tx, context);
      tellLearned(context, learned);
      tx.changed("graph", [speaker.id]);
      return resultOf(learned);
    },
  });

export function tellLearned(context: TransactionalContext, { fact, change, ended }: Learned): void {
  for (const row of ended) {
    context.emit({ type: "fact", data: { factId: row.id, change: "superseded", text: row.text } });
  }
  context.emit({ type: "fact", data: { factId: fact.id, change, text: fact.text } });
}

export function resultOf({ fact, change, ended, alike }: Learned) {
  return {
    id: fact.id,
    [change === "confirmed" ? "known" : change === "proposed" ? "proposed" : "remembered"]: fact.text,
    ...(ended.length > 0 && { ended: ended.map(({ id, text }) => ({ id, text })) }),
    ...(alike.length > 0 && {
      alike: alike.map(({ id, text }) => ({ id, text })),
      hint: "it says nearly the same as these: correct one of them if both are meant to be one",
    }),
  };
}

/** Throws where the run has proposed as many facts as it may. */
async function unlessMany(tx: Tx, { chatId, runId }: TransactionalContext): Promise<void> {
  await lockChat(tx, chatId);
  const { n } = await tx.db
    .selectFrom("events")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("chat_id", "=", chatId)
    .where("run_id", "=", runId)
    .where("type", "=", "fact")
    .where("body", "like", '%"change":"proposed"%')
    .executeTakeFirstOrThrow();
  if (Number(n) < MOST_PROPOSED) return;
  throw new SparkyError("invalid_input", `a run proposes ${MOST_PROPOSED} facts at most`);
}
