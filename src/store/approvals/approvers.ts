import { expressionBuilder, sql, type Expression, type ExpressionWrapper, type RawBuilder, type SqlBool } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import type { Effect } from "../../core/events.ts";
import { BELOW, rolesWith } from "../../core/rights.ts";
import type { ChatRow, Schema } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { audienceOf, may } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** Asked in place of a tool: whether a run goes on after a crash. */
export const GO_ON = "go_on";

/**
 * Who says yes: for a query of approvals with their chats. Who may write in a chat may have asked for what is done there, by a message, an
 * answer, a task or what that has started: only an owner then says yes to what reaches outside. That a run goes on is for whoever
 * writes in its chat to say.
 */
export function mayApprove(viewer: User): ExpressionWrapper<Schema, "approvals" | "chats", SqlBool> {
  const eb = expressionBuilder<Schema, "approvals" | "chats">();
  const isOutside = eb(eb.fn.coalesce("approvals.effect", sql.lit("external")), "=", "external");
  const both = viewer.role === "owner" ? [] : [eb.not(eb.and([isOutside, may(viewer, "write", "chats")]))];
  return eb.or([
    eb.and([isGoOn(), may(viewer, "answer", "chats")]),
    eb.and([eb.not(isGoOn()), may(viewer, "approve", "chats"), ...both]),
  ]);
}

/** Who says no: whoever may write there, and whoever may have to say yes. */
export function mayDeny(viewer: User): ExpressionWrapper<Schema, "approvals" | "chats", SqlBool> {
  const eb = expressionBuilder<Schema, "approvals" | "chats">();
  return eb.or([may(viewer, "answer", "chats"), eb.and([eb.not(isGoOn()), may(viewer, "approve", "chats")])]);
}

/** What is asked in chats that they see; and, where they answer for others, what waits for it, and what they have answered. */
export function seesApproval(viewer: User): ExpressionWrapper<Schema, "approvals" | "chats", SqlBool> {
  const eb = expressionBuilder<Schema, "approvals" | "chats">();
  const isTheirs = eb.or([
    eb("approvals.state", "=", sql.lit("requested")),
    eb("approvals.decided_by", "=", viewer.name),
  ]);
  return eb.or([may(viewer, "see", "chats"), eb.and([isTheirs, eb.not(isGoOn()), may(viewer, "approve", "chats")])]);
}

function isGoOn(): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, "approvals">();
  return eb.and([eb("approvals.tool", "=", GO_ON), eb("approvals.call_id", "=", eb.ref("approvals.id"))]);
}

/**
 * Whether a standing yes still counts for a run in this chat: its giver is let in, and may say yes to such calls there now. For rows that
 * name who `granted_by` it.
 */
export function giverHolds(chat: Pick<ChatRow, "id" | "owner_id">, effect: Effect): RawBuilder<SqlBool> {
  const roles = rolesWith("chats.approve").filter((role) => role !== "owner");
  const writes = sql`giver.id = ${chat.owner_id} OR EXISTS (
    SELECT 1 FROM chat_shares s WHERE s.chat_id = ${chat.id} AND s.user_id = giver.id AND s.can_write = 1)`;
  return sql<SqlBool>`EXISTS (
    SELECT 1 FROM "user" giver WHERE giver.id = granted_by AND NOT giver.banned
      AND (giver.role = 'owner' OR giver.role IN (${sql.join(roles)}) AND (${effect !== "external" ? 1 : 0} = 1 OR NOT (${writes}))))`;
}

/** Why a yes of theirs is none. */
export function noYes({ role }: User): SparkyError {
  return rolesWith("chats.approve").includes(role)
    ? new SparkyError("forbidden", "who may write in a chat does not also say yes to what reaches outside from there", {
        hint: "it waits in the inbox of an owner; you may say no to it",
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
