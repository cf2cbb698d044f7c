import { existsSync } from "node:fs";
import { join } from "node:path";
import type { WorkDeps } from "../../agent/deps.ts";
import { serverProcesses } from "../../store/mcp/processes.ts";
import type { Person } from "../../tools/mcp/servers.ts";
import type { Tool } from "../../tools/tool.ts";
import type { DeskDeps, McpDesk } from "./desk.ts";

/** The desk, from the first time that there is something for it to do: whoever has no tool servers pays nothing for them. */
export class LazyMcp implements AsyncDisposable {
  readonly #deps: DeskDeps;
  #desk: Promise<McpDesk> | null = null;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  desk(): Promise<McpDesk> {
    return (this.#desk ??= import("./desk.ts").then(({ McpDesk }) => new McpDesk(this.#deps)));
  }

  /** Those of a run, or those that the next one would be given. */
  async toolsFor(person: Person, runId?: string): Promise<readonly Tool<unknown>[]> {
    return (await this.#isUsed()) ? (await this.desk()).toolsFor(person, runId) : [];
  }

  /** What messages may refer to at tool servers. */
  readonly resources: NonNullable<WorkDeps["resources"]> = {
    names: async (person) => ((await this.#isUsed()) ? (await this.desk()).offers.names(person) : []),
    read: async (person, reference, signal) => (await this.desk()).offers.read(person, reference, signal),
  };

  /** Ends what a crash has left running. */
  async sweep(): Promise<void> {
    if ((await serverProcesses(this.#deps.store)).length > 0) await (await this.desk()).sweep();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#desk)?.[Symbol.asyncDispose]();
  }

  async #isUsed(): Promise<boolean> {
    if (this.#desk !== null || existsSync(join(this.#deps.home, "mcp.json"))) return true;
    const { db } = this.#deps.store;
    return (await db.selectFrom("mcp_servers").select("name").limit(1).executeTakeFirst()) !== undefined;
  }
}
