import { useEffect } from "react";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { isHidden, onVisibility } from "../ui/visibility.ts";

const SETTLE_MS = 700;

/** Tells the server how far this person has read, once what is shown has settled; on all devices the mark goes. */
export function useSeen(chatId: string, seq: number, isRead: boolean): void {
  const { http } = useServices();
  useEffect(() => {
    if (!isRead || seq === 0) return;
    const tell = (): void => {
      if (isHidden()) return;
      // A mark that could not be set is set by the next one.
      http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/seen`, { seq }, anything).catch(() => undefined);
    };
    const timer = setTimeout(tell, SETTLE_MS);
    const stop = onVisibility(tell);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [http, chatId, seq, isRead]);
}
