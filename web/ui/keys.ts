import { useEffect, useRef } from "react";

/** What single keys do while nobody writes and no dialog is open. */
export type Keys = { readonly [key: string]: () => void };

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      // Kept as a letter of a message whose box is still to come, it is no key of the page's too.
      if (event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
      if (document.querySelector("dialog[open], [popover]:popover-open") !== null) return;
      const act = latest.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
