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

export function useDraft(key: string): readonly [string, (text: string) => void] {
  const [draft, setDraft] = useState(() => ({ key, text: read(key) }));
  if (draft.key !== key) setDraft({ key, text: read(key) });
  const change = useCallback(
    (text: string) => {
      setDraft({ key, text });
      try {
        if (text === "") localStorage.removeItem(STORED_AS + key);
        else localStorage.setItem(STORED_AS + key, text);
      } catch {
        // The draft lives as long as the page.
      }
    },
    [key],
  );
  return [draft.text, change];
}
