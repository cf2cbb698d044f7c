import { Client } from "pg";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import { explainPostgres } from "./postgres-failures.ts";
import { addressOf, beginSession, connectionTo, PROBING } from "./postgres-session.ts";

const OLDEST = 130_000;

interface Server {
  readonly pid: number;
  readonly version: number;
  readonly encoding: string;
  readonly standby: boolean;
  readonly read_only: boolean;
  readonly name: string;
  readonly role: string;
  readonly schema: string | null;
  readonly may_create: boolean;
  /** Sparky's tables are there; those of them that its role may not read and write. */
  readonly made: boolean;
  readonly closed: readonly string[];
}

const LOOK = `
  SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version,
    current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby,
    current_setting('transaction_read_only') = 'on' AS read_only,
    current_database() AS name, current_user AS role, current_schema() AS schema,
    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
    to_regclass('migrations') IS NOT NULL AS made,
    array(
      SELECT t.relname::text FROM pg_class t JOIN pg_class m ON m.oid = to_regclass('migrations')
      WHERE t.relnamespace = m.relnamespace AND t.relowner = m.relowner AND t.relkind = 'r'
        AND NOT (has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'INSERT')
          AND has_table_privilege(t.oid, 'UPDATE') AND has_table_privilege(t.oid, 'DELETE'))
      ORDER BY 1
    ) AS closed`;

/** Asks the server before anything is done on it, so that one that cannot serve is refused in words, with the remedy. */
export async function probePostgres(url: string): Promise<void> {
  const clients = [new Client(connectionTo(url, "sparky", PROBING)), new Client(connectionTo(url, "sparky", PROBING))];
  try {
    const [client, other] = clients as [Client, Client];
    for (const each of clients) each.on("error", () => {});
    await client.connect();
    const server = (await client.query<Server>(LOOK)).rows[0] as Server;
    check(server);
    // A pooler gives its own number.
    if ((client as { processID?: number }).processID !== server.pid && (await changesHands(client, other))) {
      throw refused(
        "it is reached through a pooler (as PgBouncer) that gives each transaction another connection",
        "give SPARKY_DB_URL the server's own address, or set the pooler to sessions: pool_mode = session",
      );
    }
    // What each connection will be set to is allowed.
    await beginSession(client, PROBING);
  } catch (error) {
    const explained = explainPostgres(error, true);
    const known = isSparkyError(explained) ? explained : new SparkyError("unavailable", messageOf(error));
    const cause = known.cause ?? error;
    const words = known.cause instanceof Error ? known.cause.message : known.message;
    const hint = known.hint === undefined || isNetwork(cause) ? START_HINT : known.hint;
    throw new SparkyError("unavailable", `cannot use PostgreSQL at ${addressOf(url)}: ${words}`, { cause, hint });
  } finally {
    for (const client of clients) void client.end();
  }
}

const START_HINT = "check SPARKY_DB_URL, and that the server runs and lets you in";

const isNetwork = (error: unknown): boolean => !(error instanceof SparkyError) && !("severity" in (error as object));

const refused = (why: string, hint: string): SparkyError => new SparkyError("unavailable", why, { hint });

function check(server: Server): void {
  const { version, encoding, name, role, schema, closed } = server;
  const owner = JSON.stringify(role);
  if (version < OLDEST) throw refused("the server is older than PostgreSQL 13", "use 13 or newer");
  if (encoding !== "UTF8") {
    throw refused(
      `the database ${name} has the encoding ${encoding}, which cannot hold every text`,
      "make another: CREATE DATABASE sparky ENCODING 'UTF8' TEMPLATE template0",
    );
  }
  if (server.standby) {
    throw refused("the server is a standby, which only reads", "give SPARKY_DB_URL the address of the primary");
  }
  if (server.read_only) {
    const lift = `ALTER DATABASE ${JSON.stringify(name)} RESET default_transaction_read_only, or the same of its role`;
    throw refused("it is read-only: default_transaction_read_only is on", lift);
  }
  if (schema === null || (!server.made && !server.may_create)) {
    throw refused(
      `the role ${role} may not make tables in ${schema ?? "any schema of its search_path"}`,
      `GRANT USAGE, CREATE ON SCHEMA ${schema ?? "public"} TO ${owner}`,
    );
  }
  if (closed.length > 0) {
    throw refused(
      `the role ${role} may not read and write ${closed.slice(0, 3).join(", ")}${closed.length > 3 ? " and more" : ""}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${owner}`,
    );
  }
}

/** Whether a connection is another one of the server after somebody else had a transaction. */
async function changesHands(client: Client, other: Client): Promise<boolean> {
  const pid = async (of: Client): Promise<number> =>
    Number((await of.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid);
  const before = await pid(client);
  await other.connect();
  try {
    await other.query("BEGIN");
  } catch {
    return true;
  }
  await pid(other);
  const after = await pid(client);
  await other.query("ROLLBACK");
  return before !== after;
}
