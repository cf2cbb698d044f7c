import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { Globe, Lock } from "lucide-react";
import type { Entity } from "../../src/wire/facts.ts";
import { recalledItemsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { RequestFailure } from "../live/http.ts";
import { JsonView } from "../text/json-view.tsx";
import { Words } from "../text/words.tsx";
import { fullTime, oneLine } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { PageBelow } from "../ui/page-below.tsx";
import { WORDS } from "../words/memory.tsx";
import { Around } from "./around.tsx";
import { entityQuery } from "./fact-queries.ts";
import { History } from "./history.tsx";
import { Links } from "./links.tsx";
import { TimeLine } from "./time-line.tsx";
import { UsedIn } from "./used-in.tsx";

/** One entity: what is known of it, since when and from where, what it is linked to, what it was of use for, and what became of it. */
export function NodeScreen() {
  const { http } = useServices();
  const { nodeId } = useParams({ from: "/memory/nodes/$nodeId" });
  const entity = useQuery(entityQuery(http, nodeId));
  const isGone = entity.error instanceof RequestFailure && entity.error.code === "not_found";
  return (
    <PageBelow
      above={{ to: "/memory", word: WORDS.memory }}
      title={entity.data === undefined ? WORDS.entity : oneLine(entity.data.node.name, 80)}
    >
      {entity.isPending && <Loading what={WORDS.loadingEntity} />}
      {isGone ? (
        <Gone key={nodeId} id={nodeId} />
      ) : entity.data === undefined ? (
        entity.error !== null && (
          <Failure what={WORDS.entityNotLoaded} error={entity.error} retry={() => void entity.refetch()} />
        )
      ) : (
        <Whole key={nodeId} entity={entity.data} />
      )}
    </PageBelow>
  );
}

/** What is cited may be a fact: then the page is that of what it is about. */
function Gone({ id }: { id: string }) {
  const { http } = useServices();
  const items = useQuery(recalledItemsQuery(http, [id]));
  const nodeId = items.data?.items[0]?.nodeId ?? id;
  if (items.isPending) return null;
  if (nodeId !== id) return <Navigate to="/memory/nodes/$nodeId" params={{ nodeId }} hash={`fact-${id}`} replace />;
  return (
    <Empty isPage title={WORDS.notThere} command="sparky graph search">
      {WORDS.whyNotThere}
    </Empty>
  );
}

type Node = Entity["node"];

function Whole({ entity: { node, facts, edges, usedIn } }: { entity: Entity }) {
  return (
    <div data-node={node.id} className="flex flex-col gap-5">
      <Head node={node} />
      <Content node={node} />
      <TimeLine nodeId={node.id} facts={facts} />
      <Links node={node} total={edges.total} />
      <Around node={node} links={edges.total} />
      <UsedIn usedIn={usedIn} />
      <History nodeId={node.id} />
    </div>
  );
}

function Head({ node: { name, type, aliases = [], shared, createdAt, updatedAt } }: { node: Node }) {
  return (
    <div>
      <h1 dir="auto" className="text-base font-semibold [overflow-wrap:anywhere]">
        {name}
      </h1>
      <p className="flex flex-wrap items-center gap-x-3 text-xs text-muted">
        <span>{type}</span>
        {aliases.length > 0 && <span className="[overflow-wrap:anywhere]">{WORDS.alsoCalled(aliases)}</span>}
        <span className="inline-flex items-center gap-1">
          {shared ? (
            <Globe aria-hidden="true" className="size-3.5" />
          ) : (
            <Lock aria-hidden="true" className="size-3.5" />
          )}
          {shared ? WORDS.sharedByAll : WORDS.yoursAlone}
        </span>
        <time dateTime={createdAt}>{WORDS.knownSince(fullTime(createdAt))}</time>
        {updatedAt !== createdAt && <time dateTime={updatedAt}>{WORDS.changedAt(fullTime(updatedAt))}</time>}
      </p>
    </div>
  );
}

function Content({ node: { content, data } }: { node: Node }) {
  const hasData = Object.keys(data).length > 0;
  if (content === "" && !hasData) return null;
  return (
    <section aria-label={WORDS.whatItIs} className="max-w-3xl">
      {content !== "" && <Words text={content} />}
      {hasData && <JsonView label={WORDS.data} value={data} />}
    </section>
  );
}
