import type { Json } from "../core/events.ts";
import { shorten } from "../core/text.ts";
import { isOver } from "../store/runs/children.ts";
import type { TaskRow } from "../store/database/schema.ts";
import type { CallOutcome } from "../store/runs/record.ts";
import { TOOL_CALL, TOOL_SEARCH } from "../tools/deferred.ts";
import type { Registry } from "../tools/registry.ts";
import { createRegistry } from "../tools/registry.ts";

/** So much of each result is told: the whole is read by its task's id. */
const SHOWN = 1500;

/** Why a call does not wait on, though what it has delegated has not ended. */
export type Impatience = "message" | "deadline";

const GOING_ON = {
  message: "a person wrote meanwhile: read that first. What is left goes on; to wait for it, delegate with waitFor",
  deadline: "this has waited as long as it may. What is left goes on; to wait on, delegate with waitFor",
} as const;

/** What a call has delegated, told to the model; null: it waits on. */
export function delegatedOutcome(children: readonly TaskRow[], impatience: Impatience | null): CallOutcome | null {
  const running = children.filter((child) => !isOver(child));
  if (running.length > 0 && impatience === null) return null;
  const note =
    running.length > 0 && impatience !== null
      ? { note: `still running: ${running.map(({ id }) => id).join(", ")}; ${GOING_ON[impatience]}` }
      : children.some(({ result }) => result !== null && result.length > SHOWN)
        ? { note: "what is cut is read whole by task_status with the task's id" }
        : {};
  return { ok: true, result: { tasks: children.map(toldOf), ...note } };
}

function toldOf({ id, status, result, error, deleted_at }: TaskRow): Json {
  return {
    id,
    status: deleted_at === null ? status : "deleted",
    ...(result !== null && { result: shorten(result, SHOWN) }),
    ...(result !== null && result.length > SHOWN && { cut: true }),
    ...(error !== null && { error }),
  };
}

/** Lists of names, each of which a tool must be in: those of the task, and of all that it descends from. */
type ToolLists = readonly (readonly string[])[];

export function toolLists(tools: string | null): ToolLists {
  return tools === null ? [] : (JSON.parse(tools) as ToolLists);
}

const SEARCHES: readonly string[] = [TOOL_SEARCH, TOOL_CALL];

/** What a delegated task may call of what there is. */
export function limitedTo<Tx>(registry: Registry<Tx>, lists: ToolLists): Registry<Tx> {
  if (lists.length === 0) return registry;
  const isIn = (list: readonly string[], name: string): boolean =>
    list.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : each === name));
  const kept = registry.list().filter(({ name }) => lists.every((list) => isIn(list, name)));
  // What has to be searched for can only be called by what searches and calls.
  const searched = kept.some(({ deferred }) => deferred === true) ? SEARCHES : [];
  return createRegistry([...registry.list().filter((tool) => kept.includes(tool) || searched.includes(tool.name))]);
}
