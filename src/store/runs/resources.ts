import type { NewEvent } from "../../core/events.ts";
import type { Reference } from "../../core/references.ts";
import { piece, shorten, soundText } from "../../core/text.ts";
import type { Store } from "../database/store.ts";
import { MAX_INLINE, writeBlob } from "../log/blobs.ts";
import { byAgent } from "../people/actors.ts";
import type { Claimed } from "./claim.ts";
import { fenceOf } from "./record.ts";

/** What a message refers to, as it was read; kept whole with its event. */

export type ReadResource = Reference & { readonly messageSeq: number } & (
    | { readonly ok: true; readonly text: string; readonly title?: string }
    | { readonly ok: false; readonly error: string }
  );

/** Characters of it that a model is given with the message, where it is long. */
const BEGINNING = 8192;
const MAX_ERROR = 500;

/** In one transaction, behind the run's fence: all that a message refers to is in the log, or nothing. */
export async function recordResources(store: Store, claimed: Claimed, read: readonly ReadResource[]): Promise<void> {
  const { run } = claimed;
  await store.transact(async (tx) => {
    const events: NewEvent[] = [];
    for (const each of read) {
      const { messageSeq, server, uri } = each;
      const at = { messageSeq, server, uri };
      if (!each.ok) {
        const error = shorten(store.secrets.text(soundText(each.error)), MAX_ERROR);
        events.push({ type: "resource", data: { ...at, ok: false, error, size: 0 }, ...byAgent(run, null) });
        continue;
      }
      const text = store.secrets.text(soundText(each.text));
      const json = JSON.stringify(text);
      const size = Buffer.byteLength(json);
      const named = each.title === undefined ? {} : { title: store.secrets.text(soundText(each.title)) };
      let data = { ...at, ...named, ok: true, text, size };
      if (size > MAX_INLINE) {
        const blob = tx.newId();
        await writeBlob(tx, run.chat_id, { id: blob, json });
        data = { ...data, text: piece(json, 0, BEGINNING), ...{ blob } };
      }
      events.push({ type: "resource", data, ...byAgent(run, null) });
    }
    await tx.append(run.chat_id, events, fenceOf(claimed));
  });
}
