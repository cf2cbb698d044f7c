import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useState } from "react";
import type { EventOf } from "../../src/core/events.ts";
import { recalledItemsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { fullTime, oneLine, timeOfDay } from "../ui/format.ts";
import { WORDS } from "../words/thread.ts";

const MOST = 160;

/** What a run was given of memory, and why. What it says is told to whoever may see it, and to nobody else who sees the chat. */
export function Recalled({ event }: { event: EventOf<"recall"> }) {
  const { http } = useServices();
  const [isOpen, setOpen] = useState(false);
  const { nodes } = event.data;
  const items = useQuery({
    ...recalledItemsQuery(
      http,
      nodes.map(({ id }) => id),
    ),
    enabled: isOpen,
  });
  const byId = new Map(items.data?.items.map((item) => [item.id, item]));
  return (
    <details
      data-recall={event.seq}
      className="px-1.5 text-xs text-muted"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="tap inline-flex cursor-pointer items-center gap-1.5">
        <History aria-hidden="true" className="size-3.5 shrink-0" />
        {WORDS.recalled(nodes.length)}{" "}
        <time dateTime={event.at} title={fullTime(event.at)}>
          {timeOfDay(event.at)}
        </time>
      </summary>
      <ul className="mt-1 space-y-2 border-l border-line pl-3">
        {nodes.map(({ id, why }) => {
          const item = byId.get(id);
          return (
            <li key={id} className="[overflow-wrap:anywhere]">
              {item === undefined ? (
                <span>{items.isPending ? "…" : items.isError ? items.error.message : WORDS.notThere}</span>
              ) : item.nodeId !== null ? (
                <Link
                  to="/memory/nodes/$nodeId"
                  params={{ nodeId: item.nodeId }}
                  {...(item.kind === "fact" && { hash: `fact-${id}` })}
                  className="text-accent underline"
                >
                  {oneLine(item.text === "" ? item.title : WORDS.entity(item.title, item.text), MOST)}
                </Link>
              ) : (
                item.chatId !== null &&
                item.seq !== null && (
                  <Link
                    to="/chats/$chatId"
                    params={{ chatId: item.chatId }}
                    search={{ at: item.seq }}
                    className="text-accent underline"
                  >
                    {WORDS.saidOn(item.title, item.at.slice(0, 10), oneLine(item.text, MOST))}
                  </Link>
                )
              )}
              <span className="block">{why}</span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
