import { createHash } from "node:crypto";
import { shorten } from "../../core/text.ts";
import type { AuditKind } from "../../core/audit-kinds.ts";
import type { AuditRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { viaOf } from "./via.ts";

/** What was done, for whoever asks later. Secrets do not stand in it: what comes here is masked as a log is. */
export interface Deed {
  readonly kind: AuditKind;
  /** What it was done to: a name, or an id. */
  readonly thing: string;
  readonly detail?: string | undefined;
  readonly chatId?: string | undefined;
  /** A run does it by itself, for its chat's owner. */
  readonly runId?: string | undefined;
  /** By which credential, where the transaction does not know it. */
  readonly via?: string | undefined;
}

interface Who {
  readonly id: string;
  readonly name: string;
}

const LONGEST_THING = 300;
const LONGEST_DETAIL = 2000;

/**
 * Writes down, in the transaction that does it, that `who` does this: both are there, or neither. Its row comes last, so that
 * whoever else writes one waits only for a commit.
 */
export function audit(tx: Tx, who: Who, deed: Deed): void {
  tx.last(async () => {
    const { number, hash: before } = await tx.db
      .updateTable("audit_end")
      .set((eb) => ({ number: eb("number", "+", 1) }))
      .returning(["number", "hash"])
      .executeTakeFirstOrThrow();
    const row = {
      number,
      at: tx.now,
      kind: deed.kind,
      user_id: who.id,
      by_name: who.name,
      via: deed.via ?? (deed.runId === undefined ? await viaOf(tx) : "run"),
      run_id: deed.runId ?? null,
      chat_id: deed.chatId ?? null,
      thing: shorten(tx.masked(deed.thing), LONGEST_THING),
      detail: deed.detail === undefined ? null : shorten(tx.masked(deed.detail), LONGEST_DETAIL),
    };
    const hash = hashOf(before, row);
    await tx.db
      .insertInto("audit")
      .values({ ...row, hash })
      .execute();
    await tx.db.updateTable("audit_end").set({ hash }).execute();
  });
}

/** The same for what was done outside of the database, in a file or elsewhere. */
export async function audited(store: Store, who: Who, deed: Deed): Promise<void> {
  await store.transact(async (tx) => audit(tx, who, deed));
}

/** It covers the row before, by that one's hash. */
export function hashOf(before: string, row: Omit<AuditRow, "hash">): string {
  const { number, at, kind, user_id, by_name, via, run_id, chat_id, thing, detail } = row;
  const told = [before, number, at, kind, user_id, by_name, via, run_id, chat_id, thing, detail];
  return createHash("sha256").update(JSON.stringify(told)).digest("base64url");
}
