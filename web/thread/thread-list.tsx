import { useEffect } from "react";
import { Boundary } from "../ui/boundary.tsx";
import { LongList } from "../ui/long-list.tsx";
import { RowView } from "./row-view.tsx";
import type { Row } from "./rows.ts";
import { WORDS } from "../words/thread.ts";

interface Props {
  readonly rows: readonly Row[];
  /** The first `seq` in the rows. */
  readonly first: number;
  /** Show the event with this `seq`, instead of the end. */
  readonly at: number | undefined;
  readonly isBusy: boolean;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
  /** Told whether the newest row is in view. */
  readonly onAtEnd?: (isAtEnd: boolean) => void;
}

/** A chat's rows: what was asked for is looked for among older ones, and shown once, in the middle. */
export function ThreadList({ rows, first, at, isBusy, older, onOlder, onAtEnd }: Props) {
  const isHere = at === undefined || first <= at || older === "none";
  useEffect(() => {
    if (!isHere && older === "idle") onOlder();
  }, [isHere, older, onOlder]);
  const aim = at === undefined ? -1 : rows.findLastIndex((row) => seqOf(row) > 0 && seqOf(row) <= at);
  return (
    <LongList
      label={WORDS.conversation}
      items={rows}
      keyOf={keyOf}
      orderOf={seqOf}
      sizeOf={sizeOf}
      aim={aim}
      aimKey={at === undefined || !isHere ? null : String(at)}
      isFollowing
      log={{ isBusy }}
      older={older}
      onOlder={onOlder}
      {...(onAtEnd !== undefined && { onAtEnd })}
    >
      {(row, index) => (
        <div data-aimed={index === aim || undefined} className="flow-root px-4 data-aimed:bg-accent-soft">
          <Boundary instead={<p className="text-sm text-bad">{WORDS.cannotBeShown}</p>}>
            <RowView row={row} />
          </Boundary>
        </div>
      )}
    </LongList>
  );
}

const keyOf = (row: Row): string => row.key;
const sizeOf = (): number => 48;

function seqOf(row: Row): number {
  if (row.kind === "event" || row.kind === "failure") return row.entry.seq;
  if (row.kind === "attempts") return row.entries.at(-1)?.seq ?? 0;
  if (row.kind === "call") return row.call.seq;
  return row.kind === "fold" ? (row.calls.at(-1)?.seq ?? 0) : 0;
}
