import { createHash, type Hash } from "node:crypto";
import type { ModelMessage } from "ai";

/**
 * The digest of a conversation as JSON. A request is mostly the one before it with something added, and only what was added is
 * written and counted in.
 */
export class ConversationDigest {
  /** What has gone into it: all messages of the last conversation but its last one, which the next may have more of. */
  #messages: readonly ModelMessage[] = [];
  #hash = begun();

  /** As `digestOf(JSON.stringify(messages))` gives it. */
  of(messages: readonly ModelMessage[]): string {
    const isMore = this.#messages.length < messages.length && this.#messages.every((each, i) => each === messages[i]);
    const hash = isMore ? this.#hash : begun();
    const all = messages.slice(0, -1);
    for (let at = isMore ? this.#messages.length : 0; at < all.length; at++) add(hash, messages, at);
    [this.#messages, this.#hash] = [all, hash];
    const whole = hash.copy();
    if (messages.length > 0) add(whole, messages, all.length);
    return whole.update("]").digest("hex");
  }
}

const begun = (): Hash => createHash("sha256").update("[");

const add = (hash: Hash, messages: readonly ModelMessage[], at: number): void =>
  void hash.update(`${at === 0 ? "" : ","}${JSON.stringify(messages[at])}`);
