import { useState, type ReactNode } from "react";
import type { Neighbourhood } from "../../src/wire/graph-mending.ts";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/memory.tsx";
import { stepsFrom, type Joint, type Neighbour } from "./neighbourhood.ts";
import { NodeLink } from "./node-link.tsx";

interface Props {
  readonly centre: string;
  readonly around: Neighbourhood;
  readonly isOpen: boolean;
  readonly further: (node: Neighbour) => ReactNode;
}

const AT_FIRST = 50;

/** All that the picture shows, the nearest first and by name: each entity with how it is linked to those before it. */
export function AroundTable({ centre, around, isOpen, further }: Props) {
  const [isAll, setAll] = useState(false);
  const steps = stepsFrom(centre, around);
  const far = ({ id }: Neighbour): number => steps.get(id) ?? 0;
  const rows = around.nodes.toSorted((a, b) => far(a) - far(b) || a.name.localeCompare(b.name));
  const place = new Map(rows.map(({ id }, at) => [id, at]));
  const byId = new Map(around.nodes.map((node) => [node.id, node]));
  // A link stands with the entity that comes later.
  const linksAt = Map.groupBy(around.edges, ({ source, target }) =>
    (place.get(source) ?? 0) > (place.get(target) ?? 0) ? source : target,
  );
  const { nodes, edges } = around;
  return (
    <details open={isOpen} className="mt-1">
      <summary className="tap w-fit text-sm text-muted">{WORDS.asTable(nodes.length, edges.length)}</summary>
      <table className="mt-1 w-full border-collapse text-sm max-md:block">
        <caption className="sr-only">{WORDS.aroundCaption}</caption>
        <thead className="max-md:sr-only">
          <tr className="text-left text-xs text-muted">
            <th className="w-64 py-1.5 pr-3 font-medium">{WORDS.entity}</th>
            <th className="w-16 py-1.5 pr-3 font-medium">{WORDS.stepsTitle}</th>
            <th className="py-1.5 pr-3 font-medium">{WORDS.howLinked}</th>
            <th className="w-40 py-1.5 font-medium">
              <span className="sr-only">{WORDS.moreOfIt}</span>
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.slice(0, isAll ? undefined : AT_FIRST).map((node) => (
            <tr
              key={node.id}
              data-near={node.id}
              className="border-t border-line align-top max-md:flex max-md:flex-wrap max-md:items-baseline max-md:gap-x-3 max-md:py-2"
            >
              <td className="py-1.5 pr-3 max-md:p-0">
                {node.id === centre ? <span className="font-medium">{node.name}</span> : <NodeLink node={node} />}
              </td>
              <td className="py-1.5 pr-3 text-muted tabular-nums max-md:p-0">
                {far(node)}
                <span className="md:hidden"> {WORDS.stepWord(far(node))}</span>
              </td>
              <td className="py-1.5 pr-3 text-muted max-md:w-full max-md:p-0">
                <How id={node.id} links={linksAt.get(node.id) ?? []} byId={byId} />
              </td>
              <td className="py-1.5 max-md:p-0">{further(node)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > AT_FIRST && !isAll && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          {WORDS.showAllOf(rows.length)}
        </Button>
      )}
    </details>
  );
}

interface HowProps {
  readonly id: string;
  readonly links: readonly Joint[];
  readonly byId: ReadonlyMap<string, Neighbour>;
}

function How({ id, links, byId }: HowProps) {
  return (
    <ul>
      {links.map(({ id: edgeId, type, source, target }) => {
        const isOut = source === id;
        const other = byId.get(isOut ? target : source);
        return (
          <li key={edgeId} className="[overflow-wrap:anywhere]">
            <span aria-hidden="true">{isOut ? "→ " : "← "}</span>
            {type} <span className="sr-only">{WORDS.directions[isOut ? "out" : "in"]} </span>
            <span className="text-ink">{other?.name}</span>
          </li>
        );
      })}
    </ul>
  );
}
