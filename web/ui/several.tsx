import { useMutation } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { BulkDone } from "../../src/wire/bulk.ts";
import { RequestFailure } from "../live/http.ts";
import { Button } from "./button.tsx";
import { Problem } from "./notice.tsx";
import { Outcome, Question, type Deed, type Told } from "./several-words.tsx";
import { WORDS } from "../words/ui.ts";

interface Props<T> {
  /** `task`, `tasks`. */
  readonly one: string;
  readonly many: string;
  readonly items: readonly T[];
  readonly idOf: (item: T) => string;
  readonly nameOf: (item: T) => string;
  readonly deeds: readonly Deed<T>[];
  /** Those with which it did not go are still chosen afterwards. */
  readonly onChoose: (ids: readonly string[]) => void;
  /** After each deed: what was loaded is old. */
  readonly onDone: () => void;
  /** A list of hundreds is not to be loaded and drawn anew after each of them. */
  readonly onBusy?: (isBusy: boolean) => void;
  /** More to choose, or a way to end. */
  readonly children?: ReactNode;
}

/** A connection that is gone, or a server that stops, fails the next ones too. */
const NO_USE: ReadonlySet<string> = new Set(["offline", "timeout", "unauthenticated", "unavailable"]);
/** So many go by one request: between them it can be said how far it is, and be stopped. */
const PORTION = 50;

/**
 * What is done with all chosen items at once. Each deed asks once, with how many they are and which; what was done with some of
 * them only is told, and the others stay chosen.
 */
export function Several<T>(props: Props<T>) {
  const { one, many, items, idOf, deeds, onChoose, onDone } = props;
  const [asked, setAsked] = useState<{ readonly deed: Deed<T>; readonly items: readonly T[] } | null>(null);
  const [told, setTold] = useState<Told<T> | null>(null);
  const [at, setAt] = useState(0);
  const isStopped = useRef(false);
  const counted = (n: number): string => `${n} ${n === 1 ? one : many}`;

  const go = async (
    deed: Deed<T>,
    all: readonly T[],
    run: (items: readonly T[]) => Promise<BulkDone>,
  ): Promise<Told<T>> => {
    const begunAt = performance.now();
    const done: T[] = [];
    const failed: { readonly item: T; readonly message: string }[] = [];
    isStopped.current = false;
    for (let n = 0; n < all.length; n += PORTION) {
      setAt(n);
      const portion = all.slice(n, n + PORTION);
      if (isStopped.current) return { deed, begunAt, done, failed, left: all.slice(n) };
      let isEnd = false;
      try {
        const became = await run(portion);
        for (const [at, item] of portion.entries()) {
          const error = became.items[at]?.error ?? null;
          if (error === null) done.push(item);
          else failed.push({ item, message: error.message });
          isEnd ||= error !== null && NO_USE.has(error.code);
        }
      } catch (error) {
        // Whether it was done with them is not known: the list tells, and doing it once more is harmless.
        const message = error instanceof Error ? error.message : String(error);
        failed.push(...portion.map((item) => ({ item, message })));
        isEnd = error instanceof RequestFailure && NO_USE.has(error.code);
      }
      if (isEnd) return { deed, begunAt, done, failed, left: all.slice(n + PORTION) };
    }
    return { deed, begunAt, done, failed, left: [] };
  };
  const act = useMutation({
    mutationFn: ({ deed, items: all, fields }: { deed: Deed<T>; items: readonly T[]; fields: FormData }) =>
      go(deed, all, (portion) => deed.run(portion, fields)),
    onMutate: () => props.onBusy?.(true),
    onSuccess(result) {
      setTold(result);
      setAsked(null);
      onChoose([...result.failed.map(({ item }) => item), ...result.left].map(idOf));
    },
    onSettled() {
      props.onBusy?.(false);
      onDone();
    },
  });
  const undo = useMutation({
    // The first first: its time is over first.
    mutationFn: ({ deed, done }: Told<T>) => go(deed, done, deed.undo?.run ?? (async () => ({ items: [] }))),
    onSuccess({ deed, failed, left, begunAt }) {
      const isWhole = failed.length + left.length === 0;
      setTold(isWhole ? null : { deed: { ...deed, done: WORDS.broughtBack }, begunAt, done: [], failed, left });
    },
    onSettled: onDone,
  });
  const working = act.isPending ? act.variables.items.length : 0;
  return (
    <div className="flex flex-col gap-1">
      {items.length > 0 && (
        <div
          role="group"
          aria-label={WORDS.chosenOnes(many)}
          className="flex flex-wrap items-center gap-1.5 rounded-lg border border-accent bg-accent-soft px-2 py-1.5 text-sm"
        >
          <span className="px-1 font-medium tabular-nums">{WORDS.chosen(items.length)}</span>
          {deeds.map((deed) => {
            const fit = items.filter(deed.may);
            return (
              <Button
                key={deed.word}
                className="px-2 py-0.5"
                disabled={act.isPending || fit.length === 0}
                onClick={() => {
                  setTold(null);
                  setAsked({ deed, items: fit });
                }}
              >
                <deed.icon aria-hidden="true" className="size-4" />
                {WORDS.deed(deed.word)} {fit.length < items.length && `(${fit.length})`}
              </Button>
            );
          })}
          {props.children}
          <Button kind="quiet" className="ml-auto px-2 py-0.5" disabled={act.isPending} onClick={() => onChoose([])}>
            <X aria-hidden="true" className="size-4" />
            {WORDS.chooseNone}
          </Button>
        </div>
      )}
      <Outcome told={told} counted={counted} nameOf={props.nameOf} onClose={() => setTold(null)}>
        {told?.deed.undo !== undefined && told.done.length > 0 && (
          <While key={told.begunAt} until={told.begunAt + told.deed.undo.withinMs}>
            <Button className="px-2 py-0.5" disabled={undo.isPending} onClick={() => undo.mutate(told)}>
              {undo.isPending ? WORDS.bringingBack : WORDS.undo}
            </Button>
          </While>
        )}
      </Outcome>
      <Problem error={act.error ?? undo.error} />
      {asked !== null && (
        <Question
          {...{ ...asked, nameOf: props.nameOf, counted: counted(asked.items.length) }}
          progress={working === 0 ? null : WORDS.progress(asked.deed.doing, at + 1, working)}
          onYes={(fields) => act.mutate({ ...asked, fields })}
          onClose={() => {
            isStopped.current = true;
            if (!act.isPending) setAsked(null);
          }}
        />
      )}
    </div>
  );
}

/** Shown for as long as it keeps its word. */
function While({ until, children }: { until: number; children: ReactNode }) {
  const [isOver, end] = useState(() => performance.now() >= until);
  useEffect(() => {
    const timer = setTimeout(() => end(true), Math.max(0, until - performance.now()));
    return () => clearTimeout(timer);
  }, [until]);
  return isOver ? null : children;
}
