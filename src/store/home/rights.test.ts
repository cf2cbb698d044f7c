import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { story, startAgent } from "../../../test/kit/agent.ts";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, postgres, sqlite } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { oldDatabase } from "../../../test/kit/old-database.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { findingsOf } from "../../../test/kit/verify-scene.ts";
import { testTool, until } from "../../../test/kit/worker.ts";
import { examine } from "../../doctor/examine.ts";
import { policyOf } from "../../tools/policy.ts";
import { decideApproval, listApprovals } from "../approvals/approvals.ts";
import { listGrants } from "../approvals/grants.ts";
import { listAccounts } from "../people/accounts.ts";
import type { Store } from "../database/store.ts";
import { addTask } from "../tasks/add.ts";
import { getTask } from "../tasks/read.ts";
import { backupFile } from "./backup.ts";
import { openData } from "./data.ts";
import { TABLES, RIGHTS } from "./rights.ts";

async function place() {
  const home = await tempHome();
  const file = join(home, "sparky.db");
  return { home, file, open: () => sqlite.open({ kind: "sqlite", file }) };
}

async function signIn({ server, people: { owner } }: ChatServer): Promise<string> {
  const { url } = await server.createLoginLink(owner);
  const response = await spendLink(server, url);
  return (response.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
}

const me = async ({ server }: ChatServer, headers: Record<string, string>): Promise<number> =>
  (await server.fetch(new Request("http://127.0.0.1:8000/api/me", { headers }))).status;

async function restore(home: string, backup: string): Promise<void> {
  using prepared = await openData(home, null).restore(backup);
  expect(prepared.findings).toEqual([]);
  await prepared.swap();
}

const countOf = (file: string, table: string): number => {
  const handle = new Database(file, { readonly: true });
  const row = handle.prepare<[], { n: number }>(`select count(*) as n from "${table}"`).get();
  handle.close();
  return row?.n ?? -1;
};

/** Every kind of right that there is, as its owner made it; and the same file as somebody who copied it has it. */
async function withRights() {
  const at = await place();
  const store = await at.open();
  const app = await chatServer(store);
  const cookie = await signIn(app);
  const authorization = `Bearer ${await app.token(app.people.owner)}`;
  const link = (await app.server.createLoginLink(app.people.owner)).url;
  const user = app.people.owner.id;
  for (const insert of [
    sql`INSERT INTO grants (id, principal_id, tool, run_id, until_at, granted_by, created_at, revoked_at)
        VALUES ('g1', ${user}, 'shell', NULL, ${store.clock.now() + 3_600_000}, ${user}, 0, NULL)`,
    sql`INSERT INTO account (id, account_id, provider_id, user_id, password, created_at, updated_at)
        VALUES ('a1', ${user}, 'credential', ${user}, 'a-password-hash', '2026', '2026')`,
    sql`INSERT INTO meta VALUES ('secret', 'planted')`,
  ]) {
    await insert.execute(store.db);
  }
  expect([await me(app, { cookie }), await me(app, { authorization })]).toEqual([200, 200]);
  expect(await listGrants(store, app.people.owner)).toHaveLength(1);
  return { ...at, store, app, cookie, authorization, link, hash: "a-password-hash" };
}

test.each(["sparky db backup", "a copy of the file"])(
  "F99 what was revoked since stays revoked, and nothing planted lets anybody in: restored from %s",
  async (how) => {
    const { home, file, store, cookie, authorization, link, hash, open } = await withRights();
    const backup = join(home, "old.db");
    if (how === "sparky db backup") {
      await backupFile(file, backup);
      const bytes = readFileSync(backup, "latin1");
      expect([bytes.includes(hash), bytes.includes("planted")]).toEqual([false, false]);
    } else {
      await sql`PRAGMA wal_checkpoint(truncate)`.execute(store.db);
      copyFileSync(file, backup);
      expect([countOf(backup, "session"), countOf(backup, "tokens")]).toEqual([1, 1]);
    }
    for (const table of ["session", "tokens", "grants", "verification"]) {
      await sql`DELETE FROM ${sql.table(table)}`.execute(store.db);
    }
    await store[Symbol.asyncDispose]();
    await restore(home, backup);
    const again = await open();
    const app = await chatServer(again);
    expect([await me(app, { cookie }), await me(app, { authorization })]).toEqual([401, 401]);
    expect((await spendLink(app.server, link)).status).toBe(401);
    expect(await listGrants(again, app.people.owner)).toEqual([]);
    expect([countOf(file, "account"), countOf(file, "tool_processes")]).toEqual([0, 0]);
    expect(await again.db.selectFrom("meta").select("key").where("key", "=", "secret").execute()).toEqual([]);
    expect(await me(app, { cookie: await signIn(app) })).toBe(200);
  },
);

test("F99 no role that was given travels in a backup, but that of the home's own owner", async () => {
  const { home, file, open } = await place();
  const store = await open();
  const { as, people: accounts } = await chatServer(store);
  for (const role of ["owner", "admin", "viewer"]) {
    expect((await as(accounts.owner, "POST", "/api/users", { name: `${role}-2`, role })).status).toBe(201);
  }
  const backup = join(home, "old.db");
  await backupFile(file, backup);
  await store[Symbol.asyncDispose]();
  await restore(home, backup);
  const roles = (await listAccounts(await open())).map(({ name, role }) => [name, role]);
  expect(Object.fromEntries(roles)).toMatchObject({
    ...{ owner: "owner", agent: "agent", ann: "member" },
    ...{ "owner-2": "member", "admin-2": "member", "viewer-2": "viewer" },
  });
});

test.each([
  ["as it was given", "danger"],
  ["that the file passes off as one to going on", "go_on"],
])(
  "F99 a yes that has not been used is asked for again after a restore, and one that has stays what it was: %s",
  async (_how, tool) => {
    const { home, file, open } = await place();
    const ran: string[] = [];
    const danger = { ...testTool("danger", async (text) => ran.push(text)), policy: policyOf("ask") };
    const store = await open();
    const { owner } = await people(store);
    const steps = [[call("danger", { text: "first" })], [call("danger", { text: "a" }), call("danger", { text: "b" })]];
    const agent = await startAgent(store, { model: scriptedModel([...steps, [say("done")]]), tools: [danger] });
    const { task } = await addTask(store, owner, { instruction: "go" });
    const asked = (count: number) =>
      until(`${count} questions`, async () => {
        const { items } = await listApprovals(store, owner);
        return items.length === count && items;
      });
    await decideApproval(store, owner, (await asked(1))[0]?.id ?? "", { decision: "approve" });
    const both = await asked(2);
    const yes = both.find(({ summary }) => summary === "a");
    await decideApproval(store, owner, yes?.id ?? "", { decision: "approve" });
    await agent.stop();
    await backupFile(file, join(home, "backup.db"));
    await store[Symbol.asyncDispose]();
    expect(ran).toEqual(["first"]);
    const backup = new Database(join(home, "backup.db"));
    if (tool === "go_on") backup.exec("UPDATE approvals SET tool = 'go_on' WHERE summary = 'a'");
    backup.close();
    await restore(home, join(home, "backup.db"));

    const again = await open();
    const states = (await listApprovals(again, owner, { state: "all" })).items.map((one) => [one.summary, one.state]);
    expect(new Map(states as [string, string][])).toEqual(
      new Map([
        ["first", "approved"],
        ["a", "withdrawn"],
        ["b", "requested"],
      ]),
    );
    const model = scriptedModel([[say("then not")]]);
    await startAgent(again, { model, tools: [danger] });
    const open_ = (await listApprovals(again, owner)).items;
    await decideApproval(again, owner, open_[0]?.id ?? "", { decision: "approve" });
    await until("the end", async () => (await getTask(again, owner, task.id)).status === "completed");
    expect(ran).toEqual(["first", "b"]);
    expect(await story(again, task.chatId)).toContain("fails danger");
    expect(JSON.stringify(model.requests[0]?.messages)).toContain("a yes does not travel in a backup");
    expect(await findingsOf(again)).toEqual([]);
  },
);

const FOREIGN = [
  ["a trigger", "CREATE TRIGGER spy AFTER INSERT ON events BEGIN DELETE FROM chats WHERE id = new.chat_id; END"],
  ["a trigger on what a restore changes", "CREATE TRIGGER spy AFTER UPDATE ON meta BEGIN DELETE FROM chats; END"],
  ["a trigger of its own name's case", "CREATE TRIGGER search_EVENTS_gone2 AFTER DELETE ON runs BEGIN SELECT 1; END"],
  [
    "a trigger under a name of SQLite's own statistics",
    `CREATE TRIGGER spy AFTER UPDATE ON meta BEGIN DELETE FROM chats; END; PRAGMA writable_schema = on;
     UPDATE sqlite_schema SET name = 'sqlite_stat1', sql = replace(sql, 'spy', 'sqlite_stat1') WHERE name = 'spy'`,
  ],
  ["a view", "CREATE VIEW peek AS SELECT * FROM tokens"],
  ["an index on an expression", "CREATE INDEX slow ON events (hex(body))"],
  ["a table", "CREATE TABLE extra (x)"],
  ["a virtual table", "CREATE VIRTUAL TABLE extra USING fts5(x)"],
  ["a column", "ALTER TABLE chats ADD COLUMN extra TEXT"],
  ["a column that computes", "ALTER TABLE chats ADD COLUMN extra TEXT AS (upper(title)) VIRTUAL"],
  ["no index for a rule", "DROP INDEX runs_one_active"],
  ["no trigger of ours", "DROP TRIGGER search_events_gone"],
  [
    "another trigger under our name",
    "DROP TRIGGER search_events_gone; CREATE TRIGGER search_events_gone AFTER DELETE ON search_events BEGIN DELETE FROM tokens; END",
  ],
] as const;

test.each(FOREIGN)(
  "F99 a database with %s is not restored, and verify, backup and doctor say so",
  async (_what, statement) => {
    const { home, file, open } = await place();
    const store = await open();
    await people(store);
    await store[Symbol.asyncDispose]();
    await backupFile(file, join(home, "good.db"));
    const before = readFileSync(file);
    const bad = join(home, "bad.db");
    copyFileSync(join(home, "good.db"), bad);
    const handle = new Database(bad);
    handle.unsafeMode(true);
    handle.exec(statement);
    handle.close();
    await expect(openData(home, null).restore(bad)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("a schema that is not Sparky's"),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}.restoring`)).toBe(false);

    copyFileSync(bad, file);
    const kinds: string[] = [];
    for await (const page of openData(home, null).verify()) kinds.push(...page.findings.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(["schema"]));
    const backup = await backupFile(file, join(home, "of-bad.db"));
    expect(backup.findings.map(({ kind }) => kind)).toContain("schema");
    const told: string[] = [];
    for await (const { check, state, what } of examine(
      { SPARKY_HOME: home, SPARKY_PORT: "0" },
      {},
      { fix: false, offline: true },
    ))
      if (check === "database") told.push(`${state}: ${what}`);
    expect(told).toEqual([expect.stringMatching(/^fail: .*not Sparky's/)]);
  },
);

test("F99 an older schema is compared with its own version's, before a migration can wake what is in it", async () => {
  const home = await tempHome();
  const old = join(home, "old.db");
  oldDatabase(old, 1, "create trigger spy after insert on migrations begin delete from meta; end");
  await expect(openData(home, null).restore(old)).rejects.toMatchObject({
    message: expect.stringContaining("trigger spy"),
  });
  const again = new Database(old);
  again.exec("drop trigger spy");
  again.close();
  await restore(home, old);
});

eachEngine("rights", (engine) => {
  test("F99 every table says whether it holds data or rights", async () => {
    const store = await engine.store();
    const tables = await store.db.introspection.getTables();
    const shadows = /^(search|recall)_words_/;
    const names = tables.filter(({ isView, name }) => !isView && !shadows.test(name)).map(({ name }) => name);
    expect(Object.keys(TABLES)).toEqual(expect.arrayContaining(names));
  });

  test("F99 a sound database has no finding about its schema, with the engine's own statistics too", async () => {
    const store = await engine.store();
    await sql`ANALYZE`.execute(store.db);
    expect(await findingsOf(store)).toEqual([]);
  });
});

const POSTGRES_FOREIGN: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  [
    "trigger spy on events",
    async ({ db }) => {
      await sql`CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`.execute(db);
      await sql`CREATE TRIGGER spy AFTER INSERT ON events EXECUTE FUNCTION spy()`.execute(db);
    },
  ],
  ["rule spy on grants", ({ db }) => sql`CREATE RULE spy AS ON DELETE TO grants DO INSTEAD NOTHING`.execute(db)],
  ["policy spy on tokens", ({ db }) => sql`CREATE POLICY spy ON tokens USING (true)`.execute(db)],
  ["view peek", ({ db }) => sql`CREATE VIEW peek AS SELECT * FROM tokens`.execute(db)],
  [
    "default value for column spied of table events",
    async ({ db }) => {
      await sql`CREATE FUNCTION spy() RETURNS text LANGUAGE sql AS 'SELECT current_user::text'`.execute(db);
      await sql`ALTER TABLE events ADD COLUMN spied TEXT DEFAULT spy()`.execute(db);
    },
  ],
  [
    "constraint spying on table grants",
    async ({ db }) => {
      await sql`CREATE FUNCTION spy(text) RETURNS bool LANGUAGE sql AS 'SELECT true'`.execute(db);
      await sql`ALTER TABLE grants ADD CONSTRAINT spying CHECK (spy(id))`.execute(db);
    },
  ],
  [
    "index spied",
    async ({ db }) => {
      await sql`CREATE FUNCTION spy(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1'`.execute(db);
      await sql`CREATE INDEX spied ON tokens (spy(id))`.execute(db);
    },
  ],
  ["unique index runs_one_active on runs", ({ db }) => sql`DROP INDEX runs_one_active`.execute(db)],
  ["column tokens.name", ({ db }) => sql`ALTER TABLE tokens DROP COLUMN name`.execute(db)],
];

test.each(POSTGRES_FOREIGN)("F99 on PostgreSQL verify and doctor tell of the %s", async (what, plant) => {
  const at = await postgres.place();
  if (at.kind !== "postgres") throw new Error("not PostgreSQL");
  const store = await postgres.open(at);
  await plant(store);
  expect((await findingsOf(store)).map((finding) => [finding.kind, finding.what])).toEqual([["schema", `the ${what}`]]);
  const env = { SPARKY_HOME: await tempHome(), SPARKY_PORT: "0", SPARKY_DB_URL: at.url };
  const told: string[] = [];
  for await (const one of examine(env, {}, { fix: false, offline: true }))
    if (one.check === "database") told.push(one.what);
  expect(told).toEqual([expect.stringContaining(what)]);
});

test("F99 the page on going back to a backup of PostgreSQL names every table of rights", () => {
  const page = readFileSync(new URL("../../../docs/guide/operate.md", import.meta.url), "utf8");
  const named = [...page.matchAll(/DELETE FROM (\w+);/g)].map(([, table]) => table);
  expect(named).toHaveLength(RIGHTS.length);
  expect(new Set(named)).toEqual(new Set(RIGHTS));
});

test("F99 the command for PostgreSQL leaves every table of rights out", async () => {
  const data = openData(await tempHome(), "postgres://127.0.0.1:1/none");
  const hint = await data.backup(null).catch((error: { hint: string }) => error.hint);
  for (const table of ["session", "account", "verification", "tokens", "grants"]) {
    expect(hint).toContain(`--exclude-table-data=${table} `);
  }
});
