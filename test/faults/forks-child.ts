import { openStore, type Place } from "../../src/store/open.ts";
import type { Store, Tx } from "../../src/store/database/store.ts";
import { forkChat } from "../../src/store/chats/fork.ts";
import { ensureUsers } from "../../src/store/people/users.ts";

// A process that makes a chat from another one and is killed in the middle of it; nothing of it gets the chance to tidy up.

export interface Order {
  readonly place: Place;
  readonly chatId: string;
  readonly seq: number;
  /** After so many appends of the transaction, at its end, or behind its commit. */
  readonly death: number | "end" | "committed";
}

const { place, chatId, seq, death }: Order = JSON.parse(process.argv[2] ?? "");
const die = (): void => void process.kill(process.pid, "SIGKILL");
const store = await openStore(place, { node: "killed", onError: () => {} });
const { owner } = await ensureUsers(store);
let appends = 0;

function dying(tx: Tx): Tx {
  return {
    ...tx,
    async append(...args) {
      const events = await tx.append(...args);
      if (++appends === death) die();
      return events;
    },
  };
}

const mortal: Store = {
  ...store,
  async transact(body, wait) {
    const result = await store.transact(async (tx) => {
      const made = await body(dying(tx));
      if (death === "end") die();
      return made;
    }, wait);
    if (death === "committed") die();
    return result;
  },
};
await forkChat(mortal, owner, chatId, { seq, text: "And now?", key: "f" });
