import { WORDS } from "../words/memory.tsx";

/** Why something was found, each reason by itself. */
export function Why({ reasons }: { reasons: readonly string[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul aria-label={WORDS.why} className="mt-1 flex flex-wrap gap-1">
      {reasons.map((reason) => (
        <li
          key={reason}
          className="rounded-full border border-line bg-panel px-2 text-xs text-muted [overflow-wrap:anywhere]"
        >
          {reason}
        </li>
      ))}
    </ul>
  );
}
