import { WORDS } from "../words/shares.ts";

interface Props {
  readonly label: string;
  readonly write: boolean;
  readonly disabled: boolean;
  readonly onChange: (write: boolean) => void;
}

export const SELECT =
  "tap min-w-0 rounded-md border border-line-strong bg-page px-2 py-1.5 text-base disabled:opacity-55 md:text-sm";

/** To watch or to write. */
export function RightChoice({ label, write, disabled, onChange }: Props) {
  return (
    <select
      aria-label={label}
      value={write ? "write" : "watch"}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value === "write")}
      className={SELECT}
    >
      <option value="watch">{WORDS.rights.watch}</option>
      <option value="write">{WORDS.rights.write}</option>
    </select>
  );
}
