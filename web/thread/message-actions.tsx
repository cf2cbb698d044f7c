import { Link as LinkTo, useNavigate } from "@tanstack/react-router";
import { useMutation } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Pencil, Quote, RotateCw } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { forkedSchema, type NewFork } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";
import { useThreadActions, type ThreadActions } from "./actions.ts";
import { addToDraft } from "./draft.ts";

/** What can be done with one message: seen by a pointer above it, by focus within it, and where there is no pointer. */
export function MessageActions({ seq, text, role }: { seq: number; text: string; role: "user" | "assistant" }) {
  const actions = useThreadActions();
  const [asks, setAsks] = useState<"edit" | "again" | null>(null);
  if (actions === null) return null;
  const question = role === "assistant" ? actions.questionBefore(seq) : { seq, text };
  const canFork = actions.canWrite && question !== null;
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-1 text-muted" data-actions={seq}>
      <Elsewhere seq={seq} actions={actions} />
      <span className="flex flex-wrap items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <CopyButton text={text} />
        <CopyButton text={`${location.origin}/chats/${encodeURIComponent(actions.chatId)}?at=${seq}`} label="Link" />
        {actions.canWrite && (
          <Small
            icon={<Quote aria-hidden="true" className="size-3.5" />}
            onClick={() => addToDraft(actions.chatId, `${text.trim().replace(/^/gm, "> ")}\n\n`)}
          >
            Quote
          </Small>
        )}
        {canFork && role === "user" && (
          <Small icon={<Pencil aria-hidden="true" className="size-3.5" />} onClick={() => setAsks("edit")}>
            Edit
          </Small>
        )}
        {canFork && role === "assistant" && (
          <Small icon={<RotateCw aria-hidden="true" className="size-3.5" />} onClick={() => setAsks("again")}>
            Try again
          </Small>
        )}
      </span>
      {asks !== null && question !== null && (
        <Anew chatId={actions.chatId} question={question} isEdit={asks === "edit"} onClose={() => setAsks(null)} />
      )}
    </div>
  );
}

function Small({ icon, onClick, children }: { icon: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <Button kind="quiet" className="px-2 py-0.5 text-xs" onClick={onClick}>
      {icon}
      {children}
    </Button>
  );
}

/** Where another chat goes its own way from this message, or this one from another. */
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
      {arrow(
        place.before,
        "The chat that this one was made from",
        <ChevronLeft aria-hidden="true" className="size-4" />,
      )}
      {`${place.before === null ? 1 : place.count} of ${place.count}`}
      {arrow(place.after, "The chat that was made from here", <ChevronRight aria-hidden="true" className="size-4" />)}
    </span>
  );
}

interface AnewProps {
  readonly chatId: string;
  readonly question: { readonly seq: number; readonly text: string };
  readonly isEdit: boolean;
  readonly onClose: () => void;
}

/** Asks once more, in a chat that begins as this one did; this one stays as it is. */
export function Anew({ chatId, question, isEdit, onClose }: AnewProps) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const fork = useMutation({
    mutationFn: (wanted: NewFork) =>
      http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/fork`, wanted, forkedSchema),
    async onSuccess({ chat }) {
      onClose();
      void queries.invalidateQueries({ queryKey: ["chats"] });
      await navigate({ to: "/chats/$chatId", params: { chatId: chat.id } });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const model = String(form.get("model") ?? "").trim();
    const text = isEdit ? String(form.get("text") ?? "") : question.text;
    fork.mutate({ seq: question.seq - 1, text, key, ...(model !== "" && { model }) });
  };
  return (
    <Dialog title={isEdit ? "Edit and send again" : "Try again"} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <p className="text-sm text-muted">
          A new chat is made that begins as this one did. What the agent did here stays done; this chat stays as it is.
        </p>
        {isEdit && (
          <textarea
            data-first
            name="text"
            aria-label="Message"
            dir="auto"
            rows={5}
            required
            defaultValue={question.text}
            className="rounded-md border border-line-strong bg-page px-2 py-1.5 text-base"
          />
        )}
        <label className="flex flex-col gap-1 text-sm font-medium">
          Model
          <input
            name="model"
            placeholder="the same, or another such as openai/gpt-5"
            className="tap rounded-md border border-line-strong bg-page px-2 py-1.5 text-base font-normal"
          />
        </label>
        <Problem error={fork.error} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" disabled={fork.isPending}>
            {fork.isPending ? "Making the chat…" : "Send in a new chat"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
