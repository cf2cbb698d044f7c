import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { chatSchema, type NewChat } from "../../src/wire/api.ts";
import type { SentFile } from "../../src/wire/files.ts";
import { retryQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Keys } from "../live/keys.ts";
import { handOverDraft } from "../thread/draft.ts";
import { awaitFirstLetters } from "../thread/first-letters.ts";

/** What is said there first. */
interface First {
  readonly text: string;
  readonly files?: readonly SentFile[];
  /** The model and the effort that it begins with; the server's where they are left out. */
  readonly settings?: Pick<NewChat, "model" | "effort">;
}

/** Makes a chat when its first message is sent, and opens it. A second try finds the same chat. */
export function useStartChat() {
  const { http, outbox, queries } = useServices();
  const navigate = useNavigate();
  const [keys] = useState(() => new Keys());
  return useMutation({
    mutationFn: ({ settings = {} }: First) =>
      http.send("POST", "/api/chats", { ...settings, key: keys.of(settings) }, chatSchema),
    retry: retryQuery,
    onSuccess: (chat, { text, files = [] }) => {
      keys.done();
      outbox.send(chat.id, text, files);
      void queries.invalidateQueries({ queryKey: ["chats"] });
      handOverDraft("new", chat.id);
      awaitFirstLetters();
      void navigate({ to: "/chats/$chatId", params: { chatId: chat.id } });
    },
  });
}
