import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { z } from "zod";
import { eachEngine } from "../../../test/kit/databases.ts";
import { afterCursor, decodeCursor, encodeCursor, newestFirst, orderBy, orderSql, pageOf, keyText } from "./page.ts";

interface Row {
  readonly at: number;
  readonly name: string;
  readonly id: string;
}

const ORDERS = {
  "the newest first": newestFirst("at", "id"),
  ascending: orderBy(["name", "at", "id"], z.tuple([keyText, z.int32(), keyText])),
  "both ways": orderBy(["at desc", "name", "id desc"], z.tuple([z.int32(), keyText, keyText])),
};

eachEngine("a list", (engine) => {
  test.each(Object.entries(ORDERS))("in pages is the whole list, each row once: %s", async (_, order) => {
    const { db } = await engine.store();
    const keyOf = (row: Row) => order.columns.map(({ name }) => row[name as keyof Row]);
    const rows = fc.uniqueArray(
      fc.record({ at: fc.integer({ min: 0, max: 3 }), name: fc.constantFrom("a", "B", "é"), id: fc.uuid() }),
      { minLength: 1, maxLength: 30, selector: (row) => row.id },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 7 }), async (all, limit) => {
        const given = sql.join(
          all.map(({ at, name, id }) => sql`(CAST(${at} AS integer), CAST(${name} AS text), CAST(${id} AS text))`),
        );
        const page = async (cursor: string | undefined, size: number) => {
          const { rows: found } = await sql<Row>`
            WITH list (at, name, id) AS (VALUES ${given})
            SELECT * FROM list WHERE ${afterCursor(order, cursor)} ORDER BY ${orderSql(order)} LIMIT ${size + 1}`.execute(
            db,
          );
          return pageOf(found, { limit: size }, keyOf);
        };
        const whole = await page(undefined, 100);
        const inPages: Row[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const { rows: some, next } = await page(cursor, limit);
          inPages.push(...some);
          cursor = next;
        }
        expect(whole.rows).toHaveLength(all.length);
        expect(inPages).toEqual(whole.rows);
      }),
      { numRuns: 25 },
    );
  });
});

test.each([
  "nonsense",
  encodeCursor(["1", "x"]),
  encodeCursor([1.5, "x"]),
  encodeCursor([1e300, "x"]),
  encodeCursor([1, "x\0"]),
  encodeCursor([1]),
])("a cursor that no list gave is refused: %s", (cursor) => {
  expect(() => decodeCursor(ORDERS["the newest first"].key, cursor)).toThrow("the cursor is not one that a list gave");
});
