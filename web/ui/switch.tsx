import { WORDS } from "../words/ui.ts";
/** On or off, as a word beside it says too. */
export function Switch({
  label,
  isOn,
  isBusy = false,
  onChange,
}: {
  label: string;
  isOn: boolean;
  isBusy?: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={label}
      disabled={isBusy}
      onClick={() => onChange(!isOn)}
      className="tap inline-flex items-center gap-1.5 rounded-md px-1 text-sm disabled:opacity-55"
    >
      <span
        aria-hidden="true"
        className={`flex h-5 w-9 items-center rounded-full border p-0.5 ${isOn ? "justify-end border-accent bg-accent" : "justify-start border-line-strong bg-sunken"}`}
      >
        <span className={`size-3.5 rounded-full ${isOn ? "bg-accent-ink" : "bg-line-strong"}`} />
      </span>
      <span aria-hidden="true" className="w-6 text-left text-xs text-muted">
        {isOn ? WORDS.on : WORDS.off}
      </span>
    </button>
  );
}
