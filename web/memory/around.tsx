import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useMemo, useState } from "react";
import type { Neighbourhood } from "../../src/wire/graph-mending.ts";
import type { NodeLabel } from "../../src/wire/graph.ts";
import { useServices } from "../app/services.tsx";
import { Boundary } from "../ui/boundary.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { part } from "../ui/part.ts";
import { Pill } from "../ui/pill.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS } from "../words/memory.tsx";
import { AroundTable } from "./around-table.tsx";
import { neighboursQuery } from "./around-queries.ts";
import { joined, linksOf } from "./neighbourhood.ts";

const Picture = part(async () => (await import("./picture.tsx")).default);

const DEPTHS = [1, 2, 3] as const;
/** With more links than these only the next nodes are shown at first. */
const MANY_LINKS = 30;

/** What stands around a node, up to three steps away, as a picture and as a table of the same. */
export function Around({ node, links }: { node: NodeLabel; links: number }) {
  const { http } = useServices();
  const { depth: asked, picture } = useSearch({ from: "/memory/nodes/$nodeId" });
  const navigate = useNavigate({ from: "/memory/nodes/$nodeId" });
  const [isWide] = useState(() => matchMedia("(min-width: 48rem) and (pointer: fine)").matches);
  const depth = asked ?? (links > MANY_LINKS ? 1 : 2);
  const isDrawn = picture ?? isWide;
  const found = useQuery(neighboursQuery(http, node.id, depth));
  if (links === 0) return null;
  const show = (change: { depth?: (typeof DEPTHS)[number]; picture?: boolean }): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  return (
    <Section
      id="around"
      title={WORDS.around}
      beside={
        <Button kind="quiet" className="px-2 py-0.5" aria-pressed={isDrawn} onClick={() => show({ picture: !isDrawn })}>
          {isDrawn ? WORDS.withoutPicture : WORDS.showPicture}
        </Button>
      }
    >
      <div role="group" aria-label={WORDS.howFar} className="flex gap-1 overflow-x-auto py-1">
        {DEPTHS.map((each) => (
          <Pill key={each} word={WORDS.steps(each)} isOn={depth === each} onClick={() => show({ depth: each })} />
        ))}
      </div>
      {found.data === undefined ? (
        found.error === null ? (
          <Loading what={WORDS.loadingAround} />
        ) : (
          <Failure what={WORDS.aroundNotLoaded} error={found.error} retry={() => void found.refetch()} />
        )
      ) : (
        <Shown key={`${node.id} ${depth}`} centre={node} found={found.data} isDrawn={isDrawn} isOpen={!isWide} />
      )}
    </Section>
  );
}

interface ShownProps {
  readonly centre: NodeLabel;
  readonly found: Neighbourhood;
  readonly isDrawn: boolean;
  /** The table is what is looked at. */
  readonly isOpen: boolean;
}

function Shown({ centre, found, isDrawn, isOpen }: ShownProps) {
  const { http, queries } = useServices();
  const [further, setFurther] = useState<readonly Neighbourhood[]>([]);
  const [picked, setPicked] = useState<string | null>(null);
  // The same while nothing is added: it is not drawn anew for what is pressed on.
  const around = useMemo(() => further.reduce(joined, found), [further, found]);
  const expand = useMutation({
    mutationFn: (id: string) => queries.fetchQuery(neighboursQuery(http, id, 1)),
    onSuccess: (more) => setFurther((before) => [...before, more]),
  });
  const links = linksOf(around);
  const chosen = around.nodes.find(({ id }) => id === picked);
  const moreOf = (id: string, edges: number): number => Math.max(0, edges - (links.get(id) ?? 0));
  return (
    <>
      {isDrawn && (
        <Boundary instead={<p className="text-sm text-muted">{WORDS.notDrawn}</p>}>
          <Suspense fallback={<div className="mt-1 h-[26rem] rounded-lg border border-line bg-panel max-md:h-80" />}>
            <Picture centre={centre.id} around={around} picked={picked} onPick={setPicked} />
          </Suspense>
        </Boundary>
      )}
      {isDrawn && (
        <p className="flex min-h-8 flex-wrap items-center gap-x-3 text-sm text-muted">
          {chosen === undefined ? (
            WORDS.pressOn
          ) : (
            <>
              <Link
                to="/memory/nodes/$nodeId"
                params={{ nodeId: chosen.id }}
                className="tap inline-flex items-center text-accent underline"
              >
                {chosen.name}
              </Link>
              <span>{chosen.type}</span>
              <Further
                n={moreOf(chosen.id, chosen.edges)}
                isBusy={expand.isPending}
                onMore={() => expand.mutate(chosen.id)}
              />
            </>
          )}
        </p>
      )}
      <Problem error={expand.error} />
      {around.more > 0 && <p className="text-sm text-muted">{WORDS.moreAround(around.nodes.length)}</p>}
      <AroundTable
        centre={centre.id}
        around={around}
        isOpen={isOpen || !isDrawn}
        further={({ id, edges }) => (
          <Further n={moreOf(id, edges)} isBusy={expand.isPending} onMore={() => expand.mutate(id)} />
        )}
      />
    </>
  );
}

function Further({ n, isBusy, onMore }: { n: number; isBusy: boolean; onMore: () => void }) {
  if (n === 0) return null;
  return (
    <Button className="px-2 py-0.5 text-xs" disabled={isBusy} onClick={onMore}>
      {WORDS.moreLinks(n)}
    </Button>
  );
}
