import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Fact } from "../../src/wire/facts.ts";
import { recalledItemsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { oneLine } from "../ui/format.ts";
import { WORDS } from "../words/memory.tsx";
import { dayIn } from "./fact-days.ts";

const MOST = 160;
/** More are not asked for at once. */
const MOST_SOURCES = 20;

/** The messages that say it, each a link there. */
export function FactSources({ fact: { sources } }: { fact: Fact }) {
  const { http } = useServices();
  const [isOpen, setOpen] = useState(false);
  const shown = sources.slice(0, MOST_SOURCES);
  const ids = shown.map(({ chatId, seq }) => `${chatId}.${seq}`);
  const items = useQuery({ ...recalledItemsQuery(http, ids), enabled: isOpen && ids.length > 0 });
  const byId = new Map(items.data?.items.map((item) => [item.id, item]));
  if (sources.length === 0) return null;
  return (
    <details className="text-xs text-muted" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="tap w-fit">{WORDS.sources(sources.length)}</summary>
      <ul className="mt-1 space-y-1 border-l border-line pl-3">
        {shown.map(({ chatId, seq }) => {
          const item = byId.get(`${chatId}.${seq}`);
          return (
            <li key={`${chatId}.${seq}`} className="[overflow-wrap:anywhere]">
              {item === undefined && !items.isPending ? (
                (items.error?.message ?? WORDS.sourceGone)
              ) : (
                <Link to="/chats/$chatId" params={{ chatId }} search={{ at: seq }} className="text-accent underline">
                  {item === undefined ? "…" : WORDS.source(item.title, dayIn(item.at), oneLine(item.text, MOST))}
                </Link>
              )}
            </li>
          );
        })}
        {sources.length > shown.length && <li>{WORDS.andMore(sources.length - shown.length)}</li>}
      </ul>
    </details>
  );
}
