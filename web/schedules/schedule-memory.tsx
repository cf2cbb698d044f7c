import { useMutation, useQuery } from "@tanstack/react-query";
import { chatSchema } from "../../src/wire/api.ts";
import type { Schedule } from "../../src/wire/schedules.ts";
import { chatQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Problem } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { WORDS } from "../words/schedules.tsx";

/** Whether its runs are given what is known that matters to them: it is set for the chat that they have. */
export function ScheduleMemory({ schedule: { name, chatId } }: { schedule: Schedule }) {
  if (chatId === null) return <span className="text-muted">{WORDS.memoryOnceThereIsAChat}</span>;
  return <OfChat name={name} chatId={chatId} />;
}

function OfChat({ name, chatId }: { name: string; chatId: string }) {
  const { http, queries } = useServices();
  const { data: chat, error } = useQuery(chatQuery(http, chatId));
  const patch = useMutation({
    mutationFn: (recall: boolean) =>
      http.send("PATCH", `/api/chats/${encodeURIComponent(chatId)}`, { recall }, chatSchema),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["chats"] }),
  });
  return (
    <>
      {chat !== undefined && (
        <span className="flex flex-wrap items-center gap-x-2">
          <Switch
            label={WORDS.memoryFor(name)}
            isOn={chat.recall}
            isBusy={patch.isPending || !chat.canWrite}
            onChange={(recall) => patch.mutate(recall)}
          />
          {chat.recall ? WORDS.memoryIsUsed : WORDS.memoryIsPaused}
        </span>
      )}
      <Problem error={patch.error ?? (chat === undefined ? error : null)} />
    </>
  );
}
