import { useEffect, useRef, useState, type FormEvent } from "react";
import type { PreviewedRule } from "../../src/wire/schedules.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Choices, TextBox, TextField } from "../ui/field.tsx";
import { NO_PROBLEMS, problemsOf } from "./form-problems.ts";
import { FIELDS, type Field, type FormValues } from "./form-values.ts";
import { CATCH_UP, ON_CRASH, OVERLAP } from "./policies.ts";
import { partsOf } from "./rule-parts.ts";
import { RuleBuilder } from "./rule-builder.tsx";
import { RulePreview, useRulePreview } from "./rule-preview.tsx";

const EXAMPLES = ["weekdays at 9:00", "every 2 hours", "tomorrow at 7:00"];
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

interface Props {
  readonly values: FormValues;
  readonly onChange: (values: FormValues) => void;
  /** Its name is what it is known by: it stays. */
  readonly isNew: boolean;
  readonly isSending: boolean;
  readonly error: Error | null;
  readonly onSend: () => void;
  readonly onCancel: () => void;
}

/** All of a schedule's settings. What was typed stays, whatever the server says of it. */
export function ScheduleForm({ values, onChange, isNew, isSending, error, onSend, onCancel }: Props) {
  const preview = useRulePreview(values.when, values.timezone);
  const [touched, setTouched] = useState<ReadonlySet<Field>>(new Set());
  const told = error === null ? NO_PROBLEMS : problemsOf(error);
  const [isOften, setOften] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error === null) return;
    const first = FIELDS.find((field) => problemsOf(error).at[field] !== undefined);
    if (first !== undefined) form.current?.querySelector<HTMLElement>(`[id="${first}"]`)?.focus();
  }, [error]);
  const set = (field: Field, value: string): void => {
    setTouched(new Set([...touched, field]));
    onChange({ ...values, [field]: value });
  };
  const of = (field: Field) => ({
    id: field,
    value: values[field],
    problem: preview.wrong[field] ?? (touched.has(field) ? undefined : told.at[field]),
  });
  const text = (field: Field) => ({
    ...of(field),
    onChange: ({ target }: { target: { value: string } }) => set(field, target.value),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTouched(new Set());
    if (everyMs !== null && everyMs < OFTEN_MS) setOften(true);
    else onSend();
  };
  // Words show in the builder as the rule that they come to, once that is known.
  const isKnown = preview.found !== null && !preview.isWaiting && partsOf(values.when) === null;
  const ruleToShow = isKnown ? (preview.found?.rule ?? values.when) : values.when;
  const everyMs = gapOf(preview.found);
  const count = Object.keys(told.at).length;
  const isFolded = !FIELDS.some((field) => told.at[field] !== undefined && isInFold(field));
  return (
    <form ref={form} noValidate onSubmit={submit} className="mt-3 flex max-w-3xl flex-col gap-5">
      <div className="grid gap-4 sm:grid-cols-2">
        {isNew && (
          <TextField
            {...text("name")}
            label="Name"
            autoComplete="off"
            placeholder="morning_news"
            help="Letters, digits, _, - and dots; no spaces"
          />
        )}
        <TextField {...text("description")} label="What it is for (optional)" autoComplete="off" />
      </div>
      <TextBox
        {...text("prompt")}
        label="Prompt"
        rows={5}
        placeholder="Tell me what is new"
        help={
          <>
            What the agent is to do each time; or the text of a file on the server, <code>file(/path)</code>, or in
            Sparky’s home, <code>file(prompts/news.md)</code>
          </>
        }
      />
      <div className="flex flex-col gap-2">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            {...text("when")}
            label="When"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder="every day at nine"
            help={
              <>
                In words, or as <code>every(…)</code>, <code>cron(…)</code>, <code>at(2027-12-01T09:00)</code>
              </>
            }
          />
          <TextField {...text("timezone")} label="Time zone" list="zones" autoComplete="off" spellCheck={false} />
          <datalist id="zones">
            {ZONES.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
        <RuleBuilder rule={ruleToShow} onChange={(rule) => set("when", rule)} />
        {values.when === "" && (
          <div role="group" aria-label="Examples of rules" className="flex flex-wrap gap-2">
            {EXAMPLES.map((rule) => (
              <Button key={rule} kind="quiet" isPill className="px-2 py-0.5 text-xs" onClick={() => set("when", rule)}>
                {rule}
              </Button>
            ))}
          </div>
        )}
        <RulePreview preview={preview} />
      </div>
      <Choices
        {...of("catchUp")}
        label="When Sparky was not running at a due time"
        words={CATCH_UP}
        onChange={(value) => set("catchUp", value)}
      />
      <Choices
        {...of("overlap")}
        label="When the run before is still going"
        words={OVERLAP}
        onChange={(value) => set("overlap", value)}
      />
      <Choices
        {...of("onCrash")}
        label="When a crash takes a run"
        words={ON_CRASH}
        onChange={(value) => set("onCrash", value)}
      />
      <details open={!isFolded}>
        <summary className="tap w-fit text-sm text-muted">Limits, failures, spread, metadata</summary>
        <div className="mt-2 grid gap-4 sm:grid-cols-2">
          <TextField
            {...text("maxFailures")}
            label="Pause after this many failures in a row"
            inputMode="numeric"
            placeholder="5"
            help="0: never"
          />
          <TextField
            {...text("jitterSeconds")}
            label="Spread the start over this many seconds"
            inputMode="numeric"
            placeholder="0"
            help="By chance, so that not everything starts at once"
          />
          <TextField
            {...text("catchUpMaxAgeSeconds")}
            label="Oldest missed time to catch up with, in hours"
            inputMode="decimal"
            placeholder="168"
          />
          <TextField
            {...text("catchUpMax")}
            label="Most missed times to catch up with"
            inputMode="numeric"
            placeholder="10"
            help="Where all that were missed are run"
          />
          <TextField {...text("limits.steps")} label="Most steps in a run" inputMode="numeric" />
          <TextField {...text("limits.minutes")} label="Most minutes in a run" inputMode="decimal" />
          <TextField {...text("limits.tokens")} label="Most tokens in a run" inputMode="numeric" />
          <TextField {...text("limits.costUsd")} label="Most dollars in a run" inputMode="decimal" />
          <div className="sm:col-span-2">
            <TextBox
              {...text("metadata")}
              label="Metadata"
              rows={2}
              spellCheck={false}
              placeholder="team=home"
              help="One key=value a line, kept with each task"
            />
          </div>
        </div>
      </details>
      {isOften && everyMs !== null && (
        <Dialog title={`Each ${everyMs / 1000} seconds?`} onClose={() => setOften(false)}>
          <p className="mt-2">
            The agent would work {Math.round(DAY_MS / everyMs).toLocaleString()} times a day. Each time may cost
            something.
          </p>
          <div className="mt-4 flex justify-end gap-2">
            <Button data-first kind="quiet" onClick={() => setOften(false)}>
              Change it
            </Button>
            <Button
              kind="primary"
              onClick={() => {
                setOften(false);
                onSend();
              }}
            >
              Keep it so
            </Button>
          </div>
        </Dialog>
      )}
      {error !== null && (
        <p role="alert" className="text-sm text-bad [overflow-wrap:anywhere]">
          {told.other ?? `Not saved: ${count === 1 ? "one field needs" : `${count} fields need`} a look.`}
          {told.other !== null && " What you typed is still here."}
        </p>
      )}
      <div className="sticky bottom-0 flex justify-end gap-2 border-t border-line bg-page py-2">
        <Button kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button kind="primary" type="submit" disabled={isSending}>
          {isSending ? "Saving…" : isNew ? "Add schedule" : "Save"}
        </Button>
      </div>
    </form>
  );
}

const OFTEN_MS = 60_000;
const DAY_MS = 86_400_000;

/** The time between the next two instants; null: there is one, or it is not known. */
function gapOf(found: PreviewedRule | null): number | null {
  const [first, second] = (found?.items ?? []).map(({ dueAt }) => Date.parse(dueAt));
  return first === undefined || second === undefined ? null : second - first;
}

function isInFold(field: Field): boolean {
  return (
    field.startsWith("limits.") ||
    ["maxFailures", "jitterSeconds", "catchUpMaxAgeSeconds", "catchUpMax", "metadata"].includes(field)
  );
}
