import { useInfiniteQuery } from "@tanstack/react-query";
import type { NodeEdge, NodeLabel } from "../../src/wire/graph.ts";
import { useServices } from "../app/services.tsx";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { NodeLink } from "./node-link.tsx";
import { edgesQuery } from "./queries.ts";

/** A node's links both ways, page by page. */
export function Links({ node, total: known }: { node: NodeLabel; total: number }) {
  const { http } = useServices();
  const list = useInfiniteQuery(edgesQuery(http, node.id));
  const edges = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = list.data?.pages[0]?.total ?? known;
  return (
    <Section
      id="links"
      title={WORDS.linksTitle}
      beside={<span className="text-sm text-muted">{WORDS.links(total)}</span>}
    >
      {list.isPending && <Loading what={WORDS.loadingLinks} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.linksNotLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && edges.length === 0 && <p className="text-sm text-muted">{WORDS.noLinks}</p>}
      {edges.length > 0 && <LinkTable name={node.name} edges={edges} />}
      {list.hasNextPage && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? COMMON.loading : WORDS.showMoreOf(total - edges.length)}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
    </Section>
  );
}

function LinkTable({ name, edges }: { name: string; edges: readonly NodeEdge[] }) {
  return (
    <table className="mt-1 w-full border-collapse text-sm">
      <caption className="sr-only">{WORDS.linksCaption(name)}</caption>
      <thead className="sr-only">
        <tr>
          <th>{WORDS.how}</th>
          <th>{WORDS.with}</th>
        </tr>
      </thead>
      <tbody>
        {edges.map((edge) => (
          <tr key={edge.id} data-edge={edge.id} className="border-t border-line align-top">
            <td className="w-28 sm:w-48 py-1.5 pr-3 [overflow-wrap:anywhere] text-muted">
              <span aria-hidden="true">{edge.direction === "out" ? "→ " : "← "}</span>
              {edge.type}
              <span className="sr-only"> {WORDS.directions[edge.direction]}</span>
            </td>
            <td className="py-1.5">
              <NodeLink node={edge.node} />
              {Object.keys(edge.data).length > 0 && <JsonView label={WORDS.data} value={edge.data} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
