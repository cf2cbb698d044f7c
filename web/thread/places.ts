import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Entry } from "../../src/core/transcript.ts";
import { forkPlacesSchema, type ForkPlace } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";

/** A message in another chat. */
interface Target {
  readonly chatId: string;
  readonly at: number;
}

/** Where chats go their own ways: the one before this and the one behind it, in the order in which they were made. */
export interface Place {
  readonly before: Target | null;
  readonly after: Target | null;
  /** This one's number among them, from 1. */
  readonly number: number;
  readonly count: number;
}

const placesQuery = (http: Http, chatId: string) =>
  queryOptions({
    // Stale with every change of a chat: another one may have been made from it, or deleted.
    queryKey: ["chats", "places", chatId],
    queryFn: ({ signal }) => http.get(`/api/chats/${encodeURIComponent(chatId)}/places`, forkPlacesSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[2] === chatId ? before : undefined),
  });

/** By the `seq` of the message, with what the chats are called; asked for only where the log tells of such a chat. */
export function usePlaces(chatId: string, entries: readonly Entry[]) {
  const { http } = useServices();
  const isOfSeveral = useMemo(() => entries.some(tellsOfFork), [entries]);
  const { data } = useQuery({ ...placesQuery(http, chatId), enabled: isOfSeveral });
  return useMemo(
    () => ({
      places: placesOf(chatId, data?.items ?? []),
      relatives: new Map((data?.relatives ?? []).map(({ chatId: id, title }) => [id, title])),
    }),
    [chatId, data],
  );
}

function tellsOfFork(entry: Entry): boolean {
  if (entry.kind !== "event" || entry.event.type !== "chat") return false;
  const { change } = entry.event.data;
  return change === "forked" || change === "fork";
}

export function placesOf(chatId: string, items: readonly ForkPlace[]): ReadonlyMap<number, Place> {
  return new Map(
    items.map(({ seq, chats }) => {
      const here = chats.findIndex((chat) => chat.chatId === chatId);
      const target = (at: number): Target | null => {
        const chat = here === -1 ? undefined : chats[at];
        return chat === undefined ? null : { chatId: chat.chatId, at: chat.seq };
      };
      return [seq, { before: target(here - 1), after: target(here + 1), number: here + 1, count: chats.length }];
    }),
  );
}
