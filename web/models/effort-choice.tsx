import { effortSchema, type Effort } from "../../src/core/effort.ts";
import { EFFORTS } from "../../src/core/efforts.ts";

interface Props {
  readonly label: string;
  /** What is chosen where nothing is. */
  readonly own: string;
  readonly name?: string;
  readonly value?: Effort | null;
  readonly onChange?: (effort: Effort | null) => void;
}

/** How hard a model thinks, or as it is where nobody has chosen. */
export function EffortChoice({ label, own, name, value, onChange }: Props) {
  return (
    <label className="flex flex-col gap-1 text-sm">
      {label}
      <select
        {...(name !== undefined && { name })}
        {...(value !== undefined && { value: value ?? "" })}
        onChange={({ target }) => onChange?.(effortSchema.safeParse(target.value).data ?? null)}
        className="tap rounded-md border border-line-strong bg-page px-2 py-1"
      >
        <option value="">{own}</option>
        {EFFORTS.map((effort) => (
          <option key={effort} value={effort}>
            {effort}
          </option>
        ))}
      </select>
    </label>
  );
}
