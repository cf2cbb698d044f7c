import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { FactDeeds } from "./fact-deeds.tsx";
import { FactItem } from "./fact-item.tsx";
import { factsQuery, type FactFilter } from "./fact-queries.ts";

interface Props {
  readonly label: string;
  readonly filter: FactFilter;
  /** Instead of an empty list. */
  readonly empty: ReactNode;
  readonly withSubject?: boolean;
}

/** What is known that fits, the newest first, with what can be done with each. */
export function FactList({ label, filter, empty, withSubject = true }: Props) {
  const { http } = useServices();
  const list = useInfiniteQuery(factsQuery(http, filter));
  const facts = list.data?.pages.flatMap(({ items }) => items) ?? [];
  if (list.data === undefined) {
    return list.error === null ? (
      <Loading what={WORDS.loadingFacts} />
    ) : (
      <Failure what={WORDS.factsNotLoaded} error={list.error} retry={() => void list.refetch()} />
    );
  }
  if (facts.length === 0) return empty;
  return (
    <>
      <ul aria-label={label} className="mt-3 max-w-3xl divide-y divide-line border-y border-line">
        {facts.map((fact) => (
          <FactItem key={fact.id} fact={fact} withSubject={withSubject}>
            <FactDeeds fact={fact} />
          </FactItem>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? COMMON.loading : COMMON.showMore}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
    </>
  );
}
