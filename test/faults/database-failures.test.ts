import { sql } from "kysely";
import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { isSparkyError } from "../../src/core/errors.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { readEvents } from "../../src/store/log/events.ts";
import type { Store } from "../../src/store/database/store.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine, postgres } from "../kit/databases.ts";
import { spendLink } from "../kit/sign-in.ts";
import { until } from "../kit/worker.ts";

// Whatever the machine or the network is to blame for is told as `unavailable`, whoever asked: by one translation, below
// every query.

const words = {
  type: "message",
  data: { role: "assistant", text: "words" },
  runId: null,
  taskId: null,
  step: null,
  actor: { kind: "agent", id: "agent", name: "agent" },
} as const;

interface Scene {
  readonly store: Store;
  readonly url: string;
  /** A connection of the operator's own. */
  readonly admin: Client;
}

async function scene(): Promise<Scene> {
  const place = await postgres.place();
  const url = place.kind === "postgres" ? place.url : "";
  return { store: await postgres.open(place), url, admin: await connected(url) };
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: "admin" });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** What it was told of, or that it went well. */
const told = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "well",
    (error: unknown) => (isSparkyError(error) ? error.code : `internal: ${String(error)}`),
  );

/** Ends the connections of Sparky, or cancels what they ask. */
const each = (admin: Client, act: "terminate" | "cancel", state = "%") =>
  admin.query(
    `select pg_${act}_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'sparky' and state like $1`,
    [state],
  );

describe("F113: on PostgreSQL", () => {
  test.each(["terminate", "cancel"] as const)(
    "%s in the middle of a read, of a transaction, of a lone write",
    async (act) => {
      const { store, admin } = await scene();
      const reads = [
        () => sql`select pg_sleep(20)`.execute(store.db),
        () => store.transact((tx) => sql`select pg_sleep(20)`.execute(tx.db)),
        () =>
          store.db
            .updateTable("meta")
            .set({ value: sql`pg_sleep(20)::text` })
            .execute(),
        () => store.db.connection().execute((db) => sql`select pg_sleep(20)`.execute(db)),
      ];
      for (const read of reads) {
        const answer = told(read());
        await until("it to be at work", async () => ((await each(admin, act, "active")).rowCount ?? 0) > 0);
        expect(await answer).toBe("unavailable");
      }
    },
  );

  test("a connection that is ended between two queries of a transaction", async () => {
    const { store, admin } = await scene();
    const answer = told(
      store.transact(async (tx) => {
        await sql`select 1`.execute(tx.db);
        await each(admin, "terminate", "idle in transaction");
        await until(
          "the client to have heard of it",
          async () => (await told(sql`select 1`.execute(tx.db))) !== "well",
        );
        await sql`select 2`.execute(tx.db);
      }),
    );
    expect(await answer).toBe("unavailable");
  });

  test.each([
    ["a statement that takes too long", "statement_timeout = 100", "select pg_sleep(20)"],
    ["a lock that somebody else holds", "lock_timeout = 100", "update meta set value = value"],
    ["a transaction that rests too long", "idle_in_transaction_session_timeout = 100", null],
    ["a server that takes no writes", "default_transaction_read_only = on", "update meta set value = value"],
  ])("%s", async (_, setting, query) => {
    const { store, url, admin } = await scene();
    const watcher = await connected(url);
    await admin.query("begin; update meta set value = value");
    const answer = told(
      store.transact(async (tx) => {
        await sql
          .raw(setting.startsWith("default_") ? "set transaction read only" : `set local ${setting}`)
          .execute(tx.db);
        if (query !== null) return sql.raw(query).execute(tx.db);
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.db);
        // Nothing is asked for a while: the next query finds the connection gone.
        await until("it to be ended", async () => {
          const ours = await watcher.query("select 1 from pg_stat_activity where pid = $1", [rows[0]?.pid]);
          return ours.rowCount === 0;
        });
        return sql`select 1`.execute(tx.db);
      }),
    );
    expect(await answer).toBe("unavailable");
    await admin.query("rollback");
    expect(await told(store.transact((tx) => sql`update meta set value = value`.execute(tx.db)))).toBe("well");
  });

  test("appends, reads, sign-ins, routes and sockets while the database is read-only, full of others, closed to its role, gone", async () => {
    const { store, url, admin } = await scene();
    const { server, people, as, token } = await chatServer(store);
    const { chat } = await createChat(store, people.owner, {});
    const link = (await server.createLoginLink(people.owner)).url;
    const spend = async (): Promise<string> => `${(await spendLink(server, link)).status}`;
    const bearer = `Bearer ${await token(people.owner)}`;
    const name = new URL(url).pathname.slice(1);
    const ask = async (path: string, headers: HeadersInit): Promise<string> => {
      const request = new Request(`http://127.0.0.1:8000${path}`, { headers: { host: "127.0.0.1:8000", ...headers } });
      return `${(await server.fetch(request, {})).status}`;
    };
    const all = async (): Promise<readonly string[]> => [
      await told(store.append({ chatId: chat.id, events: [words] })),
      await told(readEvents(store.db, chat.id)),
      String((await as(people.owner, "POST", "/api/chats", {})).status),
      String((await as(people.owner, "GET", "/api/chats")).status),
      await spend(),
      await ask("/api/status", { authorization: bearer.replace(/.$/, "x") }),
    ];
    const owner = await connected(url.replace(name, "postgres"));
    await owner.query(`alter database ${name} set default_transaction_read_only = on`);
    await each(admin, "terminate");
    await until("the connections to be gone", async () => (await told(readEvents(store.db, chat.id))) === "well");
    expect(await all()).toEqual(["unavailable", "well", "503", "200", "503", "401"]);
    await owner.query(`alter database ${name} reset default_transaction_read_only`);
    await owner.query(`alter database ${name} allow_connections false`);
    await each(admin, "terminate");
    expect(await all()).toEqual(["unavailable", "unavailable", "503", "503", "503", "503"]);
    await owner.query(`alter database ${name} allow_connections true`);
    await until("it to serve again", async () => (await told(readEvents(store.db, chat.id))) === "well");
    // The link was not spent meanwhile.
    expect(await spend()).toBe("303");
    expect((await all()).slice(0, 4)).toEqual(["well", "well", "201", "200"]);
  });

  test("a role that lost a right, and one that may not come in any more", async () => {
    const { store, url, admin } = await scene();
    const role = `r_${new URL(url).pathname.slice(1)}`;
    await admin.query(`create role ${role} login; grant all on all tables in schema public to ${role}`);
    onTestFinished(async () => void (await admin.query(`drop owned by ${role}; drop role ${role}`)));
    const theirs = new URL(url);
    theirs.username = role;
    await store[Symbol.asyncDispose]();
    await admin.query(`alter schema public owner to ${role}`);
    onTestFinished(async () => void (await admin.query("alter schema public owner to postgres")));
    const limited = await postgres.open({ kind: "postgres", url: theirs.href });
    const write = (): Promise<string> => told(sql`update meta set value = value`.execute(limited.db));
    expect(await write()).toBe("well");
    await admin.query(`revoke update on meta from ${role}`);
    expect(await write()).toBe("unavailable");
    await admin.query(`alter role ${role} nologin`);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [role]);
    await until("the connections to be gone", async () => (await write()) === "unavailable");
    expect(await told(sql`select 1`.execute(limited.db))).toBe("unavailable");
    await limited[Symbol.asyncDispose]();
  });

  test("lone statements that deadlock: one is told so, and a transaction is tried again", async () => {
    const { url, admin } = await scene();
    // The deadlock is found by whoever waits first, which is us, and looks once: when the other waits too.
    const { pathname } = new URL(url);
    await admin.query(`alter database ${pathname.slice(1)} set deadlock_timeout = '5s'`);
    const store = await postgres.open({ kind: "postgres", url });
    // Whoever is in a transaction sees only who waited when it first looked.
    const watcher = await connected(url);
    await store.db
      .insertInto("meta")
      .values([
        { key: "a", value: "0" },
        { key: "b", value: "0" },
      ])
      .execute();
    const crossed = async (work: Promise<string>): Promise<string> => {
      await until("the lock to be waited for", async () => {
        const { rows } = await watcher.query(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows.length > 0;
      });
      await admin.query("update meta set value = 'admin' where key = 'b'");
      const answer = await work;
      await admin.query("rollback");
      return answer;
    };
    // One statement, two rows: it holds b when it comes to a.
    const lone = (db: Store["db"]) =>
      sql`with one as (select * from meta where key = 'b' for update),
            two as (select m.* from meta m, one where m.key = 'a' for update of m)
          select * from two`.execute(db);
    await admin.query("set deadlock_timeout = '1min'");
    await admin.query("begin; update meta set value = 'admin' where key = 'a'");
    expect(await crossed(told(lone(store.db)))).toBe("unavailable");
    await admin.query("begin; update meta set value = 'admin' where key = 'a'");
    let tries = 0;
    const again = told(
      store.transact(async (tx) => {
        // The second time nobody is in the way.
        if (++tries === 2) await admin.query("rollback");
        await lone(tx.db);
      }),
    );
    expect(await crossed(again)).toBe("well");
    expect(tries).toBe(2);
  });
});

eachEngine("F113: each failure is told as what it is", (engine) => {
  test("a mistake in a query stays a mistake", async () => {
    const store = await engine.store();
    const answers = [
      await told(sql`selct 1`.execute(store.db)),
      await told(store.db.insertInto("meta").values({ key: "epoch", value: "twice" }).execute()),
      await told(store.transact(() => Promise.reject(new Error("of the body's own")))),
      await told(store.transact(() => Promise.reject(new TypeError("a bug")))),
    ];
    for (const answer of answers) expect(answer).toMatch(/^internal/);
  });

  test("a store that was closed", async () => {
    const store = await engine.store();
    await store[Symbol.asyncDispose]();
    expect(await told(sql`select 1`.execute(store.db))).toBe("unavailable");
    expect(await told(store.transact((tx) => sql`select 1`.execute(tx.db)))).toBe("unavailable");
    expect(await told(store.append({ chatId: "c", events: [words] }))).toBe("unavailable");
  });
});
