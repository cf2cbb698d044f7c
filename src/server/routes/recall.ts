import { indexRecall } from "../../store/recall/indexing.ts";
import { leftOut } from "../../store/recall/left-out.ts";
import { recall } from "../../store/recall/recall.ts";
import { itemsById } from "../../store/recall/recalled.ts";
import { namedItemsSchema, recallPageSchema } from "../../wire/recall.ts";
import type { ServerDeps } from "../deps.ts";
import { recallItemsQuery, recallQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

/** Indexed before a look at most; the rest follows behind. */
const INDEX_NOW = 500;

export function recallRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/recall",
      right: "memory.see",
      summary:
        "What was said and is known that fits `q`, of what you may see, the best first, each with why it was found. `who` said it, " +
        "`from` and `to` a day or a time, `kind`, `chatId`: only that.",
      query: recallQuery,
      answers: { 200: recallPageSchema },
      async handle({ viewer, query: { q, kind, ...rest } }) {
        const indexed = await indexRecall(store, INDEX_NOW);
        const kinds = kind === undefined ? undefined : [kind];
        const { items, note } = await recall(store, { viewer, within: null }, { query: q, kinds, ...rest });
        const shown = items.map(({ share: _, matched: __, isMeant: ___, tellsNothing: ____, ...item }) => item);
        const more = { ...(note !== undefined && { note }), ...(await leftOut(store.db, viewer.id)) };
        return { status: 200, body: { items: shown, ...more, indexed } };
      },
    }),
    route({
      method: "GET",
      path: "/api/recall/items",
      right: "memory.see",
      summary:
        "What these `ids` stand for, as in a `recall` event, with commas between; those that you may not see are left out.",
      query: recallItemsQuery,
      answers: { 200: namedItemsSchema },
      handle: async ({ viewer, query }) => ({
        status: 200,
        body: { items: await itemsById(store, viewer, query.ids) },
      }),
    }),
  ];
}
