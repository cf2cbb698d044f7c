import { useEffect, useState } from "react";
import { useServices } from "../app/services.tsx";
import { timer } from "./format.ts";
import { isHidden, onVisibility } from "./visibility.ts";

/** The server's clock, ticking while the page is shown. */
export function useNow(everyMs: number): number {
  const { http } = useServices();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = (): void => {
      if (!isHidden()) setNow(Date.now());
    };
    const interval = setInterval(tick, everyMs);
    const stop = onVisibility(tick);
    return () => {
      clearInterval(interval);
      stop();
    };
  }, [everyMs]);
  return now + http.aheadMs();
}

/** Time since `since`; hidden from screen readers, which would hear every second. */
export function Timer({ since }: { since: string }) {
  const now = useNow(1000);
  return (
    <span aria-hidden="true" className="tabular-nums">
      {timer(now - Date.parse(since))}
    </span>
  );
}
