import { isoTime } from "../core/clock.ts";
import { isSparkyError, SparkyError } from "../core/errors.ts";
import { ID_LENGTH } from "../core/ids.ts";
import { fileWords, PICTURES, sizeInWords } from "../core/files.ts";
import type { Masking } from "../core/known-secrets.ts";
import { oneLine } from "../core/plain-text.ts";
import { THING_KINDS, type ThingKind } from "../core/references.ts";
import { shorten } from "../core/text.ts";
import { getChat, listChats, titleFrom } from "../store/chats/chats.ts";
import type { Store } from "../store/database/store.ts";
import { graphNode } from "../store/graph/node.ts";
import { graphSearch } from "../store/graph/search.ts";
import { chatFiles } from "../store/log/chat-files.ts";
import { eventsPage } from "../store/log/events.ts";
import { attachmentOf, readableFile, textOf as writtenIn, type FileText } from "../store/log/files.ts";
import { getUser } from "../store/people/users.ts";
import type { User } from "../store/people/user.ts";
import { getTask, listTasks } from "../store/tasks/read.ts";
import { bytesPage, type BytesPage } from "../tools/bytes-page.ts";

/** Sparky's own things that messages refer to by `@KIND:ID`: which there are, and what one is. A person's rights decide both. */

export interface OfferedThing {
  readonly kind: ThingKind;
  readonly id: string;
  readonly title: string;
  /** A node's type, a task's status, how much a file holds. */
  readonly state: string;
}

export interface ReadThing {
  readonly title: string;
  readonly text: string;
}

const MAX_TITLE = 100;
/** Characters of each text that belongs to it, and how many messages and edges are told. */
const MAX_WORDS = 2000;
const MAX_MESSAGE = 600;
const MESSAGES = 6;
const EDGES = 20;
/** Characters of a file. */
const MAX_FILE = 200_000;

const titled = (text: string, otherwise: string): string => shorten(titleFrom(text), MAX_TITLE) || otherwise;

/**
 * At most `most` that the viewer sees and that hold these words, evenly of each kind; `KIND:` before the words asks for one kind.
 * Without words the newest chats, tasks and files.
 */
export async function offeredThings(
  store: Store,
  viewer: User,
  query: string,
  most: number,
): Promise<readonly OfferedThing[]> {
  const only = THING_KINDS.find((kind) => query.startsWith(`${kind}:`));
  const words = (only === undefined ? query : query.slice(only.length + 1)).trim();
  const kinds = only === undefined ? THING_KINDS : [only];
  const lists = await Promise.all([
    // Somebody may go on with an id that they see.
    ...(only !== undefined && ID_BEGINS.test(words)
      ? [OFFERED[only](store, viewer, { prefix: words, limit: most })]
      : []),
    ...kinds.map((kind) => OFFERED[kind](store, viewer, { limit: most, ...(words !== "" && { search: words }) })),
  ]);
  const share = Math.ceil(most / kinds.length);
  const found = new Map(
    lists.flatMap((list) => list.slice(0, share)).map((thing) => [`${thing.kind} ${thing.id}`, thing]),
  );
  return [...found.values()].slice(0, most);
}

const ID_BEGINS = new RegExp(`^[0-9a-z]{2,${ID_LENGTH}}$`);

interface Wanted {
  readonly search?: string;
  readonly prefix?: string;
  readonly limit: number;
}

type Offer = (store: Store, viewer: User, wanted: Wanted) => Promise<readonly OfferedThing[]>;

const OFFERED: { readonly [kind in ThingKind]: Offer } = {
  async node({ db }, viewer, { search = "", ...wanted }) {
    if (search === "" && wanted.prefix === undefined) return [];
    const { items } = await graphSearch(db, viewer.id, { query: search, ...wanted });
    return items.map(({ id, name, type }) => ({ kind: "node", id, title: titled(name, id), state: type }));
  },
  async chat(store, viewer, wanted) {
    const { items } = await listChats(store, viewer, wanted);
    // What a task works in is meant by the task.
    const meant = items.filter(({ origin }) => origin !== "task" || wanted.prefix !== undefined);
    return meant.map(({ id, title, runState }) => ({
      ...{ kind: "chat", id, title: titled(title, id), state: runState ?? "" },
    }));
  },
  async task(store, viewer, wanted) {
    const { items } = await listTasks(store, viewer, wanted);
    return items.map(({ id, instruction, status }) => ({
      ...{ kind: "task", id, title: titled(instruction, id), state: status },
    }));
  },
  async file({ db }, viewer, wanted) {
    const files = await chatFiles(db, viewer, wanted);
    return files.map(({ id, name, size }) => ({
      ...{ kind: "file", id, title: titled(name, id), state: sizeInWords(size) },
    }));
  },
};

/** What one is, in words that are bounded. Throws `not_found` where it is gone, or not this person's to see. */
export async function readThing(store: Store, userId: string, kind: ThingKind, id: string): Promise<ReadThing> {
  const viewer = await getUser(store, userId);
  try {
    if (viewer !== null) return await READ[kind](store, viewer, id);
  } catch (error) {
    if (!isSparkyError(error, "not_found")) throw error;
  }
  throw new SparkyError("not_found", `the ${kind} is gone, or is not there for who wrote this`);
}

type Read = (store: Store, viewer: User, id: string) => Promise<ReadThing>;

const READ: { readonly [kind in ThingKind]: Read } = {
  async node({ db }, viewer, id) {
    const { type, name, content, updatedAt, edges } = await graphNode(db, viewer.id, id);
    const joined = edges.items
      .slice(0, EDGES)
      .map(({ type: verb, direction, node }) =>
        direction === "out" ? `- ${verb} → ${node.type} ${node.name}` : `- ← ${verb} ${node.type} ${node.name}`,
      );
    const title = titled(name, id);
    return textOf(title, [
      `A node of the memory graph, changed last at ${updatedAt}: ${type} ${name}`,
      shorten(content, MAX_WORDS),
      ...(joined.length === 0
        ? []
        : [`Its edges${edges.total > EDGES ? `, ${EDGES} of ${edges.total}` : ""}:`, ...joined]),
    ]);
  },
  async chat(store, viewer, id) {
    const chat = await getChat(store, viewer, id);
    const page = { type: "message", limit: MESSAGES };
    const [first, last] = await Promise.all([
      eventsPage(store, viewer, id, { ...page, limit: 1, after: 0 }),
      eventsPage(store, viewer, id, page),
    ]);
    const told = new Map([...first.events, ...last.events].map((event) => [event.seq, event]));
    const said = [...told.values()].flatMap((event) =>
      event.type === "message" ? [`${event.actor.name}: ${shorten(event.data.text, MAX_MESSAGE)}`] : [],
    );
    const state = [chat.archived ? "archived" : "", chat.runState ?? "nothing is at work in it"]
      .filter(Boolean)
      .join(", ");
    return textOf(titled(chat.title, id), [
      `A chat called ${oneLine(chat.title)}, begun at ${chat.createdAt}, last event at ${chat.lastEventAt}; ${state}`,
      "Its first message and its last ones:",
      ...said,
    ]);
  },
  async task(store, viewer, id) {
    const task = await getTask(store, viewer, id);
    const { instruction, status, createdAt, finishedAt, result, error, attempts } = task;
    return textOf(titled(instruction, id), [
      `A task, ${status}, added at ${createdAt}${finishedAt === null ? "" : `, ended at ${finishedAt}`}, attempts: ${attempts}`,
      `Instruction: ${shorten(instruction, MAX_WORDS)}`,
      ...(result === null ? [] : [`Result: ${shorten(result, MAX_WORDS)}`]),
      ...(error === null ? [] : [`Error: ${shorten(error, MAX_WORDS)}`]),
    ]);
  },
  async file(store, viewer, id) {
    const file = await readableFile(store, viewer, id);
    const written = writtenIn(store.db, file);
    const told = written === null ? null : await beginningOf(written, store.secrets);
    return textOf(titled(file.name, id), [
      `A file that was sent at ${isoTime(file.created_at)}: ${fileWords(attachmentOf(file))}`,
      ...(told === null
        ? [unwritten(file.mime)]
        : [`Its text${told.isWhole ? "" : ", as far as it is told here"}:`, told.text]),
    ]);
  },
};

/** Page by page, as a model reads it, without the values of secrets. */
async function beginningOf(file: FileText, masking: Masking): Promise<{ text: string; isWhole: boolean }> {
  let text = "";
  let offset: number | null = 0;
  while (offset !== null && text.length < MAX_FILE) {
    const page: BytesPage = await bytesPage(file, { offset, limit: MAX_FILE - text.length }, masking);
    text += page.text;
    offset = page.next;
  }
  return { text, isWhole: offset === null };
}

function unwritten(mime: string): string {
  return PICTURES.has(mime)
    ? "It is a picture. You are not shown it: it would have to be sent along with a message here."
    : "There is no text of it to read.";
}

const textOf = (title: string, lines: readonly string[]): ReadThing => ({
  title,
  text: lines.filter((line) => line !== "").join("\n"),
});
