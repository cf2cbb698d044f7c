import { Link as LinkTo, useNavigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Pencil, Quote, RotateCw } from "lucide-react";
import { useId, useState, type FormEvent, type ReactNode } from "react";
import { forkedSchema, type NewFork } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";
import { useThreadActions, type Question, type ThreadActions } from "./actions.ts";
import { addToDraft } from "./draft.ts";
import { modelChoicesQuery } from "../models/queries.ts";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** What can be done with one message: seen by a pointer above it, by focus within it, and where there is no pointer. */
export function MessageActions({ seq, text, files = [], role }: Question & { readonly role: "user" | "assistant" }) {
  const actions = useThreadActions();
  const [asks, setAsks] = useState<"edit" | "again" | null>(null);
  if (actions === null) return null;
  const question = role === "assistant" ? actions.questionBefore(seq) : { seq, text, files };
  const canFork = actions.canWrite && question !== null;
  return (
    <div className="mt-0.5 flex flex-wrap items-center gap-x-1 text-muted" data-actions={seq}>
      {/* At the edge at which the message is: what comes with the pointer has its room beside it. */}
      {role === "assistant" && <Elsewhere seq={seq} actions={actions} />}
      <span className="flex flex-wrap items-center opacity-0 transition-opacity motion-reduce:transition-none group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <CopyButton text={text} />
        <CopyButton
          text={`${location.origin}/chats/${encodeURIComponent(actions.chatId)}?at=${seq}`}
          label={WORDS.link}
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
      </span>
      {role === "user" && <Elsewhere seq={seq} actions={actions} />}
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

interface AnewProps {
  readonly chatId: string;
  readonly question: Question;
  readonly isEdit: boolean;
  readonly onClose: () => void;
}

/** Asks once more, in a chat that begins as this one did; this one stays as it is. */
export function Anew({ chatId, question, isEdit, onClose }: AnewProps) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const listId = useId();
  const { data: choices } = useQuery(modelChoicesQuery(http));
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
    const attachments = question.files?.map(({ id }) => id) ?? [];
    const more = { ...(model !== "" && { model }), ...(attachments.length > 0 && { attachments }) };
    fork.mutate({ seq: question.seq - 1, text, key, ...more });
  };
  return (
    <Dialog title={isEdit ? WORDS.editAndSend : COMMON.tryAgain} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <p className="text-sm text-muted">{WORDS.newChatMeans}</p>
        {isEdit && (
          <textarea
            data-first
            name="text"
            aria-label={WORDS.message}
            dir="auto"
            rows={5}
            required
            defaultValue={question.text}
            className="rounded-md border border-line-strong bg-page px-2 py-1.5 text-base"
          />
        )}
        <label className="flex flex-col gap-1 text-sm font-medium">
          {WORDS.modelField}
          <input
            name="model"
            list={listId}
            placeholder={WORDS.otherModel}
            className="tap rounded-md border border-line-strong bg-page px-2 py-1.5 text-base font-normal"
          />
        </label>
        <datalist id={listId}>
          {choices?.items.map(({ id, why }) => why === null && <option key={id} value={id} />)}
        </datalist>
        <Problem error={fork.error} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            {COMMON.cancel}
          </Button>
          <Button kind="primary" type="submit" disabled={fork.isPending}>
            {fork.isPending ? WORDS.makingChat : WORDS.sendInNew}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
