import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { useServices } from "../app/services.tsx";
import { useStatus } from "../app/told.ts";
import { useCreateSchedule, usePatchSchedule } from "../schedules/change.ts";
import { bodyOf, emptyForm } from "../schedules/form-values.ts";
import { schedulesQuery } from "../schedules/queries.ts";
import { RuleBuilder } from "../schedules/rule-builder.tsx";
import { RulePreview, useRulePreview } from "../schedules/rule-preview.tsx";
import { Rule } from "../schedules/rule.tsx";
import type { Schedule } from "../../src/wire/schedules.ts";
import { Button } from "../ui/button.tsx";
import { ownZone } from "../ui/clock.ts";
import { TextBox } from "../ui/field.tsx";
import { CommandLine, Failure, Loading, Problem } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { WORDS } from "../words/welcome.tsx";

interface Suggestion {
  readonly name: keyof typeof WORDS.suggestions;
  readonly when: string;
}

const SUGGESTIONS: readonly Suggestion[] = [
  { name: "morning_brief", when: "cron(0 9 * * 1-5)" },
  { name: "week_in_short", when: "cron(0 16 * * 5)" },
];

/** Work that begins by the clock: what is on already, and one or two to begin with. */
export function SchedulesStep() {
  const { http } = useServices();
  const schedules = useQuery(schedulesQuery(http));
  const status = useStatus();
  // One that is switched off here stays in sight.
  const [found, setFound] = useState<ReadonlySet<string> | null>(null);
  if (found === null && schedules.data !== undefined) {
    setFound(new Set(schedules.data.items.filter(({ state }) => state === "enabled").map(({ name }) => name)));
  }
  if (schedules.data === undefined) {
    if (schedules.error === null) return <Loading what={WORDS.loadingSchedules} />;
    const retry = (): void => void schedules.refetch();
    return <Failure what={WORDS.schedulesNotLoaded} error={schedules.error} retry={retry} />;
  }
  const { items } = schedules.data;
  const on = items.filter(({ name }) => found?.has(name) === true && !SUGGESTIONS.some((each) => each.name === name));
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-muted">{WORDS.whatSchedulesAre}</p>
      {status.data?.agentLoop === false && (
        <div className="rounded-md bg-warn-soft px-3 py-2 text-sm">
          {WORDS.loopIsOff}
          <div>
            <CommandLine command="sparky chat start --agent-loop" />
          </div>
        </div>
      )}
      {SUGGESTIONS.map((suggestion) => (
        <Suggested
          key={suggestion.name}
          suggestion={suggestion}
          made={items.find(({ name }) => name === suggestion.name)}
        />
      ))}
      {on.length > 0 && (
        <section aria-labelledby="welcome-on">
          <h3 id="welcome-on" className="text-sm font-medium">
            {WORDS.onAlready}
          </h3>
          <ul className="mt-1 flex flex-col gap-2">
            {on.map((schedule) => (
              <On key={schedule.name} schedule={schedule} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Suggested({ suggestion, made }: { suggestion: Suggestion; made: Schedule | undefined }) {
  const { name } = suggestion;
  const words = WORDS.suggestions[name];
  const { title, description } = words;
  const [isOpen, setOpen] = useState(false);
  const [when, setWhen] = useState(suggestion.when);
  const [prompt, setPrompt] = useState<string>(words.prompt);
  const preview = useRulePreview(when, ownZone());
  const add = useCreateSchedule(() => setOpen(false));
  const titleId = `suggested-${name}`;
  return (
    <section
      aria-labelledby={titleId}
      data-suggested={name}
      className="rounded-lg border border-line px-4 py-3 text-sm"
    >
      <h3 id={titleId} className="font-medium">
        {title}
      </h3>
      {made !== undefined ? (
        <p className="mt-1 flex items-center gap-2 text-good">
          <CircleCheck aria-hidden="true" className="size-4 shrink-0" />
          <span>{WORDS.scheduleIsSet(made.name, <Rule schedule={made} />)}</span>
        </p>
      ) : (
        <>
          {isOpen ? (
            <div className="mt-2 flex flex-col gap-3">
              <TextBox
                id={`prompt-${name}`}
                label={WORDS.prompt}
                rows={2}
                value={prompt}
                onChange={(event) => setPrompt(event.target.value)}
              />
              <RuleBuilder rule={when} onChange={setWhen} />
              <RulePreview preview={preview} />
            </div>
          ) : (
            <p className="mt-1 text-muted">
              {WORDS.suggested(preview.found === null ? description : preview.found.words, prompt)}
            </p>
          )}
          <Problem error={add.error} />
          <div className="mt-2 flex flex-wrap gap-2">
            <Button
              aria-label={WORDS.setItOf(title)}
              disabled={add.isPending || prompt.trim() === ""}
              onClick={() => add.mutate(bodyOf({ ...emptyForm(ownZone()), name, description, when, prompt }))}
            >
              {add.isPending ? WORDS.setting : WORDS.setIt}
            </Button>
            <Button
              kind="quiet"
              aria-expanded={isOpen}
              aria-label={isOpen ? WORDS.foldOf(title) : WORDS.changeFirstOf(title)}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? WORDS.fold : WORDS.changeFirst}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function On({ schedule }: { schedule: Schedule }) {
  const patch = usePatchSchedule(schedule.name);
  return (
    <li data-on={schedule.name} className="flex flex-wrap items-start gap-x-2 text-sm">
      <Switch
        label={WORDS.keepOn(schedule.name)}
        isOn={schedule.state === "enabled"}
        isBusy={patch.isPending}
        onChange={(isOn) => patch.mutate({ state: isOn ? "enabled" : "disabled" })}
      />
      <span className="min-w-0 flex-1">
        <strong className="font-medium">{schedule.name}</strong>{" "}
        <span className="text-xs text-muted">
          <Rule schedule={schedule} />
        </span>
        <span className="block text-xs text-muted">{schedule.description}</span>
      </span>
      <Problem error={patch.error} />
    </li>
  );
}
