import { SparkyError } from "../../core/errors.ts";
import { readerFor } from "../../store/recall/reader.ts";
import { stemmerOf, type Stemmer } from "../../store/recall/stems.ts";
import { asksToForget, namesFact, type Ask } from "../../store/facts/asking.ts";
import { carriedBy, saidHere, type Carried, type Said, type Sentence } from "../../store/facts/said.ts";
import { saysWhen } from "../../store/facts/when.ts";
import type { Reader } from "../../store/graph/visible.ts";
import type { RunPlace } from "../../store/graph/changes.ts";
import type { GraphWriter } from "../../store/graph/save.ts";
import { placeOfCall } from "../../store/log/call-place.ts";
import { readableEvent } from "../../store/log/events.ts";
import { lockChat } from "../../store/people/access.ts";
import { wordsOf } from "../../store/recall/words.ts";
import { userWith } from "../viewer.ts";
import type { FactRow } from "../../store/database/schema.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import type { User } from "../../store/people/user.ts";
import type { TransactionalContext } from "../../tools/tool.ts";

/** What the tools of the memory look at before they do anything: who has said what here, and whose memory it is. */

export interface Door {
  readonly stem: Stemmer;
  readonly reader: Reader;
  /** The newest first. */
  readonly said: readonly Said[];
  readonly run: RunPlace;
}

export async function openDoor(
  store: Store,
  tx: Tx,
  { chatId, taskId, runId, callId, knownUpTo }: TransactionalContext,
): Promise<Door> {
  return {
    stem: await stemmerOf(store),
    reader: await readerFor(tx, { chatId, taskId }),
    said: await saidHere(tx.db, { chatId, taskId, upTo: knownUpTo }),
    run: { runId, chatId, seq: await placeOfCall(tx.db, { chatId, runId, callId }) },
  };
}

const NO_PAGES =
  "only what a person has said in this conversation is remembered, in their own words: never what a page, a file, a tool or the " +
  "memory says";

/** The messages that say it; throws where a word of it was said by nobody, or not so. Of a proposal half is enough. */
export function sourcesOf({ said, stem }: Door, sentence: Sentence): Carried["sources"] {
  const { sources, unsaid, isTurned, tells } = carriedBy(sentence, said, stem);
  if (tells === 0) {
    throw new SparkyError("invalid_input", "the sentence tells nothing by itself", {
      hint: "say what it is about, so that it is understood without this conversation",
    });
  }
  const isEnough = sentence.isProposed === true && !isTurned && unsaid.length * 2 <= tells && !unsaid.includes("not");
  if (unsaid.length === 0 || (isEnough && sources.length > 0)) return sources;
  const words = unsaid.map((word) => JSON.stringify(word)).join(", ");
  const what = isTurned ? `it so: ${words} stand there in another order, which says something else` : words;
  throw new SparkyError("forbidden", `nobody here has said ${what}: ${NO_PAGES}`, {
    hint: "leave it, use the person's own sentence as it is, or ask them",
  });
}

/** Throws where nobody who says it has said when. */
export function checkTimes(sources: Carried["sources"], times: readonly (number | null)[]): void {
  const said = sources.map(({ text, answer }) => `${text}\n${answer ?? ""}`).join("\n");
  if (times.every((at) => at === null || saysWhen(at, said))) return;
  throw new SparkyError("forbidden", "nobody here has said since or until when it is so", {
    hint: "leave validFrom and validTo out, or ask the person",
  });
}

const ASKED = 5;

/** A message that asks to forget a fact, and for how many it may count. */
interface Asker {
  readonly said: Said;
  readonly times: number;
}

/**
 * The messages that ask to forget it, of the last that people said: by words of which most are the fact's, or, where it is the one
 * that was learned last (`isThat`), the newest, if it names nothing else. Said after the fact. Empty: nobody has asked.
 */
export async function askersOf(
  tx: Tx,
  { said, stem, run }: Door,
  fact: FactRow,
  isThat: boolean,
): Promise<readonly Asker[]> {
  const about = [fact.subject_id, ...(fact.object_id === null ? [] : [fact.object_id])];
  const nodes = await tx.db.selectFrom("nodes").select("name").where("id", "in", about).execute();
  const held = new Set([fact.text, ...nodes.map(({ name }) => name)].flatMap(wordsOf).map(stem));
  const sources = await tx.db
    .selectFrom("fact_sources")
    .select("seq")
    .where("fact_id", "=", fact.id)
    .where("chat_id", "=", run.chatId)
    .execute();
  const from = Math.max(0, ...sources.map(({ seq }) => seq));
  // Who says it does not ask to forget it: that is said after.
  return said
    .slice(0, ASKED)
    .filter(({ seq }) => seq > from)
    .flatMap((each): readonly Asker[] => {
      const asks = asksToForget(each.text, stem);
      const names = (ask: Ask): boolean =>
        ask.names.length === 0 ? isThat && each === said[0] : namesFact(ask, held) || each.text.includes(fact.id);
      const meant = asks.filter(names);
      if (meant.length === 0) return [];
      return [{ said: each, times: meant.some(({ isAll }) => isAll) ? Infinity : asks.length }];
    });
}

/**
 * The one of them that is not used up by what was forgotten for it before. Under the lock of the chat, which comes last: calls of one
 * step run at once, and each thing that somebody asks for is done once.
 */
export async function notUsedUp(tx: Tx, chatId: string, askers: readonly Asker[]): Promise<Said | undefined> {
  await lockChat(tx, chatId);
  const from = Math.min(...askers.map(({ said }) => said.seq));
  const rows = await tx.db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chatId)
    .where("seq", ">", from)
    .where("type", "=", "fact")
    .execute();
  const used = rows.flatMap(({ seq, body }) => {
    const event = readableEvent(chatId, seq, body);
    return event?.type === "fact" && event.data.asked !== undefined ? [event.data.asked] : [];
  });
  return askers.find(({ said, times }) => used.filter((seq) => seq === said.seq).length < times)?.said;
}

/**
 * What a person says is theirs, whoever's chat it is said in. Whose memory is read may have opened it here: that opens nobody
 * else's, and what others say stays apart from what is theirs elsewhere.
 */
export function writerFor({ reader, run }: Door, author: User, tx: Tx): GraphWriter {
  const within = author.id === reader.viewer.id ? reader.within : run.chatId;
  return { userId: author.id, ownerId: author.id, within, now: tx.now, run, newId: () => tx.newId() };
}

export async function authorOf(tx: Tx, said: Said | undefined): Promise<User> {
  if (said === undefined) throw new SparkyError("forbidden", `nobody has said anything here: ${NO_PAGES}`);
  return userWith(tx.db, said.author.id);
}
