import { Link as LinkTo } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, GitFork, Link, Pencil, Quote, RotateCw } from "lucide-react";
import { useState, type ComponentProps, type ReactNode } from "react";
import { BRIEF } from "../ui/brief.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Problem } from "../ui/notice.tsx";
import { useThreadActions, type Question, type ThreadActions } from "./actions.ts";
import { Anew, useFork } from "./anew.tsx";
import { addToDraft } from "./draft.ts";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

interface Props extends Question {
  readonly role: "user" | "assistant";
  /** At the right edge, as what a person says. */
  readonly isBubble?: boolean;
}

/**
 * Over what comes below, so that what is seldom seen has no room of its own; until it is seen, nothing of it can be hit. A finger
 * always sees it, in its place.
 */
const OVERLAY =
  "pointer-fine:pointer-events-none pointer-fine:absolute pointer-fine:-top-0.5 pointer-fine:right-0 pointer-fine:rounded-md pointer-fine:border pointer-fine:border-line pointer-fine:bg-page pointer-fine:shadow-sm pointer-fine:w-max pointer-fine:max-w-full pointer-fine:group-has-focus-visible:pointer-events-auto pointer-fine:group-hover:pointer-events-auto";

/** What can be done with one message: seen by a pointer above it, by the keyboard within it, and where there is no pointer. */
export function MessageActions({ seq, text, files = [], role, isBubble = false }: Props) {
  const actions = useThreadActions();
  const [asks, setAsks] = useState<"edit" | "again" | null>(null);
  if (actions === null) return null;
  const question = role === "assistant" ? actions.questionBefore(seq) : { seq, text, files };
  // Where chats part there is a line of its own already.
  const hasLine = actions.places.has(seq);
  const side = role === "user" && isBubble ? "justify-end" : "";
  const canFork = actions.canWrite && question !== null;
  return (
    <div className={`relative flex flex-wrap items-center gap-x-1 text-muted ${side}`} data-actions={seq}>
      {/* At the edge at which the message is: what comes with the pointer has its room beside it. */}
      {role === "assistant" && <Elsewhere seq={seq} actions={actions} />}
      <span
        className={`flex flex-wrap items-center opacity-0 transition-opacity motion-reduce:transition-none group-has-focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100 ${
          hasLine ? "" : OVERLAY
        }`}
      >
        <CopyButton text={text} isBrief />
        <CopyButton
          text={`${location.origin}/chats/${encodeURIComponent(actions.chatId)}?at=${seq}`}
          label={WORDS.link}
          icon={Link}
          isBrief
        />
        {actions.canWrite && (
          <Small
            icon={<Quote aria-hidden="true" className="size-3.5" />}
            onClick={() => addToDraft(actions.chatId, `${text.trim().replace(/^/gm, "> ")}\n\n`)}
          >
            {WORDS.quote}
          </Small>
        )}
        {canFork && role === "user" && (
          <Small icon={<Pencil aria-hidden="true" className="size-3.5" />} onClick={() => setAsks("edit")}>
            {WORDS.edit}
          </Small>
        )}
        {canFork && role === "assistant" && (
          <Small icon={<RotateCw aria-hidden="true" className="size-3.5" />} onClick={() => setAsks("again")}>
            {COMMON.tryAgain}
          </Small>
        )}
        {actions.canWrite && role === "assistant" && <GoOn chatId={actions.chatId} seq={seq} />}
      </span>
      {role === "user" && <Elsewhere seq={seq} actions={actions} />}
      {asks !== null && question !== null && (
        <Anew
          chatId={actions.chatId}
          seq={seq}
          question={question}
          isEdit={asks === "edit"}
          onClose={() => setAsks(null)}
        />
      )}
    </div>
  );
}

/** Opens a new chat that ends here so far. */
function GoOn({ chatId, seq }: { chatId: string; seq: number }) {
  const fork = useFork(chatId);
  return (
    <>
      <Small
        icon={<GitFork aria-hidden="true" className="size-3.5" />}
        title={WORDS.goOnMeans}
        disabled={fork.isPending}
        onClick={() => fork.mutate({ seq })}
      >
        {WORDS.goOn}
      </Small>
      <Problem error={fork.error} />
    </>
  );
}

function Small({ icon, children, ...rest }: ComponentProps<"button"> & { icon: ReactNode }) {
  return (
    <Button kind="quiet" className="px-2 py-0.5 text-xs" {...rest}>
      {icon}
      <span className={BRIEF}>{children}</span>
    </Button>
  );
}

/** Where chats go their own ways from this message: one step to the one made before, one to the next. */
function Elsewhere({ seq, actions }: { seq: number; actions: ThreadActions }) {
  const place = actions.places.get(seq);
  if (place === undefined) return null;
  const arrow = (to: { chatId: string; at: number } | null, label: string, icon: ReactNode): ReactNode =>
    to === null ? (
      <IconButton label={label} disabled>
        {icon}
      </IconButton>
    ) : (
      <LinkTo
        to="/chats/$chatId"
        params={{ chatId: to.chatId }}
        search={{ at: to.at }}
        aria-label={label}
        title={label}
        className="tap inline-flex items-center justify-center rounded-md p-1.5 hover:bg-sunken hover:text-ink"
      >
        {icon}
      </LinkTo>
    );
  return (
    <span className="inline-flex items-center text-xs">
      {arrow(place.before, WORDS.chatBefore, <ChevronLeft aria-hidden="true" className="size-4" />)}
      {WORDS.place(place.number, place.count)}
      {arrow(place.after, WORDS.nextChat, <ChevronRight aria-hidden="true" className="size-4" />)}
    </span>
  );
}
