import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { taskSchema } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { useStartChat } from "../chats/start-chat.ts";
import { useStartSchedule } from "../schedules/start-schedule.ts";
import { Composer } from "../thread/composer.tsx";
import { Failure } from "../ui/notice.tsx";
import { Away } from "./away.tsx";
import { LastDay } from "./last-day.tsx";
import { NextSchedules } from "./next-schedules.tsx";
import { WaitsForYou } from "./waits-for-you.tsx";
import { WorkingNow } from "./working-now.tsx";

/** What a person who comes back wants to know first, and a box to ask for the next thing. */
export function HomeScreen() {
  const { http, queries } = useServices();
  const chat = useStartChat();
  const schedule = useStartSchedule();
  const key = useRef(crypto.randomUUID());
  const task = useMutation({
    mutationFn: (instruction: string) => http.send("POST", "/api/tasks", { instruction, key: key.current }, taskSchema),
    onSuccess: () => {
      key.current = crypto.randomUUID();
      for (const name of ["tasks", "chats", "status"]) void queries.invalidateQueries({ queryKey: [name] });
    },
  });
  return (
    <div className="flex h-full flex-col">
      <title>Sparky</title>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-4">
          <h1 className="sr-only">Home</h1>
          <WorkingNow />
          <WaitsForYou />
          <NextSchedules />
          <LastDay />
          <Away />
        </div>
      </div>
      <div className="shrink-0 border-t border-line pt-2">
        <div className="mx-auto max-w-3xl px-4">
          {chat.isError && (
            <Failure
              what="The chat could not be made"
              error={chat.error}
              retry={() => chat.variables !== undefined && chat.mutate(chat.variables)}
            />
          )}
          {task.isError && (
            <Failure what="The task was not queued; its words are still in the box" error={task.error} />
          )}
          <p role="status" className="text-sm text-muted empty:hidden">
            {chat.isPending ? "Making the chat…" : task.isPending ? "Queueing the task…" : null}
            {task.isSuccess && !task.isPending && (
              <>
                Queued.{" "}
                <Link to="/chats/$chatId" params={{ chatId: task.data.chatId }} className="text-accent underline">
                  Watch it
                </Link>
              </>
            )}
          </p>
        </div>
        <Composer
          draftKey="new"
          isBusy={chat.isPending || task.isPending}
          onSend={(text) => chat.mutateAsync(text).then(() => undefined)}
          others={[
            { label: "Queue as task", onSend: (text) => task.mutateAsync(text).then(() => undefined) },
            { label: "Schedule…", onSend: schedule },
          ]}
        />
      </div>
    </div>
  );
}
