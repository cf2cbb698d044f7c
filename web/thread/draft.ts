import { useCallback, useEffect, useState } from "react";

/** What is being written, kept in this browser for each person and each of their chats. */

const STORED_AS = "sparky.draft.";

/** Without storage a draft lives as long as the page. */
const kept = new Map<string, string>();

/** Whose drafts are read and written; nothing that takes words is shown before it is known. */
let writer = "";

export function draftsOf(person: string): void {
  if (writer === person) return;
  writer = person;
  try {
    adoptOld();
  } catch {
    // Nothing is kept here then.
  }
}

/** Earlier versions kept drafts for whoever used the browser: they become those of who signs in first. No key has a dot in it. */
function adoptOld(): void {
  const names = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? "");
  for (const name of names) {
    const key = name.startsWith(STORED_AS) ? name.slice(STORED_AS.length) : "";
    if (key === "" || key.includes(".")) continue;
    const text = localStorage.getItem(name) ?? "";
    if (read(key) === "") keepDraft(key, text);
    localStorage.removeItem(name);
  }
}

const nameOf = (key: string): string => `${STORED_AS}${writer}.${key}`;

function read(key: string): string {
  const name = nameOf(key);
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return kept.get(name) ?? "";
  }
}

export function keepDraft(key: string, text: string): void {
  const name = nameOf(key);
  kept.set(name, text);
  try {
    if (text === "") localStorage.removeItem(name);
    else localStorage.setItem(name, text);
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
