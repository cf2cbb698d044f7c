import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { Fragment, useEffect, useState } from "react";
import { taskSchema } from "../../src/wire/api.ts";
import { useOpen } from "../approvals/asked.tsx";
import { activityQuery, meQuery } from "../app/queries.ts";
import { useOnlyLooks } from "../app/only-looks.ts";
import { useServices } from "../app/services.tsx";
import { useAway, useStatus } from "../app/told.ts";
import { useStartChat } from "../chats/start-chat.ts";
import { useStartSchedule } from "../schedules/start-schedule.ts";
import type { SentFile } from "../../src/wire/files.ts";
import { Composer } from "../thread/composer.tsx";
import { keepDraft } from "../thread/draft.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { Screen } from "../ui/screen.tsx";
import { changesQuery } from "../changes/queries.ts";
import { Away } from "./away.tsx";
import { headline } from "./headline.ts";
import { LastDay } from "./last-day.tsx";
import { Keys } from "../live/keys.ts";
import { limitsQuery } from "../people/queries.ts";
import { NextSchedules } from "./next-schedules.tsx";
import { ThisMonth } from "./this-month.tsx";
import { WaitsForYou } from "./waits-for-you.tsx";
import { WorkingNow } from "./working-now.tsx";
import { WORDS } from "../words/home.ts";

/** A part that has not come by then no longer holds back those below it. */
const PATIENCE_MS = 5000;

/** A box to ask for the next thing, and below it only what there is to say. */
export function HomeScreen() {
  const status = useStatus();
  const { http } = useServices();
  // It is known before anything is shown.
  if (useQuery(meQuery(http)).data?.welcome !== undefined) return <Navigate to="/welcome" replace />;
  return (
    <Screen title={WORDS.windowTitle} isNarrow>
      <div className="pb-5 md:pt-[5vh]">
        <h1 className="line-clamp-2 min-h-[2lh] content-end text-lg font-semibold [overflow-wrap:anywhere] md:line-clamp-1 md:min-h-[1lh]">
          {status.data === undefined ? <span className="sr-only">{WORDS.title}</span> : headline(status.data)}
        </h1>
        <Ask />
        <Parts status={status} />
      </div>
    </Screen>
  );
}

function Ask() {
  const { http, queries } = useServices();
  const chat = useStartChat();
  const schedule = useStartSchedule();
  const [keys] = useState(() => new Keys());
  const [suggested, setSuggested] = useState(0);
  const suggestions = useOnlyLooks() ? [] : WORDS.suggested;
  const task = useMutation({
    mutationFn: ({ text, files }: { readonly text: string; readonly files: readonly SentFile[] }) => {
      const attachments = files.map(({ id }) => id);
      const wanted = { instruction: text, ...(attachments.length > 0 && { attachments }) };
      return http.send("POST", "/api/tasks", { ...wanted, key: keys.of(wanted) }, taskSchema);
    },
    onSuccess: () => {
      keys.done();
      for (const name of ["tasks", "chats", "status"]) void queries.invalidateQueries({ queryKey: [name] });
    },
  });
  const suggest = (words: string): void => {
    keepDraft("new", words);
    setSuggested(suggested + 1);
  };
  return (
    <>
      <div className="-mx-3 mt-2">
        <Composer
          // It takes up what is kept for it when it begins.
          key={suggested}
          draftKey="new"
          isAbove
          isBusy={chat.isPending || task.isPending}
          onSend={(text, files) => chat.mutateAsync({ text, files }).then(() => undefined)}
          others={[
            {
              label: WORDS.queueAsTask,
              takesFiles: true,
              onSend: (text, files) => task.mutateAsync({ text, files }).then(() => undefined),
            },
            { label: WORDS.schedule, takesFiles: false, onSend: schedule },
          ]}
        />
      </div>
      <ul aria-label={WORDS.suggestions} className="flex flex-wrap gap-2 empty:hidden">
        {suggestions.map((words) => (
          <li key={words}>
            <button
              type="button"
              onClick={() => suggest(words)}
              className="tap rounded-full border border-line px-3 py-0.5 text-sm text-muted hover:bg-sunken hover:text-ink"
            >
              {words}
            </button>
          </li>
        ))}
      </ul>
      {chat.isError && (
        <Failure
          what={WORDS.chatNotMade}
          error={chat.error}
          retry={() => chat.variables !== undefined && chat.mutate(chat.variables)}
        />
      )}
      {task.isError && <Failure what={WORDS.taskNotQueued} error={task.error} />}
      <p role="status" className="mt-2 text-sm text-muted empty:hidden">
        {chat.isPending ? WORDS.makingChat : task.isPending ? WORDS.queueing : null}
        {task.isSuccess && !task.isPending && (
          <>
            {WORDS.queued}{" "}
            <Link to="/chats/$chatId" params={{ chatId: task.data.chatId }} className="text-accent underline">
              {WORDS.watchIt}
            </Link>
          </>
        )}
      </p>
    </>
  );
}

/** Each part stands only when all above it are there, so that nothing that was painted is pushed down. */
function Parts({ status }: { status: ReturnType<typeof useStatus> }) {
  const { http } = useServices();
  const open = useOpen();
  const changes = useQuery(changesQuery(http));
  const away = useAway();
  const activity = useQuery(activityQuery(http));
  const me = useQuery(meQuery(http)).data?.name;
  const month = useQuery({ ...limitsQuery(http, me ?? ""), enabled: me !== undefined });
  const ids = new Set(open.items?.map(({ id }) => id));
  const asking = new Set(open.items?.map(({ runId }) => runId));
  const parts = [
    {
      isPending: open.isPending || changes.isPending,
      part: <WaitsForYou open={open} changes={changes.data?.items ?? []} />,
    },
    {
      isPending: status.isPending,
      part: status.data !== undefined && <WorkingNow status={status.data} asking={asking} />,
      failure: status.data === undefined && status.error !== null && (
        <Failure what={WORDS.statusNotLoaded} error={status.error} retry={() => void status.refetch()} />
      ),
    },
    {
      isPending: away.isPending,
      part: away.data !== undefined && <Away away={away.data} open={ids} />,
      failure: away.data === undefined && away.error !== null && (
        <Failure what={WORDS.happenedNotLoaded} error={away.error} retry={() => void away.refetch()} />
      ),
    },
    { isPending: status.isPending, part: status.data !== undefined && <NextSchedules next={status.data.next} /> },
    {
      isPending: activity.isPending,
      part: activity.data !== undefined && <LastDay items={activity.data.items} total={activity.data.total} />,
      failure: activity.data === undefined && activity.error !== null && (
        <Failure what={WORDS.doneNotLoaded} error={activity.error} retry={() => void activity.refetch()} />
      ),
    },
    {
      isPending: month.isPending,
      part: month.data !== undefined && <ThisMonth told={month.data} />,
      failure: month.data === undefined && month.error !== null && (
        <Failure what={WORDS.monthNotLoaded} error={month.error} retry={() => void month.refetch()} />
      ),
    },
  ];
  const waits = parts.findIndex(({ isPending }) => isPending);
  const isLong = useIsLong(waits >= 0);
  const shown = waits < 0 || isLong ? parts : parts.slice(0, waits);
  return (
    <div data-home={waits < 0 ? "ready" : "loading"} className="mt-6 flex flex-col gap-6">
      {shown.map(({ part, failure }, at) => (
        <Fragment key={at}>{failure || part}</Fragment>
      ))}
      {/* A new one below each part that has come: the same would be seen to jump. */}
      {waits >= 0 && <Loading key={waits} what={WORDS.loading} />}
    </div>
  );
}

/** Something has been waited for too long for all below it to wait too; what has come needs no timer, nor to be painted for it. */
function useIsLong(isWaiting: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isLong;
}
