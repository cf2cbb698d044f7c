import { resolve } from "node:path";
import { machineZone } from "../../core/clock.ts";
import { promptForServer } from "../../core/prompt-file.ts";
import type { NewSchedule, PreviewedRule, RulePreview, Schedule, SchedulePatch } from "../../wire/schedules.ts";
import { warnWithoutLoop } from "../command/agent-loop.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { chosenEffort, chosenModel, type EffortWord } from "../command/model.ts";
import { usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { due } from "../console/text.ts";

export interface ScheduleOptions {
  when?: string;
  prompt?: string;
  description?: string;
  timezone?: string;
  catchUp?: Schedule["catchUp"];
  catchUpMax?: number;
  overlap?: Schedule["overlap"];
  onCrash?: Schedule["onCrash"];
  jitter?: number;
  maxFailures?: number;
  metadata?: readonly string[];
  maxSteps?: number;
  maxMinutes?: number;
  maxTokens?: number;
  maxCost?: number;
  model?: string;
  effort?: EffortWord;
  disabled?: true;
  yes?: true;
}

export async function addSchedule(
  context: Context,
  args: readonly string[],
  options: ScheduleOptions,
): Promise<ExitCode> {
  const [name = "", when = "", prompt = ""] = args;
  const client = await context.client("any");
  const timezone = options.timezone ?? machineZone();
  if (!(await mayBeSoOften(context, client, { when, timezone }, options))) return EXIT.error;
  const body: NewSchedule = {
    ...settingsOf(options),
    name,
    when,
    prompt: withWholePath(prompt, process.cwd()),
    timezone,
    ...(options.disabled && { state: "disabled" }),
  };
  show(context, await client.request<Schedule>("POST", "/api/schedules", body), "Added");
  await warnWithoutLoop(context, client);
  return EXIT.ok;
}

export async function editSchedule(
  context: Context,
  args: readonly string[],
  options: ScheduleOptions,
): Promise<ExitCode> {
  const { when, prompt, timezone } = options;
  const body: SchedulePatch = {
    ...settingsOf(options),
    ...(when !== undefined && { when }),
    ...(prompt !== undefined && { prompt: withWholePath(prompt, process.cwd()) }),
    ...(timezone !== undefined && { timezone }),
  };
  if (Object.keys(body).length === 0) {
    throw usage("say what to change", 'sparky agent schedule edit NAME --when "every(2 hours)"');
  }
  const client = await context.client("any");
  const rule = { when: when ?? "", ...(timezone !== undefined && { timezone }) };
  if (when !== undefined && !(await mayBeSoOften(context, client, rule, options))) return EXIT.error;
  show(context, await client.request<Schedule>("PATCH", pathOf(args[0]), body), "Changed");
  return EXIT.ok;
}

const OFTEN_MS = 60_000;

/** A rule that is due more often than each minute may be a slip: a person is asked, a script is not. */
async function mayBeSoOften(
  { io, out }: Context,
  client: Client,
  rule: RulePreview,
  { yes }: ScheduleOptions,
): Promise<boolean> {
  if (yes || !io.stdinIsTerminal) return true;
  const found = await client.request<PreviewedRule>("POST", "/api/schedules/preview", { ...rule, n: 2 });
  const [first, second] = found.items.map(({ dueAt }) => Date.parse(dueAt));
  if (first === undefined || second === undefined || second - first >= OFTEN_MS) return true;
  const seconds = (second - first) / 1000;
  const answer = await io.ask(`${found.rule} is due every ${seconds} s, and each time the agent works. Go on? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  out.note("Nothing was changed.");
  return false;
}

export async function setState(
  context: Context,
  args: readonly string[],
  state: Schedule["state"],
  until?: string,
): Promise<void> {
  const body: SchedulePatch = { state, ...(until !== undefined && { pausedUntil: until }) };
  const client = await context.client("any");
  const word = { enabled: "Enabled", disabled: "Disabled", paused: "Paused" }[state];
  show(context, await client.request<Schedule>("PATCH", pathOf(args[0]), body), word);
  if (state === "enabled") await warnWithoutLoop(context, client);
}

export async function deleteSchedule(
  context: Context,
  args: readonly string[],
  options: { readonly yes?: true },
): Promise<ExitCode> {
  const { io, out } = context;
  const client = await context.client("any");
  const { name, when } = await client.request<Schedule>("GET", pathOf(args[0]));
  if (!options.yes) {
    if (!io.stdinIsTerminal) {
      throw usage(
        "deleting asks first, and there is no terminal to ask on",
        `sparky agent schedule delete ${name} --yes`,
      );
    }
    const answer = await io.ask(`Delete the schedule ${name} (${when}) with its history? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      out.note("Nothing was deleted.");
      return EXIT.error;
    }
  }
  await client.request<unknown>("DELETE", pathOf(name));
  if (out.json) out.document({ name, deleted: true });
  else out.print(out.terminal ? `Deleted  ${name}` : name);
  return EXIT.ok;
}

/** `file(path)` is relative to the folder that it is said in; the server knows it by its whole path. */
export function withWholePath(prompt: string, folder: string): string {
  return promptForServer(prompt, (path) => resolve(folder, path));
}

export function pathOf(name = ""): string {
  return `/api/schedules/${encodeURIComponent(name)}`;
}

function settingsOf(options: ScheduleOptions): Omit<SchedulePatch, "when" | "prompt"> {
  const { description, catchUp, catchUpMax, overlap, onCrash, jitter, maxFailures, metadata, model, effort } = options;
  const limits = {
    ...(options.maxSteps !== undefined && { steps: options.maxSteps }),
    ...(options.maxMinutes !== undefined && { minutes: options.maxMinutes }),
    ...(options.maxTokens !== undefined && { tokens: options.maxTokens }),
    ...(options.maxCost !== undefined && { costUsd: options.maxCost }),
  };
  return {
    ...(description !== undefined && { description }),
    ...(catchUp !== undefined && { catchUp }),
    ...(catchUpMax !== undefined && { catchUpMax }),
    ...(overlap !== undefined && { overlap }),
    ...(onCrash !== undefined && { onCrash }),
    ...(jitter !== undefined && { jitterSeconds: jitter }),
    ...(maxFailures !== undefined && { maxFailures }),
    ...(metadata !== undefined && { metadata: Object.fromEntries(metadata.map(pair)) }),
    ...(model !== undefined && { model: chosenModel(model) }),
    ...(effort !== undefined && { effort: chosenEffort(effort) }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw usage(`--metadata must be key=value, not ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function show({ out, io }: Context, schedule: Schedule, word: string): void {
  if (out.json) return out.document(schedule);
  const { name, state, nextDueAt } = schedule;
  if (!out.terminal) return out.print([name, state, nextDueAt ?? ""].join("\t"));
  out.print(`${word}  ${name}${nextDueAt === null ? "" : `  next ${due(nextDueAt, io.now())}`}`);
}
