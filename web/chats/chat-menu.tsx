import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  Archive,
  ArchiveRestore,
  Brain,
  Download,
  Ellipsis,
  ListFilter,
  MailOpen,
  Pencil,
  Pin,
  PinOff,
  Tag,
  Trash2,
} from "lucide-react";
import { useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { chatSchema, type ChatPatch } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { showsAll, useEventFilter, useShowAll } from "../thread/event-filter.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";
import { OpenMemory } from "./open-memory.tsx";
import { EditTags } from "./tag-fields.tsx";
import { WORDS } from "../words/chats.ts";
import { WORDS as COMMON } from "../words/common.ts";

interface Props {
  readonly chatId: string;
  readonly title: string;
  readonly isArchived: boolean;
  /** Of a row of the list: what is known there besides. */
  readonly row?: Row;
  readonly canWrite?: boolean;
  /** Whether runs in it are given what is known; where that is to be changed. */
  readonly recalls?: boolean;
  /** Whether one's own memory is used although others read the chat; undefined: nobody else does, or it is not to be changed. */
  readonly opensMemory?: boolean | undefined;
  /** What stands above all. */
  readonly top?: ReactNode;
}

interface Row {
  readonly isPinned: boolean;
  readonly tags: readonly string[];
  /** Its last event, where the person has not seen that yet. */
  readonly unseen: number | null;
}

const WIDTH = 240;
const ABOUT_HIGH = 490;

/** What can be done with a chat as a whole; in the chat, and in its row of the list. */
export function ChatMenu({ chatId, title, isArchived, row, canWrite = true, recalls, opensMemory, top }: Props) {
  const { http, queries } = useServices();
  const menu = useRef<HTMLDivElement>(null);
  const menuId = useId();
  const [place, setPlace] = useState({ top: 0, left: 0 });
  const [asks, setAsks] = useState<"rename" | "tags" | "delete" | null>(null);
  const patch = usePatch(chatId);
  const pin = useMutation({
    mutationFn: (pinned: boolean) =>
      http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/pin`, { pinned }, anything),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["chats"] }),
  });
  const read = useMutation({
    mutationFn: (seq: number) => http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/seen`, { seq }, anything),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["chats"] }),
  });
  const close = (): void => {
    menu.current?.hidePopover();
    patch.reset();
    pin.reset();
    read.reset();
  };
  const ask = (what: "rename" | "tags" | "delete"): void => {
    close();
    setAsks(what);
  };
  const item = "w-full justify-start";
  const error = patch.error ?? pin.error ?? read.error;
  const isRow = row !== undefined;
  const unseen = row?.unseen ?? null;
  return (
    <>
      <IconButton
        label={isRow ? WORDS.moreAbout(title) : canWrite ? WORDS.changeThis : WORDS.moreAboutThis}
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
        className="fixed inset-auto m-0 max-h-[85dvh] w-60 overflow-y-auto rounded-lg border border-line bg-page p-2 text-ink shadow-lg"
        style={place}
      >
        {top}
        {row !== undefined && (
          <>
            <Button
              kind="quiet"
              className={item}
              disabled={pin.isPending}
              onClick={() => pin.mutate(!row.isPinned, { onSuccess: close })}
            >
              {row.isPinned ? (
                <PinOff aria-hidden="true" className="size-4" />
              ) : (
                <Pin aria-hidden="true" className="size-4" />
              )}
              {row.isPinned ? WORDS.unpin : WORDS.pin}
            </Button>
            <Button kind="quiet" className={item} onClick={() => ask("tags")}>
              <Tag aria-hidden="true" className="size-4" />
              {WORDS.editTags}
            </Button>
            {unseen !== null && (
              <Button
                kind="quiet"
                className={item}
                disabled={read.isPending}
                onClick={() => read.mutate(unseen, { onSuccess: close })}
              >
                <MailOpen aria-hidden="true" className="size-4" />
                {WORDS.markRead}
              </Button>
            )}
          </>
        )}
        {(["md", "json"] as const).map((format) => (
          <a
            key={format}
            href={`/api/chats/${encodeURIComponent(chatId)}/export?format=${format}`}
            download
            onClick={close}
            className="tap flex w-full items-center gap-1.5 rounded-md px-3 py-1.5 text-sm font-medium text-muted hover:bg-sunken hover:text-ink"
          >
            <Download aria-hidden="true" className="size-4" />
            {WORDS.exports[format]}
          </a>
        ))}
        {canWrite && (
          <>
            <Button kind="quiet" className={item} onClick={() => ask("rename")}>
              <Pencil aria-hidden="true" className="size-4" />
              {WORDS.renameIt}
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
              {isArchived ? WORDS.unarchive : WORDS.archive}
            </Button>
            {recalls !== undefined && (
              <Button
                kind="quiet"
                className={item}
                disabled={patch.isPending}
                onClick={() => patch.mutate({ recall: !recalls }, { onSuccess: close })}
              >
                <Brain aria-hidden="true" className="size-4" />
                {recalls ? WORDS.pauseMemory : WORDS.useMemory}
              </Button>
            )}
            {opensMemory !== undefined && (
              <OpenMemory
                isOpen={opensMemory}
                className={item}
                isBusy={patch.isPending}
                onChange={(openMemory) => patch.mutate({ openMemory }, { onSuccess: close })}
              />
            )}
            {!isRow && <ShowAll className={item} onDone={close} />}
            <Button kind="grave" className={item} onClick={() => ask("delete")}>
              <Trash2 aria-hidden="true" className="size-4" />
              {WORDS.deleteIt}
            </Button>
          </>
        )}
        {error !== null && (
          <p role="alert" className="px-3 py-1 text-sm text-bad">
            {WORDS.failed(error.message)}
          </p>
        )}
      </div>
      {asks === "rename" && <Rename chatId={chatId} title={title} onClose={() => setAsks(null)} />}
      {asks === "tags" && row !== undefined && (
        <EditTags chatId={chatId} tags={row.tags} onClose={() => setAsks(null)} />
      )}
      {asks === "delete" && <Delete chatId={chatId} title={title} onClose={() => setAsks(null)} />}
    </>
  );
}

function usePatch(chatId: string) {
  const { http, queries } = useServices();
  return useMutation({
    mutationFn: (patch: ChatPatch) => http.send("PATCH", `/api/chats/${encodeURIComponent(chatId)}`, patch, chatSchema),
    // The lists are fetched again after it is done: the menu does not stay open for them.
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["chats"] }),
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
    <Dialog title={WORDS.renameTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <label className="flex flex-col gap-1 text-sm font-medium">
          {WORDS.name}
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
            {COMMON.cancel}
          </Button>
          <Button kind="primary" type="submit" disabled={patch.isPending}>
            {patch.isPending ? WORDS.renaming : WORDS.rename}
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
    <Dialog title={WORDS.deleteTitle} onClose={onClose}>
      <p className="mt-2 [overflow-wrap:anywhere]">{WORDS.deleteMeans(title)}</p>
      <Problem error={remove.error} />
      <div className="mt-4 flex justify-end gap-2">
        <Button data-first kind="quiet" onClick={onClose}>
          {COMMON.keepIt}
        </Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          <Trash2 aria-hidden="true" className="size-4" />
          {remove.isPending ? COMMON.deleting : WORDS.delete}
        </Button>
      </div>
    </Dialog>
  );
}

/** Which events are shown, in all chats alike; one by one they are chosen in the settings. */
function ShowAll({ className, onDone }: { className: string; onDone: () => void }) {
  const isAll = showsAll(useEventFilter());
  const showAll = useShowAll();
  return (
    <Button
      kind="quiet"
      className={className}
      aria-pressed={isAll}
      onClick={() => {
        showAll(!isAll);
        onDone();
      }}
    >
      <ListFilter aria-hidden="true" className="size-4" />
      {isAll ? WORDS.showMatters : WORDS.showEvery}
    </Button>
  );
}
