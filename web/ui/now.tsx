import { useEffect, useState } from "react";
import { useServices } from "../app/services.tsx";
import { timer } from "./format.ts";

/** The server's clock, ticking while the page is shown. */
export function useNow(everyMs: number): number {
  const { http } = useServices();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = (): void => {
      if (document.visibilityState === "visible") setNow(Date.now());
    };
    const interval = setInterval(tick, everyMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(interval);
      document.removeEventListener("visibilitychange", tick);
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
