import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { WORDS } from "../words/ui.ts";

interface Props<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** A number that is greater the later an item came; 0: it is not counted as new. */
  readonly orderOf: (item: T) => number;
  /** How high a row is about, in pixels. */
  readonly sizeOf: (item: T) => number;
  readonly children: (item: T, index: number) => ReactNode;
  /** The row to be in view; -1: none is asked for. */
  readonly aim: number;
  /** It is brought into view when this changes, and then left alone; by default the key of that row. */
  readonly aimKey?: string | null;
  /** Whether the reader follows what is new though a row was asked for. */
  readonly isFollowing?: boolean;
  /** A conversation, whose words come while it is read; else a list. */
  readonly log?: { readonly isBusy: boolean };
  /** Told whether the newest row is in view. */
  readonly onAtEnd?: (isAtEnd: boolean) => void;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
}

/** Within this distance of the end, in pixels, the list follows what is new. */
const FOLLOW_PX = 80;
/** What is older is fetched when the reader is this near to the beginning. */
const OLDER_PX = 600;

/** A list of any length that grows at its end and is read back from there; only what is in view is drawn. */
export function LongList<T>(props: Props<T>) {
  const { label, items, keyOf, orderOf, sizeOf, children, aim, log, older, onOlder, onAtEnd } = props;
  const isFollowing = props.isFollowing ?? aim === -1;
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [leftAt, setLeftAt] = useState(0);
  const isPlaced = useRef(false);
  // Rows that grow, fold into one or lose their room to a keyboard move the end away from a reader who did nothing: only
  // their own way up, or a row that was asked for, ends the following.
  const isPinned = useRef(true);
  const seen = useRef({ top: 0, height: 0 });
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index] === undefined ? 32 : sizeOf(items[index])),
    getItemKey: (index) => (items[index] === undefined ? index : keyOf(items[index])),
    overscan: 10,
    anchorTo: "end",
    followOnAppend: isFollowing,
    scrollEndThreshold: FOLLOW_PX,
    paddingStart: log === undefined ? 4 : 12,
    paddingEnd: log === undefined ? 8 : 12,
  });

  useLayoutEffect(() => {
    virtualizer.scrollToEnd();
    const frame = requestAnimationFrame(() => (isPlaced.current = true));
    return () => cancelAnimationFrame(frame);
  }, [virtualizer]);

  const last = items.reduce((most, item) => Math.max(most, orderOf(item)), 0);
  const look = useEffectEvent((): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, scrollHeight } = element;
    const { top, height } = seen.current;
    const hasEndInView = (): boolean => element.scrollHeight - element.scrollTop - element.clientHeight <= FOLLOW_PX;
    if (hasEndInView()) isPinned.current = true;
    else if (top - scrollTop > Math.max(0, height - scrollHeight) + 1) isPinned.current = false;
    else if (isPinned.current && isFollowing) virtualizer.scrollToEnd();
    seen.current = { top: element.scrollTop, height: element.scrollHeight };
    const isNowAtEnd = hasEndInView();
    if (isNowAtEnd !== isAtEnd) {
      setAtEnd(isNowAtEnd);
      if (!isNowAtEnd) setLeftAt(last);
    }
    if (isPlaced.current && scrollTop < OLDER_PX && older === "idle") onOlder();
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const resized = new ResizeObserver(() => look());
    resized.observe(element);
    element.addEventListener("scroll", look);
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useEffect(() => onAtEnd?.(isAtEnd), [onAtEnd, isAtEnd]);
  // Few rows may not fill the window: then there is nothing to scroll, and what is older is fetched at once.
  useEffect(() => {
    const timer = setTimeout(look, 100);
    return () => clearTimeout(timer);
  });

  const aimed = aim === -1 ? undefined : items[aim];
  const aimKey = props.aimKey !== undefined ? props.aimKey : aimed === undefined ? null : keyOf(aimed);
  const align = log === undefined ? "auto" : "center";
  const aimIndex = useRef(aim);
  useEffect(() => {
    aimIndex.current = aim;
  });
  useEffect(() => {
    if (aimKey === null) return;
    isPinned.current = false;
    const show = (): void => virtualizer.scrollToIndex(Math.max(0, aimIndex.current), { align });
    // Twice: the rows on the way are measured only when they are in view.
    show();
    const frame = requestAnimationFrame(show);
    return () => cancelAnimationFrame(frame);
  }, [virtualizer, aimKey, align]);

  const fresh = isAtEnd ? 0 : items.filter((item) => orderOf(item) > leftAt).length;
  return (
    <div className="@container relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        aria-label={label}
        {...(log === undefined
          ? { role: "group" }
          : ({ role: "log", "aria-live": "off", "aria-busy": log.isBusy } as const))}
        className={`h-full overflow-y-auto overscroll-contain [overflow-anchor:none] ${log === undefined ? "" : "@min-[50rem]:[scrollbar-gutter:stable_both-edges]"}`}
      >
        <div
          {...(log === undefined && { role: "list" })}
          className={`relative w-full ${log === undefined ? "" : "mx-auto max-w-3xl"}`}
          style={{ height: virtualizer.getTotalSize() }}
        >
          {virtualizer.getVirtualItems().map(({ key, index, start }) => {
            const item = items[index];
            return item === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                {...(log === undefined && {
                  role: "listitem",
                  "aria-setsize": older === "none" ? items.length : -1,
                  "aria-posinset": index + 1,
                })}
                data-index={index}
                className="absolute top-0 left-0 w-full has-focus-visible:z-10 hover:z-10"
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
            {older === "loading" ? WORDS.loadingOlder : WORDS.olderDidNotLoad}
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
          {WORDS.jumpToLatest(fresh)}
        </Button>
      )}
    </div>
  );
}
