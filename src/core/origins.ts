/** Where a run comes from: an answer to a person, a task, or a schedule's task. */
export const ORIGINS = ["chat", "task", "schedule"] as const;
export type Origin = (typeof ORIGINS)[number];

/** All that stand in either list, each once, in one order: so two such lists are equal when they hold the same. */
export function joined(some: readonly Origin[], more: readonly Origin[]): readonly Origin[] {
  return ORIGINS.filter((origin) => some.includes(origin) || more.includes(origin));
}
