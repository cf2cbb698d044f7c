import type { List, Task } from "../../wire/api.ts";
import { ruleWords } from "../../wire/rule-words.ts";
import { outcomeWord } from "../../wire/state-words.ts";
import { shortRule } from "../../wire/short-rule.ts";
import type { Occurrence, Schedule, ScheduleList } from "../../wire/schedules.ts";
import { warnWithoutLoop } from "../command/agent-loop.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { printFields } from "../console/fields.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { ago, due, shortId } from "../console/text.ts";

/** A usual name, which is what other commands ask for, and a usual rule are never cut. */
const USUAL = 24;

export async function listSchedules(context: Context): Promise<void> {
  const { out, io } = context;
  const list = await (await context.client("any")).request<ScheduleList>("GET", "/api/schedules");
  if (out.json) return out.document(list);
  const time = (iso: string | null): string => (iso === null ? "" : out.terminal ? ago(iso, io.now()) : iso);
  const whens = list.items.map(({ when }) =>
    out.terminal && !when.startsWith("at(") ? (shortRule(when) ?? when) : when,
  );
  out.table(
    [
      { title: "NAME", ...(list.items.some(({ name }) => name.length > USUAL) && { max: 40 }) },
      { title: "WHEN", ...(whens.some((when) => when.length > USUAL) && { max: USUAL }) },
      { title: "STATE" },
      { title: "NEXT" },
      { title: "LAST", max: 40 },
      { title: "WHAT" },
    ],
    list.items.map((schedule, at) => [
      schedule.name,
      whens[at] ?? "",
      schedule.state,
      out.terminal && schedule.nextDueAt !== null ? due(schedule.nextDueAt, io.now()) : (schedule.nextDueAt ?? ""),
      schedule.last === null ? "" : `${outcomeWords(schedule.last, out.terminal)} ${time(schedule.last.dueAt)}`,
      schedule.description,
    ]),
  );
  for (const problem of list.problems ?? []) out.note(`not applied: ${problem}`);
}

/** `done`, `skipped: overlap`: the outcome with its reason, if that is one word; a script gets the history's own word, `ran`. */
export function outcomeWords(
  occurrence: Pick<Occurrence, "outcome" | "reason" | "waitsFor">,
  forPeople: boolean,
): string {
  const { outcome, reason } = occurrence;
  const word = forPeople ? outcomeWord(occurrence) : outcome;
  return reason !== null && (outcome === "skipped" || outcome === "merged") ? `${word}: ${reason}` : word;
}

export async function showSchedule(context: Context, args: readonly string[]): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const schedule = await client.request<Schedule>("GET", `/api/schedules/${encodeURIComponent(args[0] ?? "")}`);
  if (out.json) return out.document(schedule);
  const words = schedule.when.startsWith("cron(") ? await ruleWords(schedule.when) : schedule.when;
  const at = (iso: string, words = ago): string => (out.terminal ? `${iso}  (${words(iso, io.now())})` : iso);
  printFields(out, [
    ["name", schedule.name],
    ["what", schedule.description || null],
    ["when", words === schedule.when || !out.terminal ? schedule.when : `${schedule.when}  (${words})`],
    ["timezone", schedule.timezone],
    [
      "state",
      [schedule.state, schedule.pausedUntil && `until ${schedule.pausedUntil}`, schedule.pauseReason]
        .filter(Boolean)
        .join(" "),
    ],
    ["next", schedule.nextDueAt === null ? null : at(schedule.nextDueAt, due)],
    ["last", schedule.last === null ? null : `${outcomeWords(schedule.last, out.terminal)} ${at(schedule.last.dueAt)}`],
    ["catch-up", schedule.catchUp],
    ["overlap", schedule.overlap],
    ["on-crash", schedule.onCrash],
    ["jitter", schedule.jitterSeconds === 0 ? null : `${schedule.jitterSeconds}s`],
    ["failures", schedule.failures === 0 ? null : `${schedule.failures} of ${schedule.maxFailures}`],
    ["rests", schedule.restsUntil === null ? null : `until ${schedule.restsUntil}`],
    ["model", schedule.model],
    ["effort", schedule.effort],
    ["chat", schedule.chatId],
    ["prompt", schedule.prompt],
  ]);
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
