import { X, type LucideIcon } from "lucide-react";
import { useEffect, useRef, type FormEvent, type ReactNode } from "react";
import { Button, IconButton } from "./button.tsx";
import type { BulkDone } from "../../src/wire/bulk.ts";
import { Dialog } from "./dialog.tsx";
import { oneLine } from "./format.ts";
import { WORDS } from "../words/ui.ts";

/** What is asked before something is done with several items, and what is told of it afterwards. */

/** Something that can be done with several items at once. */
export interface Deed<T> {
  /** `Archive`; `Archiving`; `archived`. */
  readonly word: string;
  readonly doing: string;
  readonly done: string;
  readonly icon: LucideIcon;
  readonly isDanger?: boolean;
  /** With which items it can be done; the others are left alone. */
  readonly may: (item: T) => boolean;
  /** What comes of it, for the question. */
  readonly means: string;
  /** Fields that the question has besides. */
  readonly fields?: ReactNode;
  /** What became of each, in their order. */
  readonly run: (items: readonly T[], fields: FormData) => Promise<BulkDone>;
  /** `withinMs`: so long after it was begun it can be taken back. */
  readonly undo?: { readonly run: (items: readonly T[]) => Promise<BulkDone>; readonly withinMs: number };
}

export interface Told<T> {
  readonly deed: Deed<T>;
  /** When it was begun; milliseconds of a clock that nobody sets. */
  readonly begunAt: number;
  readonly done: readonly T[];
  readonly failed: readonly { readonly item: T; readonly message: string }[];
  /** Not tried: the server is away, or it was stopped. */
  readonly left: readonly T[];
}

const NAMED = 3;

interface QuestionProps<T> {
  readonly deed: Deed<T>;
  readonly items: readonly T[];
  readonly nameOf: (item: T) => string;
  /** `3 tasks`. */
  readonly counted: string;
  /** null: it has not begun. */
  readonly progress: string | null;
  readonly onYes: (fields: FormData) => void;
  readonly onClose: () => void;
}

export function Question<T>({ deed, items, nameOf, counted, progress, onYes, onClose }: QuestionProps<T>) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (progress === null) onYes(new FormData(event.currentTarget));
  };
  return (
    <Dialog title={WORDS.ask(deed.word, counted)} onClose={onClose}>
      <form onSubmit={submit}>
        <p dir="auto" className="mt-2 [overflow-wrap:anywhere]">
          {namesOf(items.map(nameOf))}
        </p>
        <p className="mt-2 text-sm text-muted">{deed.means}</p>
        {deed.fields !== undefined && <div className="mt-3 flex flex-col gap-3">{deed.fields}</div>}
        <div className="mt-4 flex flex-wrap items-center justify-end gap-2">
          {progress !== null && (
            <span role="status" className="mr-auto text-sm text-muted tabular-nums">
              {progress}
            </span>
          )}
          <Button data-first={deed.fields === undefined ? "" : undefined} kind="quiet" onClick={onClose}>
            {progress === null ? WORDS.leaveThem : WORDS.stop}
          </Button>
          <Button type="submit" kind={deed.isDanger ? "danger" : "primary"} disabled={progress !== null}>
            <deed.icon aria-hidden="true" className="size-4" />
            {WORDS.doIt(deed.word, counted)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface OutcomeProps<T> {
  readonly told: Told<T> | null;
  readonly counted: (n: number) => string;
  readonly nameOf: (item: T) => string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** How it went, in a place that is always there, so that it is read aloud. */
export function Outcome<T>({ told, counted, nameOf, onClose, children }: OutcomeProps<T>) {
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button that began it may be gone by now.
    if (told !== null && document.activeElement === document.body) close.current?.focus();
  }, [told]);
  return (
    <div role="status" className="text-sm">
      {told !== null && (
        <div
          className={`rounded-lg border px-3 py-1.5 ${
            told.failed.length + told.left.length === 0 ? "border-line" : "border-bad bg-bad-soft"
          }`}
        >
          <div className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 flex-1">
              {told.done.length > 0 && WORDS.outcome(counted(told.done.length), told.deed.done)}
              {told.failed.length > 0 && WORDS.notDone(counted(told.failed.length), told.deed.done)}
            </span>
            {children}
            <IconButton ref={close} label={WORDS.closeNote} onClick={onClose}>
              <X aria-hidden="true" className="size-4" />
            </IconButton>
          </div>
          {told.failed.slice(0, NAMED).map(({ item, message }, n) => (
            <p key={n} dir="auto" className="text-bad [overflow-wrap:anywhere]">
              {WORDS.whyNot(oneLine(nameOf(item), 60), message)}
            </p>
          ))}
          {told.failed.length > NAMED && <p>{WORDS.andMore(told.failed.length - NAMED)}</p>}
          {told.left.length > 0 && <p>{WORDS.notTried(counted(told.left.length))}</p>}
        </div>
      )}
    </div>
  );
}

function namesOf(names: readonly string[]): string {
  const some = names.slice(0, NAMED).map((name) => WORDS.name(oneLine(name, 60)));
  return WORDS.names(some, Math.max(0, names.length - NAMED));
}
