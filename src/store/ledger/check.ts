import { ON_TIME_MS } from "../../core/catch-up.ts";
import { isoTime } from "../../core/clock.ts";
import { dueInstants, hasInstants, rulesFrom } from "./rules.ts";
import type { OccurrenceRow, ScheduleRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** What the ledger says against what the rules say, over the whole life of a schedule. */
export interface LedgerCheck {
  readonly ok: boolean;
  /** Due instants by the rules, and how many the rows stand for. */
  readonly due: number;
  readonly recorded: number;
  readonly from: string;
  readonly to: string;
  /** The first of each kind. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

const SHOWN = 20;

/**
 * In portions, beside everything else: a ledger may be long. One that is written to meanwhile is looked at again. With `now`,
 * rows of instants that have not come by then are too many: a clock that was ahead wrote them.
 */
export async function checkLedger(db: Db, schedule: ScheduleRow, now: number | null): Promise<LedgerCheck> {
  for (let seen = schedule; ;) {
    const check = await compare(db, seen, now);
    const after = await db.selectFrom("schedules").selectAll().where("id", "=", seen.id).executeTakeFirst();
    if (check.ok || after === undefined || after.settled_to === seen.settled_to) return check;
    seen = after;
  }
}

async function compare(db: Db, schedule: ScheduleRow, now: number | null): Promise<LedgerCheck> {
  const { id, created_at, settled_to } = schedule;
  const to = now !== null && settled_to > now + ON_TIME_MS ? now : settled_to;
  const rules = (await rulesFrom(db, id, 0)).filter(hasInstants);
  const tally = new Tally();
  for await (const { instants } of dueInstants(rules, { from: 0, to })) {
    const last = instants.at(-1);
    if (last === undefined) continue;
    await readRows(db, id, tally, last);
    for (const instant of instants) tally.due(instant);
  }
  await readRows(db, id, tally, Number.MAX_SAFE_INTEGER);
  const { due, recorded, missing, extra } = tally.close();
  return {
    ok: missing.length === 0 && extra.length === 0 && due === recorded,
    due,
    recorded,
    from: isoTime(created_at),
    to: isoTime(to),
    missing: missing.map(isoTime),
    extra: extra.map(isoTime),
  };
}

type Row = Pick<OccurrenceRow, "due_at" | "until_at" | "count">;

const PAGE = 1000;

/** The rows up to `to` that the tally has not had yet. */
async function readRows(db: Db, scheduleId: string, tally: Tally, to: number): Promise<void> {
  for (let page: readonly Row[] | undefined; page === undefined || page.length === PAGE;) {
    page = await db
      .selectFrom("occurrences")
      .select(["due_at", "until_at", "count"])
      .where("schedule_id", "=", scheduleId)
      .where("manual", "=", 0)
      .where("due_at", ">", tally.readTo)
      .where("due_at", "<=", to)
      .orderBy("due_at")
      .limit(PAGE)
      .execute();
    for (const row of page) tally.row(row);
  }
}

/** Goes through rows and due instants side by side. A row comes before the instants that it stands for. */
class Tally {
  readTo = -1;
  #due = 0;
  #recorded = 0;
  /** Rows to come, the present one first, and the instants that it has stood for. */
  #rows: Row[] = [];
  #inRow = 0;
  readonly #missing: number[] = [];
  readonly #extra: number[] = [];

  row(row: Row): void {
    this.readTo = row.due_at;
    this.#recorded += row.count;
    this.#rows.push(row);
  }

  due(instant: number): void {
    this.#due += 1;
    for (let [row] = this.#rows; row !== undefined && (row.until_at ?? row.due_at) < instant; [row] = this.#rows) {
      this.#done(row);
    }
    const [row] = this.#rows;
    if (row !== undefined && row.due_at <= instant) this.#inRow += 1;
    else note(this.#missing, instant);
  }

  close(): { readonly due: number; readonly recorded: number; readonly missing: number[]; readonly extra: number[] } {
    for (let [row] = this.#rows; row !== undefined; [row] = this.#rows) this.#done(row);
    return { due: this.#due, recorded: this.#recorded, missing: this.#missing, extra: this.#extra };
  }

  #done(row: Row): void {
    if (this.#inRow !== row.count) note(this.#extra, row.due_at);
    this.#rows.shift();
    this.#inRow = 0;
  }
}

function note(found: number[], at: number): void {
  if (found.length < SHOWN) found.push(at);
}
