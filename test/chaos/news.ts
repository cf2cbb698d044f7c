import { isDeepStrictEqual } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import type { Task } from "../../src/wire/api.ts";
import type { Database } from "./database.ts";
import type { Watcher } from "./watcher.ts";

const LOOK_MS = 300;
/** What no hint has told is found within a second. */
const PATIENCE_MS = 60_000;

/** Asks the watcher's node for a page of its list; null when it has no answer. */
type Read = (path: string) => Promise<{ readonly items: readonly Task[]; readonly next: string | null } | null>;

type States = { readonly [taskId: string]: string };

/** A list of tasks as a page shows it: it is fetched by one node, and again only when that node says that it has changed. */
export class News {
  #shown: States = {};
  /** What it has been told until it fetched what it shows. */
  #told = 0;
  readonly #watcher: Watcher;
  readonly #read: Read;
  #stopped = false;
  #kept: Promise<void> = Promise.resolve();

  constructor(watcher: Watcher, read: Read) {
    this.#watcher = watcher;
    this.#read = read;
  }

  start(): void {
    this.#kept = this.#keepOn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#kept;
  }

  /** What is shown is what is there, at the latest in a while. */
  async check(database: Database, tell: (what: string) => void): Promise<void> {
    const rows = await database.rows<{ id: string; status: string }>("select id, status from tasks");
    const there: States = Object.fromEntries(rows.map(({ id, status }) => [id, status]));
    const isRight = (): boolean => isDeepStrictEqual(this.#shown, there);
    for (const deadline = performance.now() + PATIENCE_MS; !isRight() && performance.now() < deadline;)
      await wait(LOOK_MS);
    if (isRight()) return;
    const others = Object.keys({ ...there, ...this.#shown }).filter((id) => there[id] !== this.#shown[id]);
    const each = others.map((id) => `${id} ${this.#shown[id] ?? "not at all"} instead of ${there[id]}`);
    const told = `of ${this.#watcher.newsOfTasks} changes ${this.#told} are shown`;
    tell(`the list of tasks by ${this.#watcher.name} is not right (${told}): ${each.join(", ")}`);
  }

  async #keepOn(): Promise<void> {
    for (; !this.#stopped; await wait(LOOK_MS)) {
      const { newsOfTasks } = this.#watcher;
      if (newsOfTasks !== this.#told && (await this.#fetch())) this.#told = newsOfTasks;
    }
  }

  async #fetch(): Promise<boolean> {
    const states: { [taskId: string]: string } = {};
    for (let cursor: string | null = ""; cursor !== null;) {
      const path = `/api/tasks?limit=200${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await this.#read(path);
      if (page === null) return false;
      for (const { id, status } of page.items) states[id] = status;
      cursor = page.next;
    }
    this.#shown = states;
    return true;
  }
}
