import type { List, Task } from "../wire/api.ts";
import type { Schedule } from "../wire/schedules.ts";
import { warnWithoutLoop } from "./agent-loop.ts";
import type { Context } from "./context.ts";
import { usage } from "./failure.ts";
import { EXIT, type ExitCode } from "./io.ts";
import { shortId } from "./text.ts";

export async function listSchedules(context: Context): Promise<void> {
  const { out } = context;
  const list = await (await context.client("any")).request<List<Schedule>>("GET", "/api/schedules");
  if (out.json) return out.document(list);
  out.table(
    [{ title: "NAME" }, { title: "WHEN" }, { title: "ON" }, { title: "LAST TASK" }, { title: "WHAT" }],
    list.items.map((schedule) => [
      schedule.name,
      schedule.when ?? "by hand",
      schedule.enabled ? "yes" : "no",
      schedule.lastTaskId === null ? "" : out.terminal ? shortId(schedule.lastTaskId) : schedule.lastTaskId,
      schedule.description,
    ]),
  );
}

export async function runSchedules(
  context: Context,
  names: readonly string[],
  options: { readonly all?: true },
): Promise<ExitCode> {
  const { out } = context;
  if ((names.length === 0) === (options.all === undefined)) {
    throw usage("name the schedules to run, or say --all", "sparky agent schedule run smart_maintenance");
  }
  const client = await context.client("any");
  const chosen = options.all ? await enabled(context) : names;
  const tasks: Task[] = [];
  for (const name of chosen) {
    const task = await client.request<Task>("POST", `/api/schedules/${encodeURIComponent(name)}/run`);
    tasks.push(task);
    if (out.json) continue;
    out.print(out.terminal ? `Queued  ${shortId(task.id)}  ${name}` : `${task.id}\t${name}`);
  }
  if (out.json) out.document({ items: tasks, next: null, total: tasks.length });
  await warnWithoutLoop(context, client);
  if (out.terminal && tasks[0] !== undefined)
    out.note(`  follow it: sparky agent tasks logs -f ${shortId(tasks[0].id)}`);
  return EXIT.ok;
}

async function enabled(context: Context): Promise<readonly string[]> {
  const { items } = await (await context.client("any")).request<List<Schedule>>("GET", "/api/schedules");
  return items.filter((schedule) => schedule.enabled).map((schedule) => schedule.name);
}
