import { useEffect, useRef, useState, type FormEvent } from "react";
import { effortSchema } from "../../src/core/effort.ts";
import type { PreviewedRule } from "../../src/wire/schedules.ts";
import { EffortChoice } from "../models/effort-choice.tsx";
import { ModelNames } from "../models/model-names.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Choices, TextBox, TextField } from "../ui/field.tsx";
import { NO_PROBLEMS, problemsOf } from "./form-problems.ts";
import { FIELDS, type Field, type FormValues } from "./form-values.ts";
import { partsOf } from "./rule-parts.ts";
import { RuleBuilder } from "./rule-builder.tsx";
import { RulePreview, useRulePreview } from "./rule-preview.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/schedules.tsx";

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
            label={WORDS.name}
            autoComplete="off"
            placeholder={WORDS.nameExample}
            help={WORDS.nameHelp}
          />
        )}
        <TextField {...text("description")} label={WORDS.description} autoComplete="off" />
      </div>
      <TextBox
        {...text("prompt")}
        label={WORDS.prompt}
        rows={5}
        placeholder={WORDS.promptExample}
        help={WORDS.promptHelp}
      />
      <div className="flex flex-col gap-2">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            {...text("when")}
            label={WORDS.when}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={WORDS.whenExample}
            help={WORDS.whenHelp}
          />
          <TextField {...text("timezone")} label={WORDS.zone} list="zones" autoComplete="off" spellCheck={false} />
          <datalist id="zones">
            {ZONES.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
        <RuleBuilder rule={ruleToShow} onChange={(rule) => set("when", rule)} />
        {values.when === "" && (
          <div role="group" aria-label={WORDS.exampleRules} className="flex flex-wrap gap-2">
            {WORDS.examples.map((rule) => (
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
        label={WORDS.ifMissed}
        words={WORDS.catchUp}
        onChange={(value) => set("catchUp", value)}
      />
      <Choices
        {...of("overlap")}
        label={WORDS.ifStillGoing}
        words={WORDS.overlap}
        onChange={(value) => set("overlap", value)}
      />
      <Choices
        {...of("onCrash")}
        label={WORDS.ifCrashed}
        words={WORDS.onCrash}
        onChange={(value) => set("onCrash", value)}
      />
      <details open={!isFolded}>
        <summary className="tap w-fit text-sm text-muted">{WORDS.more}</summary>
        <div className="mt-2 grid gap-4 sm:grid-cols-2">
          <TextField
            {...text("maxFailures")}
            label={WORDS.maxFailures}
            inputMode="numeric"
            placeholder="5"
            help={WORDS.maxFailuresHelp}
          />
          <TextField
            {...text("jitterSeconds")}
            label={WORDS.jitter}
            inputMode="numeric"
            placeholder="0"
            help={WORDS.jitterHelp}
          />
          <TextField {...text("catchUpMaxAgeSeconds")} label={WORDS.maxAge} inputMode="decimal" placeholder="168" />
          <TextField
            {...text("catchUpMax")}
            label={WORDS.catchUpMax}
            inputMode="numeric"
            placeholder="10"
            help={WORDS.catchUpMaxHelp}
          />
          <TextField
            {...text("model")}
            label={WORDS.itsModel}
            list="models"
            autoComplete="off"
            spellCheck={false}
            placeholder={WORDS.usualModel}
          />
          <ModelNames id="models" />
          <EffortChoice
            isLarge
            label={WORDS.thinks}
            model={values.model}
            value={effortSchema.safeParse(values.effort).data ?? null}
            onChange={(effort) => set("effort", effort ?? "")}
          />
          <TextField {...text("limits.steps")} label={WORDS.mostSteps} inputMode="numeric" />
          <TextField {...text("limits.minutes")} label={WORDS.mostMinutes} inputMode="decimal" />
          <TextField {...text("limits.tokens")} label={WORDS.mostTokens} inputMode="numeric" />
          <TextField {...text("limits.costUsd")} label={WORDS.mostDollars} inputMode="decimal" />
          <div className="sm:col-span-2">
            <TextBox
              {...text("metadata")}
              label={WORDS.metadata}
              rows={2}
              spellCheck={false}
              placeholder={WORDS.metadataExample}
              help={WORDS.metadataHelp}
            />
          </div>
        </div>
      </details>
      {isOften && everyMs !== null && (
        <Dialog title={WORDS.isOften(everyMs / 1000)} onClose={() => setOften(false)}>
          <p className="mt-2">{WORDS.oftenMeans(Math.round(DAY_MS / everyMs))}</p>
          <div className="mt-4 flex justify-end gap-2">
            <Button data-first kind="quiet" onClick={() => setOften(false)}>
              {WORDS.changeIt}
            </Button>
            <Button
              kind="primary"
              onClick={() => {
                setOften(false);
                onSend();
              }}
            >
              {WORDS.keepIt}
            </Button>
          </div>
        </Dialog>
      )}
      {error !== null && (
        <p role="alert" className="text-sm text-bad [overflow-wrap:anywhere]">
          {told.other ?? WORDS.notSaved(count)}
          {told.other !== null && WORDS.stillHere}
        </p>
      )}
      <div className="sticky bottom-0 flex justify-end gap-2 border-t border-line bg-page py-2">
        <Button kind="quiet" onClick={onCancel}>
          {COMMON.cancel}
        </Button>
        <Button kind="primary" type="submit" disabled={isSending}>
          {isSending ? COMMON.saving : isNew ? WORDS.addIt : COMMON.save}
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
    ["maxFailures", "jitterSeconds", "catchUpMaxAgeSeconds", "catchUpMax", "model", "effort", "metadata"].includes(
      field,
    )
  );
}
