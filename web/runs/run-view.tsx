import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import { isEnded } from "../../src/core/run-state.ts";
import type { RunAlone } from "../../src/wire/runs.ts";
import { useChat, useConnection, useServices } from "../app/services.tsx";
import { hasOlder } from "../live/chat-log.ts";
import type { ChatSnapshot } from "../live/chat-watch.ts";
import { oneLine } from "../ui/format.ts";
import { useKeys } from "../ui/keys.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { stateOfRun, stateWord } from "../ui/state.tsx";
import { addressOf, isFurtherBack, stepOf, type StepAddress } from "./address.ts";
import { Attempts } from "./attempts.tsx";
import { EndBanner } from "./end-banner.tsx";
import { EventList, shownEvents } from "./event-list.tsx";
import { NowLine, RunHeader } from "./run-header.tsx";
import { runNow } from "./run-now.ts";
import { RunSearch } from "./run-search.tsx";
import { StepDetails } from "./step-details.tsx";
import { isFault, shownSteps, timelineOf, type Show } from "./timeline.ts";
import { RunTranscript } from "./transcript.tsx";
import { Waterfall } from "./waterfall.tsx";
import { WORDS } from "../words/runs.ts";

/** As many as the server gives at once, for a step far back. */
const FAR_BACK = 500;

interface Props {
  readonly run: RunAlone;
  /** The end of its stretch of the log, if it was over when it was opened. */
  readonly until: number | null;
  /** It stands beside the run that the address names, whose keys and steps are the page's. */
  readonly isBeside: boolean;
}

export function RunView({ run, until, isBeside }: Props) {
  const { chats } = useServices();
  const snapshot = useChat(run.chatId, until);
  switch (snapshot.phase) {
    case "loading":
      return <Loading what={WORDS.loading} />;
    case "gone":
      return <Empty isPage title={snapshot.was?.owner === undefined ? WORDS.chatIsGone : WORDS.chatNotShared} />;
    case "failed":
      return (
        <Failure what={WORDS.notLoaded} error={snapshot.error} retry={() => void chats.get(run.chatId, until).load()} />
      );
    case "ready":
      return <Loaded run={run} until={until} isBeside={isBeside} snapshot={snapshot} />;
  }
}

function Loaded({ run, until, isBeside, snapshot }: Props & { snapshot: Extract<ChatSnapshot, { phase: "ready" }> }) {
  const { chats } = useServices();
  const asked = useSearch({ from: "/runs/$runId" });
  const { tab = "timeline", show = "all", q } = asked;
  const address: Partial<StepAddress> = useMemo(
    () => (isBeside ? {} : { step: asked.step, at: asked.at }),
    [isBeside, asked.step, asked.at],
  );
  const navigate = useNavigate({ from: "/runs/$runId" });
  const { log } = snapshot;
  const { events: all } = log;
  const events = useMemo(() => all.filter(({ runId }) => runId === run.id), [all, run.id]);
  const timeline = useMemo(() => timelineOf(events), [events]);
  const folded = until === null ? log.view.runs.get(run.id) : undefined;
  const now = runNow(run, folded ?? log.transcript.runs.get(run.id));
  const failure = now.state === "failed" ? events.findLast(({ type }) => type === "error") : undefined;
  const steps = useMemo(() => shownSteps(timeline.steps, show), [timeline, show]);
  const selected = stepOf(timeline, address);

  const first = all[0]?.seq ?? 0;
  const older = hasOlder(log) && first > run.firstSeq ? snapshot.older : "none";
  const onOlder = useCallback(() => void chats.get(run.chatId, until).loadOlder(), [chats, run.chatId, until]);
  const isMissing = older !== "none" && isFurtherBack(timeline, first, address);
  useEffect(() => {
    if (isMissing && older === "idle") void chats.get(run.chatId, until).loadOlder(FAR_BACK);
  }, [isMissing, older, chats, run.chatId, until, first]);

  const search = (change: Partial<typeof asked>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const go = (by: 1 | -1, among = steps): void => {
    const place = selected === undefined ? (by === 1 ? -1 : among.length) : among.indexOf(selected);
    const next = among[place + by];
    if (next !== undefined) search(addressOf(timeline, next));
  };
  const nextFault = (): void => {
    const faults = timeline.steps.filter(isFault);
    const next = faults.find(({ seq }) => selected === undefined || seq > selected.seq) ?? faults[0];
    if (next !== undefined) search({ ...addressOf(timeline, next), show: undefined });
  };
  useKeys(
    isBeside
      ? {}
      : {
          j: () => go(1),
          k: () => go(-1),
          e: nextFault,
          "/": () => document.querySelector<HTMLElement>("[data-run-search] input")?.focus(),
          Escape: () => search({ step: undefined, at: undefined }),
        },
  );

  const isConnected = useConnection().state === "live";
  const isOver = until !== null || isEnded(now.state);
  const isLive = !isOver && snapshot.isLive && isConnected;
  const { last } = log.transcript;
  const live = isOver
    ? WORDS.events(run.firstSeq, events.at(-1)?.seq ?? first)
    : isLive
      ? WORDS.liveAt(last)
      : isConnected
        ? WORDS.catchingUp(last)
        : WORDS.asOf(last);
  const at = address.at ?? selected?.seq;
  const startedMs = Date.parse(now.startedAt ?? run.queuedAt);
  return (
    <div className="flex h-full min-w-0 flex-col">
      {!isBeside && <title>{WORDS.windowTitle(stateWord(stateOfRun(now)), oneLine(run.title, 60))}</title>}
      <RunHeader run={run} now={now} live={live} isLive={isLive} />
      <NowLine now={now} timeline={timeline} />
      <p role="status" className="sr-only">
        {WORDS.stateIs(stateWord(stateOfRun(now)))}
      </p>
      {!isBeside && run.taskId !== null && <Attempts taskId={run.taskId} runId={run.id} beside={asked.beside} />}
      <EndBanner run={run} now={now} timeline={timeline} code={failure?.type === "error" ? failure.data.code : null} />
      {!isBeside && (
        <div
          className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5"
          data-run-search
        >
          <div role="group" aria-label={WORDS.view} className="flex gap-1">
            {(Object.keys(WORDS.tabs) as (keyof typeof WORDS.tabs)[]).map((each) => (
              <Pill
                key={each}
                word={WORDS.tabs[each]}
                isOn={tab === each}
                onClick={() => search({ tab: each === "timeline" ? undefined : each })}
              />
            ))}
          </div>
          {tab !== "transcript" && (
            <div role="group" aria-label={WORDS.show} className="flex flex-wrap gap-1">
              {(Object.keys(WORDS.shown) as Show[]).map((each) => (
                <Pill
                  key={each}
                  word={WORDS.shown[each]}
                  isOn={show === each}
                  onClick={() => search({ show: each === "all" ? undefined : each })}
                />
              ))}
            </div>
          )}
          <SearchBox
            key={run.id}
            label={WORDS.search}
            value={q ?? ""}
            onChange={(words) => search({ q: words === "" ? undefined : words })}
          />
        </div>
      )}
      {!isBeside && q !== undefined && <RunSearch runId={run.id} words={q} />}
      <div className="flex min-h-0 flex-1">
        <div
          className={`flex min-h-0 min-w-0 flex-1 flex-col ${selected === undefined || tab !== "timeline" ? "" : "max-md:hidden"}`}
        >
          {tab === "timeline" && (
            <Waterfall
              runId={run.id}
              timeline={timeline}
              steps={steps}
              selected={selected}
              from={startedMs}
              to={now.endedAt === null ? null : Date.parse(now.endedAt)}
              older={older}
              onOlder={onOlder}
            />
          )}
          {tab === "transcript" && <RunTranscript run={run} log={log} at={at} older={older} onOlder={onOlder} />}
          {tab === "events" && <EventList events={shownEvents(events, show)} at={at} older={older} onOlder={onOlder} />}
        </div>
        {tab === "timeline" && selected !== undefined && (
          <div
            className="min-h-0 w-full overflow-y-auto border-line md:w-[45%] md:border-l wide:w-[40%]"
            tabIndex={0}
            role="group"
            aria-label={WORDS.details}
          >
            <StepDetails
              key={selected.seq}
              step={selected}
              runId={run.id}
              chatId={run.chatId}
              isAsking={selected.state === "waiting" && now.state === "waiting" && run.canWrite}
            />
          </div>
        )}
      </div>
    </div>
  );
}
