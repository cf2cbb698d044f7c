import { sql } from "kysely";
import { expect, test } from "vitest";
import { sqlite } from "../../../test/kit/databases.ts";
import { candidateQuery } from "./next.ts";

test.each(["turn", "task"] as const)("the next %s is found by its index, however many runs wait", async (kind) => {
  const store = await sqlite.store();
  const plan = await store.transact((tx) =>
    candidateQuery(tx, { kind, want: 1, lost: [], now: 1 }).explain<{ detail: string }>(undefined, sql`QUERY PLAN`),
  );
  const steps = plan.map(({ detail }) => detail);
  expect(steps).toContainEqual(expect.stringContaining(`SCAN r USING INDEX runs_claim_${kind}`));
  expect(steps.join()).not.toContain("TEMP B-TREE");
});
