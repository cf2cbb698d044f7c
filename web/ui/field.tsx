import type { ComponentProps, ReactNode } from "react";

/** What every field of a form has: its name, a line of help, and what is wrong with it. */
interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly help?: ReactNode;
  readonly problem?: string | undefined;
}

const BOX = "tap w-full rounded-md border bg-page px-2 py-1.5 text-base placeholder:text-muted md:text-body";

function boxOf({ id, help, problem }: FieldProps) {
  const describedBy = [help !== undefined && `${id}-help`, problem !== undefined && `${id}-problem`];
  return {
    id,
    "aria-invalid": problem !== undefined,
    "aria-describedby": describedBy.filter((each) => each !== false).join(" ") || undefined,
    className: `${BOX} ${problem === undefined ? "border-line-strong" : "border-bad"}`,
  };
}

function Around({ id, label, help, problem, children }: FieldProps & { children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {help !== undefined && (
        <p id={`${id}-help`} className="text-xs text-muted">
          {help}
        </p>
      )}
      <FieldProblem id={id} problem={problem} />
    </div>
  );
}

export function FieldProblem({ id, problem }: { id: string; problem: string | undefined }) {
  if (problem === undefined) return null;
  return (
    <p id={`${id}-problem`} className="text-sm text-bad [overflow-wrap:anywhere]">
      {problem}
    </p>
  );
}

export function TextField({ id, label, help, problem, ...input }: FieldProps & ComponentProps<"input">) {
  const field = { id, label, help, problem };
  return (
    <Around {...field}>
      <input {...input} {...boxOf(field)} />
    </Around>
  );
}

export function TextBox({ id, label, help, problem, ...box }: FieldProps & ComponentProps<"textarea">) {
  const field = { id, label, help, problem };
  return (
    <Around {...field}>
      <textarea {...box} {...boxOf(field)} />
    </Around>
  );
}

/** One of a few, each in words. */
export function Choices<T extends string>({
  id,
  label,
  problem,
  value,
  words,
  onChange,
}: FieldProps & { value: string; words: Readonly<Record<T, string>>; onChange: (value: T) => void }) {
  // The keys of `words` are all that there is to choose.
  const choices = Object.entries(words) as [T, string][];
  return (
    <fieldset aria-describedby={problem === undefined ? undefined : `${id}-problem`}>
      <legend className="text-sm font-medium">{label}</legend>
      {choices.map(([choice, text]) => (
        <label key={choice} className="tap choice rounded-md px-1 py-0.5 text-sm hover:bg-panel">
          <input
            type="radio"
            name={id}
            className="accent-accent"
            checked={value === choice}
            onChange={() => onChange(choice)}
          />
          <span>{text}</span>
        </label>
      ))}
      <FieldProblem id={id} problem={problem} />
    </fieldset>
  );
}
