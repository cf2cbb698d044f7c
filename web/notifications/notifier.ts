import type { Preferences } from "../../src/core/preferences.ts";
import type { AwayItem } from "../../src/wire/away.ts";
import { isQuiet, isUrgent, isWorthTelling, keyOf, wordsOf, type Told } from "./news.ts";

/** What happened is told once: in the page that is looked at, else by the browser. What is seen anywhere is told no more. */

export interface Toast {
  readonly id: string;
  readonly items: readonly AwayItem[];
}

export interface NotifierDeps {
  /** The server's time, as far as it is known: that is, once the server has answered. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly ticks: () => number;
  /** The time of day on the person's clock: `07:30`. */
  readonly timeOfDay: () => string;
  readonly isVisible: () => boolean;
  readonly hasFocus: () => boolean;
  /** It was begun in this tab. */
  readonly isOwn: (item: AwayItem) => boolean;
  /** The chat that this tab shows. */
  readonly looksAt: (item: AwayItem) => boolean;
  /** It has the focus or the pointer, or nobody can see it: then it stays. */
  readonly isHeld: (id: string) => boolean;
  readonly claim: (keys: readonly string[]) => Promise<readonly string[]>;
  /** Shows it by the browser, and gives what takes it away; null: the browser may not. */
  readonly showOutside: (told: Told, id: string, items: readonly AwayItem[]) => (() => void) | null;
  readonly mayShowOutside: () => boolean;
  readonly sound: () => void;
}

/** Somebody who looks at it, here or elsewhere, has seen it by then; a hidden tab leaves it to one that is looked at. */
const SETTLE_MS = 1500;
const SETTLE_HIDDEN_MS = 3000;
const EARLY_MS = 100;
/** What happened just before the page was opened, maybe while it was loaded again, is news still. */
const RECENT_MS = 60_000;
const MOST_TOASTS = 3;
const GONE_AFTER_MS = 12_000;

type Wanted = Pick<Preferences, "notify.page" | "notify.browser" | "notify.sound" | "notify.finished" | "notify.quiet">;

export class Notifier implements Disposable {
  readonly #deps: NotifierDeps;
  readonly #listeners = new Set<() => void>();
  readonly #openedTicks: number;
  /** By the server's clock; null: the server has not answered yet. */
  #openedAt: number | null = null;
  /** Everything that was looked at, and what may still have to be told of since when. */
  readonly #known = new Set<string>();
  readonly #pending = new Map<string, { readonly item: AwayItem; readonly since: number }>();
  /** What the browser shows of it. */
  readonly #outside = new Map<string, { readonly keys: ReadonlySet<string>; readonly close: () => void }>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #toasts: readonly Toast[] = [];
  #wanted: Wanted | null = null;
  #flushing = false;

  constructor(deps: NotifierDeps) {
    this.#deps = deps;
    this.#openedTicks = deps.ticks();
  }

  readonly toasts = (): readonly Toast[] => this.#toasts;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** All that is unseen now. */
  update(items: readonly AwayItem[], wanted: Wanted): void {
    this.#wanted = wanted;
    this.#openedAt ??= this.#deps.now() - (this.#deps.ticks() - this.#openedTicks);
    const openedAt = this.#openedAt;
    const unseen = new Set(items.map(keyOf));
    this.#forget((key) => !unseen.has(key));
    for (const item of items) {
      const key = keyOf(item);
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      const isOld = Date.parse(item.at) < openedAt - RECENT_MS;
      if (isOld || !isWorthTelling(item, wanted["notify.finished"], this.#deps.isOwn)) continue;
      this.#pending.set(key, { item, since: this.#deps.ticks() });
    }
    if (this.#pending.size > 0)
      this.#later(this.#deps.isVisible() ? SETTLE_MS : SETTLE_HIDDEN_MS, () => void this.flush());
  }

  /** Tells of what has settled; called again when the page is looked at. */
  async flush(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === null) return;
    if (this.#flushing) return this.#later(SETTLE_MS, () => void this.flush());
    const isVisible = this.#deps.isVisible();
    // A timer may be early by a little.
    const settledAt = this.#deps.ticks() - (isVisible ? SETTLE_MS : SETTLE_HIDDEN_MS) + EARLY_MS;
    const settled = [...this.#pending.values()].filter(({ since }) => since <= settledAt).map(({ item }) => item);
    if (settled.length === 0) return;
    const isHushed = isQuiet(wanted["notify.quiet"], this.#deps.timeOfDay());
    const goesOutside = wanted["notify.browser"] && !isHushed && this.#deps.mayShowOutside() && !this.#deps.hasFocus();
    this.#flushing = true;
    try {
      if (!isVisible && !goesOutside) {
        // It is told of when somebody looks; that there is something is heard.
        if (wanted["notify.sound"] && !isHushed) {
          const heard = await this.#deps.claim(settled.map((item) => `sound ${keyOf(item)}`));
          if (heard.length > 0) this.#deps.sound();
        }
        return;
      }
      const mine = new Set(await this.#deps.claim(settled.map(keyOf)));
      // What was seen while it was asked for is told no more.
      const told = settled.filter((item) => mine.has(keyOf(item)) && this.#pending.has(keyOf(item)));
      for (const item of settled) this.#pending.delete(keyOf(item));
      const shown = told.filter((item) => !(isVisible && item.kind === "completed" && this.#deps.looksAt(item)));
      if (shown.length === 0) return;
      if (isVisible && wanted["notify.page"]) this.#add(shown);
      if (goesOutside) this.#tellOutside(shown);
      if (wanted["notify.sound"] && !isHushed) {
        const heard = await this.#deps.claim(shown.map((item) => `sound ${keyOf(item)}`));
        if (heard.length > 0) this.#deps.sound();
      }
    } finally {
      this.#flushing = false;
    }
  }

  dismiss(id: string): void {
    this.#show(this.#toasts.filter((toast) => toast.id !== id));
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { close } of this.#outside.values()) close();
    this.#timers.clear();
    this.#outside.clear();
    this.#pending.clear();
    this.#known.clear();
    this.#toasts = [];
  }

  #add(items: readonly AwayItem[]): void {
    const single = items.map((item): Toast => ({ id: keyOf(item), items: [item] }));
    const all = [...this.#toasts, ...single];
    if (all.length <= MOST_TOASTS) this.#show(all);
    else {
      const together = all.flatMap((toast) => toast.items);
      this.#show([{ id: `all ${together.map(keyOf).at(-1)}`, items: together }]);
    }
    for (const { id } of this.#toasts.filter((toast) => !toast.items.some(isUrgent))) this.#goneLater(id);
  }

  #goneLater(id: string): void {
    this.#later(GONE_AFTER_MS, () => (this.#deps.isHeld(id) ? this.#goneLater(id) : this.dismiss(id)));
  }

  #tellOutside(items: readonly AwayItem[]): void {
    const id = items.length === 1 && items[0] !== undefined ? keyOf(items[0]) : "several";
    this.#outside.get(id)?.close();
    const close = this.#deps.showOutside(wordsOf(items), id, items);
    if (close !== null) this.#outside.set(id, { keys: new Set(items.map(keyOf)), close });
  }

  #forget(isSeen: (key: string) => boolean): void {
    for (const key of this.#pending.keys()) if (isSeen(key)) this.#pending.delete(key);
    for (const [id, { keys, close }] of this.#outside) {
      if (![...keys].every(isSeen)) continue;
      close();
      this.#outside.delete(id);
    }
    const left = this.#toasts.flatMap((toast) => {
      const items = toast.items.filter((item) => !isSeen(keyOf(item)));
      return items.length === toast.items.length ? [toast] : items.length === 0 ? [] : [{ ...toast, items }];
    });
    if (left.length < this.#toasts.length || left.some((toast, at) => toast !== this.#toasts[at])) this.#show(left);
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #show(toasts: readonly Toast[]): void {
    this.#toasts = toasts;
    for (const listener of this.#listeners) listener();
  }
}
