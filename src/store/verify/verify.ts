import { sql } from "kysely";
import { z } from "zod";
import { nothingChecked, type Checked, type Finding } from "./finding.ts";
import type { EngineKind, Store } from "../database/store.ts";
import { decodeCursor, encodeCursor, keyText } from "../database/page.ts";
import { MIGRATIONS } from "../database/migrate.ts";
import { dueClock } from "../database/clock.ts";
import { breathe } from "../database/breathe.ts";
import { nowSql, type Db } from "../database/sql.ts";
import { LEASE_MS } from "../runs/claim.ts";
import { verifyAudit } from "./audit.ts";
import { verifyChat, type VerifySource } from "./chat.ts";
import { verifyLinks } from "./links.ts";
import { verifySchedules } from "./schedules.ts";
import { verifySchema } from "./schema.ts";

/** Derives the state from the log once more, and compares: nothing missing, nothing double, nothing left open. */

export interface VerifyPage {
  readonly findings: readonly Finding[];
  readonly checked: Checked;
  /** Where to go on; null when everything was looked at. */
  readonly next: string | null;
}

/** A page ends at the chat in which it has looked at so much; small enough for a server that works meanwhile. */
const PAGE_COST = 10_000;
const CHAT_COST = 20;
const MAX_PAGE_FINDINGS = 500;

const lastChat = z.tuple([keyText]);

/** The chats that come after `cursor`, and, after the last one, what belongs to no chat. */
export async function verifyPage(source: VerifySource, cursor: string | null): Promise<VerifyPage> {
  const findings: Finding[] = [];
  const checked = nothingChecked();
  let [last] = cursor === null ? [""] : decodeCursor(lastChat, cursor);
  for (let cost = 0; cost < PAGE_COST && findings.length < MAX_PAGE_FINDINGS;) {
    const chatId = await nextChat(source.db, last);
    if (chatId === null) {
      findings.push(...(await verifyLinks(source.db, checked)));
      findings.push(...(await verifySchedules(source.db, source.now)));
      findings.push(...(await source.snapshot(verifyAudit)));
      findings.push(...(await source.snapshot((db) => verifySchema(source.kind, db, MIGRATIONS.length))));
      return { findings, checked, next: null };
    }
    const chat = await verifyChat(source, chatId);
    findings.push(...chat.findings);
    add(checked, chat.checked);
    cost += CHAT_COST + chat.checked.events;
    last = chatId;
    await source.breathe();
  }
  return { findings, checked, next: encodeCursor([last]) };
}

export async function* verifyPages(source: VerifySource): AsyncGenerator<VerifyPage, void, undefined> {
  for (let next: string | null = null; ;) {
    const page = await verifyPage(source, next);
    yield page;
    next = page.next;
    if (next === null) return;
  }
}

/** Every place of a store that is not what it must be; nothing for a sound one. */
export async function* verifyStore(store: Store): AsyncGenerator<Finding, void, undefined> {
  for await (const page of verifyPages(await liveSource(store))) yield* page.findings;
}

/** A store that a process works on: what is working must be held by a living lease. */
export async function liveSource(store: Store): Promise<VerifySource> {
  const { kind, db } = store;
  const now = kind === "sqlite" ? 0 : await databaseNow(db, kind);
  return {
    ...restingSource(kind, db),
    now: await dueClock(store),
    holds: (run) =>
      kind === "sqlite"
        ? run.boot_id === store.bootId
        : // A lease that has just run out is found by the next sweep.
          run.lease_until !== null && run.lease_until > now - LEASE_MS,
  };
}

/** A database that nobody works on. */
export function restingSource(kind: EngineKind, db: Db): VerifySource {
  return {
    kind,
    db,
    holds: null,
    now: null,
    snapshot: (body) => {
      const reading = db.transaction().setAccessMode("read only");
      return (kind === "sqlite" ? reading : reading.setIsolationLevel("repeatable read")).execute(body);
    },
    breathe,
  };
}

export function add(total: Checked, more: Checked): void {
  for (const [name, count] of Object.entries(more)) total[name as keyof Checked] += count;
}

async function databaseNow(db: Db, kind: EngineKind): Promise<number> {
  const { rows } = await sql<{ now: number }>`SELECT ${nowSql(kind, 0)} AS now`.execute(db);
  return Number(rows[0]?.now);
}

/** The next chat that any row names, whether it exists or not: each look is a step in an index. */
async function nextChat(db: Db, after: string): Promise<string | null> {
  const { rows } = await sql<{ id: string | null }>`
    SELECT min(id) AS id FROM (
      SELECT min(id) AS id FROM chats WHERE id > ${after}
      UNION ALL SELECT min(chat_id) FROM events WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM runs WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM tasks WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM steps WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM blobs WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM files WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM message_keys WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM seen WHERE chat_id > ${after}
      UNION ALL SELECT min(chat_id) FROM chat_shares WHERE chat_id > ${after}
    ) AS every_chat`.execute(db);
  return rows[0]?.id ?? null;
}
