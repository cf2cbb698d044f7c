import { beginning, partsOf, ruleOf, UNITS, type RuleParts, type Unit } from "./rule-parts.ts";
import { WORDS } from "../words/schedules.tsx";

const BOX = "tap rounded-md border border-line-strong bg-page px-2 py-1 text-sm";

/** The usual rules by choosing: what is chosen is written beside it, and what is written shows here. */
export function RuleBuilder({ rule, onChange }: { rule: string; onChange: (rule: string) => void }) {
  const parts = partsOf(rule);
  const change = (next: RuleParts): void => onChange(ruleOf(next));
  return (
    <fieldset className="flex flex-wrap items-center gap-2">
      <legend className="sr-only">{WORDS.chooseRule}</legend>
      {(Object.keys(WORDS.kinds) as (keyof typeof WORDS.kinds)[]).map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={parts?.kind === kind}
          onClick={() => parts?.kind !== kind && change(beginning(kind, tomorrow()))}
          className={`tap rounded-full border px-3 py-0.5 text-sm ${
            parts?.kind === kind
              ? "border-accent bg-accent-soft font-medium text-accent"
              : "border-line text-muted hover:bg-sunken"
          }`}
        >
          {WORDS.kinds[kind]}
        </button>
      ))}
      {parts !== null && <Choice parts={parts} onChange={change} />}
    </fieldset>
  );
}

function Choice({ parts, onChange }: { parts: RuleParts; onChange: (parts: RuleParts) => void }) {
  switch (parts.kind) {
    case "every":
      return (
        <>
          <input
            aria-label={WORDS.howMany}
            type="number"
            min={1}
            value={parts.n}
            onChange={({ target }) =>
              Number(target.value) > 0 && onChange({ ...parts, n: String(Number.parseInt(target.value, 10)) })
            }
            className={`${BOX} w-20`}
          />
          <select
            aria-label={WORDS.ofWhat}
            value={parts.unit}
            // Its choices are the units.
            onChange={({ target }) => onChange({ ...parts, unit: target.value as Unit })}
            className={BOX}
          >
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {WORDS.units[unit]}
              </option>
            ))}
          </select>
        </>
      );
    case "weekly":
      return (
        <>
          <span role="group" aria-label={WORDS.onWhichDays} className="flex flex-wrap gap-1">
            {WORDS.weekdays.map((name, at) => {
              const day = (at + 1) % 7;
              const isOn = parts.days.includes(day);
              const days = isOn ? parts.days.filter((each) => each !== day) : [...parts.days, day];
              return (
                <button
                  key={name}
                  type="button"
                  aria-pressed={isOn}
                  aria-label={name}
                  // A week without a day is no rule.
                  onClick={() => days.length > 0 && onChange({ ...parts, days })}
                  className={`tap min-w-9 rounded-md border px-1.5 py-0.5 text-xs ${isOn ? "border-accent bg-accent-soft text-accent" : "border-line text-muted"}`}
                >
                  {name.slice(0, 2)}
                </button>
              );
            })}
          </span>
          <Time parts={parts} onChange={onChange} />
        </>
      );
    case "daily":
      return <Time parts={parts} onChange={onChange} />;
    case "once":
      return (
        <input
          aria-label={WORDS.onWhichDay}
          type="datetime-local"
          value={parts.at}
          onChange={({ target }) => target.value !== "" && onChange({ ...parts, at: target.value.slice(0, 16) })}
          className={BOX}
        />
      );
  }
}

function Time<T extends RuleParts & { readonly time: string }>({
  parts,
  onChange,
}: {
  parts: T;
  onChange: (parts: T) => void;
}) {
  return (
    <input
      aria-label={WORDS.atWhatTime}
      type="time"
      value={parts.time}
      onChange={({ target }) => target.value !== "" && onChange({ ...parts, time: target.value.slice(0, 5) })}
      className={BOX}
    />
  );
}

function tomorrow(): string {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
