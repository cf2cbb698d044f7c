import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { promptForPeople, promptPath } from "../../src/core/prompt-file.ts";
import type { Schedule } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { Fact } from "../ui/fact.tsx";
import { fullTime } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { NextRun } from "./controls.tsx";
import { CATCH_UP, ON_CRASH, OVERLAP } from "./policies.ts";
import { nextQuery, promptQuery } from "./queries.ts";
import { Rule } from "./rule.tsx";
import { timeIn } from "./zone-time.ts";

/** All that is set for a schedule, in words. */
export function Facts({ schedule }: { schedule: Schedule }) {
  const { catchUp, jitterSeconds, maxFailures, failures, limits } = schedule;
  const most = [
    limits.steps !== undefined && `${limits.steps} steps`,
    limits.minutes !== undefined && `${limits.minutes} min`,
    limits.costUsd !== undefined && `$${limits.costUsd}`,
  ].filter((limit) => limit !== false);
  const metadata = Object.entries(schedule.metadata);
  return (
    <dl className="mt-3 grid grid-cols-[6rem_1fr] gap-x-4 gap-y-2 text-sm md:grid-cols-[9rem_1fr]">
      <Fact name="When">
        <Rule schedule={schedule} /> <code className="ml-1 text-xs text-muted">{schedule.when}</code>
      </Fact>
      <Fact name="Next">
        <NextRun schedule={schedule} />
        {schedule.state === "enabled" && <NextTimes schedule={schedule} />}
      </Fact>
      <Fact name="Prompt">
        <Prompt schedule={schedule} />
      </Fact>
      <Fact name="Missed times">
        {CATCH_UP[catchUp]}
        {catchUp !== "skip" && `, not older than ${hours(schedule.catchUpMaxAgeSeconds)}`}
        {catchUp === "all" && `, at most ${schedule.catchUpMax}`}
      </Fact>
      <Fact name="Still running">{OVERLAP[schedule.overlap]}</Fact>
      <Fact name="After a crash">{ON_CRASH[schedule.onCrash]}</Fact>
      {jitterSeconds > 0 && <Fact name="Spread">Starts up to {jitterSeconds} s later, by chance</Fact>}
      <Fact name="Failures">
        {maxFailures > 0 ? `Paused after ${maxFailures} in a row` : "Never paused for them"}
        {failures > 0 && <span className="text-bad"> · {failures} in a row now</span>}
      </Fact>
      {most.length > 0 && <Fact name="Each run at most">{most.join(", ")}</Fact>}
      {metadata.length > 0 && (
        <Fact name="Metadata">
          {metadata.map(([key, value]) => (
            <code key={key} className="mr-2 [overflow-wrap:anywhere]">
              {key}={typeof value === "string" ? value : JSON.stringify(value)}
            </code>
          ))}
        </Fact>
      )}
      <Fact name="Its runs">
        {schedule.chatId === null ? (
          <span className="text-muted">No chat yet: its first run makes it</span>
        ) : (
          <Link to="/chats/$chatId" params={{ chatId: schedule.chatId }} className="text-accent underline">
            Open the chat of its runs
          </Link>
        )}{" "}
        <Link to="/tasks" search={{ schedule: schedule.name }} className="ml-2 text-accent underline">
          All its tasks
        </Link>
      </Fact>
      <Fact name="Changed">
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
          From the file <code className="[overflow-wrap:anywhere]">{promptForPeople(prompt).slice(5, -1)}</code>, as it
          is now
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
            <time dateTime={dueAt} title={`Here: ${fullTime(dueAt)}`}>
              {timeIn(dueAt, timezone)}
            </time>
          </li>
        ))}
        {next.data !== undefined && <li>({timezone})</li>}
      </ol>
      <Problem error={next.data === undefined ? next.error : null} />
    </>
  );
}

function hours(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.round(seconds / 60)} min`;
}
