import { z } from "zod";
import { defineTransactionalTool } from "./tool.ts";

const itemSchema = z.strictObject({
  text: z.string().trim().min(1).max(300),
  status: z.enum(["todo", "doing", "done"]),
});

export const planUpdate = defineTransactionalTool<{ items: z.infer<typeof itemSchema>[] }, unknown>({
  name: "plan_update",
  description:
    "Writes the checklist of this run, which people see as its progress. Give the whole list each time, with the " +
    "status of every item. Use it first for work of three or more parts, and again whenever an item begins or ends.",
  effect: "write",
  idempotent: true,
  timeoutMs: 5000,
  args: z.strictObject({ items: z.array(itemSchema).min(1).max(50) }),
  summary: ({ items }) => `${items.filter((item) => item.status === "done").length} of ${items.length} done`,
  execute: ({ items }, context) => {
    context.emit({ type: "plan", data: { items } });
    return Promise.resolve({ items: items.length, done: items.filter((item) => item.status === "done").length });
  },
});
