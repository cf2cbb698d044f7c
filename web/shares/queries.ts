import { queryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { chatLinkSchema, personSchema, sharesSchema } from "../../src/wire/shares.ts";
import type { Http } from "../live/http.ts";

const peopleSchema = listSchema(personSchema);
const linksSchema = listSchema(chatLinkSchema);

/** `at`: the event of the chat that last changed them, so that they are asked for again when one comes. */
export const sharesQuery = (http: Http, chatId: string, at: number) =>
  queryOptions({
    queryKey: ["shares", chatId, at],
    queryFn: ({ signal }) => http.get(`/api/chats/${encodeURIComponent(chatId)}/shares`, sharesSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === chatId ? before : undefined),
  });

export const peopleQuery = (http: Http) =>
  queryOptions({ queryKey: ["share-with"], queryFn: ({ signal }) => http.get("/api/people", peopleSchema, signal) });

export const linksPath = (chatId: string): string => `/api/chats/${encodeURIComponent(chatId)}/links`;

/** `at`: as for shares, since each link tells who came by it. */
export const linksQuery = (http: Http, chatId: string, at: number) =>
  queryOptions({
    queryKey: ["chat-links", chatId, at],
    queryFn: ({ signal }) => http.get(linksPath(chatId), linksSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === chatId ? before : undefined),
  });
