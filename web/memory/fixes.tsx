import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { FIX_KINDS, fixedSchema, type Fixed } from "../../src/wire/graph-mending.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { Undo } from "./undo.tsx";

type FixKind = (typeof FIX_KINDS)[number];

/** What takes no judgement. */
const AT_FIRST: readonly FixKind[] = ["dangling", "selfLoops", "sameEdges"];

/** What can be put right at once: tried first, which changes nothing, then done, each part of it with its undo. */
export function Fixes() {
  const { http, queries } = useServices();
  const [kinds, setKinds] = useState<readonly FixKind[]>(AT_FIRST);
  const [shown, setShown] = useState<Fixed | null>(null);
  const fix = useMutation({
    mutationFn: (dryRun: boolean) => http.send("POST", "/api/graph/fix", { kinds, dryRun }, fixedSchema),
    onSuccess(result) {
      setShown(result);
      return result.dryRun ? undefined : queries.invalidateQueries({ queryKey: ["graph"] });
    },
  });
  const toggle = (kind: FixKind, isOn: boolean): void => {
    setShown(null);
    setKinds(FIX_KINDS.filter((each) => (each === kind ? isOn : kinds.includes(each))));
  };
  return (
    <Section id="fixes" title={WORDS.putRight}>
      <fieldset>
        <legend className="text-sm text-muted">{WORDS.eachIsChange}</legend>
        {FIX_KINDS.map((kind) => (
          <label key={kind} className="tap choice rounded-md px-1 py-0.5 text-sm hover:bg-panel">
            <input
              type="checkbox"
              className="accent-accent"
              checked={kinds.includes(kind)}
              onChange={({ target }) => toggle(kind, target.checked)}
            />
            <span>{WORDS.fixes[kind]}</span>
          </label>
        ))}
      </fieldset>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button disabled={fix.isPending || kinds.length === 0} onClick={() => fix.mutate(true)}>
          {fix.isPending && fix.variables ? WORDS.trying : WORDS.tryIt}
        </Button>
        {shown?.dryRun === true && shown.done.length > 0 && (
          <Button kind="primary" disabled={fix.isPending} onClick={() => fix.mutate(false)}>
            {fix.isPending && !fix.variables ? WORDS.doingIt : WORDS.doIt}
          </Button>
        )}
      </div>
      <Problem error={fix.error} />
      {shown !== null && <Result key={String(shown.dryRun)} result={shown} />}
    </Section>
  );
}

function Result({ result: { dryRun, done, more } }: { result: Fixed }) {
  const [undone, setUndone] = useState<ReadonlySet<number>>(new Set());
  return (
    <div data-fixed={dryRun ? "tried" : "done"} className="mt-2">
      <p role="status" className="text-sm font-medium">
        {done.length === 0
          ? WORDS.nothingToDo
          : dryRun
            ? WORDS.wouldDo(done.length, more)
            : WORDS.wasDone(done.length, more)}
      </p>
      {done.length > 0 && (
        <ul className="mt-1 divide-y divide-line border-y border-line text-sm">
          {done.map(({ kind, what, change }, at) => (
            // What was done never changes its place.
            <li key={at} className="flex flex-wrap items-center gap-x-3 py-1">
              <span className="text-xs text-muted">{WORDS.fixes[kind]}</span>
              <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
                {what}
              </span>
              {change !== undefined &&
                (undone.has(change) ? (
                  <span className="ml-auto text-xs text-muted">{COMMON.undone}</span>
                ) : (
                  <div className="ml-auto">
                    <Undo id={change} name={what} onDone={() => setUndone(new Set([...undone, change]))} />
                  </div>
                ))}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
