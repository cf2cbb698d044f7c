import { fullTime, until } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";

/** When what is asked ends unanswered. */
export function Expiry({ at }: { at: string }) {
  const left = until(at, useNow(15_000));
  return (
    <time dateTime={at} title={fullTime(at)} className="whitespace-nowrap">
      {left === null ? "expired" : `expires in ${left}`}
    </time>
  );
}
