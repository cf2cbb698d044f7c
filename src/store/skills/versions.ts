import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/** What a person has approved of a skill, whole: what a run reads is this, whatever becomes of the folder. */

export interface SkillFile {
  readonly path: string;
  readonly size: number;
  readonly kind: "text" | "bytes";
  /** Base64 of bytes. */
  readonly content: string;
}

export interface SkillVersion {
  /** Of every name and every byte. */
  readonly hash: string;
  readonly name: string;
  readonly description: string;
  readonly byPersonOnly: boolean;
  /** What the model is given of `main`. */
  readonly body: string;
  /** The path of its SKILL.md. */
  readonly main: string;
  readonly files: readonly SkillFile[];
}

export async function keepVersion(tx: Tx, version: SkillVersion): Promise<void> {
  const { hash, name, description, byPersonOnly, body, main, files } = version;
  const row = { hash, name, description, by_person_only: byPersonOnly ? 1 : 0, body, main, kept_at: tx.now };
  const kept = await tx.db
    .insertInto("skill_versions")
    .values(row)
    .onConflict((oc) => oc.column("hash").doNothing())
    .returning("hash")
    .execute();
  if (kept.length === 0) return;
  for (const file of files)
    await tx.db
      .insertInto("skill_files")
      .values({ version: hash, ...file })
      .execute();
}

export interface SkillHead {
  readonly hash: string;
  readonly name: string;
  readonly description: string;
  readonly by_person_only: number;
}

/** Without what they hold. */
export async function versionHeads(db: Db, hashes: readonly string[]): Promise<ReadonlyMap<string, SkillHead>> {
  if (hashes.length === 0) return new Map();
  const rows = await db
    .selectFrom("skill_versions")
    .select(["hash", "name", "description", "by_person_only"])
    .where("hash", "in", hashes)
    .execute();
  return new Map(rows.map((row) => [row.hash, row]));
}

export async function versionWith(db: Db, hash: string): Promise<SkillVersion | null> {
  const row = await db.selectFrom("skill_versions").selectAll().where("hash", "=", hash).executeTakeFirst();
  if (row === undefined) return null;
  const files = await db
    .selectFrom("skill_files")
    .select(["path", "size", "kind", "content"])
    .where("version", "=", hash)
    .execute();
  const { name, description, body, main } = row;
  return { hash, name, description, byPersonOnly: row.by_person_only === 1, body, main, files: files.sort(byPath) };
}

/** The same on every engine. */
const byPath = (a: SkillFile, b: SkillFile): number => (a.path < b.path ? -1 : 1);
