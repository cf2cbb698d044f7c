import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Chat } from "../../src/wire/api.ts";
import { tcpProxy, type TcpProxy } from "../kit/tcp-proxy.ts";
import { Database } from "./database.ts";
import { ChaosNode } from "./node.ts";
import { News } from "./news.ts";
import { CHATS, NODES, type Job } from "./plan.ts";
import { jobProvider, type Provider } from "./provider.ts";
import { Watcher } from "./watcher.ts";

/** How long a client waits for one node before it asks the next. */
const ANSWER_MS = 5000;
const AGAIN_MS = 200;
/** Only ends a hang. */
const PATIENCE_MS = 120_000;

/** In a task a command is allowed; in a chat a person is asked. */
const TOOLS = { shell: { policy: { chat: "ask", task: "allow", schedule: "allow" } } };

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  /** When it was asked what was answered in the end. */
  readonly askedAt: number;
}

/** Several Sparkys on one PostgreSQL, each behind a network of its own; a model; who works with them, and who watches. */
export class World implements AsyncDisposable {
  readonly folder: string;
  readonly database: Database;
  readonly provider: Provider;
  readonly proxies: readonly TcpProxy[];
  readonly nodes: readonly ChaosNode[];
  readonly watchers: readonly Watcher[];
  readonly news: readonly News[];
  /** Every chat that somebody knows of. */
  readonly chats = new Set<string>();
  /** Those in which people talk. */
  readonly talks: readonly string[] = [];
  /** What must not be, in words. */
  readonly wrong: string[] = [];
  /** When the machine itself was late. */
  readonly busy: number[] = [];
  #keeps = true;

  private constructor(parts: Pick<World, "folder" | "database" | "provider" | "proxies" | "nodes">) {
    this.folder = parts.folder;
    this.database = parts.database;
    this.provider = parts.provider;
    this.proxies = parts.proxies;
    this.nodes = parts.nodes;
    this.watchers = parts.nodes.map((node) => new Watcher(node, this.chats));
    this.news = this.watchers.map(
      (watcher) =>
        new News(watcher, async (path) => {
          const answer = await this.askOnce(watcher.node, "GET", path);
          return answer?.status === 200 ? answer.body : null;
        }),
    );
  }

  static async start(): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "sparky-chaos-"));
    await chmod(folder, 0o755);
    const database = await Database.start();
    const provider = await jobProvider((job, step) => commandOf(folder, job, step));
    const target = { port: Number(new URL(database.url).port) };
    const numbers = Array.from({ length: NODES }, (_, i) => i);
    const proxies = await Promise.all(numbers.map(() => tcpProxy(target)));
    const nodes = await Promise.all(
      proxies.map(async ({ port }, i) => {
        const home = join(folder, `home-${i}`);
        await mkdir(home, { mode: 0o700 });
        await writeFile(join(home, "tools.json"), JSON.stringify(TOOLS));
        const url = new URL(database.url);
        url.port = String(port);
        return new ChaosNode(`node ${i}`, home, join(folder, `node-${i}.log`), {
          SPARKY_DB_URL: url.href,
          SPARKY_MODEL: "compatible/jobs",
          SPARKY_MODEL_URL: provider.url,
          SPARKY_ENABLE_AGENT_LOOP: "true",
          SPARKY_AGENT_CONCURRENCY: "16",
          SPARKY_SHELL: "host",
        });
      }),
    );
    const world = new World({ folder, database, provider, proxies, nodes });
    try {
      await world.#begin();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    // The first makes the tables.
    for (const node of this.nodes) {
      node.start();
      if (node === this.nodes[0]) await this.served(node);
    }
    for (const node of this.nodes) await this.served(node);
    const talks = this.talks as string[];
    for (let i = 0; i < CHATS; i++) {
      const { body } = await this.ask(i % NODES, "POST", "/api/chats", { title: `Talk ${i}`, key: `talk ${i}` });
      talks.push((body as Chat).id);
      this.chats.add((body as Chat).id);
    }
    for (const watcher of this.watchers) watcher.start();
    for (const each of this.news) each.start();
  }

  async served(node: ChaosNode): Promise<void> {
    for (const deadline = performance.now() + PATIENCE_MS; node.url === null; await wait(20))
      if (performance.now() > deadline) throw new Error(`${node.name} does not serve; see its log in ${this.folder}`);
  }

  /** As a client does that knows all nodes: asks one, and, when it has no answer or `unavailable`, the next. */
  async ask(first: number, method: string, path: string, content?: unknown): Promise<Answer> {
    for (let i = first, deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; i++) {
      const answer = await this.askOnce(this.nodes[i % NODES] as ChaosNode, method, path, content);
      if (answer === null) await wait(AGAIN_MS);
      else if (answer.status !== 503) return answer;
    }
    throw new Error(`no node has answered ${method} ${path}`);
  }

  /** Asks one node, once; null when it has no answer. */
  async askOnce(node: ChaosNode, method: string, path: string, content?: unknown): Promise<Answer | null> {
    if (node.url === null) return null;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), ANSWER_MS);
    const askedAt = Date.now();
    try {
      const response = await fetch(node.url + path, {
        method,
        headers: { authorization: `Bearer ${node.token}`, "content-type": "application/json", connection: "close" },
        signal: late.signal,
        ...(content !== undefined && { body: JSON.stringify(content) }),
      });
      const text = await response.text();
      if ([401, 403, 500, 502].includes(response.status))
        this.wrong.push(`${node.name} answered ${method} ${path} with ${response.status} ${text}`);
      return { status: response.status, body: text === "" ? null : JSON.parse(text), askedAt };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The effects of the commands, as they happened: the call's key and what it was for. */
  effects(): readonly { readonly key: string; readonly mark: string }[] {
    const file = effectsFile(this.folder);
    const lines = existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];
    return lines.map((line) => {
      const [key = "", mark = ""] = line.split(" ");
      return { key, mark };
    });
  }

  /** All was well: nothing of it need be kept. */
  forget(): void {
    this.#keeps = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.news, ...this.watchers].map((each) => each.stop()));
    await Promise.all(this.nodes.map((node) => node.close()));
    for (const proxy of this.proxies) await proxy[Symbol.asyncDispose]();
    await this.provider[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
    if (!this.#keeps) await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const effectsFile = (folder: string): string => join(folder, "effects");

const commandOf = (folder: string, { n, callMs }: Job, step: number): string =>
  `echo "$SPARKY_IDEMPOTENCY_KEY ${n}.${step}" >> ${effectsFile(folder)} && sleep ${callMs / 1000}`;
