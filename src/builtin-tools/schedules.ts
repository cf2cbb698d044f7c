import { z } from "zod";
import { SparkyError } from "../core/errors.ts";
import type { Json } from "../core/events.ts";
import { joined } from "../core/origins.ts";
import { promptPath } from "../core/prompt-file.ts";
import { shorten } from "../core/text.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { descendFrom } from "../store/runs/descent.ts";
import { audit } from "../store/audit/audit.ts";
import { changeSchedule, createScheduleIn } from "../store/schedules/change.ts";
import { getSchedule, listSchedules, type Schedule } from "../store/schedules/read.ts";
import { defineTool, defineTransactionalTool, type Tool } from "../tools/tool.ts";
import { userWith, viewerOf } from "./viewer.ts";

/**
 * The agent's tools for schedules. A schedule works on when nobody looks, so each change is asked about, and who says yes to
 * it has written it. Where the owner's policy lets it pass unasked, its tasks inherit from the run what any task of it does.
 */
export function scheduleTools(store: Store): readonly Tool<Tx>[] {
  return [scheduleAdd(store), scheduleList(store), scheduleChange(store)];
}

const when = z
  .string()
  .min(1)
  .max(200)
  .describe(
    '"weekdays at 9:00", every(30 minutes), cron(0 9 * * 1-5) or at(2030-01-15T09:00), in the time zone of the schedule',
  );
const prompt = z
  .string()
  .trim()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 65_536, { error: "must be at most 64 KB" })
  .refine((text) => promptPath(text) === undefined, { error: "must be the words themselves, not file(…)" })
  .describe("what is to be done each time; nothing else is known there");
const limits = z
  .strictObject({
    steps: z.number().int().min(1).max(200).optional(),
    minutes: z.number().positive().max(10_080).optional(),
    costUsd: z.number().positive().optional(),
  })
  .describe("for each time");
const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\u200c-\u200d\p{L}\p{N}\p{M}_.-]{0,99}$/u, {
    error: "must be 1 to 100 letters, digits, _, - or ., without spaces",
  })
  .overwrite((text) => text.normalize("NFC"));
const timezone = z.string().min(1).max(100).describe("IANA time zone; the owner's when left out");

const addArgs = z.strictObject({
  name,
  when,
  prompt,
  timezone: timezone.optional(),
  description: z.string().max(500).optional(),
  limits: limits.optional(),
});

const scheduleAdd = (store: Store): Tool<Tx> =>
  defineTransactionalTool<z.infer<typeof addArgs>, Tx>({
    name: "schedule_add",
    description:
      "Makes a schedule: something that the agent does again and again, or once at a time to come. The person is asked first.",
    effect: "write",
    idempotent: false,
    timeoutMs: 30_000,
    policy: "ask",
    args: addArgs,
    summary: (args) => `${args.name} ${args.when}: ${args.prompt}`,
    execute: async (args, { principal, runId, callId, timeZone }, tx) => {
      const { descent, author } = await descendFrom(tx, runId, callId);
      const owner = author === null ? await viewerOf(tx.db, principal) : await userWith(tx.db, author);
      const inherits = author === null ? { ...descent, origins: joined(descent.origins, ["schedule"]) } : null;
      await createScheduleIn(store, tx, owner, { ...args, timezone: args.timezone ?? timeZone }, inherits);
      audit(tx, owner, { kind: "schedule.added", thing: args.name, detail: args.when, runId });
      return { name: args.name, owner: owner.name };
    },
  });

const scheduleList = (store: Store): Tool<Tx> =>
  defineTool({
    name: "schedule_list",
    description: "Lists the owner's schedules: when each is due, what it does, and how it went last.",
    effect: "read",
    idempotent: true,
    timeoutMs: 30_000,
    args: z.strictObject({ name: name.describe("only this one, with its whole prompt").optional() }),
    summary: (args) => args.name ?? "",
    execute: async (args, { principal }) => {
      const viewer = await viewerOf(store.db, principal);
      if (args.name !== undefined) return rowOf(await getSchedule(store, viewer, args.name), Infinity);
      const schedules = await listSchedules(store, viewer);
      return { items: schedules.slice(0, MOST).map((each) => rowOf(each, SHOWN)), total: schedules.length };
    },
  });

const MOST = 100;
const SHOWN = 300;

function rowOf(schedule: Schedule, most: number): Json {
  const { name: own, when: rule, timezone: zone, state, description, nextDueAt, last } = schedule;
  const words = most === Infinity ? schedule.prompt : shorten(schedule.prompt, most);
  const lastly = last === null ? null : { dueAt: last.dueAt, outcome: last.outcome, reason: last.reason };
  return { name: own, when: rule, timezone: zone, state, description, prompt: words, nextDueAt, last: lastly };
}

const changeArgs = z
  .strictObject({
    name,
    when: when.optional(),
    prompt: prompt.optional(),
    timezone: timezone.optional(),
    description: z.string().max(500).optional(),
    limits: limits.optional(),
    state: z.enum(["enabled", "disabled", "paused"]).optional(),
    pausedUntil: z.iso
      .datetime({ offset: true, error: "must be a time with its offset, such as 2030-01-15T09:00:00+01:00" })
      .describe("with state paused")
      .optional(),
  })
  .refine(({ name: _, ...changes }) => Object.keys(changes).length > 0, { error: "says nothing to change" });

/** The same once more changes nothing. */
const scheduleChange = (store: Store): Tool<Tx> =>
  defineTool({
    name: "schedule_change",
    description:
      "Changes a schedule of the owner: when it is due, what it does, or whether it is enabled, disabled or paused. The " +
      "person is asked first.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    policy: "ask",
    args: changeArgs,
    summary: ({ name: own, ...changes }) => `${own} ${JSON.stringify(changes)}`,
    execute: async ({ name: own, ...patch }, { principal, runId, callId }) => {
      const viewer = await viewerOf(store.db, principal);
      const { descent, author } = await store.transact((tx) => descendFrom(tx, runId, callId));
      const isWork = patch.prompt !== undefined || patch.when !== undefined || patch.limits !== undefined;
      const inherits = author === null ? { ...descent, origins: joined(descent.origins, ["schedule"]) } : null;
      try {
        await changeSchedule(store, viewer, own, patch, isWork ? inherits : undefined, { runId });
      } catch (error) {
        if (!(error instanceof SparkyError) || error.code !== "not_found") throw error;
        throw new SparkyError("not_found", `the owner has no schedule ${JSON.stringify(own)}`, {
          hint: "schedule_list has their names",
          cause: error,
        });
      }
      return rowOf(await getSchedule(store, viewer, own), SHOWN);
    },
  });
