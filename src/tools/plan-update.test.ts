import { expect, test } from "vitest";
import { toolContext } from "../../test/kit/tool-context.ts";
import type { EventBody } from "../core/events.ts";
import { planUpdate } from "./plan-update.ts";

test("a plan becomes an event of the run, and the call says how much is done", async () => {
  const items = [
    { text: "Look", status: "done" },
    { text: "Repair", status: "doing" },
  ];
  const prepared = planUpdate.prepare({ items });
  if (!prepared.ok || prepared.kind !== "transactional") throw new Error("not prepared");
  const emitted: EventBody[] = [];
  const result = await prepared.execute({ ...toolContext(), emit: (body) => void emitted.push(body) }, undefined);
  expect(result).toEqual({ items: 2, done: 1 });
  expect(prepared.summary).toBe("1 of 2 done");
  expect(emitted).toEqual([{ type: "plan", data: { items } }]);
});

test.each([{ items: [] }, { items: [{ text: " ", status: "todo" }] }, { items: [{ text: "a", status: "later" }] }, {}])(
  "the plan %j is refused",
  (args) => expect(planUpdate.prepare(args).ok).toBe(false),
);
