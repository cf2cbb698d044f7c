/** One choice of a filter, with how many there are. */
export function Pill({
  word,
  n,
  isOn,
  onClick,
}: {
  word: string;
  n?: number | undefined;
  isOn: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={`tap shrink-0 rounded-full border px-3 py-0.5 text-sm whitespace-nowrap ${
        isOn ? "border-accent bg-accent-soft font-medium text-accent" : "border-line text-muted hover:bg-sunken"
      }`}
    >
      {word}
      {n !== undefined && <span className="ml-1.5 tabular-nums">{n}</span>}
    </button>
  );
}
