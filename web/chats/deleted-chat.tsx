import { useMutation } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { Undo2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { chatSchema } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { oneLine } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/chats.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** The server purges a deleted chat after a minute: a little less, so that the button keeps its word. */
export const UNDO_MS = 55_000;

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The chat that was deleted on the way here. `at`: milliseconds since the epoch, by this browser. */
    deletedChat?: { readonly id: string; readonly title: string; readonly at: number };
  }
}

/** Told where one lands after a chat was deleted, with a way to take it back for as long as that can be done. */
export function DeletedChat() {
  const deleted = useLocation({ select: ({ state }) => state.deletedChat });
  return deleted === undefined ? null : <Told key={deleted.at} {...deleted} />;
}

function Told({ id, title, at }: { id: string; title: string; at: number }) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const [isOver, end] = useState(() => Date.now() - at >= UNDO_MS);
  useEffect(() => {
    const timer = setTimeout(() => end(true), Math.max(0, at + UNDO_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [at]);
  const undo = useMutation({
    mutationFn: () => http.send("POST", `/api/chats/${encodeURIComponent(id)}/restore`, {}, chatSchema),
    onSuccess: () => {
      for (const key of ["chats", "tasks", "status"]) void queries.invalidateQueries({ queryKey: [key] });
      void navigate({ to: "/chats/$chatId", params: { chatId: id }, replace: true });
    },
  });
  if (isOver) return null;
  return (
    <div
      role="status"
      className="absolute inset-x-3 bottom-28 z-10 mx-auto flex max-w-md flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-page p-2 pl-4 text-sm shadow-lg"
    >
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{WORDS.isDeleted(oneLine(title, 60))}</span>
      <Button disabled={undo.isPending} onClick={() => undo.mutate()}>
        <Undo2 aria-hidden="true" className="size-4" />
        {undo.isPending ? WORDS.bringingBack : WORDS.undo}
      </Button>
      <IconButton label={COMMON.close} onClick={() => end(true)}>
        <X aria-hidden="true" className="size-4" />
      </IconButton>
      <Problem error={undo.error} />
    </div>
  );
}
