import { expressionBuilder, sql, type ExpressionWrapper, type SqlBool } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import { BELOW, rolesWith } from "../../core/rights.ts";
import type { Schema } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";
import { readableEvent } from "../log/events.ts";
import { audienceOf, may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import type { Claimed } from "../runs/claim.ts";

/** Asked in place of a tool: whether a run goes on after a crash. */
export const GO_ON = "go_on";

/**
 * Who says yes: for a query of approvals with their chats. Who gives an instruction says none to what it does outside, be it
 * theirs by the chat or by their role, unless they are an owner. That a run goes on is for whoever writes in its chat to say.
 */
export function mayApprove(viewer: User): ExpressionWrapper<Schema, "approvals" | "chats", SqlBool> {
  const eb = expressionBuilder<Schema, "approvals" | "chats">();
  const goesOn = eb.and([
    eb("approvals.tool", "=", GO_ON),
    eb("approvals.call_id", "=", eb.ref("approvals.id")),
    may(viewer, "answer", "chats"),
  ]);
  const isOutside = eb(eb.fn.coalesce("approvals.effect", sql.lit("external")), "=", "external");
  const isTheirs = eb(eb.fn.coalesce("approvals.instructed_by", "chats.owner_id"), "=", viewer.id);
  const anothers = viewer.role === "owner" ? [] : [eb.not(eb.and([isOutside, isTheirs]))];
  return eb.or([goesOn, eb.and([may(viewer, "approve", "chats"), ...anothers])]);
}

/** What is asked in chats that they see, or where they say yes for others. */
export function seesApproval(viewer: User): ExpressionWrapper<Schema, "chats", SqlBool> {
  const eb = expressionBuilder<Schema, "chats">();
  return eb.or([may(viewer, "see", "chats"), may(viewer, "approve", "chats")]);
}

/** Why a yes of theirs is none. */
export function noYes({ role }: User): SparkyError {
  return rolesWith("chats.approve").includes(role)
    ? new SparkyError("forbidden", "who has asked for something does not also say yes to what it does outside", {
        hint: "it waits in the inbox of the owner; you may say no to it",
      })
    : new SparkyError("forbidden", "only an owner or an admin says yes to this", {
        hint: "it waits in their inbox; you may say no to it",
      });
}

/** To whom it is announced: whoever sees the chat, and who answers for its owner. */
export async function toldOfApprovals(
  db: Db,
  chat: { readonly id: string; readonly owner_id: string },
): Promise<readonly string[]> {
  const above = await db
    .selectFrom("user")
    .innerJoin("user as theirs", (join) => join.on("theirs.id", "=", chat.owner_id))
    .select("user.id")
    .where((eb) =>
      eb.or(
        rolesWith("chats.approve").flatMap((role) =>
          BELOW[role].length === 0 ? [] : [eb.and([eb("user.role", "=", role), eb("theirs.role", "in", BELOW[role])])],
        ),
      ),
    )
    .execute();
  return [...new Set([...(await audienceOf(db, chat)), ...above.map(({ id }) => id)])];
}

const LOOK_BACK = 20;

/** Who has given the instruction that a run works on: the author of its task, or whoever wrote last. */
export async function instructedBy(tx: Tx, { chat, task }: Claimed): Promise<string> {
  if (task !== null) return task.owner_id;
  const rows = await tx.db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chat.id)
    .where("type", "=", "message")
    .orderBy("seq", "desc")
    .limit(LOOK_BACK)
    .execute();
  for (const { seq, body } of rows) {
    const event = readableEvent(chat.id, seq, body);
    if (event?.type === "message" && event.data.role === "user") return event.actor.id;
  }
  return chat.owner_id;
}
