import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { isSparkyError, messageOf } from "../core/errors.ts";
import { doorOf } from "../door.ts";
import { openFile } from "../store/home/database-file.ts";
import { MIGRATIONS } from "../store/database/migrate.ts";
import { openPostgres } from "../store/database/postgres.ts";
import { probePostgres } from "../store/database/postgres-probe.ts";
import { addressOf, WORKING } from "../store/database/postgres-session.ts";
import type { Db } from "../store/database/sql.ts";
import { withoutPassword } from "../store/people/passwords.ts";
import type { Finding } from "../store/verify/finding.ts";
import { verifySchema } from "../store/verify/schema.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";
import { checkSecrets } from "./secrets-check.ts";

const LATEST = MIGRATIONS.length;
/** A question that takes longer is given up. */
const REACH_MS = 5000;
/** Leases last 15 s and are judged by the database's clock. */
const SKEW_MS = 2000;
const AHEAD_MS = 60_000;

export async function* checkDatabase({ config, home }: Patient): AsyncGenerator<Diagnosis> {
  if (config === null) return;
  if (config.dbUrl !== null) yield* checkPostgres(config.dbUrl, config);
  else yield* checkFile(join(home, "sparky.db"), config);
}

async function* checkFile(file: string, config: Config): AsyncGenerator<Diagnosis> {
  if (!existsSync(file)) return yield ok("database", "there is none yet: the first start makes it");
  try {
    await using database = await openFile(file, REACH_MS);
    const damage = await database.quickCheck();
    if (damage !== null) {
      return yield fail("database", `${file} is damaged: ${damage}`, "stop the server, then: sparky db restore BACKUP");
    }
    const foreign = database.schema > LATEST ? [] : await database.foreign();
    yield foreign.length === 0 ? schemaOf(database.schema, file) : foreignSchema(file, foreign);
    if (database.schema === LATEST) yield* contents(database.db, config);
  } catch (error) {
    const hint = isSparkyError(error, "unavailable") ? (error.hint ?? "look into the file system") : undefined;
    yield fail("database", messageOf(error), hint ?? "sparky db restore BACKUP, or move the file away to begin anew");
  }
}

async function* checkPostgres(url: string, config: Config): AsyncGenerator<Diagnosis> {
  const engine = openPostgres(url, {
    onIdleError: () => {},
    limits: { ...WORKING, statementMs: REACH_MS, answerMs: REACH_MS },
  });
  const place = addressOf(url);
  try {
    await probePostgres(url);
    await engine.now();
    const before = Date.now();
    const there = (await engine.now()) ?? before;
    const after = Date.now();
    const row = await engine.db
      .selectFrom("migrations")
      .select((eb) => eb.fn.max("number").as("n"))
      .executeTakeFirst()
      .catch(() => undefined);
    const foreign = row === undefined ? [] : await verifySchema("postgres", engine.db, LATEST);
    if (row === undefined) yield ok("database", `PostgreSQL at ${place} has no schema yet: the first start makes it`);
    else if (foreign.length > 0) yield foreignSchema(`PostgreSQL at ${place}`, foreign);
    else yield schemaOf(Number(row.n), `PostgreSQL at ${place}`);
    // The answer was made somewhere between question and arrival.
    const skew = there < before ? there - before : Math.max(there - after, 0);
    if (Math.abs(skew) > SKEW_MS) {
      const words = `this machine's clock is ${Math.abs(skew / 1000).toFixed(1)} s ${skew > 0 ? "behind" : "ahead of"} the database's`;
      yield warn("clock", words, "let both follow a time server (NTP)");
    }
    if (Number(row?.n) === LATEST) yield* contents(engine.db, config);
  } catch (error) {
    const hint = isSparkyError(error) ? error.hint : undefined;
    yield fail("database", messageOf(error), hint ?? "check SPARKY_DB_URL");
  } finally {
    await engine.close();
  }
}

function foreignSchema(place: string, [first, ...more]: readonly Finding[]): Diagnosis {
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  const what = first?.expected === "none" ? `has ${first.what}` : `: ${first?.what} is not as Sparky makes it`;
  return fail(
    "database",
    `${place} ${what}${others}: its schema is not Sparky's`,
    "sparky verify shows all of it; drop what is not Sparky's, or restore a backup from before",
  );
}

function schemaOf(schema: number, place: string): Diagnosis {
  if (schema === LATEST) return ok("database", `${place} is sound, its schema ${schema} is the latest`);
  if (schema < LATEST) {
    const words = `${place} has schema ${schema}, and this program's is ${LATEST}`;
    return warn(
      "database",
      words,
      "the next start brings it up to date; by hand: sparky db backup, then sparky db migrate",
    );
  }
  const words = `${place} was written by a newer Sparky (schema ${schema}, here ${LATEST})`;
  return fail("database", words, "start that version, or restore a backup made by this one");
}

/** What the data itself tells of things that are wrong. */
async function* contents(db: Db, config: Config): AsyncGenerator<Diagnosis> {
  const { home, host } = config;
  yield* checkSecrets(db, home);
  const open = (await doorOf(config).catch(() => null)) === "tls" ? await withoutPassword(db) : [];
  for (const name of open) {
    const what = `${name} has no password, and without one nothing starts where other machines can reach ${host}`;
    yield fail("accounts", what, `sparky user set-password ${name}, or: sparky user disable ${name}`);
  }
  const { last } = await db
    .selectFrom("chats")
    .select((eb) => eb.fn.max("last_event_at").as("last"))
    .executeTakeFirstOrThrow();
  if (Number(last ?? 0) > Date.now() + AHEAD_MS) {
    const words = `the last event is of ${new Date(Number(last)).toISOString()}, which is yet to come: the clock went back`;
    yield warn("clock", words, "set the clock: schedules go by it");
  }
  const schedules = await db
    .selectFrom("schedules")
    .select(["name", "state", "pause_reason", "prompt"])
    .where("deleted_at", "is", null)
    .where("state", "!=", "disabled")
    .orderBy("name")
    .execute();
  const paused = schedules.filter(({ state, pause_reason }) => state === "paused" && pause_reason !== null);
  const lost = schedules.filter(({ prompt }) => !promptExists(prompt, home));
  for (const { name, prompt } of lost) {
    const remedy = `write the file, or: sparky agent schedule edit ${name} --prompt TEXT; a start brings back Sparky's own`;
    yield warn("schedules", `${name} has its prompt in ${prompt}, and there is no such file`, remedy);
  }
  for (const { name, pause_reason } of paused) {
    const words = `${name} is paused: ${pause_reason}`;
    yield warn("schedules", words, `sparky agent schedule history ${name}, then: sparky agent schedule enable ${name}`);
  }
  if (paused.length + lost.length === 0) yield ok("schedules", "none is paused by failures, and each has its prompt");
}

/** A prompt may be a file of the node's own home. */
function promptExists(prompt: string, home: string): boolean {
  const path = /^\s*file\((.+)\)\s*$/s.exec(prompt)?.[1]?.trim();
  return path === undefined || existsSync(resolve(home, path));
}
