import { sql, type SqlBool } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { manages } from "../../core/rights.ts";
import { titleFrom } from "../chats/chats.ts";
import { may } from "../people/access.ts";
import { readEvents } from "../log/events.ts";
import { holdingRuns } from "../runs/open.ts";
import { waitsFor } from "../runs/run.ts";
import { whoseWork } from "../runs/whose.ts";
import type { User } from "../people/user.ts";
import type { RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";

/** A run that is at work, or waits, with nothing of what it is about unless the viewer may see its chat. */
interface WorkNow {
  readonly id: string;
  /** The name of the account whose work it is. */
  readonly user: string;
  readonly kind: "answer" | "task" | "schedule";
  readonly state: RunRow["state"];
  readonly waitsFor: RunRow["wait_reason"];
  /** When it began. */
  readonly since: string;
  /** Where it is worked on; null: nowhere, it waits. */
  readonly node: string | null;
  /** Whether the viewer may stop it, by the right to stop people's work. */
  readonly mayStop: boolean;
  /** null: it is not for the viewer. */
  readonly shown: { readonly runId: string; readonly title: string } | null;
}

const MOST = 200;

/** All that holds a chat, whoever's it is; the longest at it first. With `prefix` those whose id begins so. */
export async function workNow({ db }: Pick<Store, "db">, viewer: User, prefix = ""): Promise<readonly WorkNow[]> {
  const rows = await db
    .selectFrom("runs")
    // From the few runs that are at work.
    .crossJoin("chats")
    .whereRef("chats.id", "=", "runs.chat_id")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .select(["runs.id", "runs.task_id", "runs.state", "runs.queued_at", "runs.started_at", "runs.first_seq"])
    .select("runs.wait_reason")
    .select(["chats.id as chat_id", "chats.owner_id as chat_owner", "chats.title"])
    .select(["tasks.owner_id", "tasks.parent_run", "tasks.parent_call", "tasks.instruction", "tasks.schedule"])
    .select(may(viewer, "see", "chats").as("seen"))
    .where(holdingRuns())
    .where(sql<SqlBool>`substr(runs.id, 1, ${prefix.length}) = ${prefix}`)
    .orderBy("runs.started_at")
    .orderBy("runs.id")
    .limit(MOST)
    .execute();
  const people = new Map(
    (await db.selectFrom("user").select(["id", "name", "role"]).execute()).map((user) => [user.id, user]),
  );
  return Promise.all(
    rows.map(async ({ id, chat_id, chat_owner, state, schedule, instruction, seen, ...row }): Promise<WorkNow> => {
      const { owner_id, parent_run, parent_call } = row;
      const task = owner_id === null ? undefined : { owner_id, chat_id, parent_run, parent_call };
      const title = schedule ?? (instruction === null ? row.title : titleFrom(instruction));
      const whose = people.get(await whoseWork(db, { id: chat_id, owner_id: chat_owner }, task));
      return {
        id,
        user: whose?.name ?? "",
        kind: schedule !== null ? "schedule" : row.task_id !== null ? "task" : "answer",
        state,
        waitsFor: waitsFor({ state, wait_reason: row.wait_reason }),
        since: isoTime(Number(row.started_at ?? row.queued_at)),
        node: state === "waiting" ? null : await nodeOf(db, { id, chat_id, first_seq: row.first_seq }),
        mayStop: whose !== undefined && (whose.id === viewer.id || manages(viewer.role, whose.role)),
        shown: seen ? { runId: id, title } : null,
      };
    }),
  );
}

/** As its log says: whoever took it up last. */
async function nodeOf(db: Db, run: Pick<RunRow, "id" | "chat_id" | "first_seq">): Promise<string | null> {
  const events = await readEvents(db, run.chat_id, { from: run.first_seq, types: ["status"] });
  for (const event of events.toReversed()) {
    if (event.type !== "status" || event.runId !== run.id) continue;
    if (event.data.state === "starting" || event.data.state === "resumed") return event.data.worker ?? null;
  }
  return null;
}
