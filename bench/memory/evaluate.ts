import { z } from "zod";
import type { Clock } from "../../src/core/clock.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import type { Store } from "../../src/store/database/store.ts";
import { userActor } from "../../src/store/people/actors.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import type { User } from "../../src/store/people/user.ts";
import { indexRecall } from "../../src/store/recall/indexing.ts";
import { recall } from "../../src/store/recall/recall.ts";
import { median, quantile } from "../kit/measure.ts";

/** How well recall finds what is known to be the evidence for a question. */

export const conversationsSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      /** One chat. */
      thread: z.string(),
      author: z.string(),
      at: z.iso.datetime({ offset: true }),
      text: z.string(),
    }),
  ),
  questions: z.array(z.object({ text: z.string(), evidence: z.array(z.string()), kind: z.string().optional() })),
});
export type Conversations = z.infer<typeof conversationsSchema>;

export interface Found {
  readonly questions: number;
  /** The share of a question's evidence among the first five and ten, and 1 / the place of its first one: means. */
  readonly recall5: number;
  readonly recall10: number;
  readonly mrr: number;
}

export interface Evaluation extends Found {
  readonly items: number;
  readonly msMedian: number;
  readonly msP95: number;
  readonly byKind: { readonly [kind: string]: Found };
}

/** A clock that is set to when something was said. */
export interface SetClock extends Clock {
  set(now: number): void;
}

export function setClock(from: Clock): SetClock {
  let at = 0;
  return { now: () => at, after: (ms, fn) => from.after(ms, fn), set: (now) => void (at = now) };
}

const MOST = 100;
const DAY_MS = 86_400_000;

/** Says everything in a home that was empty, as it was said, and asks. `clock`: the store's. */
export async function evaluate(
  store: Store,
  clock: SetClock,
  { items, questions }: Conversations,
): Promise<Evaluation> {
  const { owner } = await ensureUsers(store);
  const ids = await sayAll(store, clock, owner, items);
  const asked: { readonly kind: string; readonly places: readonly number[] }[] = [];
  const times: number[] = [];
  for (const { text, evidence, kind = "" } of questions) {
    const started = performance.now();
    const { items: found } = await recall(store, { viewer: owner, within: null }, { query: text, limit: MOST });
    times.push(performance.now() - started);
    const places = evidence.map((id) => found.findIndex((item) => item.id === ids.get(id)) + 1);
    asked.push({ kind, places });
  }
  const kinds = [...new Set(asked.map(({ kind }) => kind))].filter((kind) => kind !== "").sort();
  const byKind = kinds.map((kind) => [kind, foundOf(asked.filter((each) => each.kind === kind))] as const);
  return {
    items: items.length,
    ...foundOf(asked),
    msMedian: rounded(median(times)),
    msP95: rounded(quantile(times, 0.95)),
    byKind: Object.fromEntries(byKind),
  };
}

function foundOf(asked: readonly { readonly places: readonly number[] }[]): Found {
  const mean = (of: (places: readonly number[]) => number): number =>
    asked.length === 0 ? 0 : rounded(asked.reduce((sum, { places }) => sum + of(places), 0) / asked.length);
  const within = (most: number) => (places: readonly number[]) =>
    places.length === 0 ? 0 : places.filter((place) => place > 0 && place <= most).length / places.length;
  return {
    questions: asked.length,
    recall5: mean(within(5)),
    recall10: mean(within(10)),
    mrr: mean((places) => 1 / Math.min(...places.filter((place) => place > 0), Infinity)),
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Says everything, each at its time, and has it indexed; gives the ids that the items have in the home. */
export async function sayAll(
  store: Store,
  clock: SetClock,
  owner: User,
  items: Conversations["items"],
): Promise<ReadonlyMap<string, string>> {
  const authors = new Map<string, User>();
  for (const name of new Set(items.map(({ author }) => author))) {
    authors.set(name, await addMember(store, `author-${authors.size}`, name));
  }
  const threads = Map.groupBy(items, ({ thread }) => thread);
  const ids = new Map<string, string>();
  for (const [thread, said] of threads) {
    const inOrder = said.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    clock.set(Date.parse(inOrder[0]?.at ?? "1970-01-01"));
    const { chat } = await createChat(store, owner, { title: thread.slice(0, 80) });
    for (const { id, author, at, text } of inOrder) {
      clock.set(Date.parse(at));
      const actor = userActor(authors.get(author) ?? owner);
      const message = {
        type: "message",
        data: { role: "user", text },
        runId: null,
        taskId: null,
        step: null,
        actor,
      } as const;
      const [event] = await store.append({ chatId: chat.id, events: [message] });
      ids.set(id, `${chat.id}.${event?.seq}`);
    }
  }
  clock.set(Math.max(0, ...items.map(({ at }) => Date.parse(at))) + DAY_MS);
  while (!(await indexRecall(store, 1000))) continue;
  return ids;
}

async function addMember(store: Store, id: string, name: string): Promise<User> {
  const known = await store.db
    .selectFrom("user")
    .select(["id", "name", "role"])
    .where("name", "=", name)
    .executeTakeFirst();
  if (known !== undefined) return known;
  const user: User = { id, name, role: "member" };
  const at = store.kind === "sqlite" ? "2026-01-01T00:00:00.000Z" : new Date("2026-01-01");
  const email_verified = store.kind === "sqlite" ? 1 : true;
  await store.db
    .insertInto("user")
    .values({ ...user, email: `${id}@sparky.invalid`, email_verified, created_at: at, updated_at: at })
    .execute();
  return user;
}
