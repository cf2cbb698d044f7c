import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Boundary } from "../ui/boundary.tsx";
import { RowView } from "./row-view.tsx";
import type { Row } from "./rows.ts";

interface Props {
  readonly rows: readonly Row[];
  /** The first and the last `seq` in the rows. */
  readonly first: number;
  readonly last: number;
  /** Show the event with this `seq`, instead of the end. */
  readonly at: number | undefined;
  readonly isBusy: boolean;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
  /** Told whether the newest row is in view. */
  readonly onAtEnd: (isAtEnd: boolean) => void;
}

/** Within this distance of the end, in pixels, the list follows what is new. */
const FOLLOW_PX = 80;
/** Older events are fetched when the reader is this near to the beginning. */
const OLDER_PX = 600;

export function ThreadList({ rows, first, last, at, isBusy, older, onOlder, onAtEnd }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [leftAt, setLeftAt] = useState(last);
  const isPlaced = useRef(false);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 48,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: FOLLOW_PX,
    paddingStart: 12,
    paddingEnd: 12,
  });

  useLayoutEffect(() => {
    virtualizer.scrollToEnd();
    const frame = requestAnimationFrame(() => (isPlaced.current = true));
    return () => cancelAnimationFrame(frame);
  }, [virtualizer]);

  const look = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNowAtEnd = scrollHeight - scrollTop - clientHeight <= FOLLOW_PX;
    if (isNowAtEnd !== isAtEnd) {
      setAtEnd(isNowAtEnd);
      if (!isNowAtEnd) setLeftAt(last);
    }
    if (isPlaced.current && scrollTop < OLDER_PX && older === "idle") onOlder();
  };

  useEffect(() => onAtEnd(isAtEnd), [onAtEnd, isAtEnd]);
  // A page of few rows may not fill the window: then there is nothing to scroll, and the next one is fetched at once.
  useEffect(() => {
    const timer = setTimeout(look, 100);
    return () => clearTimeout(timer);
  });

  const aim = at === undefined ? -1 : rows.findLastIndex((row) => seqOf(row) > 0 && seqOf(row) <= at);
  const aimedAt = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (at === undefined || aimedAt.current === at) return;
    if (first > at && older !== "none") {
      if (older === "idle") onOlder();
      return;
    }
    aimedAt.current = at;
    // Twice: the rows on the way are measured only when they are in view.
    virtualizer.scrollToIndex(Math.max(0, aim), { align: "center" });
    requestAnimationFrame(() => virtualizer.scrollToIndex(Math.max(0, aim), { align: "center" }));
  }, [virtualizer, at, aim, first, older, onOlder]);

  const fresh = rows.filter((row) => seqOf(row) > leftAt).length;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        aria-busy={isBusy}
        tabIndex={0}
        onScroll={look}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <Older older={older} onOlder={onOlder} />
        <div className="relative mx-auto w-full max-w-3xl" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ key, index, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                data-aimed={index === aim || undefined}
                className="absolute top-0 left-0 flow-root w-full px-4 data-aimed:bg-accent-soft"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Boundary
                  instead={
                    <p className="text-sm text-bad">
                      This cannot be shown here. It is in the log, and in every export.
                    </p>
                  }
                >
                  <RowView row={row} />
                </Boundary>
              </div>
            );
          })}
        </div>
      </div>
      {!isAtEnd && (
        <Button
          isPill
          className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-md"
          onClick={() => virtualizer.scrollToEnd()}
        >
          <ArrowDown aria-hidden="true" className="size-4" />
          Jump to latest{fresh > 0 && ` · ${fresh} new`}
        </Button>
      )}
    </div>
  );
}

/** Older events come by themselves as the reader nears the beginning; this says so, or why not. */
function Older({ older, onOlder }: Pick<Props, "older" | "onOlder">) {
  if (older === "none" || older === "idle") return null;
  return (
    <div className="absolute top-2 left-1/2 z-10 -translate-x-1/2">
      <Button isPill className="py-1 text-xs shadow-md" disabled={older === "loading"} onClick={onOlder}>
        {older === "loading" ? "Loading older…" : "Older events did not load: try again"}
      </Button>
    </div>
  );
}

function seqOf(row: Row): number {
  if (row.kind === "event" || row.kind === "failure") return row.entry.seq;
  if (row.kind === "attempts") return row.entries.at(-1)?.seq ?? 0;
  if (row.kind === "call") return row.call.seq;
  return row.kind === "fold" ? (row.calls.at(-1)?.seq ?? 0) : 0;
}
