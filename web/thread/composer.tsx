import { Paperclip, SendHorizontal } from "lucide-react";
import { useEffect, useId, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from "react";
import { flushSync } from "react-dom";
import type { SentFile } from "../../src/wire/files.ts";
import { MAX_TEXT_BYTES } from "../../src/wire/limits.ts";
import { useOnlyLooks } from "../app/only-looks.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { sentOf, useAttached } from "./attach.ts";
import { AttachedList } from "./attached-list.tsx";
import { COMPACT, useCompact } from "./compact.ts";
import { useDraft } from "./draft.ts";
import { takeFirstLetters } from "./first-letters.ts";
import { slashName } from "../../src/core/slash.ts";
import { HeldWords } from "./held-words.tsx";
import { useOffers } from "./offers.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  readonly draftKey: string;
  /** Where those can be mentioned who see it; null: nobody does yet. */
  readonly chatId?: string | null;
  readonly isBusy?: boolean;
  /** What becomes of a message that is sent now, where that is not simply an answer; null: nothing else. */
  readonly note?: string | null;
  /** It stands above what else is on its page, as wide as that: what it offers while one types opens below it. */
  readonly isAbove?: boolean;
  /** Rejects when the text was not taken: then it stays in the box, with its files. */
  readonly onSend: Send;
  /** Other things to do with the text, beside sending it. */
  readonly others?: readonly { readonly label: string; readonly onSend: Send; readonly takesFiles: boolean }[];
}

type Send = (text: string, files: readonly SentFile[]) => void | Promise<void>;

/** Where one writes to the agent; who may only look is told so instead. */
export function Composer(props: Props) {
  if (!useOnlyLooks()) return <Box {...props} />;
  return (
    <p className={`mx-auto w-full shrink-0 pt-1 pb-3 text-sm text-muted ${props.isAbove ? "px-3" : "max-w-3xl px-4"}`}>
      {WORDS.onlyLooks}
    </p>
  );
}

function Box({ draftKey, chatId = null, isBusy = false, note = null, isAbove = false, onSend, others = [] }: Props) {
  const [text, setText, add] = useDraft(draftKey);
  const box = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();
  const [cursor, setCursor] = useState(0);
  const put = (next: string, start: number, end: number): void => {
    flushSync(() => {
      setText(next);
      setCursor(end);
    });
    box.current?.focus();
    box.current?.setSelectionRange(start, end);
  };
  const offers = useOffers({ text, cursor, put, chatId });
  const bytes = text.length > MAX_TEXT_BYTES / 4 ? new TextEncoder().encode(text).length : 0;
  const isTooLong = bytes > MAX_TEXT_BYTES;
  const attached = useAttached();
  const { files } = attached;
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const isReady = files.every(({ state }) => state.is === "there");
  const canSend = (text.trim() !== "" || files.length > 0) && isReady && !isTooLong && !isBusy;

  useEffect(() => {
    const area = box.current;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, window.innerHeight * 0.4)}px`;
  }, [text]);

  useEffect(() => {
    const typed = takeFirstLetters();
    if (typed !== "") add(typed);
  }, [add]);

  useEffect(() => {
    // On a touch screen this would bring up the keyboard over what is to be read.
    if (matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, [draftKey]);

  const latest = useRef(text);
  useEffect(() => void (latest.current = text), [text]);
  /** What begins with a name that there is not, until it is changed or sent as it is. */
  const [held, setHeld] = useState<{
    readonly text: string;
    readonly near: readonly string[];
    readonly by: Send;
  } | null>(null);

  const compact = useCompact(() => setText(""));
  const send = async (by: Send = onSend): Promise<void> => {
    if (!canSend) return;
    if (text.trim() === COMPACT && chatId !== null) {
      if (!compact.isPending) compact.mutate(chatId);
      return;
    }
    if (slashName(text) !== null) {
      const slash = await offers.slash(text);
      // What was typed meanwhile is not sent by a key that was pressed before.
      if (slash.is === "prompt" || latest.current !== text) return;
      if (slash.is === "unknown") return setHeld({ text, near: slash.near, by });
    }
    await sendNow(by);
  };
  const sendNow = async (by: Send): Promise<void> => {
    if (!canSend) return;
    setHeld(null);
    setText("");
    const taken = attached.take();
    // Without words the files' names say what was sent.
    const words = text.trim() === "" ? taken.map(({ name }) => name).join(", ") : text;
    try {
      await by(words, sentOf(taken));
      for (const { preview } of taken) if (preview !== null) URL.revokeObjectURL(preview);
    } catch {
      // What was typed meanwhile stands below it.
      add(text, "before");
      attached.putBack(taken);
    }
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    attached.add(pasted);
  };
  const onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(event.type !== "dragleave" && event.type !== "drop");
    if (event.type === "drop") attached.add([...event.dataTransfer.files]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (offers.onKeyDown(event)) return event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  return (
    <>
      {offers.dialog}
      <form
        className={`mx-auto w-full shrink-0 pt-1 pb-3 ${isAbove ? "px-3" : "max-w-3xl px-4"}`}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className="relative">
          {/* Over what else there is: a list that comes and goes moves nothing. */}
          {offers.list && (
            <div className={`absolute inset-x-0 z-20 ${isAbove ? "top-full mt-1" : "bottom-full"}`}>{offers.list}</div>
          )}
          {held !== null && held.text === text && (
            <HeldWords
              name={slashName(text) ?? ""}
              near={held.near}
              onChoose={(name) => put(name + text.slice(1 + (slashName(text)?.length ?? 0)), name.length, name.length)}
              onSend={() => void sendNow(held.by)}
            />
          )}
          <Problem error={text.trim() === COMPACT ? compact.error : null} />
          <AttachedList files={files} onRemove={attached.remove} />
          <div
            onDragOver={onDrag}
            onDragLeave={onDrag}
            onDrop={onDrag}
            className={`flex items-end justify-end gap-2 rounded-xl border border-line-strong bg-page p-1.5 focus-within:outline-2 focus-within:outline-accent ${others.length > 0 ? "max-sm:flex-wrap" : ""} ${isOver ? "outline-2 outline-accent outline-dashed" : ""}`}
          >
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                attached.add([...(event.target.files ?? [])]);
                // The same file can be chosen again.
                event.target.value = "";
              }}
            />
            <IconButton
              label={WORDS.files.add}
              className={`size-9 ${others.length > 0 ? "max-sm:order-1 max-sm:mr-auto" : ""}`}
              onClick={() => picker.current?.click()}
            >
              <Paperclip aria-hidden="true" className="size-4" />
            </IconButton>
            <textarea
              ref={box}
              rows={1}
              dir="auto"
              value={text}
              aria-label={WORDS.message}
              aria-describedby={hintId}
              placeholder={isOver ? WORDS.files.drop : WORDS.messageAgent}
              onPaste={onPaste}
              {...offers.attributes}
              onChange={(event) => {
                setText(event.target.value);
                setCursor(event.target.selectionStart);
              }}
              onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
              onKeyDown={onKeyDown}
              className={`max-h-[40vh] min-h-9 flex-1 self-center resize-none bg-transparent px-2 py-1.5 text-base outline-none placeholder:text-muted md:text-body ${others.length > 0 ? "max-sm:basis-full" : ""}`}
            />
            {others.map((other) => (
              <Button
                key={other.label}
                disabled={!canSend || (files.length > 0 && !other.takesFiles)}
                className={`shrink-0 ${others.length > 0 ? "max-sm:order-2" : ""}`}
                onClick={() => void send(other.onSend)}
              >
                {other.label}
              </Button>
            ))}
            <button
              type="submit"
              aria-label={WORDS.send}
              title={WORDS.sendTip}
              disabled={!canSend}
              className="order-3 tap inline-flex size-9 items-center justify-center rounded-lg bg-accent text-accent-ink disabled:bg-sunken disabled:text-muted"
            >
              <SendHorizontal aria-hidden="true" className="size-4" />
            </button>
          </div>
        </div>
        <p
          id={hintId}
          className={`mt-1 text-xs ${isTooLong ? "text-bad" : note === null ? "text-muted max-md:sr-only" : "text-muted"}`}
        >
          {isTooLong ? WORDS.tooLong(Math.ceil(bytes / 1024), MAX_TEXT_BYTES / 1024) : (note ?? WORDS.keys)}
        </p>
      </form>
    </>
  );
}
