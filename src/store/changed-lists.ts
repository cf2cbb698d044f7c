import { sql } from "kysely";
import type { Change } from "../core/hub.ts";
import { audiencesOf } from "./people/access.ts";
import type { Store } from "./database/store.ts";

/** What is committed comes to be seen within this time after it was written, whatever holds a commit up. */
const WITHIN_MS = 60_000;
/** The newest at each look: a home with more at work at once tells of changes by itself all the time. */
const MOST_CHATS = 300;
/** Of the runs that wait for their turn in one chat. */
const MOST_RUNS = 50;

interface Seen {
  /** What lists show of the chat and of its runs. */
  readonly state: string;
  readonly waits: boolean;
}

/**
 * What no hint has told of lists: a node that dies just behind its commit tells nobody of it, nor does one that never heard
 * that its commit was made. Each look finds the chats in which runs have begun, waited or ended since the last one.
 */
export class ChangedLists {
  readonly #store: Pick<Store, "db" | "clock">;
  #seen = new Map<string, Seen>();

  constructor(store: Pick<Store, "db" | "clock">) {
    this.#store = store;
  }

  /** Nobody looks at lists: whoever comes reads them anew. */
  forget(): void {
    this.#seen.clear();
  }

  async look(): Promise<readonly Change[]> {
    const { db, clock } = this.#store;
    const { rows } = await sql<{ id: string; owner_id: string; state: string; waits: boolean }>`
      SELECT c.id, c.owner_id, r.waits,
        concat_ws(' ', c.run_id, c.run_lease, c.deleted_at, c.archived, r.states, c.title) AS state
      FROM chats c CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(o.state = 'waiting'), false) AS waits, string_agg(o.state, ' ' ORDER BY o.first_seq, o.id) AS states
        FROM (
          SELECT id, state, first_seq FROM runs
          WHERE chat_id = c.id AND state IN ('queued', 'working', 'waiting', 'stopping')
          ORDER BY first_seq, id LIMIT ${MOST_RUNS}
        ) o
      ) r
      WHERE c.last_event_at >= ${clock.now() - WITHIN_MS}
      ORDER BY c.last_event_at DESC LIMIT ${MOST_CHATS}`.execute(db);
    const before = this.#seen;
    const changed = rows.filter(({ id, state }) => before.get(id)?.state !== state);
    const audiences = changed.length === 0 ? [] : [...(await audiencesOf(db, changed)).values()];
    // Not before all is known: what could not be told is found again by the next look.
    this.#seen = new Map(rows.map(({ id, state, waits }) => [id, { state, waits }]));
    if (changed.length === 0) return [];
    const users = [...new Set(audiences.flat())];
    const answers = changed.some(({ id, waits }) => (before.get(id)?.waits ?? false) !== waits);
    return [
      { topic: "chats", users },
      { topic: "tasks", users },
      // Who may answer for whom is asked when the list is.
      ...(answers ? [{ topic: "approvals", users: "all" } as const] : []),
    ];
  }
}
