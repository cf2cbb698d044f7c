import { sql } from "kysely";
import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { isOneOf, rowsOf } from "./many.ts";

const TEXTS = ["", "plain", `"quoted" \\ 'text'`, "{a,b}", "NULL", "half \ud83d", "zero \0", "\u{1f600}", "new\nline"];

eachEngine("many values in one", (engine) => {
  test("come as they are, numbers and texts, however strange; what no engine stores comes as it would be stored", async () => {
    const { db, kind } = await engine.store();
    const numbers = TEXTS.map((_, at) => at * 1_000_000_000);
    const { rows } = await sql<{ text: string; n: number }>`
      SELECT w.text, w.n FROM ${rowsOf(kind, "w", { text: TEXTS, n: numbers })} ORDER BY w.n`.execute(db);
    const sound = TEXTS.map((text) => text.toWellFormed().replace("\0", "\ufffd"));
    expect(rows).toEqual(sound.map((text, at) => ({ text, n: numbers[at] })));
    for (const text of TEXTS) {
      const { rows: found } = await sql`
        SELECT 1 AS one FROM (SELECT ${text} AS text) t WHERE ${isOneOf(kind, "t.text", TEXTS)}`.execute(db);
      expect([text, found.length]).toEqual([text, 1]);
    }
    const { rows: none } = await sql`
      SELECT 1 AS one FROM (SELECT ${"other"} AS text) t WHERE ${isOneOf(kind, "t.text", TEXTS)}`.execute(db);
    expect(none).toEqual([]);
  });
});
