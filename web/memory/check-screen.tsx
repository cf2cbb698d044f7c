import { useQuery } from "@tanstack/react-query";
import { ChevronRight, CircleAlert, CircleCheck, Info } from "lucide-react";
import type { ReactNode } from "react";
import type { EdgeLabel, GraphCheck } from "../../src/wire/graph.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { Fixes } from "./fixes.tsx";
import { LeftOut } from "./left-out.tsx";
import { MemoryPage } from "./memory-page.tsx";
import { NodeLink } from "./node-link.tsx";
import { checkQuery } from "./queries.ts";

/** What in the graph needs care, of each kind some of it. */
export function CheckScreen() {
  const { http } = useServices();
  const check = useQuery(checkQuery(http));
  return (
    <MemoryPage title={WORDS.checkTitle}>
      {check.isPending && <Loading what={WORDS.loadingCheck} />}
      {check.data === undefined && check.error !== null && (
        <Failure what={WORDS.notChecked} error={check.error} retry={() => void check.refetch()} />
      )}
      {check.data !== undefined && (
        <>
          <Report check={check.data} isBusy={check.isFetching} onAgain={check.refetch} />
          <LeftOut words={check.data.leftOut} />
          <div className="mt-4">
            <Fixes />
          </div>
        </>
      )}
    </MemoryPage>
  );
}

function Report({ check, isBusy, onAgain }: { check: GraphCheck; isBusy: boolean; onAgain: () => unknown }) {
  const {
    dangling,
    selfLoops,
    sameEdges,
    contradictions,
    contraryFacts,
    unsourced,
    duplicates,
    isolated,
    emptyContent,
  } = check;
  return (
    <>
      <p data-check={check.ok ? "ok" : "care"} className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className={`inline-flex items-center gap-1.5 font-medium ${check.ok ? "text-good" : "text-warn"}`}>
          {check.ok ? (
            <CircleCheck aria-hidden="true" className="size-4" />
          ) : (
            <CircleAlert aria-hidden="true" className="size-4" />
          )}
          {check.ok ? WORDS.nothingNeedsCare : WORDS.someNeedsCare}
        </span>
        <span className="text-muted">{WORDS.lookedAt(check.nodes, check.edges)}</span>
        <Button className="px-2 py-1" disabled={isBusy} onClick={() => void onAgain()}>
          {isBusy ? WORDS.checking : WORDS.checkAgain}
        </Button>
      </p>
      <div className="mt-2 flex flex-col gap-2">
        <Finding {...WORDS.findings.dangling} isBroken {...dangling}>
          {dangling.examples.map((edge) => (
            <li key={edge.id}>
              <Ends edge={edge} />
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.selfLoops} isBroken {...selfLoops}>
          {selfLoops.examples.map((edge) => (
            <li key={edge.id}>
              <Ends edge={edge} />
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.sameEdges} {...sameEdges}>
          {sameEdges.examples.map(({ edges }) =>
            edges.map((edge) => (
              <li key={edge.id}>
                <Ends edge={edge} />
              </li>
            )),
          )}
        </Finding>
        <Finding {...WORDS.findings.contradictions} {...contradictions}>
          {contradictions.examples.map(({ node, type, targets }) => (
            <li key={`${node.id} ${type}`} className="flex flex-wrap gap-x-2">
              <NodeLink node={node} /> <span className="text-muted">{WORDS.linkType(type)}</span>
              {targets.map((target) => (
                <NodeLink key={target.id} node={target} />
              ))}
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.contraryFacts} {...contraryFacts}>
          {contraryFacts.examples.map(({ subject, relation, facts }) => (
            <li key={`${subject.id} ${relation}`}>
              <NodeLink node={subject} />
              {facts.map(({ id, text }) => (
                <p key={id} dir="auto" className="[overflow-wrap:anywhere] text-muted">
                  {text}
                </p>
              ))}
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.unsourced} {...unsourced}>
          {unsourced.examples.map(({ id, text, subject }) => (
            <li key={id} className="[overflow-wrap:anywhere]">
              <NodeLink node={subject} />{" "}
              <span dir="auto" className="text-muted">
                {text}
              </span>
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.duplicates} {...duplicates}>
          {duplicates.examples.map(({ name, nodes }) => (
            <li key={name} className="flex flex-wrap gap-x-3">
              {nodes.map((node) => (
                <NodeLink key={node.id} node={node} />
              ))}
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.isolated} {...isolated}>
          {isolated.examples.map((node) => (
            <li key={node.id}>
              <NodeLink node={node} />
            </li>
          ))}
        </Finding>
        <Finding {...WORDS.findings.emptyContent} {...emptyContent}>
          {emptyContent.examples.map((node) => (
            <li key={node.id}>
              <NodeLink node={node} />
            </li>
          ))}
        </Finding>
      </div>
    </>
  );
}

interface FindingProps {
  readonly name: string;
  readonly about: string;
  readonly count: number;
  readonly examples: readonly unknown[];
  /** It is wrong, not only worth a look. */
  readonly isBroken?: boolean;
  readonly children: ReactNode;
}

function Finding({ name, about, count, examples, isBroken = false, children }: FindingProps) {
  const Icon = count === 0 ? CircleCheck : isBroken ? CircleAlert : Info;
  const colour = count === 0 ? "text-good" : isBroken ? "text-bad" : "text-warn";
  return (
    <details data-finding={name} data-count={count} className="group rounded-lg border border-line px-3 py-1">
      <summary className="tap flex list-none items-center gap-x-2 py-1 text-sm">
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted group-open:rotate-90" />
        <Icon aria-hidden="true" className={`size-4 shrink-0 ${colour}`} />
        <span className="min-w-0 font-medium">{name}</span>
        <span className="text-muted tabular-nums">{count === 0 ? WORDS.none : count}</span>
      </summary>
      <p className="text-sm text-muted">{about}</p>
      {count > 0 && <ul className="mt-1 divide-y divide-line text-sm *:py-1">{children}</ul>}
      {count > examples.length && <p className="text-sm text-muted">{WORDS.andMore(count - examples.length)}</p>}
    </details>
  );
}

function Ends({ edge: { type, source, target } }: { edge: EdgeLabel }) {
  const end = ({ id, name }: EdgeLabel["source"]): ReactNode =>
    name === null ? (
      <span className="text-bad">{WORDS.endGone(id.slice(0, 8))}</span>
    ) : (
      <NodeLink node={{ id, name, type: "" }} />
    );
  return (
    <>
      {end(source)} <span className="text-muted">{WORDS.linkType(type)}</span> {end(target)}
    </>
  );
}
