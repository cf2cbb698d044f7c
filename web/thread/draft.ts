import { useCallback, useEffect, useState } from "react";

/** What is being written, kept for each chat in this browser. */

const STORED_AS = "sparky.draft.";

/** Without storage a draft lives as long as the page. */
const kept = new Map<string, string>();

function read(key: string): string {
  try {
    return localStorage.getItem(STORED_AS + key) ?? "";
  } catch {
    return kept.get(key) ?? "";
  }
}

export function keepDraft(key: string, text: string): void {
  kept.set(key, text);
  try {
    if (text === "") localStorage.removeItem(STORED_AS + key);
    else localStorage.setItem(STORED_AS + key, text);
  } catch {
    // Nothing to keep it in for longer.
  }
}

/** What goes on to be written under `from` belongs to `to`: a chat that has just begun takes up the box it began in. */
export function handOverDraft(from: string, to: string): void {
  keepDraft(to, read(to) + read(from));
  keepDraft(from, "");
  handedOver.set(from, to);
}

const handedOver = new Map<string, string>();

const added = new EventTarget();

/** Puts words into the box of a chat from outside it, behind what is there. */
export function addToDraft(key: string, text: string): void {
  const before = read(key);
  keepDraft(key, before === "" || before.endsWith("\n") ? before + text : `${before}\n${text}`);
  added.dispatchEvent(new Event(key));
}

/** A draft, a way to change it, and one to add to whatever it is by then. */
export function useDraft(key: string) {
  const [draft, setDraft] = useState(() => ({ key, text: begin(key) }));
  if (draft.key !== key) setDraft({ key, text: begin(key) });
  const change = useCallback(
    (text: string) => {
      setDraft({ key, text });
      keepDraft(handedOver.get(key) ?? key, text);
    },
    [key],
  );
  const add = useCallback(
    (text: string, where: "after" | "before" = "after") => {
      const now = read(key);
      change(where === "after" ? now + text : [text, now].filter((part) => part !== "").join("\n"));
    },
    [key, change],
  );
  useEffect(() => {
    const take = (): void => setDraft({ key, text: read(key) });
    added.addEventListener(key, take);
    return () => added.removeEventListener(key, take);
  }, [key]);
  return [draft.text, change, add] as const;
}

function begin(key: string): string {
  handedOver.delete(key);
  return read(key);
}
