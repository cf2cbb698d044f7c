import { SendHorizontal } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { flushSync } from "react-dom";
import { MAX_TEXT_BYTES } from "../../src/wire/limits.ts";
import { Button } from "../ui/button.tsx";
import { useDraft } from "./draft.ts";
import { takeFirstLetters } from "./first-letters.ts";
import { useOffers } from "./offers.tsx";

interface Props {
  readonly draftKey: string;
  readonly isBusy?: boolean;
  /** Rejects when the text was not taken: then it stays in the box. */
  readonly onSend: (text: string) => void | Promise<void>;
  /** Other things to do with the text, beside sending it. */
  readonly others?: readonly { readonly label: string; readonly onSend: (text: string) => Promise<void> }[];
}

export function Composer({ draftKey, isBusy = false, onSend, others = [] }: Props) {
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
  const offers = useOffers({ text, cursor, put });
  const bytes = text.length > MAX_TEXT_BYTES / 4 ? new TextEncoder().encode(text).length : 0;
  const isTooLong = bytes > MAX_TEXT_BYTES;
  const canSend = text.trim() !== "" && !isTooLong && !isBusy;

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

  const send = async (by: Props["onSend"] = onSend): Promise<void> => {
    if (!canSend) return;
    setText("");
    try {
      await by(text);
    } catch {
      // What was typed meanwhile stands below it.
      add(text, "before");
    }
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
        className="mx-auto w-full max-w-3xl shrink-0 px-3 pt-1 pb-3"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {offers.list}
        <div
          className={`flex items-end justify-end gap-2 rounded-xl border border-line-strong bg-page p-1.5 focus-within:outline-2 focus-within:outline-accent ${others.length > 0 ? "max-sm:flex-wrap" : ""}`}
        >
          <textarea
            ref={box}
            rows={1}
            dir="auto"
            value={text}
            aria-label="Message"
            aria-describedby={hintId}
            placeholder="Message the agent"
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
            <Button key={other.label} disabled={!canSend} className="shrink-0" onClick={() => void send(other.onSend)}>
              {other.label}
            </Button>
          ))}
          <button
            type="submit"
            aria-label="Send"
            title="Send (Enter)"
            disabled={!canSend}
            className="tap inline-flex size-9 items-center justify-center rounded-lg bg-accent text-accent-ink disabled:bg-sunken disabled:text-muted"
          >
            <SendHorizontal aria-hidden="true" className="size-4" />
          </button>
        </div>
        <p id={hintId} className={`mt-1 px-2 text-xs ${isTooLong ? "text-bad" : "text-muted max-md:sr-only"}`}>
          {isTooLong
            ? `${Math.ceil(bytes / 1024)} KB: a message is at most ${MAX_TEXT_BYTES / 1024} KB. Put long material into a file.`
            : "Enter sends, Shift+Enter makes a new line."}
        </p>
      </form>
    </>
  );
}
