import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listSchema } from "../../src/wire/api.ts";
import { graphChangeSchema, type GraphChange } from "../../src/wire/graph-changes.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { changeLines } from "../memory/change-lines.ts";
import { DiffView } from "../text/diff.tsx";
import { oneLine } from "../ui/format.ts";
import { Failure } from "../ui/notice.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/runs.ts";

/** As many as the server gives at once. */
const MOST = 500;

const changeListSchema = listSchema(graphChangeSchema);

interface Call {
  readonly runId: string;
  /** Of the event that asks for it. */
  readonly seq: number;
}

const callChangesQuery = (http: Http, { runId, seq }: Call) =>
  queryOptions({
    queryKey: ["graph", "changes", runId, seq],
    queryFn: ({ signal }) => {
      const run = encodeURIComponent(runId);
      return http.get(`/api/graph/changes?run=${run}&seq=${seq}&limit=${MOST}&total=true`, changeListSchema, signal);
    },
  });

/** What a call changed in the graph, counted, and each change as a diff; nothing where nothing is different. */
export function StepChanges({ call }: { call: Call }) {
  const { http } = useServices();
  const found = useQuery(callChangesQuery(http, call));
  if (found.data === undefined) {
    if (found.error === null) return null;
    return <Failure what={WORDS.changesNotLoaded} error={found.error} retry={() => void found.refetch()} />;
  }
  const { items, total = items.length } = found.data;
  if (items.length === 0) return null;
  const counts = countsOf(items);
  return (
    <section aria-label={WORDS.graphChanges} className="mt-3">
      <h3 className="text-xs font-semibold">
        {WORDS.graphChanges}{" "}
        <span aria-hidden="true" className="font-mono font-normal">
          {WORDS.changed(counts)}
        </span>
        <span className="sr-only">{WORDS.changedHeard(counts)}</span>
        {total > items.length && <span className="font-normal text-muted"> {WORDS.firstOf(items.length, total)}</span>}
      </h3>
      <ul className="mt-1 divide-y divide-line border-y border-line">
        {items.map((change) => (
          <Change key={change.id} change={change} />
        ))}
      </ul>
    </section>
  );
}

function Change({
  change: { op, thing, thingId, name, before, after, names, undone = false },
}: {
  change: GraphChange;
}) {
  const [isOpen, setOpen] = useState(false);
  const called = oneLine(name, 120);
  return (
    <li data-graph-op={op} className="py-1">
      <p className={`flex flex-wrap gap-x-1.5 ${undone ? "line-through" : ""}`}>
        <span className="font-medium">{COMMON.ops[op]}</span>
        {COMMON.things[thing] !== "" && <span>{COMMON.things[thing]}</span>}
        <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
          {thing === "node" && op !== "removed" ? (
            <Link to="/memory/nodes/$nodeId" params={{ nodeId: thingId }} className="text-accent underline">
              {called}
            </Link>
          ) : (
            called
          )}
        </span>
        {undone && <span className="text-xs text-muted">{COMMON.undone}</span>}
      </p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary className="tap w-fit text-xs text-muted">{COMMON.different}</summary>
        {isOpen && <DiffView label={COMMON.ops[op]} text={changeLines(before, after, names)} form="marked" />}
      </details>
    </li>
  );
}

function countsOf(changes: readonly GraphChange[]) {
  const count = (...ops: readonly GraphChange["op"][]): number => changes.filter(({ op }) => ops.includes(op)).length;
  return { added: count("added", "restored"), changed: count("changed", "merged"), removed: count("removed") };
}
