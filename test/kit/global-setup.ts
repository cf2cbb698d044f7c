import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { orphansOf, TEST_RUN } from "./orphans.ts";
import { type PostgresCluster, startPostgres } from "./postgres-cluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A socket that answers every connection with `{url}` of the run's PostgreSQL server, or with `{error}`. */
    readonly postgresSocket: string;
    /** For what any test makes once and all others of the run copy. */
    readonly runFolder: string;
  }
}

/**
 * One PostgreSQL server for a whole test run, started by the first test that asks for it. A run that leaves processes behind
 * has failed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = randomUUID();
  process.env[TEST_RUN] = run;
  const folder = await mkdtemp(join(tmpdir(), "sparky-tests-"));
  const path = join(folder, "postgres.sock");
  let cluster: Promise<PostgresCluster> | undefined;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    cluster ??= startPostgres();
    cluster.then(
      ({ url }) => socket.end(JSON.stringify({ url })),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
    );
  });
  server.listen(path);
  await once(server, "listening");
  project.provide("postgresSocket", path);
  project.provide("runFolder", folder);
  return async () => {
    server.close();
    await (await cluster?.catch(() => undefined))?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    const orphans = orphansOf(run);
    for (const { pid } of orphans) process.kill(pid, "SIGKILL");
    if (orphans.length === 0) return;
    throw new Error(`left running by tests:\n${orphans.map(({ pid, command }) => `${pid} ${command}`).join("\n")}`);
  };
}
