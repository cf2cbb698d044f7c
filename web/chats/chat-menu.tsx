import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Ellipsis, ListFilter, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useId, useRef, useState, type FormEvent } from "react";
import { chatSchema, type ChatPatch } from "../../src/wire/api.ts";
import { statusQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { showAll, useShowsAll } from "../thread/event-filter.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";

interface Props {
  readonly chatId: string;
  readonly title: string;
  readonly isArchived: boolean;
  readonly model: string | null;
  /** Whether it is pinned, where that is known. */
  readonly isPinned?: boolean;
  readonly canWrite?: boolean;
}

const WIDTH = 240;
const ABOUT_HIGH = 220;

/** What can be done with a chat as a whole, and which model answers in it; in the chat, and in its row of the list. */
export function ChatMenu({ chatId, title, isArchived, model, isPinned, canWrite = true }: Props) {
  const { http, queries } = useServices();
  const { data: status } = useQuery(statusQuery(http));
  const menu = useRef<HTMLDivElement>(null);
  const menuId = useId();
  const [place, setPlace] = useState({ top: 0, left: 0 });
  const [asks, setAsks] = useState<"rename" | "delete" | null>(null);
  const patch = usePatch(chatId);
  const showsAll = useShowsAll();
  const pin = useMutation({
    mutationFn: (pinned: boolean) =>
      http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/pin`, { pinned }, anything),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["chats"] }),
  });
  const close = (): void => {
    menu.current?.hidePopover();
    patch.reset();
    pin.reset();
  };
  const ask = (what: "rename" | "delete"): void => {
    close();
    setAsks(what);
  };
  const item = "w-full justify-start";
  const error = patch.error ?? pin.error;
  const isRow = isPinned !== undefined;
  return (
    <>
      <IconButton
        label={isRow ? `More about ${title}` : "Rename, archive or delete this chat"}
        popoverTarget={menuId}
        onClick={({ currentTarget }) => {
          const { bottom, right } = currentTarget.getBoundingClientRect();
          setPlace({
            top: Math.max(8, Math.min(bottom, innerHeight - ABOUT_HIGH)),
            left: Math.max(8, Math.min(right - WIDTH, innerWidth - WIDTH - 8)),
          });
        }}
      >
        <Ellipsis aria-hidden="true" className={isRow ? "size-4" : "size-5"} />
      </IconButton>
      <div
        ref={menu}
        id={menuId}
        popover="auto"
        className="fixed inset-auto m-0 w-60 rounded-lg border border-line bg-page p-2 text-ink shadow-lg"
        style={place}
      >
        {!isRow && (
          <p className="px-3 py-1 text-xs text-muted [overflow-wrap:anywhere]">
            Model: {model ?? status?.model ?? "…"}
            {model === null && " (the server’s)"}
          </p>
        )}
        {isRow && (
          <Button
            kind="quiet"
            className={item}
            disabled={pin.isPending}
            onClick={() => pin.mutate(!isPinned, { onSuccess: close })}
          >
            {isPinned ? (
              <PinOff aria-hidden="true" className="size-4" />
            ) : (
              <Pin aria-hidden="true" className="size-4" />
            )}
            {isPinned ? "Unpin" : "Pin"}
          </Button>
        )}
        {canWrite && (
          <>
            <Button kind="quiet" className={item} onClick={() => ask("rename")}>
              <Pencil aria-hidden="true" className="size-4" />
              Rename…
            </Button>
            <Button
              kind="quiet"
              className={item}
              disabled={patch.isPending}
              onClick={() => patch.mutate({ archived: !isArchived }, { onSuccess: close })}
            >
              {isArchived ? (
                <ArchiveRestore aria-hidden="true" className="size-4" />
              ) : (
                <Archive aria-hidden="true" className="size-4" />
              )}
              {isArchived ? "Take out of the archive" : "Archive"}
            </Button>
            {!isRow && (
              <Button
                kind="quiet"
                className={item}
                aria-pressed={showsAll}
                onClick={() => {
                  showAll(!showsAll);
                  close();
                }}
              >
                <ListFilter aria-hidden="true" className="size-4" />
                {showsAll ? "Show only what matters" : "Show every event"}
              </Button>
            )}
            <Button kind="quiet" className={`${item} text-bad`} onClick={() => ask("delete")}>
              <Trash2 aria-hidden="true" className="size-4" />
              Delete…
            </Button>
          </>
        )}
        {error !== null && (
          <p role="alert" className="px-3 py-1 text-sm text-bad">
            {error.message}. Try again.
          </p>
        )}
      </div>
      {asks === "rename" && <Rename chatId={chatId} title={title} onClose={() => setAsks(null)} />}
      {asks === "delete" && <Delete chatId={chatId} title={title} onClose={() => setAsks(null)} />}
    </>
  );
}

function usePatch(chatId: string) {
  const { http, queries } = useServices();
  return useMutation({
    mutationFn: (patch: ChatPatch) => http.send("PATCH", `/api/chats/${encodeURIComponent(chatId)}`, patch, chatSchema),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["chats"] }),
  });
}

function Rename({ chatId, title, onClose }: { chatId: string; title: string; onClose: () => void }) {
  const patch = usePatch(chatId);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("title") ?? "").trim();
    if (name === title) onClose();
    else patch.mutate({ title: name }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Rename the chat" onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <label className="flex flex-col gap-1 text-sm font-medium">
          Name
          <input
            data-first
            name="title"
            required
            maxLength={200}
            defaultValue={title}
            className="tap rounded-md border border-line-strong bg-page px-2 py-1.5 text-base font-normal"
          />
        </label>
        {patch.error !== null && (
          <p role="alert" className="text-sm text-bad">
            {patch.error.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" disabled={patch.isPending}>
            {patch.isPending ? "Renaming…" : "Rename"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Delete({ chatId, title, onClose }: { chatId: string; title: string; onClose: () => void }) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => http.send("DELETE", `/api/chats/${encodeURIComponent(chatId)}`, undefined, anything),
    onSuccess: () => {
      for (const key of ["chats", "tasks", "approvals", "questions", "away", "status"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
      void navigate({ to: "/chats", state: { deletedChat: { id: chatId, title, at: Date.now() } } });
    },
  });
  return (
    <Dialog title="Delete this chat?" onClose={onClose}>
      <p className="mt-2 [overflow-wrap:anywhere]">
        “{title}”, with its messages, tasks and results. What runs in it is cancelled. For a minute it can be brought
        back; to put it out of sight only, archive it.
      </p>
      <Problem error={remove.error} />
      <div className="mt-4 flex justify-end gap-2">
        <Button data-first kind="quiet" onClick={onClose}>
          Keep it
        </Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          <Trash2 aria-hidden="true" className="size-4" />
          {remove.isPending ? "Deleting…" : "Delete"}
        </Button>
      </div>
    </Dialog>
  );
}
