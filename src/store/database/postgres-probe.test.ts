import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { postgres, type Place } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { until } from "../../../test/kit/worker.ts";
import { loadConfig } from "../../config.ts";
import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { createChat, getChat } from "../chats/chats.ts";
import { graphSearch } from "../graph/search.ts";
import { ensureUsers } from "../people/users.ts";

async function scene(place: Promise<Place> = postgres.place()) {
  const at = await place;
  const url = new URL(at.kind === "postgres" ? at.url : "");
  const name = url.pathname.slice(1);
  const admin = new Client({ connectionString: url.href.replace(name, "postgres") });
  await admin.connect();
  onTestFinished(() => admin.end());
  const inside = new Client({ connectionString: url.href });
  await inside.connect();
  onTestFinished(() => inside.end());
  return { url, name, admin, inside };
}

/** What a start says: why not, and what to do. */
async function refusal(url: string): Promise<SparkyError> {
  const failure = await postgres.open({ kind: "postgres", url }).then(
    () => new Error("it was accepted"),
    (error: unknown) => error,
  );
  if (!isSparkyError(failure, "unavailable")) throw failure;
  expect(failure.message).toMatch(/^cannot use PostgreSQL at /);
  expect(failure.message).not.toContain("secret");
  return failure;
}

test.each(["LATIN1", "SQL_ASCII", "EUC_JP"])("F116: a database in %s is refused", async (encoding) => {
  const { url, name, admin } = await scene();
  const other = `${name}_${encoding.toLowerCase()}`;
  await admin.query(
    `create database ${other} encoding '${encoding}' template template0 locale_provider libc locale 'C'`,
  );
  onTestFinished(async () => void (await admin.query(`drop database ${other} with (force)`)));
  const { message, hint } = await refusal(url.href.replace(name, other));
  expect(message).toContain(`the encoding ${encoding}`);
  expect(hint).toContain("ENCODING 'UTF8'");
});

test("F116: a database that takes no writes is refused, and taken when it does", async () => {
  const { url, name, admin } = await scene();
  await admin.query(`alter database ${name} set default_transaction_read_only = on`);
  const { message, hint } = await refusal(url.href);
  expect(message).toContain("read-only");
  expect(hint).toContain("default_transaction_read_only");
  await admin.query(`alter database ${name} reset default_transaction_read_only`);
  await postgres.open({ kind: "postgres", url: url.href });
});

test("F116: a role without the rights that are needed is told which ones", async () => {
  const { url, name, admin, inside } = await scene(postgres.emptyPlace());
  const role = `r_${name}`;
  await admin.query(`create role ${role} login password 'secret'`);
  onTestFinished(async () => {
    await inside.query(`drop owned by ${role}`);
    await admin.query(`drop role ${role}`);
  });
  const theirs = new URL(url);
  [theirs.username, theirs.password] = [role, "secret"];
  // It may not make tables.
  const first = await refusal(theirs.href);
  expect(first.message).toContain(`${role} may not make tables in public`);
  expect(first.hint).toBe(`GRANT USAGE, CREATE ON SCHEMA public TO "${role}"`);
  await inside.query(`revoke usage on schema public from public`);
  expect((await refusal(theirs.href)).hint).toBe(`GRANT USAGE, CREATE ON SCHEMA public TO "${role}"`);
  await inside.query(`grant usage on schema public to public`);
  // Somebody else has made them.
  await (await postgres.open({ kind: "postgres", url: url.href }))[Symbol.asyncDispose]();
  const second = await refusal(theirs.href);
  expect(second.message).toContain(`${role} may not read and write`);
  await inside.query(second.hint ?? "");
  await (await postgres.open({ kind: "postgres", url: theirs.href }))[Symbol.asyncDispose]();
  await inside.query(`revoke delete on events from ${role}`);
  expect((await refusal(theirs.href)).message).toContain(`${role} may not read and write events`);
  // It may not even come in.
  await admin.query(`revoke connect on database ${name} from public; grant connect on database ${name} to postgres`);
  expect((await refusal(theirs.href)).message).toContain("permission denied");
});

test("F116: what a database's own settings would change is as Sparky needs it", async () => {
  const { url, name, admin } = await scene();
  const odd = {
    standard_conforming_strings: "off",
    backslash_quote: "off",
    array_nulls: "off",
    default_transaction_isolation: "serializable",
    datestyle: "German, DMY",
    extra_float_digits: "0",
    synchronous_commit: "off",
  };
  for (const [setting, value] of Object.entries(odd)) {
    await admin.query(`alter database ${name} set ${setting} = '${value}'`);
  }
  const store = await postgres.open({ kind: "postgres", url: url.href });
  const { owner } = await ensureUsers(store);
  const title = "back\\slash, 'quote', 100%_";
  const { chat } = await createChat(store, owner, { title });
  expect(await getChat(store, owner, chat.id)).toMatchObject({ title });
  await addGraph(store, owner.id, [person("a\\b 50%"), person("ab 500")], []);
  const { items } = await graphSearch(store.db, owner.id, { query: "a\\b 50%" });
  expect(items.map((node) => node.name)).toEqual(["a\\b 50%"]);
});

test("F116: a Unix socket is an address like any other, in each of the ways to write it", async () => {
  const { url, name, admin } = await scene();
  const { rows } = await admin.query<{ folder: string }>("select current_setting('unix_socket_directories') as folder");
  const folder = rows[0]?.folder ?? "";
  for (const address of [
    `postgres://postgres@/${name}?host=${folder}&port=${url.port}`,
    `postgresql:///${name}?host=${encodeURIComponent(folder)}&port=${url.port}&user=postgres`,
    `postgres://postgres@${encodeURIComponent(folder)}:${url.port}/${name}`,
  ]) {
    expect(loadConfig({ HOME: "/nowhere", SPARKY_DB_URL: address }).dbUrl).toBe(address);
    const store = await postgres.open({ kind: "postgres", url: address });
    await ensureUsers(store);
    await store[Symbol.asyncDispose]();
  }
  const { message } = await refusal(`postgres://postgres@/${name}?host=/nowhere&port=${url.port}`);
  expect(message).toContain("/nowhere");
});

test.each([
  { mode: "transaction", accepted: false },
  { mode: "statement", accepted: false },
  { mode: "session", accepted: true },
])("F116: PgBouncer in $mode mode", async ({ mode, accepted }) => {
  const { url } = await scene();
  const port = await pgBouncer(Number(url.port), mode);
  url.port = String(port);
  if (accepted) {
    const store = await postgres.open({ kind: "postgres", url: url.href });
    const { owner } = await ensureUsers(store);
    await createChat(store, owner, {});
    return;
  }
  const { message, hint } = await refusal(url.href);
  expect(message).toContain("pooler");
  expect(hint).toContain("pool_mode = session");
});

/** A real one before the tests' server; CI and a developer's machine have it from Debian. */
async function pgBouncer(server: number, mode: string): Promise<number> {
  const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].find(existsSync);
  if (program === undefined) throw new Error("PgBouncer is not installed: apt-get install pgbouncer");
  const folder = await mkdtemp(join(tmpdir(), "sparky-pgbouncer-"));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await writeFile(
    join(folder, "bouncer.ini"),
    `[databases]\n* = host=127.0.0.1 port=${server} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\n` +
      `unix_socket_dir =\nauth_type = any\npool_mode = ${mode}\n`,
  );
  // It refuses to run as root, as the server does.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (nobody.uid !== undefined) await chown(folder, nobody.uid, nobody.gid);
  await chmod(folder, 0o755);
  const child = spawn(program, [join(folder, "bouncer.ini")], { ...nobody, cwd: folder, stdio: "ignore" });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
    await rm(folder, { recursive: true, force: true });
  });
  await until("PgBouncer", async () => {
    const client = new Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
    client.on("error", () => {});
    const is = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    return is;
  });
  return port;
}
