import { hashOf } from "../audit/audit.ts";
import type { Db } from "../database/sql.ts";
import type { Finding } from "./finding.ts";

const PAGE = 500;
const MAX_FINDINGS = 50;

/** The audit from its first row to its last: none is missing, none was changed, and none stands behind its end. */
export async function verifyAudit(db: Db): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const report = (what: string, expected: string, found: string): void =>
    void findings.push({ kind: "audit", chatId: null, seq: null, what, expected, found });
  const end = await db.selectFrom("audit_end").selectAll().executeTakeFirst();
  let [last, hash] = [0, ""];
  for (;;) {
    const rows = await db
      .selectFrom("audit")
      .selectAll()
      .where("number", ">", last)
      .orderBy("number")
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      const { number } = row;
      if (number !== last + 1) report("the audit's numbers", `row ${last + 1}`, `row ${number}`);
      // Behind a gap the row before is not known.
      else if (hashOf(hash, row) !== row.hash)
        report(`row ${number} of the audit`, "as it was written", "changed since");
      if (findings.length >= MAX_FINDINGS) return findings;
      [last, hash] = [number, row.hash];
    }
    if (rows.length < PAGE) break;
  }
  const said = end === undefined ? "none" : `row ${end.number}`;
  if (end === undefined || end.number !== last) report("the audit's end", said, `row ${last}`);
  else if (end.hash !== hash) report("the audit's end", "the hash of its last row", "another");
  return findings;
}
