import { useMutation } from "@tanstack/react-query";
import { compactedSchema } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";

/** As it is typed in the message box, in page and terminal. */
export const COMPACT = "/compact";

/** Has the model sum up what was said in a chat. */
export function useCompact(onQueued: () => void) {
  const { http } = useServices();
  return useMutation({
    mutationFn: (chatId: string) =>
      http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/compact`, {}, compactedSchema),
    onSuccess: onQueued,
  });
}
