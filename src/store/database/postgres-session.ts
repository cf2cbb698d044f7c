import { Client, type ClientBase, type ClientConfig } from "pg";

/** What a connection waits for at most, in milliseconds; 0: as long as it takes. */
export interface Limits {
  readonly lockMs: number;
  /** A transaction in which nothing is asked: so long does a node that vanished keep what it has locked. */
  readonly idleMs: number;
  readonly statementMs: number;
  /** The client's own deadline: above all that the server ends by itself, so that none of its processes waits on for nobody. */
  readonly answerMs: number;
}

export const WORKING: Limits = { lockMs: 4000, idleMs: 5000, statementMs: 15_000, answerMs: 20_000 };
/** For what goes through all of the data: migrations, verification, exports. */
export const PATIENT: Limits = { lockMs: 0, idleMs: 0, statementMs: 0, answerMs: 0 };

/** For a first look, which must not keep a start waiting. */
export const PROBING: Limits = { lockMs: 4000, idleMs: 5000, statementMs: 8000, answerMs: 10_000 };
/** A connection that only listens: whether it still hears is asked again and again. */
export const LISTENING: Limits = { ...WORKING, answerMs: 3000 };

const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 3000;

/** The address without its password, for people. */
export function addressOf(url: string): string {
  const { host, port, database } = new Client({ connectionString: url });
  return host.startsWith("/") ? `${host} (port ${port}), database ${database}` : `${host}:${port}/${database}`;
}

/** How every connection of ours is made. What the address itself says comes first. */
export function connectionTo(url: string, name: string, { answerMs }: Limits): ClientConfig {
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    // What is asked side by side goes out at once. And only so does a statement that was given up end its connection,
    // instead of blocking whoever gets it next.
    pipeline: true,
    ...(answerMs > 0 && { query_timeout: answerMs }),
  };
}

/**
 * Sets a new connection up, before anybody gets it: the limits, and what our statements rely on, whatever the database's own
 * settings say. Not by startup parameters, which a pooler refuses. What an older server does not know is left out.
 */
export async function beginSession(client: ClientBase, { lockMs, idleMs, statementMs }: Limits): Promise<void> {
  const settings = {
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: idleMs,
    statement_timeout: statementMs,
    ...VANISHED,
    ...RELIED_ON,
  };
  const rows = Object.keys(settings).map((_, i) => `($${2 * i + 1}, $${2 * i + 2})`);
  await client.query({
    text: `SELECT set_config(s.name, s.value, false) FROM (VALUES ${rows.join(", ")}) AS s(name, value)
           WHERE coalesce(current_setting(s.name, true), '') <> ''
             AND (s.name <> 'synchronous_commit' OR current_setting(s.name) = 'off')`,
    values: Object.entries(settings).flatMap(([name, value]) => [name, String(value)]),
  });
}

/** The server's side of a node that vanished without a word: its connections are gone before its leases are. */
const VANISHED = {
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 10_000,
  // The pool itself lets none rest for so long.
  idle_session_timeout: 15_000,
};

const RELIED_ON = {
  standard_conforming_strings: "on",
  array_nulls: "on",
  default_transaction_isolation: "read committed",
  datestyle: "ISO",
  extra_float_digits: 1,
  // What it would compile is over before that is done.
  jit: "off",
  // What was acknowledged stays. A stricter setting is left as it is.
  synchronous_commit: "on",
};
