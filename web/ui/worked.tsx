import type { RunView } from "../../src/core/run-state.ts";
import { duration } from "./format.ts";
import { Timer } from "./now.tsx";

interface Props {
  readonly run: Pick<RunView, "workingSince" | "workedMs">;
  /** Where nothing else says what the time is of: what is said of it while it stands still. */
  readonly still?: (time: string) => string;
}

/** How long it has worked: a timer while it works; while somebody or something is waited for it stands still. */
export function Worked({ run: { workingSince, workedMs }, still }: Props) {
  if (workingSince !== null) return <Timer since={new Date(Date.parse(workingSince) - workedMs).toISOString()} />;
  if (still === undefined) return duration(workedMs);
  return workedMs < 1000 ? null : still(duration(workedMs));
}
