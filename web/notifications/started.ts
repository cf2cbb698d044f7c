import type { AwayItem } from "../../src/wire/away.ts";
import { bulkDoneSchema } from "../../src/wire/bulk.ts";

/** What was begun in this tab: its end is no news where it was short. */

const STORED_AS = "sparky.started";
const MOST_KEPT = 200;

/** The chats and tasks that a request which was answered has set to work. */
export function startedBy(path: string, answer: unknown): readonly string[] {
  const chat = /^\/api\/chats\/([^/]+)\/messages$/.exec(path)?.[1];
  if (chat !== undefined) return [decodeURIComponent(chat)];
  if (path === "/api/tasks/bulk") {
    const became = bulkDoneSchema.safeParse(answer).data?.items ?? [];
    return became.flatMap(({ id, error }) => (error === null ? [id] : []));
  }
  const isWork = path === "/api/tasks" || /^\/api\/(tasks\/[^/]+\/retry|chats\/[^/]+\/fork)$/.test(path);
  if (!isWork || typeof answer !== "object" || answer === null) return [];
  return ["id", "chatId"].flatMap((name) => {
    const value: unknown = Object.getOwnPropertyDescriptor(answer, name)?.value;
    return typeof value === "string" ? [value] : [];
  });
}

export class Started {
  readonly #storage: Storage | null;
  #ids: readonly string[];

  /** `storage`: of the tab, so that it is known after a reload. */
  constructor(storage: Storage | null) {
    this.#storage = storage;
    this.#ids = (storage?.getItem(STORED_AS) ?? "").split(" ").filter((id) => id !== "");
  }

  add(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#ids = [...this.#ids, ...ids].slice(-MOST_KEPT);
    try {
      this.#storage?.setItem(STORED_AS, this.#ids.join(" "));
    } catch {
      // It is known as long as the page is.
    }
  }

  has({ chatId, taskId }: AwayItem): boolean {
    return this.#ids.includes(chatId) || (taskId !== null && this.#ids.includes(taskId));
  }
}
