import { callLine } from "../../core/exact.ts";
import { systemClock } from "../../core/clock.ts";
import { unreachable } from "../../core/errors.ts";
import { may } from "../people/access.ts";
import { approvalRows } from "../approvals/approvals.ts";
import { listGrants } from "../approvals/grants.ts";
import { listQuestions } from "../questions/questions.ts";
import { visible } from "../graph/visible.ts";
import { listTokens } from "../tokens/tokens.ts";
import { owned } from "../schedules/read.ts";
import type { Db } from "../database/sql.ts";
import { formsOf } from "../database/spellings.ts";
import { openFile } from "./database-file.ts";
import type { User } from "../people/user.ts";
import { findHomeOwner } from "../people/users.ts";

/** What ids and names there are to choose from, for a shell that completes them. */

export type NameKind =
  | "tasks"
  | "chats"
  | "approvals"
  | "questions"
  | "grants"
  | "schedules"
  | "servers"
  | "skills"
  | "secrets"
  | "people"
  | "facts"
  | "tokens";

export interface Name {
  readonly value: string;
  /** What it is, for people. */
  readonly hint: string;
}

/** More than anyone looks through. */
const MOST = 50;
/** A shell waits for it with its person. */
const BUSY_MS = 50;

/**
 * Reads the owner's from a database file, whoever has it open, and changes nothing. Throws when there is none, or none
 * that can be read.
 */
export async function namesIn(file: string, kind: NameKind, prefix: string): Promise<readonly Name[]> {
  await using database = await openFile(file, BUSY_MS);
  const owner = await findHomeOwner(database.db);
  return owner === null ? [] : await namesOf(database.db, owner, kind, prefix);
}

async function namesOf(db: Db, viewer: User, kind: NameKind, prefix: string): Promise<readonly Name[]> {
  // Ids are plain ASCII, and names are compared as they are: a range of the index, without a pattern.
  const end = `${prefix}\u{10ffff}`;
  switch (kind) {
    case "tasks":
      return await db
        .selectFrom("tasks")
        .select(["id as value", "instruction as hint"])
        .where(may(viewer, "see", "tasks"))
        .where("id", ">=", prefix)
        .where("id", "<", end)
        .orderBy("created_at", "desc")
        .limit(MOST)
        .execute();
    case "chats":
      return await db
        .selectFrom("chats")
        .select(["id as value", "title as hint"])
        .where(may(viewer, "see", "chats"))
        .where("id", ">=", prefix)
        .where("id", "<", end)
        .orderBy("last_event_at", "desc")
        .limit(MOST)
        .execute();
    case "approvals": {
      const rows = await approvalRows({ db }, viewer)
        .where("approvals.state", "=", "requested")
        .orderBy("approvals.requested_at", "desc")
        .execute();
      return rows
        .map(({ id, tool, summary }) => ({ value: id, hint: callLine(tool, summary) }))
        .filter(startsWith(prefix));
    }
    case "questions": {
      const { items } = await listQuestions({ db }, viewer, { limit: MOST });
      return items.map(({ id, text }) => ({ value: id, hint: text })).filter(startsWith(prefix));
    }
    case "grants": {
      const grants = await listGrants({ db, clock: systemClock }, viewer);
      return grants.map(({ id, tool }) => ({ value: id, hint: tool })).filter(startsWith(prefix));
    }
    case "schedules": {
      const rows = await owned(db, viewer).orderBy("name").execute();
      return rows.map(({ name, description }) => ({ value: name, hint: description })).filter(startsWith(prefix));
    }
    case "servers": {
      const rows = await db.selectFrom("mcp_servers").select("name").orderBy("name").execute();
      return rows.map(({ name }) => ({ value: name, hint: "" })).filter(startsWith(prefix));
    }
    case "skills": {
      const rows = await db.selectFrom("skill_versions").select("name").distinct().orderBy("name").execute();
      return rows.map(({ name }) => ({ value: name, hint: "" })).filter(startsWith(prefix));
    }
    case "secrets": {
      const rows = await db
        .selectFrom("secrets")
        .select("name")
        .where("owner_id", "=", viewer.id)
        .orderBy("name")
        .execute();
      return rows.map(({ name }) => ({ value: name, hint: "" })).filter(startsWith(prefix));
    }
    case "people": {
      const rows = await db.selectFrom("user").select(["name", "role"]).orderBy("name").execute();
      return rows.map(({ name, role }) => ({ value: name, hint: role })).filter(startsWith(prefix));
    }
    case "facts":
      return await db
        .selectFrom("facts")
        .select(["id as value", "text as hint"])
        .where(visible(viewer.id, "facts"))
        .where("status", "!=", "forgotten")
        .where("id", ">=", prefix)
        .where("id", "<", end)
        .orderBy("recorded_at", "desc")
        .limit(MOST)
        .execute();
    case "tokens": {
      const rows = await listTokens({ db }, viewer);
      return rows
        .filter(({ isFile }) => !isFile)
        .map(({ name, scopes }) => ({ value: name, hint: scopes?.join(", ") ?? "" }))
        .filter(startsWith(prefix));
    }
    default:
      return unreachable(kind);
  }
}

const startsWith =
  (prefix: string) =>
  ({ value }: Name): boolean =>
    formsOf(prefix).some((form) => value.startsWith(form));
