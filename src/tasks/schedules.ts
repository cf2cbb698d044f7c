import { notFound } from "../core/errors.ts";
import { visibleTasks, type Task } from "../store/tasks.ts";
import { addTask } from "../store/tasks-add.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";
import { SMART_MAINTENANCE } from "./smart-maintenance.ts";

/** The built-in schedules. They are run by hand: nothing here ticks. */

export interface Schedule {
  readonly name: string;
  readonly description: string;
  readonly prompt: string;
  readonly when: string | null;
  readonly enabled: boolean;
  readonly lastTaskId: string | null;
}

const BUILT_IN: readonly Omit<Schedule, "lastTaskId">[] = [
  {
    name: "smart_maintenance",
    description: "Looks after the knowledge graph: reads its stats and checks, and mends what is needed most",
    prompt: SMART_MAINTENANCE,
    when: null,
    enabled: true,
  },
];

export async function listSchedules(store: Store, viewer: User): Promise<readonly Schedule[]> {
  return Promise.all(
    BUILT_IN.map(async (schedule) => {
      const last = await store.db
        .selectFrom("tasks")
        .select("tasks.id")
        .where("tasks.schedule", "=", schedule.name)
        .where(visibleTasks(viewer))
        .orderBy("tasks.created_at", "desc")
        .limit(1)
        .executeTakeFirst();
      return { ...schedule, lastTaskId: last?.id ?? null };
    }),
  );
}

/** Adds the schedule's task now, in the schedule's one chat. */
export async function runSchedule(store: Store, viewer: User, name: string): Promise<Task> {
  const schedule = BUILT_IN.find((candidate) => candidate.name === name);
  if (schedule === undefined) throw notFound(`schedule ${JSON.stringify(name)}`);
  const { task } = await addTask(store, viewer, { instruction: schedule.prompt }, { schedule: name });
  return task;
}
