import { fullTime, until } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/approvals.tsx";

/** When what is asked ends unanswered. */
export function Expiry({ at }: { at: string }) {
  const left = until(at, useNow(15_000));
  return (
    <time dateTime={at} title={fullTime(at)} className="whitespace-nowrap">
      {WORDS.expires(left)}
    </time>
  );
}
