import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState, type ComponentProps, type FormEvent } from "react";
import { z } from "zod";
import { effortSchema } from "../../src/core/effort.ts";
import { newTaskSchema, taskSchema, type NewTask, type Task } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { EffortChoice } from "../models/effort-choice.tsx";
import { ModelNames } from "../models/model-names.tsx";
import { Keys } from "../live/keys.ts";
import { refusedModel } from "../models/refused.ts";
import { Button } from "../ui/button.tsx";
import { instantOf } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { FieldProblem } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { ChooseTasks } from "./choose-tasks.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tasks.tsx";

/** A new task. What it is filled with has one key, so that pressing the button twice makes one task. */
export function TaskForm({ onClose }: { onClose: () => void }) {
  const { http, queries } = useServices();
  const [keys] = useState(() => new Keys());
  const form = useRef<HTMLFormElement>(null);
  const [after, setAfter] = useState<readonly Task[]>([]);
  const [model, setModel] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const add = useMutation({
    mutationFn: (task: NewTask) => http.send("POST", "/api/tasks", { ...task, key: keys.of(task) }, taskSchema),
    onSuccess: () => {
      keys.done();
      setAfter([]);
      for (const name of ["tasks", "chats", "status"]) void queries.invalidateQueries({ queryKey: [name] });
    },
    onError(error) {
      const field = refusedModel(error) === null ? null : form.current?.querySelector<HTMLElement>('[name="model"]');
      field?.closest("details")?.setAttribute("open", "");
      field?.focus();
      // What is said below it is to be in sight too.
      field?.scrollIntoView({ block: "center" });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const parsed = newTaskSchema.safeParse({
      ...fieldsOf(new FormData(event.currentTarget)),
      ...(after.length > 0 && { dependsOn: after.map(({ id }) => id) }),
    });
    setProblem(parsed.success ? null : problemOf(parsed.error));
    if (parsed.success) add.mutate(parsed.data);
  };
  const wrongModel = refusedModel(add.error);
  return (
    <Dialog title={WORDS.add} onClose={onClose}>
      {add.data !== undefined ? (
        <div role="status" className="mt-3">
          <p>{WORDS.queued}</p>
          <div className="mt-4 flex flex-wrap gap-2">
            <Link
              to="/chats/$chatId"
              params={{ chatId: add.data.chatId }}
              className="tap inline-flex items-center rounded-md bg-accent px-3 py-1.5 text-sm font-medium text-accent-ink"
            >
              {WORDS.watch}
            </Link>
            <Button onClick={() => add.reset()}>{WORDS.addAnother}</Button>
            <Button kind="quiet" onClick={onClose}>
              {COMMON.close}
            </Button>
          </div>
        </div>
      ) : (
        <form ref={form} onSubmit={submit} className="mt-3 flex flex-col gap-3">
          <label className="flex flex-col gap-1 text-sm font-medium">
            {WORDS.whatToDo}
            <textarea
              data-first
              name="instruction"
              rows={4}
              required
              placeholder={WORDS.example}
              className="rounded-md border border-line-strong bg-page px-2 py-1.5 text-base font-normal placeholder:text-muted"
            />
          </label>
          <details>
            <summary className="tap w-fit text-sm text-muted">{WORDS.more}</summary>
            <div className="mt-2 grid gap-3 sm:grid-cols-2">
              <Field label={WORDS.notBefore} name="runAt" type="datetime-local" />
              <Field label={WORDS.higherFirst} name="priority" type="number" min={-1000} max={1000} />
              <Field label={WORDS.mostSteps} name="steps" type="number" min={1} max={10_000} />
              <Field label={WORDS.mostMinutes} name="minutes" type="number" min={1} max={100_000} />
              <Field label={WORDS.mostTokens} name="tokens" type="number" min={1} max={1_000_000_000} />
              <Field label={WORDS.mostDollars} name="costUsd" type="number" min={0.01} max={1_000_000} step={0.01} />
              <Field
                className="sm:col-span-2"
                label={WORDS.model}
                name="model"
                type="text"
                list="models"
                placeholder={WORDS.usualModel}
                problem={wrongModel ?? undefined}
                onChange={({ target }) => setModel(target.value)}
              />
              <ModelNames id="models" />
              <EffortChoice label={WORDS.thinks} model={model} name="effort" />
            </div>
            <div className="mt-3">
              <ChooseTasks chosen={after} onChange={setAfter} />
            </div>
          </details>
          {problem !== null && (
            <p role="alert" className="text-sm text-bad">
              {problem}
            </p>
          )}
          {wrongModel === null && <Problem error={add.error} />}
          <div className="flex justify-end gap-2">
            <Button kind="quiet" onClick={onClose}>
              {COMMON.cancel}
            </Button>
            <Button kind="primary" type="submit" disabled={add.isPending}>
              {add.isPending ? WORDS.adding : add.isError ? COMMON.tryAgain : WORDS.addIt}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

interface FieldProps {
  readonly className?: string;
  readonly label: string;
  readonly name: string;
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly list?: string;
  readonly placeholder?: string;
  readonly problem?: string | undefined;
  readonly onChange?: ComponentProps<"input">["onChange"];
}

function Field({ className = "", label, problem, ...input }: FieldProps) {
  return (
    <div className={`flex flex-col gap-1 text-sm ${className}`}>
      <label className="flex flex-col gap-1">
        {label}
        <input
          {...input}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : `${input.name}-problem`}
          className={`tap rounded-md border bg-page px-2 py-1 ${problem === undefined ? "border-line-strong" : "border-bad"}`}
        />
      </label>
      <FieldProblem id={input.name} problem={problem} />
    </div>
  );
}

function fieldsOf(form: FormData): Omit<NewTask, "key"> {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const number = (name: string): number | undefined => (text(name) === "" ? undefined : Number(text(name)));
  const [priority, steps, minutes, tokens, costUsd] = [
    number("priority"),
    number("steps"),
    number("minutes"),
    number("tokens"),
    number("costUsd"),
  ];
  const limits = {
    ...(steps !== undefined && { steps }),
    ...(minutes !== undefined && { minutes }),
    ...(tokens !== undefined && { tokens }),
    ...(costUsd !== undefined && { costUsd }),
  };
  return {
    instruction: text("instruction"),
    ...(text("runAt") !== "" && { runAt: instantOf(text("runAt")).toISOString() }),
    ...(priority !== undefined && { priority }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(text("model") !== "" && { model: text("model") }),
    ...(text("effort") !== "" && { effort: effortSchema.parse(text("effort")) }),
  };
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return WORDS.cannotBeSent;
  const field = issue.path.at(-1);
  return field === undefined ? issue.message : `${String(field)}: ${issue.message}`;
}
