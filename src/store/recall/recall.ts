import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { piece } from "../../core/text.ts";
import { readableEvent } from "../log/events.ts";
import { AGENT_ID } from "../people/user.ts";
import { rowsOf } from "../database/many.ts";
import type { Db } from "../database/sql.ts";
import type { RecallItemRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import type { Reader } from "../graph/visible.ts";
import { askedBy, type Asked, type Person } from "./asked.ts";
import {
  extentOf,
  loadAround,
  pick,
  picksOf,
  readableIds,
  type Filters,
  type Loaded,
  type RecallDb,
  type RecallKind,
  type Sight,
} from "./candidates.ts";
import { dateInWords } from "./dates.ts";
import { onlyDenies } from "./denials.ts";
import { factIdsOf, factTexts, type FactText } from "./fact-texts.ts";
import { meaningOf } from "./likeness.ts";
import { MEANT, rank, rarityOf, type Extent, type Ranked } from "./rank.ts";
import { stemmerOf, stemsOf, type Stemmer } from "./stems.ts";
import { plainText, wordsOf } from "./words.ts";

export interface RecallQuery extends Omit<Filters, "author" | "sight"> {
  readonly query: string;
  /** What stands before whoever asks, and is not told again; `text`: what they answer just now. */
  readonly inSight?: (Pick<Sight, "chatId" | "seqs"> & { readonly text: string }) | undefined;
  /** Only what this person said, by name; the agent is `agent`. */
  readonly who?: string | undefined;
  readonly limit?: number | undefined;
  /** Whoever asks waits no longer. */
  readonly signal?: AbortSignal | undefined;
}

interface FoundItem {
  /** As it is cited: `CHAT.SEQ` of a message, or the id of a fact or a node. */
  readonly id: string;
  readonly kind: RecallKind;
  /** Of long ones the part around the first hit. */
  readonly text: string;
  readonly at: string;
  /** Parts of its score, in words. */
  readonly why: readonly string[];
  /** How many of the words that are looked for it holds itself, and how much that is of them all, from 0 to 1. */
  readonly matched: number;
  readonly share: number;
  /** Its meaning is more like the query's than the best of so many would be by chance. */
  readonly isMeant: boolean;
  /** The agent's own words that only say what it cannot do or does not know: they are told last, and are no knowledge. */
  readonly tellsNothing: boolean;
  /** What it was ranked by. */
  readonly score: number;
}

export interface RecalledMessage extends FoundItem {
  readonly kind: "message";
  readonly author: string;
  readonly chatId: string;
  readonly chatTitle: string;
  readonly seq: number;
}

export interface RecalledNode extends FoundItem {
  readonly kind: "node";
  readonly nodeId: string;
  readonly type: string;
  readonly name: string;
}

export interface RecalledFact extends FoundItem, Omit<FactText, keyof FoundItem> {
  readonly kind: "fact";
}

export type RecalledItem = RecalledMessage | RecalledFact | RecalledNode;

export interface Recalled {
  readonly items: readonly RecalledItem[];
  /** Why there is nothing, where the query is to blame; or why not everything was compared by meaning. */
  readonly note?: string;
}

const DEFAULT_LIMIT = 20;
export const MAX_RECALLED = 100;
/** More than are shown: some say the same, or are gone. */
const SPARE = 2;
const EXCERPT = 600;
/** Found by their meaning alone. */
const MEANT_MOST = 50;

const NO_WORDS = "the query has no words to look for: only common ones, or none at all; say what it is about";

export const messageId = (chatId: string, seq: number): string => `${chatId}.${seq}`;

/** What the reader may see that fits the query, the best first. Only what is indexed is found. `db`: a transaction's, in one. */
export async function recall(store: Store, reader: Reader, query: RecallQuery, db: Db = store.db): Promise<Recalled> {
  const { kind } = store;
  const stem = await stemmerOf(store);
  const people = await knownPeople(db);
  const { query: text, who, limit, signal, inSight, ...others } = query;
  const filters: Filters = {
    ...others,
    author: who === undefined ? undefined : personCalled(people, who).id,
    sight: inSight === undefined ? undefined : { ...inSight, stems: stemsOf(wordsOf(inSight.text), stem) },
  };
  const asked = askedBy(
    text,
    people.filter(({ id }) => id !== AGENT_ID),
    stem,
  );
  if (asked.stems.size === 0) return { items: [], note: NO_WORDS };
  const stems = [...asked.stems.keys()];
  const extent = await extentOf({ db, kind }, stems);
  const ids = await pick({ db, kind }, reader, filters, picksOf(kind, stems, extent), extent);
  // A transaction waits for nobody but the database.
  const meaning = db === store.db ? meaningOf(store) : undefined;
  const likeness = await meaning?.likeness(text, () => readableIds({ db, kind }, reader), signal);
  const similar = likeness?.scores ?? new Map<number, number>();
  const alike = [...similar].filter(([, score]) => score >= MEANT);
  // What stands out does so among everything, whatever of it is asked for.
  const isAll = Object.values(filters).every((each) => each === undefined);
  const wanted = alike.length === 0 || isAll ? null : new Set(await readableIds({ db, kind }, reader, filters));
  const meant = alike
    .filter(([id]) => wanted?.has(id) !== false)
    .toSorted(([a, one], [b, other]) => other - one || a - b);
  const candidates = [...new Set([...ids, ...meant.slice(0, MEANT_MOST).map(([id]) => id)])];
  const loaded = await loadAround({ db, kind }, reader, candidates, new Set(stems));
  const fitting = loaded.filter(({ row }) => fits(row, filters));
  const byId = new Map(loaded.map((each) => [each.id, each]));
  const kept = new Set(fitting.map(({ id }) => id));
  const ranked = rank(asked, extent, loaded, similar).filter(({ id }) => kept.has(id));
  const most = Math.min(limit ?? DEFAULT_LIMIT, MAX_RECALLED);
  const tell = async (some: readonly Ranked[]): Promise<readonly RecalledItem[]> => {
    const rows = some.flatMap(({ id }) => byId.get(id)?.row ?? []);
    const texts = await textsOf({ db, kind, secrets: store.secrets }, rows, asked, stem);
    return some.flatMap((each): readonly RecalledItem[] => {
      const found = texts.get(each.id);
      if (found === undefined) return [];
      const { inPlaces: _, ...item } = found;
      const told = {
        why: reasons(asked, each, found),
        matched: each.own.length,
        share: shareOf(asked, extent, each),
        isMeant: likeness !== undefined && each.parts.similar > likeness.chance,
        score: Math.round(each.score * 100) / 100,
      };
      return [{ ...item, ...told }];
    });
  };
  const items = await telling(distinct(ranked, byId), most, tell);
  return { items, ...(likeness?.note !== undefined && { note: likeness.note }) };
}

/** The best of those that tell something; only behind them those that do not. */
async function telling(
  ranked: readonly Ranked[],
  most: number,
  tell: (some: readonly Ranked[]) => Promise<readonly RecalledItem[]>,
): Promise<readonly RecalledItem[]> {
  const items: RecalledItem[] = [];
  const empty: RecalledItem[] = [];
  for (let from = 0; from < ranked.length && items.length < most; from += most * SPARE) {
    for (const item of await tell(ranked.slice(from, from + most * SPARE))) {
      (item.tellsNothing ? empty : items).push(item);
    }
  }
  return [...items, ...empty].slice(0, most);
}

async function knownPeople(db: Db): Promise<readonly Person[]> {
  return db.selectFrom("user").select(["id", "name"]).orderBy("id").execute();
}

function personCalled(people: readonly Person[], name: string): Person {
  const wanted = plainText(name).trim();
  const found = people.find((each) => each.id === name || plainText(each.name) === wanted);
  if (found !== undefined) return found;
  throw new SparkyError("invalid_input", `who: nobody here is called ${JSON.stringify(piece(name, 0, 100))}`, {
    hint: "leave it out to look through everybody's words",
  });
}

/** What stands around a hit is given too, where it is what was asked for. */
function fits(row: RecallItemRow, { kinds, author, from, to, chatId, sight }: Filters): boolean {
  return (
    (kinds === undefined || kinds.length === 0 || kinds.includes(row.kind)) &&
    (author === undefined || row.author === author) &&
    (from === undefined || row.at >= from) &&
    (to === undefined || row.at < to) &&
    (chatId === undefined || row.chat_id === chatId) &&
    (sight === undefined || !isIn(sight, row))
  );
}

function isIn({ chatId, seqs, stems }: Sight, row: RecallItemRow): boolean {
  if (row.kind === "message" && row.stems === stems) return true;
  return row.chat_id === chatId && (seqs === "all" || (row.seq !== null && seqs.includes(row.seq)));
}

/** The same words of the same person are given once, as they were first said: a chat made from another holds them again. */
function distinct(ranked: readonly Ranked[], byId: ReadonlyMap<number, Loaded>): readonly Ranked[] {
  const firsts = new Map<string, Ranked>();
  for (const each of ranked) {
    const item = byId.get(each.id);
    if (item === undefined) continue;
    const key = item.row.node_id ?? item.row.fact_id ?? `${item.author} ${item.row.stems}`;
    const other = firsts.get(key);
    if (other === undefined || item.at < (byId.get(other.id)?.at ?? 0)) firsts.set(key, each);
  }
  const kept = new Set(firsts.values());
  return ranked.filter((each) => kept.has(each));
}

function shareOf(asked: Asked, extent: Extent, { own }: Ranked): number {
  const weight = (stem: string): number =>
    (asked.stems.get(stem) ?? 0) * rarityOf(extent.items, extent.holding.get(stem) ?? 0);
  const all = [...asked.stems.keys()].reduce((sum, stem) => sum + weight(stem), 0);
  return all === 0 ? 0 : own.reduce((sum, stem) => sum + weight(stem), 0) / all;
}

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Text = Distribute<RecalledItem, "why" | "matched" | "share" | "isMeant" | "score"> & {
  /** Of a node where each stem that is looked for stands: it has more than one place. */
  readonly inPlaces: ReadonlyMap<string, readonly string[]>;
};

/** A chat that is called by its first words may be called by words that are forgotten. */
const toldTitle = sql<string>`CASE WHEN chats.titled_by <> 'person'
  AND EXISTS (SELECT 1 FROM recall_hidden h WHERE h.chat_id = chats.id) THEN '' ELSE chats.title END`;

async function textsOf(
  { db, kind, secrets }: RecallDb & Pick<Store, "secrets">,
  rows: readonly RecallItemRow[],
  asked: Asked,
  stem: Stemmer,
): Promise<ReadonlyMap<number, Text>> {
  const texts = new Map<number, Text>();
  const messages = rows.filter((row) => row.kind === "message");
  const nodes = rows.flatMap((row) => (row.node_id === null ? [] : [{ id: row.id, nodeId: row.node_id }]));
  const said = rowsOf(kind, "w", {
    chat_id: messages.map(({ chat_id }) => chat_id ?? ""),
    seq: messages.map(({ seq }) => seq ?? 0),
  });
  type Event = { chat_id: string; seq: number; body: string; title: string };
  const { rows: events } =
    messages.length === 0
      ? { rows: [] }
      : await sql<Event>`
          SELECT e.chat_id, e.seq, e.body, ${toldTitle} AS title FROM ${said} CROSS JOIN events e CROSS JOIN chats
          WHERE e.chat_id = w.chat_id AND e.seq = w.seq AND chats.id = w.chat_id`.execute(db);
  const places = new Map(messages.map(({ id, chat_id, seq }) => [`${chat_id} ${seq}`, id]));
  for (const { chat_id: chatId, seq, body, title } of events) {
    const event = readableEvent(chatId, seq, body);
    const id = places.get(`${chatId} ${seq}`);
    if (event?.type !== "message" || id === undefined) continue;
    const text = excerpt(secrets.text(event.data.text), asked, stem);
    const place = { id: messageId(chatId, seq), chatId, chatTitle: title, seq };
    const words = { text, at: event.at, author: event.actor.name };
    const tellsNothing = event.actor.id === AGENT_ID && onlyDenies(event.data.text);
    texts.set(id, { ...place, kind: "message", ...words, tellsNothing, inPlaces: new Map() });
  }
  const facts = await factTexts(db, factIdsOf(rows));
  for (const { id, fact_id } of rows) {
    const fact = facts.get(fact_id ?? "");
    if (fact === undefined) continue;
    const text = excerpt(secrets.text(fact.text), asked, stem);
    texts.set(id, { ...fact, text, tellsNothing: false, inPlaces: new Map() });
  }
  const found =
    nodes.length === 0
      ? []
      : await db
          .selectFrom("nodes")
          .selectAll()
          .where(
            "id",
            "in",
            nodes.map(({ nodeId }) => nodeId),
          )
          .execute();
  const ids = new Map(nodes.map(({ id, nodeId }) => [nodeId, id]));
  for (const { id: nodeId, type, name, content, updated_at } of found) {
    const id = ids.get(nodeId);
    if (id === undefined) continue;
    const inPlaces = new Map<string, string[]>();
    for (const [place, text] of Object.entries({ name, type, content })) {
      for (const each of new Set(wordsOf(text).map(stem))) {
        if (asked.stems.has(each)) inPlaces.set(each, [...(inPlaces.get(each) ?? []), place]);
      }
    }
    const text = excerpt(secrets.text(content), asked, stem);
    const at = isoTime(updated_at);
    texts.set(id, { id: nodeId, kind: "node", text, at, nodeId, type, name, tellsNothing: false, inPlaces });
  }
  return texts;
}

/** The part around the first word that is looked for. */
function excerpt(text: string, asked: Asked, stem: Stemmer): string {
  if (text.length <= EXCERPT) return text;
  const small = text.toLowerCase();
  const first = wordsOf(text).find((word) => asked.stems.has(stem(word)));
  const hit = first === undefined ? 0 : Math.max(small.indexOf(first), 0);
  const start = Math.min(Math.max(0, hit - EXCERPT / 4), text.length - EXCERPT);
  const end = start + EXCERPT;
  return `${start > 0 ? "…" : ""}${piece(text, start, end)}${end < text.length ? "…" : ""}`;
}

function reasons(
  asked: Asked,
  { own, around, parts }: Ranked,
  { inPlaces, tellsNothing }: Pick<Text, "inPlaces" | "tellsNothing">,
): readonly string[] {
  const quoted = (stem: string): string => JSON.stringify(asked.words.get(stem) ?? stem);
  const isNode = inPlaces.size > 0;
  const inNode = own.map((stem) => `${quoted(stem)} in ${(inPlaces.get(stem) ?? ["content"]).join(" and ")}`);
  return [
    ...(isNode ? inNode : own.length > 0 ? [`${own.map(quoted).join(", ")} in it`] : []),
    ...(around.length > 0 ? [`${around.map(quoted).join(", ")} beside it`] : []),
    ...(parts.author > 0 && asked.author !== null ? [`said by ${asked.author.name}`] : []),
    ...(parts.date > 0 && asked.date !== null ? [dateReason(parts.date, dateInWords(asked.date))] : []),
    ...(parts.time > 0 ? ["says when"] : []),
    ...(parts.similar >= MEANT ? ["similar in meaning"] : []),
    ...(tellsNothing ? ["only says what it cannot do or does not know"] : []),
  ];
}

const dateReason = (fit: number, date: string): string => (fit >= 1 ? date : `near ${date}`);
