import { useId } from "react";
import type { Json } from "../../src/core/events.ts";
import { exactLine } from "../../src/core/exact.ts";
import type { FormField } from "../../src/core/form.ts";
import { WORDS } from "../words/questions.ts";

/** What was filled in so far; a field that was left empty is not in it. */
export type Filled = { readonly [name: string]: Json };

export function startOf(fields: readonly FormField[]): Filled {
  const known = fields.flatMap(({ name, kind, initial }) =>
    initial !== undefined ? [[name, initial]] : kind === "boolean" ? [[name, false]] : [],
  );
  return Object.fromEntries(known) as Filled;
}

interface Props {
  readonly fields: readonly FormField[];
  readonly filled: Filled;
  readonly onChange: (filled: Filled) => void;
}

/** A form of one level. What a value must be, the server says. */
export function FormFields({ fields, filled, onChange }: Props) {
  const change = (name: string, value: Json | undefined): void => {
    const { [name]: _, ...others } = filled;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return fields.map((field) => (
    <Field key={field.name} field={field} value={filled[field.name]} onChange={(value) => change(field.name, value)} />
  ));
}

const INPUT = "tap w-full rounded-md border border-line-strong bg-page px-2 py-1 text-sm";
const TYPES: { readonly [format: string]: string } = { email: "email", uri: "url", date: "date" };

interface FieldProps {
  readonly field: FormField;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

/** Some of a list: a box for each, for fingers too. */
function Choices({ field: { title, description, required, options }, value, onChange }: FieldProps) {
  const chosen = Array.isArray(value) ? value : [];
  return (
    <fieldset className="flex flex-col">
      <legend dir="auto" className="text-sm font-medium">
        {exactLine(title)}
        {!required && <span className="font-normal text-muted">{WORDS.optional}</span>}
      </legend>
      {description !== "" && (
        <p dir="auto" className="text-xs text-muted">
          {exactLine(description)}
        </p>
      )}
      {options.map((option) => (
        <label key={option.value} className="tap choice text-sm">
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={({ target }) => {
              const others = chosen.filter((each) => each !== option.value);
              onChange(target.checked ? [...others, option.value] : others);
            }}
          />
          <span dir="auto">{exactLine(option.label)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Field({ field, value, onChange }: FieldProps) {
  const id = useId();
  const { kind, title, description, required, options, format } = field;
  const label = (
    <label dir="auto" htmlFor={id} className="text-sm font-medium">
      {exactLine(title)}
      {!required && kind !== "boolean" && <span className="font-normal text-muted">{WORDS.optional}</span>}
    </label>
  );
  const about = description !== "" && (
    <p dir="auto" className="text-xs text-muted">
      {exactLine(description)}
    </p>
  );
  if (kind === "boolean") {
    return (
      <div>
        <span className="choice">
          <input
            id={id}
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          {label}
        </span>
        {about}
      </div>
    );
  }
  if (kind === "choices") return <Choices {...{ field, value, onChange }} />;
  return (
    <div className="flex flex-col gap-1">
      {label}
      {about}
      {kind === "choice" ? (
        <select
          id={id}
          dir="auto"
          required={required}
          value={String(value ?? "")}
          onChange={({ target }) => onChange(target.value === "" ? undefined : target.value)}
          className={INPUT}
        >
          <option value="">{WORDS.choose}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {exactLine(option.label)}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          dir="auto"
          required={required}
          type={kind === "text" ? (TYPES[format ?? ""] ?? "text") : "number"}
          step={kind === "integer" ? 1 : "any"}
          value={typeof value === "string" || typeof value === "number" ? value : ""}
          onChange={(event) => {
            const { value: typed } = event.target;
            onChange(typed === "" ? undefined : kind === "text" ? typed : Number(typed));
          }}
          className={INPUT}
        />
      )}
    </div>
  );
}
