import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Lightbulb } from "lucide-react";
import type { FoundNode, GraphStats } from "../../src/wire/graph.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { fadeWhereCut } from "../ui/fades.ts";
import { oneLine, plain } from "../ui/format.ts";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { LeftOut } from "./left-out.tsx";
import { NodeLink } from "./node-link.tsx";
import { nodesQuery, statsQuery } from "./queries.ts";

/** Types that get a button of their own, the most frequent ones. */
const MOST_TYPES = 12;
const EXCERPT = 200;

interface Props {
  readonly type: string | undefined;
  readonly onType: (type: string | undefined) => void;
}

/** All that the graph holds, by name; or those of one type. */
export function NodeList({ type, onType }: Props) {
  const { http } = useServices();
  const stats = useQuery(statsQuery(http));
  const list = useInfiniteQuery(nodesQuery(http, type));
  const nodes = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = list.data?.pages[0]?.total;
  return (
    <>
      {stats.data !== undefined && <Extent stats={stats.data} type={type} onType={onType} />}
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.notLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && nodes.length === 0 && (
        <Empty
          title={type === undefined ? WORDS.empty : WORDS.noneOfType}
          command='sparky chat send "Remember that Alice is a person"'
        >
          {WORDS.foundAllTheSame}
        </Empty>
      )}
      {nodes.length > 0 && <NodeTable nodes={nodes} />}
      {list.hasNextPage && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage
            ? COMMON.loading
            : total === undefined
              ? COMMON.showMore
              : WORDS.showMoreOf(total - nodes.length)}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
      <LeftOut words={stats.data?.leftOut} />
    </>
  );
}

function Extent({ stats, type, onType }: Props & { stats: GraphStats }) {
  const types = Object.entries(stats.nodeTypes);
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 text-sm text-muted">
        <p>{WORDS.extent(stats.nodes, stats.edges)}</p>
        {stats.nodes > 0 && (
          <details className="open:basis-full sm:open:basis-auto">
            <summary className="tap w-fit">{WORDS.export}</summary>
            <div className="flex flex-wrap items-center gap-x-3">
              {EXPORTS.map(({ format, word }) => (
                <a
                  key={format}
                  href={`/api/graph/export?format=${format}`}
                  download
                  className="tap inline-flex items-center text-accent underline"
                >
                  {word}
                </a>
              ))}
            </div>
          </details>
        )}
      </div>
      {types.length > 1 && (
        <div
          role="group"
          aria-label={WORDS.types}
          ref={fadeWhereCut}
          className="fades mt-1 flex gap-1 overflow-x-auto py-1"
        >
          <Pill word={COMMON.all} n={stats.nodes} isOn={type === undefined} onClick={() => onType(undefined)} />
          {types
            .filter(([each], at) => at < MOST_TYPES || each === type)
            .map(([each, n]) => (
              <Pill key={each} word={oneLine(each, 30)} n={n} isOn={type === each} onClick={() => onType(each)} />
            ))}
        </div>
      )}
    </>
  );
}

const EXPORTS = [
  { format: "json", word: "JSON" },
  { format: "jsonl", word: "JSON Lines" },
  { format: "graphml", word: "GraphML" },
  { format: "cypher", word: "Cypher" },
  { format: "dot", word: "Graphviz" },
  { format: "md", word: "Markdown" },
] as const;

function NodeTable({ nodes }: { nodes: readonly FoundNode[] }) {
  return (
    <table className="mt-2 w-full border-collapse text-sm max-md:block">
      <caption className="sr-only">{WORDS.listCaption}</caption>
      <thead className="max-md:sr-only">
        <tr className="text-left text-xs text-muted">
          <th className="w-72 py-1.5 pr-3 font-medium">{WORDS.entity}</th>
          <th className="py-1.5 pr-3 font-medium">{WORDS.whatIsKnown}</th>
          <th className="w-24 py-1.5 text-right font-medium">{WORDS.linkedTo}</th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {nodes.map((node) => (
          <tr
            key={node.id}
            data-node={node.id}
            className="border-t border-line align-top hover:bg-panel max-md:flex max-md:flex-wrap max-md:items-baseline max-md:gap-x-3 max-md:py-2"
          >
            <td className="py-1.5 pr-3 max-md:p-0">
              <NodeLink node={node} isStrong />
            </td>
            <td dir="auto" className="py-1.5 pr-3 [overflow-wrap:anywhere] text-muted max-md:w-full max-md:p-0">
              {oneLine(plain(node.content), EXCERPT)}
              {node.facts !== undefined && <KnownOf facts={node.facts} isFirst={node.content === ""} />}
            </td>
            <td className="py-1.5 text-right text-muted tabular-nums max-md:p-0">
              {node.neighbours}
              <span className="md:hidden"> {WORDS.linkWord(node.neighbours)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The newest thing that is known of it, and how many there are. */
function KnownOf({ facts: { count, newest }, isFirst }: { facts: NonNullable<FoundNode["facts"]>; isFirst: boolean }) {
  return (
    <p data-facts={count} className={isFirst ? "" : "mt-0.5"}>
      <Lightbulb aria-hidden="true" className="mr-1 inline size-3.5 align-text-bottom" />
      {oneLine(newest, EXCERPT)}
      {count > 1 && <span className="text-xs"> · {WORDS.facts(count)}</span>}
    </p>
  );
}
