import { Globe, Pin } from "lucide-react";
import type { ReactNode } from "react";
import type { Fact } from "../../src/wire/facts.ts";
import { agoInWords, fullTime } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/memory.tsx";
import { dayIn } from "./fact-days.ts";
import { FactSources } from "./fact-sources.tsx";
import { NodeLink } from "./node-link.tsx";

interface Props {
  readonly fact: Fact;
  /** Named where the page is not about it. */
  readonly withSubject?: boolean;
  /** What can be done with it. */
  readonly children?: ReactNode;
}

/** One thing that is known: since when and until when, who said it, where, and how often it was of use. */
export function FactItem({ fact, withSubject = false, children }: Props) {
  const isOver = fact.status === "retired";
  return (
    <li id={`fact-${fact.id}`} data-fact={fact.id} data-status={fact.status} className="py-2 text-sm">
      <p dir="auto" className={`text-body [overflow-wrap:anywhere] ${isOver ? "text-muted" : ""}`}>
        {fact.text}
      </p>
      <p className="flex flex-wrap items-center gap-x-3 text-xs text-muted">
        {withSubject && <NodeLink node={fact.subject} />}
        {fact.status === "proposed" && <span className="font-medium text-warn">{WORDS.notConfirmed}</span>}
        <span>{WORDS.factKinds[fact.kind]}</span>
        <Validity fact={fact} />
        <Said fact={fact} />
        {fact.object !== undefined && (
          <span>
            {fact.relation?.replaceAll("_", " ") ?? WORDS.relatedTo} <NodeLink node={fact.object} />
          </span>
        )}
        {fact.pinned && !isOver && (
          <span className="inline-flex items-center gap-1">
            <Pin aria-hidden="true" className="size-3.5" /> {WORDS.beforeRuns}
          </span>
        )}
        {fact.shared && (
          <span className="inline-flex items-center gap-1">
            <Globe aria-hidden="true" className="size-3.5" /> {WORDS.sharedByAll}
          </span>
        )}
        <Uses fact={fact} />
      </p>
      <FactSources fact={fact} />
      {children !== undefined && <div className="mt-1 flex flex-wrap items-center gap-1.5">{children}</div>}
    </li>
  );
}

function Validity({ fact: { status, validFrom, validTo, retiredAt, supersededBy } }: { fact: Fact }) {
  return (
    <>
      {validFrom !== undefined && <time dateTime={validFrom}>{WORDS.since(dayIn(validFrom))}</time>}
      {validTo !== undefined ? (
        <time dateTime={validTo}>{WORDS.until(dayIn(validTo))}</time>
      ) : (
        status === "retired" &&
        retiredAt !== undefined && <time dateTime={retiredAt}>{WORDS.noLonger(dayIn(retiredAt))}</time>
      )}
      {supersededBy !== undefined && (
        <a href={`#fact-${supersededBy}`} className="tap inline-flex items-center text-accent underline">
          {WORDS.cameAfter}
        </a>
      )}
    </>
  );
}

function Said({ fact: { stated, author, recordedAt } }: { fact: Fact }) {
  const who = author === "agent" ? null : author;
  const day = dayIn(recordedAt);
  return (
    <time dateTime={recordedAt} title={fullTime(recordedAt)}>
      {stated ? WORDS.saidBy(who, day) : WORDS.concluded(who, day)}
    </time>
  );
}

function Uses({ fact: { uses, lastUsedAt } }: { fact: Fact }) {
  const now = useNow(60_000);
  if (uses === 0 || lastUsedAt === undefined) return null;
  return <span>{WORDS.used(uses, agoInWords(lastUsedAt, now))}</span>;
}
