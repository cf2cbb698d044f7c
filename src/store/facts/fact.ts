import { isoTime } from "../../core/clock.ts";
import { may } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import type { NodeLabel } from "../graph/visible.ts";
import type { FactKind, FactRow, FactStatus } from "../database/schema.ts";
import type { Store } from "../database/store.ts";

/** A fact as it is shown. Times are ISO 8601 UTC. */
export interface Fact {
  readonly id: string;
  readonly subject: NodeLabel;
  readonly relation?: string;
  readonly object?: NodeLabel;
  readonly text: string;
  readonly kind: FactKind;
  /** Since when and until when it is so, in the world. */
  readonly validFrom?: string;
  readonly validTo?: string;
  /** When it came here, and when it was put aside. */
  readonly recordedAt: string;
  readonly retiredAt?: string;
  readonly supersededBy?: string;
  /** A person has said it; false: it was concluded from what they said. */
  readonly stated: boolean;
  /** Who said it, by name. */
  readonly author: string;
  /** The messages that say it, as far as the viewer may see them. */
  readonly sources: readonly { readonly chatId: string; readonly seq: number }[];
  readonly uses: number;
  readonly lastUsedAt?: string;
  readonly pinned: boolean;
  readonly status: FactStatus;
  readonly shared: boolean;
}

/** In the order of the rows. */
export async function factsOf(
  { db, secrets }: Pick<Store, "db" | "secrets">,
  viewer: User,
  rows: readonly FactRow[],
): Promise<readonly Fact[]> {
  if (rows.length === 0) return [];
  const nodeIds = rows.flatMap(({ subject_id, object_id }) => [subject_id, ...(object_id === null ? [] : [object_id])]);
  const nodes = await db.selectFrom("nodes").select(["id", "type", "name"]).where("id", "in", nodeIds).execute();
  const authorIds = rows.map(({ author_id }) => author_id ?? AGENT_ID);
  const authors = await db.selectFrom("user").select(["id", "name"]).where("id", "in", authorIds).execute();
  const sources = await db
    .selectFrom("fact_sources")
    .innerJoin("chats", "chats.id", "fact_sources.chat_id")
    .select(["fact_sources.fact_id", "fact_sources.chat_id", "fact_sources.seq"])
    .where(
      "fact_sources.fact_id",
      "in",
      rows.map(({ id }) => id),
    )
    .where(may(viewer, "see", "chats"))
    .orderBy("fact_sources.chat_id")
    .orderBy("fact_sources.seq")
    .execute();
  const nodeById = new Map(nodes.map((node) => [node.id, node]));
  const nameById = new Map(authors.map(({ id, name }) => [id, name]));
  const byFact = Map.groupBy(sources, ({ fact_id }) => fact_id);
  const labelOf = (id: string): NodeLabel => nodeById.get(id) ?? { id, type: "", name: "" };
  return rows.map((row) => ({
    id: row.id,
    subject: labelOf(row.subject_id),
    ...(row.relation !== "" && { relation: row.relation }),
    ...(row.object_id !== null && { object: labelOf(row.object_id) }),
    text: secrets.text(row.text),
    kind: row.kind,
    ...(row.valid_from !== null && { validFrom: isoTime(row.valid_from) }),
    ...(row.valid_to !== null && { validTo: isoTime(row.valid_to) }),
    recordedAt: isoTime(row.recorded_at),
    ...(row.retired_at !== null && { retiredAt: isoTime(row.retired_at) }),
    ...(row.superseded_by !== null && { supersededBy: row.superseded_by }),
    stated: row.stated === 1,
    author: nameById.get(row.author_id ?? AGENT_ID) ?? "somebody who is gone",
    sources: (byFact.get(row.id) ?? []).map(({ chat_id, seq }) => ({ chatId: chat_id, seq })),
    uses: row.uses,
    ...(row.last_used_at !== null && { lastUsedAt: isoTime(row.last_used_at) }),
    pinned: row.pinned === 1,
    status: row.status,
    shared: row.owner_id === null,
  }));
}
