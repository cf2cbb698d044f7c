import { createHash } from "node:crypto";
import { isEnded } from "../../core/run-state.ts";
import { PURGING } from "../endings/purge.ts";
import { nothingChecked, type Checked, type Finding, type Report } from "./finding.ts";
import type { ChatRow, EventRow, RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind } from "../database/store.ts";
import { hashFiles, namedFiles } from "./files.ts";
import { addRow, emptyLog, type LogCheck } from "./log.ts";
import { compareMessages, danglingKeys } from "./messages.ts";
import { compareRun, type RunScope } from "./runs.ts";
import { compareTasks, unloggedTasks } from "./tasks.ts";

/** Verifies one chat: its log folded page by page, compared with the rows that must agree with it. */

export interface VerifySource {
  readonly kind: EngineKind;
  readonly db: Db;
  /** Reads everything as of one moment. */
  snapshot<T>(body: (db: Db) => Promise<T>): Promise<T>;
  /** Whether a working run's lease is good; null where no process is to hold any. */
  readonly holds: ((run: RunRow) => boolean) | null;
  /** By the clock that decides what is due; null where no process has one. */
  readonly now: number | null;
  /** Lets others go on: SQLite's answers come without a pause. */
  breathe(): Promise<void>;
}

const PAGE = 200;
/** A chat that is damaged all over is told by its first places. */
const MAX_FINDINGS = 200;

export async function verifyChat(
  source: VerifySource,
  chatId: string,
): Promise<{ readonly findings: readonly Finding[]; readonly checked: Checked }> {
  const findings: Finding[] = [];
  const checked = nothingChecked();
  const report: Report = (finding) => void (findings.length < MAX_FINDINGS && findings.push({ ...finding, chatId }));
  const { db, holds } = source;
  const before = await chatRow(db, chatId);
  if (before === undefined) {
    await reportOrphans(db, chatId, report);
    return { findings, checked };
  }
  if (before.deleted_at === PURGING) return { findings, checked };
  checked.chats = 1;
  const log = emptyLog();
  const scope: RunScope = { chatId, report, checked, holds };
  let matched = 0;
  const settle = async (at: Db, chat: ChatRow, all: boolean): Promise<void> => {
    matched += await compareRuns(at, scope, log, all);
    await compareTasks(at, { chat, report, checked }, log, all);
    await compareMessages(at, chatId, log, report);
    await namedBlobs(at, log, report);
    await namedFiles(at, chatId, log, report);
  };
  while (await addPage(db, chatId, log, report, checked)) {
    await settle(db, before, false);
    await source.breathe();
  }
  await hashBlobs(source, chatId, report, checked);
  await hashFiles(source, chatId, report, checked);
  const gone = await source.snapshot(async (at) => {
    const chat = await chatRow(at, chatId);
    if (chat === undefined || chat.deleted_at === PURGING) return true;
    while (await addPage(at, chatId, log, report, checked));
    await settle(at, chat, true);
    await compareChat(at, chat, log, report);
    await unloggedRuns(at, chatId, matched, report);
    await unloggedTasks(at, { chat, report, checked }, log);
    await danglingKeys(at, chatId, report);
    await leftovers(at, chatId, log, report);
    return false;
  });
  // Purged meanwhile: what was missing in the middle of that is nobody's loss.
  return gone ? { findings: [], checked: nothingChecked() } : { findings, checked };
}

const chatRow = (db: Db, chatId: string): Promise<ChatRow | undefined> =>
  db.selectFrom("chats").selectAll().where("id", "=", chatId).executeTakeFirst();

/** Returns whether there may be more. */
async function addPage(db: Db, chatId: string, log: LogCheck, report: Report, checked: Checked): Promise<boolean> {
  const rows: readonly EventRow[] = await db
    .selectFrom("events")
    .selectAll()
    .where("chat_id", "=", chatId)
    .where("seq", ">", log.head)
    .orderBy("seq")
    .limit(PAGE)
    .execute();
  for (const row of rows) addRow(log, chatId, row, report, checked);
  return rows.length === PAGE;
}

/** Compares the runs that have ended, whose rows can change no more, and drops them; with `all`, every run. */
async function compareRuns(db: Db, scope: RunScope, log: LogCheck, all: boolean): Promise<number> {
  const due = [...log.runs.values()].filter((run) => all || isEnded(run.view.state));
  if (due.length === 0) return 0;
  const ids = due.map((run) => run.view.id);
  const found = await db.selectFrom("runs").selectAll().where("id", "in", ids).execute();
  const rows = new Map(found.map((row) => [row.id, row]));
  let matched = 0;
  for (const run of due) {
    log.runs.delete(run.view.id);
    if (await compareRun(db, scope, run, rows.get(run.view.id))) matched += 1;
  }
  return matched;
}

async function compareChat(db: Db, chat: ChatRow, log: LogCheck, report: Report): Promise<void> {
  const seq = log.head;
  const differs = (kind: "head" | "chat" | "lease", what: string, expected: unknown, found: unknown): void => {
    if (expected === found) return;
    report({ kind, seq, what: `the chat's ${what}`, expected: String(expected), found: String(found) });
  };
  differs("head", "head", log.head, chat.head);
  differs("chat", "title", log.title, chat.title);
  differs("chat", "archive mark", log.archived ? 1 : 0, chat.archived);
  if (log.model !== undefined) differs("chat", "model", log.model, chat.model ?? "");
  if (log.effort !== undefined) differs("chat", "effort", log.effort, chat.effort ?? "");
  differs("chat", "last event's time", log.lastAt, chat.last_event_at);
  const holder = await db
    .selectFrom("runs")
    .select(["id", "attempt"])
    .where("chat_id", "=", chat.id)
    .where("state", "in", ["working", "stopping"])
    .executeTakeFirst();
  differs("lease", "fence: its run", holder?.id ?? null, chat.run_id);
  differs("lease", "fence: its lease", holder?.attempt ?? null, chat.run_lease);
}

async function unloggedRuns(db: Db, chatId: string, matched: number, report: Report): Promise<void> {
  const { n } = await db
    .selectFrom("runs")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("chat_id", "=", chatId)
    .executeTakeFirstOrThrow();
  if (Number(n) === matched) return;
  const rows = await db
    .selectFrom("runs")
    .leftJoin("events", (join) =>
      join
        .onRef("events.chat_id", "=", "runs.chat_id")
        .onRef("events.seq", "=", "runs.first_seq")
        .onRef("events.run_id", "=", "runs.id"),
    )
    .select(["runs.id", "runs.first_seq", "runs.state"])
    .where("runs.chat_id", "=", chatId)
    .where("events.seq", "is", null)
    .limit(MAX_FINDINGS)
    .execute();
  for (const row of rows) {
    const what = `run ${row.id}, ${row.state}, is not in the log where it says`;
    report({ kind: "run", seq: row.first_seq, what, expected: "its queued event", found: "none" });
  }
}

async function leftovers(db: Db, chatId: string, log: LogCheck, report: Report): Promise<void> {
  const seen = await db
    .selectFrom("seen")
    .select(["user_id", "seq"])
    .where("chat_id", "=", chatId)
    .where("seq", ">", log.head)
    .execute();
  for (const { user_id, seq } of seen) {
    const what = `user ${user_id} has seen more than there is`;
    report({ kind: "seen", seq: log.head, what, expected: `at most ${log.head}`, found: String(seq) });
  }
  const parts = await db
    .selectFrom("parts")
    .innerJoin("runs", "runs.id", "parts.run_id")
    .select(["parts.run_id", "parts.part", "parts.lease", "runs.state", "runs.attempt"])
    .where("runs.chat_id", "=", chatId)
    .execute();
  for (const { run_id, part, lease, state, attempt } of parts) {
    if ((state === "working" || state === "stopping") && lease <= attempt) continue;
    const what = `a checkpoint is left: part ${part} of run ${run_id}`;
    report({ kind: "part", seq: null, what, expected: "an event", found: `${state}, lease ${lease} of ${attempt}` });
  }
}

async function namedBlobs(db: Db, log: LogCheck, report: Report): Promise<void> {
  const named = log.blobs;
  if (named.length === 0) return;
  log.blobs = [];
  const ids = named.map((blob) => blob.id);
  const rows = await db.selectFrom("blobs").select(["id", "size"]).where("id", "in", ids).execute();
  const sizes = new Map(rows.map((row) => [row.id, row.size]));
  for (const { seq, id, size } of named) {
    const found = sizes.get(id);
    if (found === size) continue;
    const what = found === undefined ? `blob ${id} is missing` : `blob ${id} has another size than the event says`;
    report({
      kind: "blob",
      seq,
      what,
      expected: `${size} bytes`,
      found: found === undefined ? "none" : `${found} bytes`,
    });
  }
}

async function hashBlobs(source: VerifySource, chatId: string, report: Report, checked: Checked): Promise<void> {
  for (let last = ""; ;) {
    const row = await source.db
      .selectFrom("blobs")
      .select(["id", "sha256", "size", "data"])
      .where("chat_id", "=", chatId)
      .where("id", ">", last)
      .orderBy("id")
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return;
    last = row.id;
    checked.blobs += 1;
    const sha256 = createHash("sha256").update(row.data).digest("hex");
    const found = `${row.data.length} bytes, ${sha256}`;
    const expected = `${row.size} bytes, ${row.sha256}`;
    if (found !== expected) report({ kind: "blob", seq: null, what: `blob ${row.id}`, expected, found });
    await source.breathe();
  }
}

const TABLES = ["events", "runs", "tasks", "steps", "blobs", "files", "message_keys", "seen", "chat_shares"] as const;

async function reportOrphans(db: Db, chatId: string, report: Report): Promise<void> {
  for (const table of TABLES) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .where("chat_id", "=", chatId)
      .executeTakeFirst();
    const n = Number(row?.n ?? 0);
    if (n > 0)
      report({
        kind: "orphan",
        seq: null,
        what: `${table} of a chat that is missing`,
        expected: "none",
        found: `${n}`,
      });
  }
}
