import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { effortSchema, type Effort } from "../../src/core/effort.ts";
import { EFFORTS } from "../../src/core/efforts.ts";
import { useServices } from "../app/services.tsx";
import { modelChoicesQuery } from "./queries.ts";
import { WORDS } from "../words/models.tsx";

interface Props {
  readonly label: string;
  /** Among fields that look so. */
  readonly isLarge?: boolean;
  /** That is to think; empty: the server's own. */
  readonly model: string;
  readonly name?: string;
  readonly value?: Effort | null;
  readonly onChange?: (effort: Effort | null) => void;
}

/** How hard a model thinks, or as it is where nobody has chosen; of one that does not think it says so. */
export function EffortChoice({ label, isLarge = false, model, name, value, onChange }: Props) {
  const field = useId();
  const { http } = useServices();
  const { data } = useQuery(modelChoicesQuery(http));
  const id = model.trim() === "" ? data?.model : model.trim();
  const mayThink = data?.items.find((item) => item.id === id)?.mayThink ?? true;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <label htmlFor={field} className={isLarge ? "font-medium" : ""}>
        {label}
      </label>
      <select
        id={field}
        aria-describedby={mayThink ? undefined : `${field}-help`}
        {...(name !== undefined && { name })}
        {...(value !== undefined && { value: value ?? "" })}
        onChange={({ target }) => onChange?.(effortSchema.safeParse(target.value).data ?? null)}
        className={`tap rounded-md border border-line-strong bg-page px-2 ${isLarge ? "py-2 text-base md:text-body" : "py-1"}`}
      >
        <option value="">{WORDS.serversEffort(data?.effort ?? null)}</option>
        {EFFORTS.map((effort) => (
          <option key={effort} value={effort}>
            {effort}
          </option>
        ))}
      </select>
      {id !== undefined && !mayThink && (
        <p id={`${field}-help`} className="text-xs text-muted [overflow-wrap:anywhere]">
          {WORDS.doesNotThink(id)}
        </p>
      )}
    </div>
  );
}
