import { Brain, ChevronRight, ClipboardList, RotateCw, Trash2, TriangleAlert } from "lucide-react";
import { Fragment, useState } from "react";
import { happenedAt, type Attachment, type EventOf } from "../../src/core/events.ts";
import { mentionsIn } from "../../src/core/mentions.ts";
import { piece, shorten } from "../../src/core/text.ts";
import { useConnection, useServices } from "../app/services.tsx";
import type { OutboxItem } from "../live/kept-messages.ts";
import { Words } from "../text/words.tsx";
import { Button } from "../ui/button.tsx";
import { count, fullTime, timeOfDay } from "../ui/format.ts";
import { useThreadActions } from "./actions.ts";
import { MessageActions } from "./message-actions.tsx";
import { SentFiles } from "./sent-files.tsx";
import { NO_TITLES, ThingLink, thingPlaces } from "./things.tsx";
import { WORDS } from "../words/thread.ts";

/** What people and the agent said, thought, and were told. */

export function PersonMessage({ event }: { event: EventOf<"message"> }) {
  const Shape = event.taskId === null ? PersonBubble : Instruction;
  return (
    <div className="group">
      <Shape
        text={event.data.text}
        mentions={event.data.mentions ?? NOBODY}
        files={event.data.attachments}
        name={event.actor.name}
        at={happenedAt(event)}
      />
      <MessageActions
        seq={event.seq}
        text={event.data.text}
        files={event.data.attachments}
        role="user"
        isBubble={event.taskId === null}
      />
    </div>
  );
}

interface Said {
  readonly text: string;
  readonly mentions: readonly { readonly name: string }[];
  readonly files: readonly Attachment[] | undefined;
  readonly name: string;
  readonly at: string;
}

const NOBODY: Said["mentions"] = [];

function PersonBubble({ text, mentions, files, name, at }: Said) {
  return (
    <article aria-label={name} className="flex flex-col items-end">
      <div
        dir="auto"
        className="max-w-[85%] rounded-2xl rounded-br-sm bg-accent-soft px-3.5 py-2 whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        <WithMentions text={text} mentions={mentions} />
      </div>
      <SentFiles files={files} />
      <p className="mt-0.5 px-1 text-xs text-muted">
        {WORDS.by(name)}{" "}
        <time dateTime={at} title={fullTime(at)}>
          {timeOfDay(at)}
        </time>
      </p>
    </article>
  );
}

/** Words in which those stand out whom they mention, and the things that they refer to are links; nobody else's name does. */
function WithMentions({ text, mentions }: Pick<Said, "text" | "mentions">) {
  const titles = useThreadActions()?.titles ?? NO_TITLES;
  const people = mentionsIn(
    text,
    mentions.map(({ name }) => name),
  );
  const places = [
    ...people.map(({ from, to }) => ({ from, to, thing: null })),
    ...thingPlaces(text, titles).map((thing) => ({ from: thing.from, to: thing.to, thing })),
  ].toSorted((one, other) => one.from - other.from);
  return (
    <>
      {places.map(({ from, to, thing }, n) => (
        <Fragment key={from}>
          {text.slice(places[n - 1]?.to ?? 0, from)}
          {thing === null ? (
            <strong data-mention className="font-semibold text-accent">
              {text.slice(from, to)}
            </strong>
          ) : (
            <ThingLink kind={thing.kind} id={thing.id} title={thing.title} />
          )}
        </Fragment>
      ))}
      {text.slice(places.at(-1)?.to ?? 0)}
    </>
  );
}

/** A task's instruction: neither the agent's words nor a chat message. */
function Instruction({ text, mentions, files, name, at }: Said) {
  return (
    <article aria-label={WORDS.instruction} className="rounded-md border-l-4 border-accent bg-accent-soft px-3 py-2">
      <p className="flex items-center gap-1.5 text-xs font-semibold text-accent">
        <ClipboardList aria-hidden="true" className="size-3.5" />
        {WORDS.instruction}
        <span className="font-normal text-muted">
          {WORDS.from(name)}{" "}
          <time dateTime={at} title={fullTime(at)}>
            {timeOfDay(at)}
          </time>
        </span>
      </p>
      <p dir="auto" className="mt-0.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        <WithMentions text={text} mentions={mentions} />
      </p>
      <SentFiles files={files} />
    </article>
  );
}

export function CutOff() {
  return (
    <p className="mt-1 flex items-center gap-1.5 text-xs font-medium text-warn">
      <TriangleAlert aria-hidden="true" className="size-3.5" />
      {WORDS.cutOff}
    </p>
  );
}

/** Thoughts are folded with their length; one that is being written shows its last words. */
export function Thought({ text, isOpenPart }: { text: string; isOpenPart: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const words = text.trim().split(/\s+/).length;
  const line = text.trim().replace(/\s+/g, " ");
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="tap flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-sm text-muted hover:bg-sunken"
      >
        <ChevronRight aria-hidden="true" className={`size-3.5 shrink-0 ${isOpen ? "rotate-90" : ""}`} />
        <Brain aria-hidden="true" className="size-3.5 shrink-0" />
        <span className="shrink-0 font-medium">{isOpenPart ? WORDS.thinking : WORDS.thought}</span>
        {!isOpen && (
          <span dir="auto" className="min-w-0 flex-1 truncate italic">
            {isOpenPart ? piece(line, line.length - 120) : shorten(line, 200)}
          </span>
        )}
        <span className="ml-auto shrink-0 text-xs tabular-nums">{WORDS.words(count(words))}</span>
      </button>
      {isOpen && (
        <div className="ml-5 border-l-2 border-line py-1 pl-3 text-muted">
          <Words text={text} isOpenEnded={isOpenPart} />
        </div>
      )}
    </div>
  );
}

/** A message that is not in the log yet. */
export function Unsent({ item }: { item: OutboxItem }) {
  const { outbox } = useServices();
  return (
    <article aria-label={WORDS.unsent} data-outbox={item.state} className="flex flex-col items-end">
      <div
        dir="auto"
        className={`max-w-[85%] rounded-2xl rounded-br-sm px-3.5 py-2 whitespace-pre-wrap [overflow-wrap:anywhere] ${
          item.state === "failed" ? "border border-bad bg-bad-soft" : "bg-accent-soft"
        }`}
      >
        {item.text}
      </div>
      <SentFiles files={item.files} />
      {item.state === "failed" ? (
        <div role="alert" className="mt-1 flex flex-wrap items-center justify-end gap-2 text-sm">
          <span className="text-bad">{WORDS.notSent(item.error ?? "")}</span>
          <Button className="px-2 py-0.5" onClick={() => outbox.retry(item.key)}>
            <RotateCw aria-hidden="true" className="size-3.5" />
            {WORDS.retry}
          </Button>
          <Button kind="quiet" className="px-2 py-0.5" onClick={() => outbox.discard(item.key)}>
            <Trash2 aria-hidden="true" className="size-3.5" />
            {WORDS.discard}
          </Button>
        </div>
      ) : (
        <OnItsWay item={item} />
      )}
    </article>
  );
}

/** Without a connection it waits for one, and can be thrown away until then. */
function OnItsWay({ item }: { item: OutboxItem }) {
  const { outbox } = useServices();
  const isConnected = useConnection().state === "live";
  if (isConnected || item.state === "sent") return <p className="mt-0.5 px-1 text-xs text-muted">{WORDS.sending}</p>;
  return (
    <p className="mt-0.5 flex items-center gap-1 px-1 text-xs text-muted">
      {WORDS.sentLater}
      <Button kind="quiet" className="px-2 py-0.5 text-xs" onClick={() => outbox.discard(item.key)}>
        <Trash2 aria-hidden="true" className="size-3.5" />
        {WORDS.discard}
      </Button>
    </p>
  );
}
