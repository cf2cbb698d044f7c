import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Duplicates, Merged } from "../../src/wire/graph-mending.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { duplicatesQuery } from "./around-queries.ts";
import { MemoryPage } from "./memory-page.tsx";
import { NodeLink } from "./node-link.tsx";
import { Pair } from "./pair.tsx";
import { ToldApart } from "./told-apart.tsx";
import { Undo } from "./undo.tsx";

type Side = Duplicates["items"][number]["left"];

/** What was done here, the last first. */
type Done =
  | {
      readonly is: "merged";
      readonly merged: Merged;
      /** What the other one was called. */
      readonly other: string;
    }
  | { readonly is: "apart"; readonly left: Side; readonly right: Side };

/** Pairs that may be one and the same, side by side: merged by a person's choice, without loss, and undone. */
export function DuplicatesScreen() {
  const { http } = useServices();
  const list = useInfiniteQuery(duplicatesQuery(http));
  const pairs = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const [done, setDone] = useState<readonly Done[]>([]);
  const note = (one: Done): void => setDone((before) => [one, ...before]);
  const forget = (one: Done): void => setDone((before) => before.filter((each) => each !== one));
  return (
    <MemoryPage title={WORDS.parts.duplicates}>
      {done.map((one) =>
        one.is === "merged" ? (
          <JustMerged key={`merged ${one.merged.change}`} {...one} onUndone={() => forget(one)} />
        ) : (
          <ToldApart key={`${one.left.id} ${one.right.id}`} {...one} onUndone={() => forget(one)} />
        ),
      )}
      {list.isPending && <Loading what={WORDS.loadingPairs} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.pairsNotLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && pairs.length === 0 && (
        <Empty title={WORDS.noPairs} command="sparky graph duplicates">
          {WORDS.pairsHere}
        </Empty>
      )}
      {pairs.length > 0 && (
        <ul aria-label={WORDS.pairs} className="mt-2 flex flex-col gap-3">
          {pairs.map(({ left, right, why }) => (
            <Pair
              key={`${left.id} ${right.id}`}
              left={left}
              right={right}
              why={why}
              onMerged={(merged, other) => note({ is: "merged", merged, other })}
              onApart={() => note({ is: "apart", left, right })}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? COMMON.loading : COMMON.showMore}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
    </MemoryPage>
  );
}

function JustMerged({
  merged: { node, change },
  other,
  onUndone,
}: {
  merged: Merged;
  other: string;
  onUndone: () => void;
}) {
  return (
    <div
      role="status"
      data-merged={node.id}
      className="mt-2 flex flex-wrap items-center gap-x-2 rounded-lg border border-line bg-panel px-3 py-1.5 text-sm"
    >
      <span>{WORDS.isPartOf(other, <NodeLink node={node} />)}</span>
      {change !== undefined && <Undo id={change} name={WORDS.mergingOf(other)} onDone={onUndone} />}
    </div>
  );
}
