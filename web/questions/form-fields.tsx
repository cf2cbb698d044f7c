import { useId } from "react";
import type { Json } from "../../src/core/events.ts";
import { exactLine } from "../../src/core/exact.ts";
import type { FormField } from "../../src/core/form.ts";

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

function Field({
  field,
  value,
  onChange,
}: {
  field: FormField;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
}) {
  const id = useId();
  const { kind, title, description, required, options, format } = field;
  const label = (
    <label htmlFor={id} className="text-sm font-medium">
      {exactLine(title)}
      {!required && kind !== "boolean" && <span className="font-normal text-muted"> (optional)</span>}
    </label>
  );
  const about = description !== "" && <p className="text-xs text-muted">{exactLine(description)}</p>;
  if (kind === "boolean") {
    return (
      <div>
        <span className="flex items-center gap-2">
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
  const isMany = kind === "choices";
  const chosen = Array.isArray(value) ? value.map(String) : [];
  return (
    <div className="flex flex-col gap-1">
      {label}
      {about}
      {kind === "choice" || isMany ? (
        <select
          id={id}
          multiple={isMany}
          required={required}
          value={isMany ? chosen : String(value ?? "")}
          onChange={(event) => {
            const picked = [...event.target.selectedOptions].map((option) => option.value);
            onChange(isMany ? picked : picked[0] === "" ? undefined : picked[0]);
          }}
          className={INPUT}
        >
          {!isMany && <option value="">Choose…</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {exactLine(option.label)}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
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
