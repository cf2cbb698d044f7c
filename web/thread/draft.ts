import { useCallback, useState } from "react";

/** What is being written, kept for each chat in this browser. */

const STORED_AS = "sparky.draft.";

function read(key: string): string {
  try {
    return localStorage.getItem(STORED_AS + key) ?? "";
  } catch {
    return "";
  }
}

/** Without storage a draft lives as long as the page. */
export function keepDraft(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(STORED_AS + key);
    else localStorage.setItem(STORED_AS + key, text);
  } catch {
    // Nothing to keep it in.
  }
}

export function useDraft(key: string): readonly [string, (text: string) => void] {
  const [draft, setDraft] = useState(() => ({ key, text: read(key) }));
  if (draft.key !== key) setDraft({ key, text: read(key) });
  const change = useCallback(
    (text: string) => {
      setDraft({ key, text });
      keepDraft(key, text);
    },
    [key],
  );
  return [draft.text, change];
}
