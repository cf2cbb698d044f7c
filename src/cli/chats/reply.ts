import type { ChatEvent } from "../../core/events.ts";
import type { DeltaFrame } from "../../wire/frames.ts";
import { speechOf } from "../../core/speech.ts";
import type { Output } from "../console/output.ts";
import { clean } from "../console/text.ts";

/** Prints the agent's words: as they stream on a terminal, whole messages into a pipe. */
export interface ReplyPrinter {
  delta(delta: DeltaFrame): void;
  /** True when the event was part of the reply and is shown. */
  event(event: ChatEvent): boolean;
  /** Ends a line that streaming left open, before anything else is written. */
  breakLine(): void;
  readonly isOpen: boolean;
}

export function createReplyPrinter(out: Output): ReplyPrinter {
  /** What is on the screen of each part that has not become an event yet. */
  const shown = new Map<string, string>();
  const texts = new Map<string, string>();
  let open: string | null = null;

  const breakLine = (): void => {
    if (open !== null) out.raw("\n");
    open = null;
  };
  const show = (part: string, text: string): void => {
    const before = shown.get(part) ?? "";
    // A part that was cut back is shown again once it has grown past what is on the screen, or differs from it.
    if (before.startsWith(text)) return;
    if (text.startsWith(before) && (open === part || before === "")) {
      if (open !== part) breakLine();
      out.raw(clean(text.slice(before.length)));
    } else {
      breakLine();
      out.raw(clean(text));
    }
    open = part;
    shown.set(part, text);
  };
  return {
    delta({ part, kind, offset, text }) {
      if (!out.terminal || kind !== "message") return;
      const before = texts.get(part) ?? "";
      if (offset > before.length) return;
      const whole = before.slice(0, offset) + text;
      texts.set(part, whole);
      show(part, whole);
    },
    event(event) {
      if (event.type === "status") {
        // What was not finished by now will not be.
        breakLine();
        texts.clear();
        shown.clear();
      }
      const speech = speechOf(event);
      if (speech === null) return false;
      const { part, text, partial } = speech;
      if (!out.terminal) out.print(clean(text));
      else {
        show(part ?? `#${event.seq}`, text);
        if (partial) out.raw(" [cut off]");
        breakLine();
      }
      if (part !== undefined) texts.delete(part);
      return true;
    },
    breakLine,
    get isOpen() {
      return open !== null;
    },
  };
}
