import { sql, type RawBuilder, type SqlBool } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { newestFirst, pageFrom, pageOf, type PageQuery } from "../database/page.ts";
import { begins } from "../database/spellings.ts";
import type { QuestionRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** What a call asks of people before it goes on. */
export interface Question {
  readonly id: string;
  readonly chatId: string;
  readonly chatTitle: string;
  readonly runId: string;
  readonly taskId: string | null;
  readonly callId: string;
  readonly tool: string;
  readonly text: string;
  readonly choices: readonly string[];
  /** The JSON Schema of a form; null: the answer is words. */
  readonly form: Json;
  readonly state: QuestionRow["state"];
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly answer: Json;
  readonly answeredAt: string | null;
  readonly by: string | null;
  /** By which credential: `session`, `token:NAME`, `token file`; `message`: by what was written in the chat. */
  readonly via: string | null;
  /** The viewer may answer it. */
  readonly canAnswer: boolean;
}

export interface QuestionsQuery extends PageQuery {
  /** `open` (when left out): what waits for an answer; `all`: the history too. */
  readonly state?: "open" | "all" | undefined;
  readonly prefix?: string | undefined;
}

const NEWEST_FIRST = newestFirst("questions.asked_at", "questions.id");

/** Questions that wait for an answer: written out, not bound, so that their partial index applies. */
const open = (): RawBuilder<SqlBool> => sql<SqlBool>`questions.state = 'asked'`;

/** What the viewer may see of what is, or was, asked; the newest first. */
export async function listQuestions(
  store: Pick<Store, "db">,
  viewer: User,
  query: QuestionsQuery = {},
): Promise<{ readonly items: readonly Question[]; readonly next: string | null }> {
  const rows = await questionRows(store, viewer)
    .$if((query.state ?? "open") === "open", (q) => q.where(open()))
    .$if(query.prefix !== undefined, (q) => q.where(begins("questions.id", query.prefix ?? "")))
    .$call(pageFrom(NEWEST_FIRST, query))
    .execute();
  const page = pageOf(rows, query, (row) => [row.asked_at, row.id]);
  return { items: page.rows.map(questionOf), next: page.next };
}

export async function getQuestion(store: Store, viewer: User, id: string): Promise<Question> {
  const row = await questionRows(store, viewer).where("questions.id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound(`question ${JSON.stringify(id)}`);
  return questionOf(row);
}

/** How many wait for an answer in chats that the viewer may see. */
export async function openQuestions(store: Store, viewer: User): Promise<number> {
  const { count } = await store.db
    .selectFrom("questions")
    .innerJoin("chats", "chats.id", "questions.chat_id")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where(open())
    .where(may(viewer, "see", "chats"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function questionRows(store: Pick<Store, "db">, viewer: User) {
  return store.db
    .selectFrom("questions")
    .innerJoin("chats", "chats.id", "questions.chat_id")
    .innerJoin("runs", "runs.id", "questions.run_id")
    .selectAll("questions")
    .select(["chats.title", "runs.task_id", may(viewer, "answer", "chats").as("can_answer")])
    .where(may(viewer, "see", "chats"));
}

type ListedRow = QuestionRow & { title: string; task_id: string | null; can_answer: SqlBool };

function questionOf(row: ListedRow): Question {
  return {
    id: row.id,
    chatId: row.chat_id,
    chatTitle: row.title,
    runId: row.run_id,
    taskId: row.task_id,
    callId: row.call_id,
    tool: row.tool,
    text: row.text,
    choices: row.choices === null ? [] : (JSON.parse(row.choices) as string[]),
    form: row.form === null ? null : (JSON.parse(row.form) as Json),
    state: row.state,
    askedAt: isoTime(row.asked_at),
    expiresAt: isoTime(row.expires_at),
    answer: row.answer === null ? null : (JSON.parse(row.answer) as Json),
    answeredAt: row.answered_at === null ? null : isoTime(row.answered_at),
    by: row.answered_by,
    via: row.via,
    canAnswer: row.state === "asked" && Boolean(row.can_answer),
  };
}
