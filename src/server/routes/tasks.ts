import { taskTree } from "../../store/delegated/tree.ts";
import { addTask } from "../../store/tasks/add.ts";
import { clearTasks } from "../../store/tasks/clear.ts";
import { deleteTask, patchTask, retryTask } from "../../store/tasks/change.ts";
import { getTask, listTaskRuns, listTasks } from "../../store/tasks/read.ts";
import {
  listSchema,
  newTaskSchema,
  retrySchema,
  runSchema,
  stoppedSchema,
  taskPatchSchema,
  taskSchema,
  treeTaskSchema,
} from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { clearedSchema, clearTasksSchema } from "../../wire/tasks-clear.ts";
import { tasksQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function taskRoutes({ store, cancelTask, models }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/tasks",
      right: "tasks.see",
      scope: "tasks",
      summary: "Your tasks, the newest first; more than 10,000 are counted only with `total=true`.",
      query: tasksQuery,
      answers: { 200: listSchema(taskSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await listTasks(store, viewer, query) }),
    }),
    route({
      method: "POST",
      path: "/api/tasks",
      right: "work.begin",
      scope: "tasks",
      summary: "Queues work for the agent; 200 with your task that has the same `key`, if there is one.",
      body: newTaskSchema,
      answers: { 201: taskSchema, 200: taskSchema },
      async handle({ viewer, body }) {
        if (body.model !== undefined) models.check(body.model);
        const { task, created } = await addTask(store, viewer, body);
        return { status: created ? 201 : 200, body: task };
      },
    }),
    route({
      method: "POST",
      path: "/api/tasks/clear",
      right: "tasks.change",
      summary:
        "Deletes your tasks that match, 50 in one transaction; what is being worked on stays. `dryRun` only tells.",
      body: clearTasksSchema,
      answers: { 200: clearedSchema },
      handle: async ({ viewer, body }) => ({ status: 200, body: await clearTasks(store, viewer, body) }),
    }),
    route({
      method: "GET",
      path: "/api/tasks/:id",
      right: "tasks.see",
      scope: "tasks",
      summary: "A task.",
      answers: { 200: taskSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getTask(store, viewer, params.id) }),
    }),
    route({
      method: "GET",
      path: "/api/tasks/:id/tree",
      right: "tasks.see",
      scope: "tasks",
      summary: "All that a task's runs have started, each behind what has started it, at most 200.",
      answers: { 200: listSchema(treeTaskSchema) },
      handle: async ({ viewer, params }) => ({ status: 200, body: await taskTree(store, viewer, params.id) }),
    }),
    route({
      method: "PATCH",
      path: "/api/tasks/:id",
      right: "tasks.change",
      summary: "Changes a task that is pending or waiting; its metadata always, its status never.",
      body: taskPatchSchema,
      answers: { 200: taskSchema },
      async handle({ viewer, params, body }) {
        if (typeof body.model === "string") models.check(body.model);
        return { status: 200, body: await patchTask(store, viewer, params.id, body) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/tasks/:id",
      right: "tasks.change",
      summary: "Deletes a task.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await deleteTask(store, viewer, params.id);
        return { status: 204 };
      },
    }),
    route({
      method: "POST",
      path: "/api/tasks/:id/cancel",
      right: "tasks.change",
      scope: "tasks",
      summary: "Cancels a task; its run ends within two seconds.",
      answers: { 200: stoppedSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await cancelTask(viewer, params.id) }),
    }),
    route({
      method: "POST",
      path: "/api/tasks/:id/retry",
      right: "tasks.change",
      scope: "tasks",
      summary:
        "Runs a failed or cancelled task again; with `attempts`, only if it has had so many runs; with `model`, by that from now on.",
      body: retrySchema,
      answers: { 200: taskSchema },
      async handle({ viewer, params, body }) {
        if (body.model !== undefined) models.check(body.model);
        return { status: 200, body: await retryTask(store, viewer, params.id, body) };
      },
    }),
    route({
      method: "GET",
      path: "/api/tasks/:id/runs",
      right: "tasks.see",
      scope: "tasks",
      summary: "A task's runs, one for each attempt.",
      answers: { 200: listSchema(runSchema) },
      handle: async ({ viewer, params }) => ({ status: 200, body: await listTaskRuns(store, viewer, params.id) }),
    }),
  ];
}
