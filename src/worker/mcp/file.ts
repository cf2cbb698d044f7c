import { statSync } from "node:fs";
import { messageOf } from "../../core/errors.ts";
import { readNamedFile } from "../../named-file.ts";
import type { Store } from "../../store/database/store.ts";
import { applyServers } from "../../store/mcp/servers.ts";
import { readMcpText, type McpFile } from "../../tools/mcp/read.ts";

/** The home's `mcp.json`: applied at the first use and whenever it has changed since. */
export class DefinitionsFile {
  readonly path: string;
  readonly #store: Store;
  readonly #ownerId: string;
  #stamp: string | null = null;
  #applying: Promise<readonly string[]> = Promise.resolve([]);
  /** What is wrong with the file as a whole, so that it was not applied; null: nothing. */
  problem: string | null = null;
  read: Pick<McpFile, "problems" | "warnings"> = { problems: [], warnings: [] };

  constructor(store: Store, ownerId: string, path: string) {
    this.#store = store;
    this.#ownerId = ownerId;
    this.path = path;
  }

  /** Returns the servers that are new, changed or gone. One at a time: two that look at once apply it once. */
  apply(): Promise<readonly string[]> {
    const next = this.#applying.then(() => this.#apply());
    this.#applying = next.catch(() => []);
    return next;
  }

  async #apply(): Promise<readonly string[]> {
    const stamp = stampOf(this.path);
    if (stamp === this.#stamp) return [];
    // Nodes share a database: one that never had a file leaves the others' servers alone.
    if (stamp === "" && this.#stamp === null && this.#store.kind === "postgres") {
      this.#stamp = stamp;
      return [];
    }
    let file: McpFile;
    try {
      file = readMcpText(stamp === "" ? "" : readNamedFile(this.path), this.path);
    } catch (error) {
      // What was applied before goes on to count until the file can be read again.
      this.problem = messageOf(error);
      this.#stamp = stamp;
      return [];
    }
    const bad = new Set(file.problems.map(({ server }) => server));
    const good = Object.entries(file.raw).filter(([name]) => !bad.has(name));
    const definitions = Object.fromEntries(good.map(([name, raw]) => [name, JSON.stringify(raw)]));
    const changed = await this.#store.transact((tx) => applyServers(tx, this.#ownerId, definitions));
    this.#stamp = stamp;
    this.problem = null;
    this.read = file;
    return changed;
  }
}

/** Tells two states of a file apart without reading it; empty: there is none. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}
