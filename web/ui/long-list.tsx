import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "./button.tsx";

interface Props<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** How high a row is about, in pixels. */
  readonly sizeOf: (item: T) => number;
  readonly children: (item: T, index: number) => ReactNode;
  /** The row to be in view; -1: none is asked for. */
  readonly aim: number;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
}

/** Within this distance of the end, in pixels, the list follows what is new. */
const FOLLOW_PX = 80;
const OLDER_PX = 600;

/** A list of any length that grows at its end and is read back from there; only what is in view is drawn. */
export function LongList<T>({ label, items, keyOf, sizeOf, children, aim, older, onOlder }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [leftAt, setLeftAt] = useState("");
  const isPlaced = useRef(false);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index] === undefined ? 32 : sizeOf(items[index])),
    getItemKey: (index) => (items[index] === undefined ? index : keyOf(items[index])),
    overscan: 10,
    anchorTo: "end",
    followOnAppend: aim === -1,
    scrollEndThreshold: FOLLOW_PX,
    paddingStart: 4,
    paddingEnd: 8,
  });

  useLayoutEffect(() => {
    virtualizer.scrollToEnd();
    const frame = requestAnimationFrame(() => (isPlaced.current = true));
    return () => cancelAnimationFrame(frame);
  }, [virtualizer]);

  const lastItem = items.at(-1);
  const look = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNowAtEnd = scrollHeight - scrollTop - clientHeight <= FOLLOW_PX;
    if (isNowAtEnd !== isAtEnd) {
      setAtEnd(isNowAtEnd);
      if (!isNowAtEnd && lastItem !== undefined) setLeftAt(keyOf(lastItem));
    }
    if (isPlaced.current && scrollTop < OLDER_PX && older === "idle") onOlder();
  };
  // Few rows may not fill the window: then there is nothing to scroll, and what is older is fetched at once.
  useEffect(() => {
    const timer = setTimeout(look, 100);
    return () => clearTimeout(timer);
  });

  const aimKey = aim === -1 || items[aim] === undefined ? null : keyOf(items[aim]);
  const aimIndex = useRef(aim);
  useEffect(() => {
    aimIndex.current = aim;
  });
  useEffect(() => {
    if (aimKey === null) return;
    // Twice: the rows on the way are measured only when they are in view.
    virtualizer.scrollToIndex(aimIndex.current, { align: "auto" });
    const frame = requestAnimationFrame(() => virtualizer.scrollToIndex(aimIndex.current, { align: "auto" }));
    return () => cancelAnimationFrame(frame);
  }, [virtualizer, aimKey]);

  const left = isAtEnd ? -1 : items.findLastIndex((item) => keyOf(item) === leftAt);
  const fresh = left === -1 ? 0 : items.length - 1 - left;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label={label}
        onScroll={look}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div role="list" className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ key, index, start }) => {
            const item = items[index];
            return item === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                role="listitem"
                aria-setsize={older === "none" ? items.length : -1}
                aria-posinset={index + 1}
                data-index={index}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${start}px)` }}
              >
                {children(item, index)}
              </div>
            );
          })}
        </div>
      </div>
      {(older === "loading" || older === "failed") && (
        <div className="absolute top-2 left-1/2 z-10 -translate-x-1/2">
          <Button isPill className="py-1 text-xs shadow-md" disabled={older === "loading"} onClick={onOlder}>
            {older === "loading" ? "Loading older…" : "What is older did not load: try again"}
          </Button>
        </div>
      )}
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
