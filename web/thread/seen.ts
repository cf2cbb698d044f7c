import { useEffect } from "react";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";

const SETTLE_MS = 700;

/** Tells the server how far this person has read, once what is shown has settled; on all devices the mark goes. */
export function useSeen(chatId: string, seq: number, isRead: boolean): void {
  const { http } = useServices();
  useEffect(() => {
    if (!isRead || seq === 0) return;
    const tell = (): void => {
      if (document.visibilityState !== "visible") return;
      // A mark that could not be set is set by the next one.
      http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/seen`, { seq }, anything).catch(() => undefined);
    };
    const timer = setTimeout(tell, SETTLE_MS);
    document.addEventListener("visibilitychange", tell);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [http, chatId, seq, isRead]);
}
