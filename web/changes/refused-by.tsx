import { exactLine } from "../../src/core/exact.ts";
import type { ChangedTool } from "../../src/wire/changes.ts";
import { agoInWords, fullTime } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/changes.tsx";

/** By whom and when, as far as it is known. */
export function RefusedBy({ refusal: { by, at } }: { refusal: NonNullable<ChangedTool["refusal"]> }) {
  const now = useNow(30_000);
  const who = by === null ? WORDS.bySomebody : WORDS.by(exactLine(by));
  if (at === null) return who;
  return WORDS.byAndWhen(
    who,
    <time dateTime={at} title={fullTime(at)}>
      {agoInWords(at, now)}
    </time>,
  );
}
