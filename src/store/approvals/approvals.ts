import { audit } from "../audit/audit.ts";
import { createHash } from "node:crypto";
import type { SqlBool } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import type { Effect, Json } from "../../core/events.ts";
import { exactLine } from "../../core/exact.ts";
import { chatLock, may } from "../people/access.ts";
import { userActor } from "../people/actors.ts";
import { letGoOn } from "../questions/go-on.ts";
import { GO_ON, mayApprove, mayDeny, noYes, seesApproval, toldOfApprovals } from "./approvers.ts";
import { askedApprovals } from "./asked.ts";
import { approvalEvent } from "./withdraw.ts";
import { addRules, checkRules } from "./command-rules.ts";
import { addGrant, type GrantScope } from "./grants.ts";
import type { Claimed } from "../runs/claim.ts";
import { fenceOf } from "../runs/record.ts";
import { whoseWork, workOf } from "../runs/whose.ts";
import type { ApprovalRow } from "../database/schema.ts";
import { newestFirst, pageFrom, pageOf, type PageQuery } from "../database/page.ts";
import { begins } from "../database/spellings.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { viaOf } from "../audit/via.ts";

/** A person's yes or no to one exact call: a row bound to a digest of the arguments, so it outlives every connection. */
export interface Approval {
  readonly id: string;
  readonly chatId: string;
  /** Empty where the viewer does not see the chat. */
  readonly chatTitle: string;
  /** The name of the chat's owner. */
  readonly chatOwner: string;
  readonly runId: string;
  readonly taskId: string | null;
  readonly callId: string;
  readonly tool: string;
  readonly summary: string;
  readonly args: Json;
  /** How the call would run, where that is not always the same. */
  readonly terms: string | null;
  /** Rules for commands that would let the call through: offered, to be edited. */
  readonly rules: readonly string[];
  readonly argsDigest: string;
  readonly state: ApprovalRow["state"];
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly decidedAt: string | null;
  readonly by: string | null;
  /** By which credential: `session`, `token:NAME`, `token file`. */
  readonly via: string | null;
  readonly note: string | null;
  /** The viewer sees the chat; else they answer for its owner, and see nothing of it but this. */
  readonly canSee: boolean;
  /** The viewer may answer it: with a no at least. */
  readonly canDecide: boolean;
  /** The viewer may say yes. */
  readonly canApprove: boolean;
}

export interface ApprovalRequest {
  readonly callId: string;
  readonly tool: string;
  readonly summary: string;
  readonly args: Json;
  readonly effect: Effect;
  readonly terms?: string | null;
  /** Rules that would let it through. */
  readonly rules?: readonly string[];
}

/** SHA-256 over the tool's name and its arguments with sorted keys: equal exactly when the call is. */
export function argsDigest(tool: string, args: Json): string {
  return createHash("sha256")
    .update(JSON.stringify([tool, canonical(args)]))
    .digest("hex");
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/** Asks people about calls of a working run. Behind its fence. */
export async function requestApprovals(
  store: Store,
  claimed: Claimed,
  requests: readonly ApprovalRequest[],
  ttlMs: number,
): Promise<void> {
  const { run } = claimed;
  await store.transact(async (tx) => {
    const rows = requests.map(({ callId, tool, summary, args, effect, terms = null, rules = [] }): ApprovalRow => ({
      id: tx.newId(),
      chat_id: run.chat_id,
      run_id: run.id,
      call_id: callId,
      tool,
      summary,
      args: JSON.stringify(args),
      args_digest: argsDigest(tool, args),
      state: "requested",
      requested_at: tx.now,
      expires_at: tx.now + ttlMs,
      decided_at: null,
      decided_by: null,
      author_id: null,
      note: null,
      terms,
      rules: rules.length === 0 ? null : JSON.stringify(rules),
      via: null,
      effect,
    }));
    await tx.append(
      run.chat_id,
      rows.map((row) => approvalEvent(row, run)),
      fenceOf(claimed),
    );
    await tx.db.insertInto("approvals").values(rows).execute();
    tx.changed("approvals", await toldOfApprovals(tx.db, claimed.chat));
  });
}

/** The run's own approvals, the newest last. */
export async function approvalsOfRun(store: Store, runId: string): Promise<readonly ApprovalRow[]> {
  return store.db
    .selectFrom("approvals")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("requested_at")
    .orderBy("id")
    .execute();
}

export interface Decision {
  readonly decision: "approve" | "deny";
  /** What a yes covers; this call when left out. */
  readonly scope?: GrantScope | undefined;
  /** A yes to commands that these rules cover, in place of every call of the tool. */
  readonly rules?: readonly string[] | undefined;
  readonly note?: string | undefined;
}

/** Answers an approval: the first answer wins. A yes with a wider scope answers the same run's like requests as well. */
export async function decideApproval(store: Store, viewer: User, id: string, answer: Decision): Promise<Approval> {
  await checkRules(answer.rules ?? [], answer.scope);
  await store.transact(async (tx) => {
    const asked = tx.db.selectFrom("approvals").select("chat_id").where("id", "=", id);
    const chat = await chatLock(tx, (eb) => eb("id", "=", asked)).executeTakeFirst();
    // Who comes too late is told so, whatever they see of it afterwards.
    const row = await asViewed(tx, viewer)
      .where((eb) => eb.or([may(viewer, "see", "chats"), mayDeny(viewer)]))
      .where("approvals.id", "=", id)
      .executeTakeFirst();
    if (chat === undefined || row === undefined) throw notFound(`approval ${JSON.stringify(id)}`);
    if (!row.can_deny) throw new SparkyError("forbidden", "you may watch this chat, but not answer for it");
    if (row.state === "expired" || (row.state === "requested" && row.expires_at <= tx.now)) {
      throw new SparkyError("conflict", "this expired already: nobody answered in time");
    }
    if (row.state !== "requested") {
      const by = row.decided_by === null ? "" : ` by ${row.decided_by}`;
      throw new SparkyError("conflict", `this was ${row.state} already${by}`);
    }
    if (answer.decision === "approve" && !row.can_approve) throw noYes(viewer);
    // What the agent reads is an instruction.
    if (answer.note !== undefined && !row.can_answer) {
      throw new SparkyError("forbidden", "a word to the agent is for whoever may write in its chat", {
        hint: "answer without a note",
      });
    }
    const isOnce = answer.decision === "deny" || row.tool === GO_ON;
    const scope = isOnce ? { kind: "call" as const } : (answer.scope ?? { kind: "call" });
    const { rules = [] } = answer;
    if (rules.length > 0 && row.rules === null)
      throw new SparkyError("invalid_input", "rules: this call is no command that a rule could cover");
    if (scope.kind !== "call") {
      if (rules.length === 0) await addGrant(tx, viewer, chat, row, scope);
      else await addRules(tx, viewer, chat, row, { scope, rules });
    }
    if (answer.decision === "approve") {
      const work = row.task_id === null ? undefined : await workOf(tx.db, row.task_id);
      const author = await whoseWork(tx.db, chat, work);
      await tx.db.updateTable("approvals").set({ author_id: author }).where("id", "=", id).execute();
    }
    await answerRows(tx, viewer, row, scope.kind === "call" || rules.length > 0, answer);
    audit(tx, viewer, {
      kind: answer.decision === "approve" ? "approval.approved" : "approval.denied",
      thing: row.tool,
      detail:
        scope.kind === "call" ? row.summary : `${scope.kind}: ${rules.length === 0 ? row.summary : rules.join("; ")}`,
      chatId: chat.id,
    });
    await letGoOn(tx, chat, row.run_id);
    tx.changed("approvals", await toldOfApprovals(tx.db, chat), id);
  }, PROMPTLY);
  return getApproval(store, viewer, id);
}

async function answerRows(tx: Tx, viewer: User, row: ApprovalRow, only: boolean, answer: Decision): Promise<void> {
  const rows = await tx.db
    .updateTable("approvals")
    .set({
      state: answer.decision === "approve" ? "approved" : "denied",
      decided_at: tx.now,
      decided_by: viewer.name,
      note: answer.note ?? null,
      via: await viaOf(tx),
    })
    .where("run_id", "=", row.run_id)
    .where("state", "=", "requested")
    .where("expires_at", ">", tx.now)
    .where("tool", "=", row.tool)
    .where((eb) => (row.terms === null ? eb("terms", "is", null) : eb("terms", "=", row.terms)))
    .$if(only, (query) => query.where("id", "=", row.id))
    .returningAll()
    .execute();
  const run = await tx.db
    .selectFrom("runs")
    .select(["id", "task_id"])
    .where("id", "=", row.run_id)
    .executeTakeFirstOrThrow();
  await tx.append(
    row.chat_id,
    rows.map((answered) => ({ ...approvalEvent(answered, run), actor: userActor(viewer) })),
  );
}

export interface ApprovalsQuery extends PageQuery {
  /** `open` (when left out): what waits for an answer; `all`: the history too. */
  readonly state?: "open" | "all" | undefined;
  readonly prefix?: string | undefined;
}

const NEWEST_FIRST = newestFirst("approvals.requested_at", "approvals.id");

/** What the viewer may see of what is, or was, asked; the newest first. */
export async function listApprovals(
  store: Store,
  viewer: User,
  query: ApprovalsQuery = {},
): Promise<{ readonly items: readonly Approval[]; readonly next: string | null }> {
  const rows = await approvalRows(store, viewer)
    .$if((query.state ?? "open") === "open", (q) => q.where(askedApprovals()))
    .$if(query.prefix !== undefined, (q) => q.where(begins("approvals.id", query.prefix ?? "")))
    .$call(pageFrom(NEWEST_FIRST, query))
    .execute();
  const page = pageOf(rows, query, (row) => [row.requested_at, row.id]);
  return { items: page.rows.map(approvalOf), next: page.next };
}

export async function getApproval(store: Store, viewer: User, id: string): Promise<Approval> {
  const row = await approvalRows(store, viewer).where("approvals.id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound(`approval ${JSON.stringify(id)}`);
  return approvalOf(row);
}

/** What the viewer may see of what is, or was, asked. */
export const approvalRows = (store: Pick<Store, "db">, viewer: User) =>
  asViewed(store, viewer).where(seesApproval(viewer));

function asViewed(store: Pick<Store, "db">, viewer: User) {
  return store.db
    .selectFrom("approvals")
    .innerJoin("chats", "chats.id", "approvals.chat_id")
    .innerJoin("runs", "runs.id", "approvals.run_id")
    .innerJoin("user as owners", "owners.id", "chats.owner_id")
    .selectAll("approvals")
    .select([
      "chats.title",
      "runs.task_id",
      "owners.name as owner",
      may(viewer, "see", "chats").as("can_see"),
      mayApprove(viewer).as("can_approve"),
      may(viewer, "answer", "chats").as("can_answer"),
      mayDeny(viewer).as("can_deny"),
    ]);
}

type ListedRow = ApprovalRow & {
  title: string;
  task_id: string | null;
  owner: string;
  can_see: SqlBool;
  can_approve: SqlBool;
  can_answer: SqlBool;
  can_deny: SqlBool;
};

function approvalOf(row: ListedRow): Approval {
  return {
    id: row.id,
    chatId: row.chat_id,
    chatTitle: row.can_see ? row.title : "",
    chatOwner: row.owner,
    runId: row.run_id,
    taskId: row.task_id,
    callId: row.call_id,
    tool: row.tool,
    // An older version kept it as the model wrote it.
    summary: exactLine(row.summary),
    args: JSON.parse(row.args) as Json,
    terms: row.terms,
    rules: JSON.parse(row.rules ?? "[]") as readonly string[],
    argsDigest: row.args_digest,
    state: row.state,
    requestedAt: isoTime(row.requested_at),
    expiresAt: isoTime(row.expires_at),
    decidedAt: row.decided_at === null ? null : isoTime(row.decided_at),
    by: row.decided_by,
    via: row.via,
    note: row.can_see ? row.note : null,
    canSee: Boolean(row.can_see),
    canDecide: row.state === "requested" && Boolean(row.can_deny),
    canApprove: row.state === "requested" && Boolean(row.can_approve),
  };
}
