import type Database from "better-sqlite3";
import { sql } from "kysely";
import { argsDigest } from "../approvals/approvals.ts";
import { GO_ON } from "../approvals/approvers.ts";
import { approvalEvent } from "../approvals/withdraw.ts";
import type { ApprovalRow, Schema } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

/**
 * Rights do not travel in a backup: what was revoked since would be back, and whoever writes into the file could give
 * themselves some. A table that is new here says what it holds, or this does not compile.
 */
type Holds =
  | "data"
  /** Lets somebody in, or lets something be done unasked. */
  | "rights";

type Table = keyof Schema | "session" | "account" | "verification" | "search_words" | "recall_words" | "recall_stems";

export const TABLES: { readonly [table in Table]: Holds } = {
  meta: "data",
  migrations: "data",
  // A role that a person has given is a right: see `dropRights`.
  user: "data",
  session: "rights",
  account: "rights",
  verification: "rights",
  tokens: "rights",
  passkeys: "rights",
  grants: "rights",
  command_rules: "rights",
  // Of no use without the key, which is in no backup.
  secrets: "rights",
  // Names process groups that recovery may end.
  tool_processes: "rights",
  // Says what is started on this machine, and which tools a person has let in; `mcp.json` is applied again.
  mcp_servers: "rights",
  mcp_tools: "rights",
  mcp_processes: "rights",
  mcp_sign_ins: "rights",
  mcp_begun_sign_ins: "rights",
  run_tools: "data",
  tool_sets: "data",
  request_parts: "data",
  // Whose words are followed: what was approved is approved again.
  skill_pins: "rights",
  skill_versions: "data",
  skill_files: "data",
  run_skills: "data",
  // Of these only what is still to come is a right: see `withdrawAnswers`.
  approvals: "data",
  // An answer lets nothing be done that was not asked about.
  questions: "data",
  chats: "data",
  chat_shares: "data",
  chat_links: "rights",
  seen: "data",
  chat_pins: "data",
  chat_tags: "data",
  // Lets private memory be used where others read: what was taken back since would be back.
  chat_memory: "rights",
  preferences: "data",
  events: "data",
  steps: "data",
  parts: "data",
  message_keys: "data",
  runs: "data",
  tasks: "data",
  task_deps: "data",
  blobs: "data",
  files: "data",
  file_drafts: "data",
  file_parts: "data",
  schedules: "data",
  schedule_rules: "data",
  occurrences: "data",
  chat_spent: "data",
  // They take away, and let nothing be done.
  user_limits: "data",
  user_spent: "data",
  user_warned: "data",
  search_chats: "data",
  search_events: "data",
  search_words: "data",
  recall_chats: "data",
  recall_nodes: "data",
  recall_items: "data",
  recall_extent: "data",
  recall_vectors: "data",
  recall_embedding: "data",
  recalled: "data",
  recall_words: "data",
  recall_stems: "data",
  recall_facts: "data",
  recall_hidden: "data",
  recall_forgot: "data",
  recalled_items: "data",
  nodes: "data",
  edges: "data",
  graph_changes: "data",
  node_aliases: "data",
  graph_apart: "data",
  graph_counts: "data",
  audit: "data",
  audit_end: "data",
  facts: "data",
  fact_sources: "data",
};

export const RIGHTS = Object.entries(TABLES).flatMap(([table, holds]) => (holds === "rights" ? [table] : []));

/** Empties the tables of rights, and overwrites where they stood. Of an older schema: those that it has. */
export function dropRights(handle: Database.Database): void {
  handle.pragma("secure_delete = on");
  const has = handle.prepare<[string], { name: string }>(
    "select name from sqlite_schema where type = 'table' and name = ?",
  );
  for (const table of RIGHTS) if (has.get(table) !== undefined) handle.exec(`delete from "${table}"`);
  handle.exec(
    `update "user" set role = 'member' where role in ('owner', 'admin') and id <> (
       select id from "user" where role = 'owner'
       order by case when id = (select value from meta where key = 'home_owner') then 0 else 1 end, created_at, id limit 1)`,
  );
  // It signs cookies; and the key that a home's secrets were encrypted by is not this one's.
  handle.exec("delete from meta where key in ('secret', 'secrets_key')");
}

const RESTORED = "a backup was restored, and a yes does not travel in a backup";

/**
 * Takes back each yes whose call has no result yet: it was given to the history that a restore cuts. The run is told, and
 * may ask again. A yes to going on lets nothing be done; which one that is, its digest says, as it does where it is used. For SQLite.
 */
export async function withdrawAnswers(tx: Tx): Promise<void> {
  const { rows } = await sql<ApprovalRow & { task_id: string | null }>`
    SELECT a.*, r.task_id FROM approvals a JOIN runs r ON r.id = a.run_id
    WHERE a.state = 'approved' AND a.args_digest != ${argsDigest(GO_ON, {})} AND r.ended_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM events e
        WHERE e.chat_id = a.chat_id AND e.run_id = a.run_id AND e.type = 'tool_result'
          AND json_valid(e.body) AND json_extract(e.body, '$.data.callId') = a.call_id)`.execute(tx.db);
  for (const { task_id, ...approval } of rows) {
    const withdrawn = { state: "withdrawn", decided_at: tx.now, decided_by: null, note: RESTORED } as const;
    await tx.db.updateTable("approvals").set(withdrawn).where("id", "=", approval.id).execute();
    await tx.append(approval.chat_id, [approvalEvent({ ...approval, ...withdrawn }, { id: approval.run_id, task_id })]);
  }
}
