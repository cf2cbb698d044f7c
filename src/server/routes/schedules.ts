import {
  checkSchedule,
  getSchedule,
  listSchedules,
  nextInstants,
  previewRule,
  schedulePrompt,
  scheduleHistory,
} from "../../store/schedules/read.ts";
import { createSchedule, deleteSchedule, patchSchedule, runScheduleNow } from "../../store/schedules/change.ts";
import { listSchema, taskSchema, upcomingSchema } from "../../wire/api.ts";
import {
  ledgerCheckSchema,
  newScheduleSchema,
  occurrenceSchema,
  previewedRuleSchema,
  schedulePromptSchema,
  rulePreviewSchema,
  scheduleListSchema,
  schedulePatchSchema,
  scheduleSchema,
} from "../../wire/schedules.ts";
import { ruleWords } from "../../wire/rule-words.ts";
import { mayHere } from "../../store/people/access.ts";
import type { ServerDeps } from "../deps.ts";
import { nextQuery, occurrencesQuery, schedulesQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function scheduleRoutes({ store, models, scheduleProblems = [] }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/schedules",
      right: "schedules.see",
      summary: "Your schedules, by name; with `recent`, each with so many of the newest rows of its ledger.",
      query: schedulesQuery,
      answers: { 200: scheduleListSchema },
      async handle({ viewer, query }) {
        const items = await listSchedules(store, viewer, query);
        const problems =
          mayHere(viewer, "data.see") && scheduleProblems.length > 0 ? { problems: scheduleProblems } : {};
        return { status: 200, body: { items, next: null, total: items.length, ...problems } };
      },
    }),
    route({
      method: "POST",
      path: "/api/schedules",
      right: "work.begin",
      summary: "Adds a schedule; it counts at once.",
      body: newScheduleSchema,
      answers: { 201: scheduleSchema },
      async handle({ viewer, body }) {
        if (typeof body.model === "string") models.check(body.model);
        return { status: 201, body: await createSchedule(store, viewer, body) };
      },
    }),
    route({
      method: "POST",
      path: "/api/schedules/preview",
      right: "work.begin",
      summary:
        "What a rule means: its words and its next instants (`n` of them, 5 by default), or what is wrong with it.",
      body: rulePreviewSchema,
      answers: { 200: previewedRuleSchema },
      async handle({ body }) {
        const { rule, timezone, instants } = await previewRule(store, body, body.n ?? 5);
        const items = instants.map((dueAt) => ({ dueAt }));
        return { status: 200, body: { items, rule, words: await ruleWords(rule), timezone } };
      },
    }),
    route({
      method: "GET",
      path: "/api/schedules/:name",
      right: "schedules.see",
      summary: "A schedule.",
      answers: { 200: scheduleSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getSchedule(store, viewer, params.name) }),
    }),
    route({
      method: "GET",
      path: "/api/schedules/:name/prompt",
      right: "schedules.see",
      summary: "What the agent is told when the schedule runs: its words, or those of its file as they are now.",
      answers: { 200: schedulePromptSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await schedulePrompt(store, viewer, params.name) }),
    }),
    route({
      method: "PATCH",
      path: "/api/schedules/:name",
      right: "schedules.change",
      summary: "Changes a schedule, at once: what was due before is settled by the rule that it had.",
      body: schedulePatchSchema,
      answers: { 200: scheduleSchema },
      async handle({ viewer, params, body }) {
        if (typeof body.model === "string") models.check(body.model);
        return { status: 200, body: await patchSchedule(store, viewer, params.name, body) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/schedules/:name",
      right: "schedules.change",
      summary: "Deletes a schedule; its tasks and its chat stay.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await deleteSchedule(store, viewer, params.name);
        return { status: 204 };
      },
    }),
    route({
      method: "POST",
      path: "/api/schedules/:name/run",
      right: "schedules.change",
      summary: "Queues a schedule's task now, beside what its rule says.",
      answers: { 201: taskSchema },
      handle: async ({ viewer, params }) => ({ status: 201, body: await runScheduleNow(store, viewer, params.name) }),
    }),
    route({
      method: "GET",
      path: "/api/schedules/:name/occurrences",
      right: "schedules.see",
      summary:
        "The ledger of a schedule, the newest first: one row for every due instant, and those run by hand; more than 10,000 are counted only with `total=true`.",
      query: occurrencesQuery,
      answers: { 200: listSchema(occurrenceSchema) },
      handle: async ({ viewer, params, query }) => ({
        status: 200,
        body: await scheduleHistory(store, viewer, params.name, query),
      }),
    }),
    route({
      method: "GET",
      path: "/api/schedules/:name/check",
      right: "schedules.see",
      summary: "Computes what was due from the rules that a schedule had, and compares it with its ledger.",
      answers: { 200: ledgerCheckSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await checkSchedule(store, viewer, params.name) }),
    }),
    route({
      method: "GET",
      path: "/api/schedules/:name/next",
      right: "schedules.see",
      summary: "The next instants at which a schedule is to run: `n` of them, 5 by default.",
      query: nextQuery,
      answers: { 200: listSchema(upcomingSchema) },
      async handle({ viewer, params, query }) {
        const instants = await nextInstants(store, viewer, params.name, query.n ?? 5);
        const items = instants.map((dueAt) => ({ schedule: params.name, dueAt }));
        return { status: 200, body: { items, next: null } };
      },
    }),
  ];
}
