import { useMutation } from "@tanstack/react-query";
import { Merge, Split } from "lucide-react";
import { useState } from "react";
import { mergedSchema, type Duplicates, type Merged } from "../../src/wire/graph-mending.ts";
import { useServices } from "../app/services.tsx";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { fullTime } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { useApart } from "./keep-apart.ts";
import { NodeLink } from "./node-link.tsx";
import { Why } from "./why.tsx";

type Side = Duplicates["items"][number]["left"];

interface Props {
  readonly left: Side;
  readonly right: Side;
  readonly why: readonly string[];
  readonly onMerged: (merged: Merged, other: string) => void;
  readonly onApart: () => void;
}

/** Two entities side by side. What would come of a merge is shown before it is done. */
export function Pair({ left, right, why, onMerged, onApart }: Props) {
  const { http, queries } = useServices();
  const [keep, setKeep] = useState<"left" | "right">("left");
  const [tried, setTried] = useState<Merged | null>(null);
  const [kept, dropped] = keep === "left" ? [left, right] : [right, left];
  const merge = useMutation({
    mutationFn: (dryRun: boolean) =>
      http.send("POST", "/api/graph/merge", { keep: kept.id, drop: dropped.id, dryRun }, mergedSchema),
    onSuccess(merged, dryRun) {
      if (dryRun) return setTried(merged);
      onMerged(merged, dropped.name);
      return queries.invalidateQueries({ queryKey: ["graph"] });
    },
  });
  const apart = useApart(onApart);
  const choose = (side: typeof keep): void => {
    setKeep(side);
    setTried(null);
  };
  const id = `${left.id}-${right.id}`;
  return (
    <li data-pair={id} className="rounded-lg border border-line px-3 py-2">
      <Why reasons={why} />
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        {([left, right] as const).map((side, at) => (
          <SideView
            key={side.id}
            side={side}
            name={id}
            isKept={side === kept}
            onKeep={() => choose(at === 0 ? "left" : "right")}
          />
        ))}
      </div>
      {tried !== null && <Preview merged={tried} />}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {tried === null ? (
          <>
            <Button disabled={merge.isPending} onClick={() => merge.mutate(true)}>
              <Merge aria-hidden="true" className="size-4" />
              {merge.isPending ? WORDS.looking : WORDS.merge}
            </Button>
            <Button
              kind="quiet"
              disabled={merge.isPending || apart.isPending}
              onClick={() => apart.mutate({ left: left.id, right: right.id, apart: true })}
            >
              <Split aria-hidden="true" className="size-4" />
              {apart.isPending ? WORDS.noting : WORDS.notTheSame}
            </Button>
          </>
        ) : (
          <>
            <Button kind="primary" disabled={merge.isPending} onClick={() => merge.mutate(false)}>
              <Merge aria-hidden="true" className="size-4" />
              {merge.isPending ? WORDS.merging : WORDS.mergeThem}
            </Button>
            <Button kind="quiet" disabled={merge.isPending} onClick={() => setTried(null)}>
              {WORDS.leaveThem}
            </Button>
          </>
        )}
      </div>
      <Problem error={merge.error ?? apart.error} />
    </li>
  );
}

interface SideProps {
  readonly side: Side;
  /** Of the two that one chooses between. */
  readonly name: string;
  readonly isKept: boolean;
  readonly onKeep: () => void;
}

function SideView({ side, name, isKept, onKeep }: SideProps) {
  const { content, data, aliases = [], edges, shared, createdAt } = side;
  return (
    <div className={`min-w-0 rounded-md border px-3 py-2 text-sm ${isKept ? "border-accent" : "border-line"}`}>
      <NodeLink node={side} isStrong />
      {aliases.length > 0 && <p className="text-xs text-muted">{WORDS.alsoCalled(aliases)}</p>}
      {content === "" ? (
        <p className="text-muted">{WORDS.noContent}</p>
      ) : (
        <p dir="auto" className="max-h-48 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0}>
          {content}
        </p>
      )}
      {Object.keys(data).length > 0 && <JsonView label={WORDS.data} value={data} />}
      <p className="text-xs text-muted">{WORDS.sideFacts(edges, shared, fullTime(createdAt))}</p>
      <label className="tap mt-1 inline-flex items-center gap-2">
        <input type="radio" name={name} className="accent-accent" checked={isKept} onChange={onKeep} />
        {WORDS.keepThis}
      </label>
    </div>
  );
}

/** Nothing is lost: what the other one held stands with the one that stays. */
function Preview({ merged: { node, edges, facts } }: { merged: Merged }) {
  const parts = [
    ...(edges.moved > 0 ? [WORDS.linksMove(edges.moved)] : []),
    ...(edges.joined > 0 ? [WORDS.linksJoin(edges.joined)] : []),
    ...(facts > 0 ? [WORDS.factsMove(facts)] : []),
    ...(edges.dropped > 0 ? [WORDS.linksGo(edges.dropped)] : []),
  ];
  return (
    <section aria-label={WORDS.whatWouldCome} data-preview className="mt-2 rounded-md bg-panel px-3 py-2 text-sm">
      <p className="font-medium">{WORDS.wouldBe(node.name)}</p>
      {node.aliases.length > 0 && (
        <p className="text-xs text-muted">{WORDS.alsoCalled(node.aliases.map(({ name }) => name))}</p>
      )}
      {node.content !== "" && (
        <p dir="auto" className="max-h-48 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0}>
          {node.content}
        </p>
      )}
      {Object.keys(node.data).length > 0 && <JsonView label={WORDS.data} value={node.data} />}
      <p className="text-xs text-muted">{WORDS.canBeUndone(parts)}</p>
    </section>
  );
}
