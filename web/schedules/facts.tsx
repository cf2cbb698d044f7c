import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { promptForPeople, promptPath } from "../../src/core/prompt-file.ts";
import type { Schedule } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { Fact } from "../ui/fact.tsx";
import { fullTime } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { NextRun } from "./controls.tsx";
import { nextQuery, promptQuery } from "./queries.ts";
import { ScheduleMemory } from "./schedule-memory.tsx";
import { Rule } from "./rule.tsx";
import { timeIn } from "./zone-time.ts";
import { WORDS } from "../words/schedules.tsx";

/** All that is set for a schedule, in words. */
export function Facts({ schedule }: { schedule: Schedule }) {
  const { catchUp, jitterSeconds, maxFailures, failures, limits } = schedule;
  const most = [
    limits.steps !== undefined && WORDS.steps(limits.steps),
    limits.minutes !== undefined && WORDS.minutes(limits.minutes),
    limits.costUsd !== undefined && `$${limits.costUsd}`,
  ].filter((limit) => limit !== false);
  const metadata = Object.entries(schedule.metadata);
  return (
    <dl className="mt-3 grid grid-cols-[6rem_1fr] gap-x-4 gap-y-2 text-sm md:grid-cols-[9rem_1fr]">
      <Fact name={WORDS.facts.when}>
        <Rule schedule={schedule} /> <code className="ml-1 text-xs text-muted">{schedule.when}</code>
      </Fact>
      <Fact name={WORDS.facts.next}>
        <NextRun schedule={schedule} />
        {schedule.state === "enabled" && <NextTimes schedule={schedule} />}
      </Fact>
      <Fact name={WORDS.facts.prompt}>
        <Prompt schedule={schedule} />
      </Fact>
      <Fact name={WORDS.facts.missed}>
        {WORDS.catchUp[catchUp]}
        {catchUp !== "skip" && WORDS.notOlderThan(hours(schedule.catchUpMaxAgeSeconds))}
        {catchUp === "all" && WORDS.atMost(schedule.catchUpMax)}
      </Fact>
      <Fact name={WORDS.facts.stillRunning}>{WORDS.overlap[schedule.overlap]}</Fact>
      <Fact name={WORDS.facts.afterACrash}>{WORDS.onCrash[schedule.onCrash]}</Fact>
      {jitterSeconds > 0 && <Fact name={WORDS.facts.spread}>{WORDS.startsLater(jitterSeconds)}</Fact>}
      <Fact name={WORDS.facts.failures}>
        {maxFailures > 0 ? WORDS.pausedAfter(maxFailures) : WORDS.neverPaused}
        {failures > 0 && <span className="text-bad">{WORDS.inARowNow(failures)}</span>}
      </Fact>
      {most.length > 0 && <Fact name={WORDS.facts.atMost}>{most.join(", ")}</Fact>}
      {schedule.model !== null && <Fact name={WORDS.facts.model}>{schedule.model}</Fact>}
      {schedule.effort !== null && <Fact name={WORDS.facts.effort}>{schedule.effort}</Fact>}
      {metadata.length > 0 && (
        <Fact name={WORDS.facts.metadata}>
          {metadata.map(([key, value]) => (
            <code key={key} className="mr-2 [overflow-wrap:anywhere]">
              {key}={typeof value === "string" ? value : JSON.stringify(value)}
            </code>
          ))}
        </Fact>
      )}
      <Fact name={WORDS.facts.runs}>
        {schedule.chatId === null ? (
          <span className="text-muted">{WORDS.noChat}</span>
        ) : (
          <Link to="/chats/$chatId" params={{ chatId: schedule.chatId }} className="text-accent underline">
            {WORDS.openChat}
          </Link>
        )}{" "}
        <Link to="/tasks" search={{ schedule: schedule.name }} className="ml-2 text-accent underline">
          {WORDS.allTasks}
        </Link>
      </Fact>
      <Fact name={WORDS.facts.memory}>
        <ScheduleMemory schedule={schedule} />
      </Fact>
      <Fact name={WORDS.facts.changed}>
        <time dateTime={schedule.updatedAt}>{fullTime(schedule.updatedAt)}</time>
      </Fact>
    </dl>
  );
}

/** The words that the agent is told, though they stand in a file. */
function Prompt({ schedule: { name, prompt } }: { schedule: Schedule }) {
  const { http } = useServices();
  const file = promptPath(prompt);
  const read = useQuery({ ...promptQuery(http, name), enabled: file !== undefined });
  const text = file === undefined ? prompt : (read.data?.text ?? null);
  return (
    <>
      {file !== undefined && (
        <p className="text-xs text-muted">
          {WORDS.fromFile(<code className="[overflow-wrap:anywhere]">{promptForPeople(prompt).slice(5, -1)}</code>)}
        </p>
      )}
      {text !== null && (
        <p className="max-h-60 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto" tabIndex={0}>
          {text}
        </p>
      )}
      {read.data?.problem != null && <p className="text-bad">{read.data.problem}</p>}
      <Problem error={read.error} />
    </>
  );
}

function NextTimes({ schedule: { name, timezone } }: { schedule: Schedule }) {
  const { http } = useServices();
  const next = useQuery(nextQuery(http, name));
  return (
    <>
      <ol className="mt-1 flex flex-wrap gap-x-4 text-xs text-muted">
        {next.data?.items.map(({ dueAt }) => (
          <li key={dueAt}>
            <time dateTime={dueAt} title={WORDS.yourTime(fullTime(dueAt))}>
              {timeIn(dueAt, timezone)}
            </time>
          </li>
        ))}
        {next.data !== undefined && <li>{WORDS.inZone(timezone)}</li>}
      </ol>
      <Problem error={next.data === undefined ? next.error : null} />
    </>
  );
}

function hours(seconds: number): string {
  if (seconds % 86_400 === 0) return WORDS.days(seconds / 86_400);
  return seconds % 3600 === 0 ? WORDS.hours(seconds / 3600) : WORDS.minutes(Math.round(seconds / 60));
}
