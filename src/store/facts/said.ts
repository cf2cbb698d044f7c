import { sql } from "kysely";
import type { ChatEvent, EventOf, Json } from "../../core/events.ts";
import { readableEvent } from "../log/events.ts";
import { AGENT_ID } from "../people/user.ts";
import { onlyAsks, wordsOf } from "../recall/words.ts";
import type { Stemmer } from "../recall/stems.ts";
import type { Db } from "../database/sql.ts";
import { isContent, isMistaken, mustBeSaid, SELF, spokenBy, standsIn, tokensOf } from "./order.ts";
import { denies } from "./telling.ts";

/**
 * The door to what is remembered: only what people have said in a run's own chat comes in. A page, a tool's result, what was
 * recalled and what the agent itself says are no messages of people, so nothing of them can be learned as a fact.
 */

export interface Said {
  readonly seq: number;
  readonly author: { readonly id: string; readonly name: string };
  /** Their own words; "" where they only chose among the agent's, or filled in a form. */
  readonly text: string;
  /** The question together with its answer: words of whoever asked are in it, so it is enough for a proposal alone. */
  readonly answer?: string;
}

/** So many of the newest are looked at, and so many of people's words kept of them: in a conversation that goes on, and in a part that ends. */
const WORDS = { going: { lookedAt: 200, most: 50 }, ended: { lookedAt: 500, most: 200 } } as const;
/** Answers are looked for among so many of the newest events: a long run has few of them. */
const ANSWERS_WITHIN = 2000;
/** Of all of it together: one message may be as long as a book. */
const MOST_TEXT = 500_000;
/** Whoever hands on an address says nothing of what its words say. */
export const ADDRESS = /\b[a-z][a-z\d+.-]{1,20}:\/\/\S+/gi;
/** Between what somebody says and what they deny in one message. */
const PARTS = /[.!?;,:\n—。！？，；：]|\bbut\b/i;
/** So many messages together may say one fact: more would say nearly anything. */
const MOST_SOURCES = 3;

interface Place {
  readonly chatId: string;
  readonly taskId: string | null;
  /** As it was when this event was the last one; undefined: as it is now. */
  readonly upTo?: number | undefined;
}

/** What people have said here, the newest first: in the chat, to its own task, and as answers. */
export async function saidHere(db: Db, { chatId, taskId, upTo }: Place): Promise<readonly Said[]> {
  const chat = await db.selectFrom("chats").select("head").where("id", "=", chatId).executeTakeFirstOrThrow();
  const head = Math.min(chat.head, upTo ?? chat.head);
  const { lookedAt, most } = upTo === undefined ? WORDS.going : WORDS.ended;
  const newest = db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chatId)
    .where("seq", "<=", head)
    .orderBy("seq", "desc");
  // Written out, not bound, so that the index of messages applies: between two of them may be a million other events.
  const messages = await newest
    .where(sql<boolean>`type = 'message'`)
    .limit(lookedAt)
    .execute();
  const answers = await newest
    .where("type", "=", "question")
    .where("seq", ">", head - ANSWERS_WITHIN)
    .limit(lookedAt)
    .execute();
  const rows = [...messages, ...answers].toSorted((a, b) => b.seq - a.seq);
  const people = await db.selectFrom("user").select(["id", "name"]).where("id", "!=", AGENT_ID).execute();
  const ownTask = taskId !== null && (await isOfAPerson(db, taskId)) ? taskId : null;
  const said: Said[] = [];
  let length = 0;
  for (const { seq, body } of rows) {
    const event = readableEvent(chatId, seq, body);
    const one = event?.type === "message" ? messageSaid(event, ownTask) : answerSaid(event, people);
    if (one === null) continue;
    length += one.text.length + (one.answer?.length ?? 0);
    if (said.length === most || length > MOST_TEXT) break;
    said.push(one);
  }
  return said;
}

function messageSaid({ seq, data, actor, taskId }: EventOf<"message">, ownTask: string | null): Said | null {
  const isHere = taskId === null || taskId === ownTask;
  if (data.role !== "user" || data.partial || actor.kind !== "user" || actor.id === AGENT_ID || !isHere) return null;
  return { seq, author: { id: actor.id, name: actor.name }, text: data.text };
}

/** What somebody chose was put into their mouth, and a form may come filled in: only what they wrote is theirs. */
function answerSaid(event: ChatEvent | null | undefined, people: readonly Said["author"][]): Said | null {
  if (event?.type !== "question" || event.data.state !== "answered" || event.data.answer === undefined) return null;
  const { text: question, choices = [], answer, by } = event.data;
  const author = people.find(({ name }) => name === by);
  if (author === undefined) return null;
  const words = wordsIn(answer);
  const isChosen = choices.some((choice) => plain(choice) === plain(words));
  const isWritten = typeof answer === "string" && !isChosen;
  return { seq: event.seq, author, text: isWritten ? words : "", answer: `${question}\n${words}` };
}

const plain = (text: string): string => text.trim().toLowerCase();

/** Without the names of a form's fields, which whoever asked has given them. */
function wordsIn(answer: Json): string {
  if (typeof answer !== "object" || answer === null) return String(answer);
  return Object.values(answer)
    .filter((value) => typeof value === "string")
    .join("\n");
}

/** A task that a run has added holds that run's words. */
async function isOfAPerson(db: Db, taskId: string): Promise<boolean> {
  const task = await db.selectFrom("tasks").select("parent_run").where("id", "=", taskId).executeTakeFirst();
  return task !== undefined && task.parent_run === null;
}

export interface Carried {
  /** The messages that say it together, what says most of it first. */
  readonly sources: readonly Said[];
  /** Words of it that nobody has said, or not so, as they were written. */
  readonly unsaid: readonly string[];
  /** All of these were said, and mean something else as they stand there. */
  readonly isTurned: boolean;
  /** How many words it tells. */
  readonly tells: number;
}

export interface Sentence {
  readonly text: string;
  /** Names that it would bring along: they must be said too, wherever. */
  readonly names?: string | undefined;
  /** It is told of whoever says it, though it may not name them. */
  readonly ofSpeaker?: boolean | undefined;
  /** A person confirms it before it counts. */
  readonly isProposed?: boolean | undefined;
}

interface Part {
  readonly each: Said;
  readonly holds: ReadonlySet<string>;
  readonly isDenied: boolean;
}

/**
 * By which messages a sentence is carried: every word that it tells must be said in one of them, and what is taken from one
 * sentence must stand there in the same order, so that nobody is given the part of another.
 */
export function carriedBy(sentence: Sentence, said: readonly Said[], stem: Stemmer): Carried {
  const isDenial = denies(sentence.text);
  const tokens = tokensOf(sentence.text, stem);
  const speakers = new Set(said.flatMap(({ author }) => wordsOf(author.name)).map(stem));
  const told = new Map<string, string>();
  for (const { token, word } of [...tokens, ...tokensOf(sentence.names ?? "", stem)]) {
    if (mustBeSaid(token) && !speakers.has(token) && !told.has(token)) told.set(token, word);
  }
  const parts: Part[] = [];
  /** Said, and otherwise. */
  const turned = new Set<string>();
  for (const each of said) {
    const own = new Set(wordsOf(each.author.name).map(stem));
    const wanted = spokenBy(tokens, own);
    const whole = sentence.ofSpeaker && !wanted.includes(SELF) ? [SELF, ...wanted] : wanted;
    for (const text of partsOf(each, isDenial, sentence.isProposed === true)) {
      const there = spokenBy(tokensOf(text, stem), own);
      const fits = standsIn(whole, there) && !isMistaken(sentence.text, whole, text, there);
      if (fits) parts.push({ each, holds: new Set(there), isDenied: denies(text) });
      else for (const token of there) turned.add(token);
    }
  }
  const { used, left } = chosen([...told.keys()], parts, isDenial);
  const sources = [...new Set(used.map(({ each }) => each))];
  const unsaid = left.map((each) => told.get(each) ?? each);
  // What was said of something, and not against it, does not come to say that it is not so.
  const isAgainst = isDenial && sources.length > 0 && !used.some(({ isDenied }) => isDenied);
  return {
    sources,
    unsaid: isAgainst ? [...unsaid, "not"] : unsaid,
    isTurned: left.length > 0 && left.every((each) => turned.has(each)),
    tells: [...told.keys()].filter(isContent).length,
  };
}

/** The messages that say most of what is left, again and again, the newest of those that say as much; of each the sentences. */
function chosen(told: readonly string[], parts: readonly Part[], isDenial: boolean) {
  const messages = [...Map.groupBy(parts, ({ each }) => each).values()];
  let left = told;
  const used: Part[] = [];
  for (let sources = 0; left.length > 0 && sources < MOST_SOURCES; sources++) {
    const best = most(messages, (those) => left.filter((token) => those.some(({ holds }) => holds.has(token))).length);
    if (best === null) break;
    for (;;) {
      // Of two that say as much, a denial is said by the one that denies.
      const part = most(best, ({ holds, isDenied }) => {
        const count = left.filter((token) => holds.has(token)).length;
        return count === 0 ? 0 : count * 2 + (isDenial && isDenied ? 1 : 0);
      });
      if (part === null) break;
      used.push(part);
      left = left.filter((token) => !part.holds.has(token));
    }
  }
  return { used, left };
}

/** The first of those that count most; null: none counts. */
function most<T>(all: readonly T[], count: (one: T) => number): T | null {
  let [best, high]: [T | null, number] = [null, 0];
  for (const one of all) {
    const n = count(one);
    if (n > high) [best, high] = [one, n];
  }
  return best;
}

/** The sentences of it that say something for the fact: no mere questions, and nothing that was said against it. */
function partsOf({ text, answer }: Said, isDenial: boolean, isProposed: boolean): readonly string[] {
  const own = text.replace(ADDRESS, " ");
  const parts = onlyAsks(own) ? [] : own.split(PARTS);
  // A question means nothing without its answer.
  const all = isProposed && answer !== undefined ? [...parts, answer.replace(ADDRESS, " ")] : parts;
  return all.filter((part) => part.trim() !== "" && (isDenial || !denies(part)));
}
