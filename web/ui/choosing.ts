import { useRef, useState, type ComponentProps, type KeyboardEvent } from "react";

/** Which of the items of a list are chosen: one by one, a stretch with Shift, all; by pointer and by keys alike. */
export interface Choosing {
  /** Those that are still in the list, in its order. */
  readonly ids: readonly string[];
  readonly has: (id: string) => boolean;
  readonly set: (ids: readonly string[]) => void;
  /** What makes a checkbox that of an item. */
  readonly box: (id: string) => ComponentProps<"input"> & { readonly "data-choose": string };
}

/** `listed`: the ids of what is shown, from top to bottom. */
export function useChoosing(listed: readonly string[]): Choosing {
  const [chosen, set] = useState<readonly string[]>([]);
  /** Where a stretch begins. */
  const anchor = useRef<string | null>(null);
  const isChosen = new Set(chosen);
  const ids = listed.filter((id) => isChosen.has(id));
  const put = (which: readonly string[], on: boolean): void => {
    const others = ids.filter((id) => !which.includes(id));
    set(on ? [...others, ...which] : others);
  };
  const stretch = (from: string, to: string): readonly string[] => {
    const places = [listed.indexOf(from), listed.indexOf(to)].toSorted((a, b) => a - b);
    const [first = 0, last = 0] = places;
    return first < 0 ? [to] : listed.slice(first, last + 1);
  };
  const toggle = (id: string, on: boolean, isStretch: boolean): void => {
    put(isStretch && anchor.current !== null ? stretch(anchor.current, id) : [id], on);
    anchor.current = id;
  };
  const press = (id: string, event: KeyboardEvent<HTMLInputElement>): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const isAll = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a";
    if (step === 0 && !isAll && event.key !== "Escape") return;
    event.preventDefault();
    if (isAll) return set(listed);
    if (step === 0) return set([]);
    const next = listed[listed.indexOf(id) + step];
    if (next === undefined) return;
    if (event.shiftKey) put([id, next], true);
    anchor.current = next;
    document.querySelector<HTMLElement>(`[data-choose="${CSS.escape(next)}"]`)?.focus();
  };
  return {
    ids,
    has: (id) => isChosen.has(id),
    set,
    box: (id) => ({
      type: "checkbox",
      "data-choose": id,
      checked: isChosen.has(id),
      onChange: ({ target, nativeEvent }) =>
        toggle(id, target.checked, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey),
      onKeyDown: (event) => press(id, event),
    }),
  };
}
