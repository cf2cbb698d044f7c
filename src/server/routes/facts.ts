import { addFact, changeFact, removeFact } from "../../store/facts/change.ts";
import { entity, getFact, listFacts } from "../../store/facts/list.ts";
import { listSchema } from "../../wire/api.ts";
import { entitySchema, factPatchSchema, factSchema, newFactSchema } from "../../wire/facts.ts";
import type { ServerDeps } from "../deps.ts";
import { factsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function factRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/facts",
      right: "memory.see",
      summary:
        "What is remembered, of what you may see, the newest first. `status`: active when left out, or `all`. `about`: a node's id, or " +
        "`me` for who you are and what you like.",
      query: factsQuery,
      answers: { 200: listSchema(factSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await listFacts(store, viewer, query) }),
    }),
    route({
      method: "POST",
      path: "/api/facts",
      right: "memory.change",
      summary: "Remembers what you say yourself. 200: it was remembered before.",
      body: newFactSchema,
      answers: { 201: factSchema, 200: factSchema },
      async handle({ viewer, body: { validFrom, validTo, ...input } }) {
        const span = { validFrom: timeOf(validFrom), validTo: timeOf(validTo) };
        const { fact, known } = await addFact(store, viewer, { ...input, ...span });
        return { status: known ? 200 : 201, body: fact };
      },
    }),
    route({
      method: "GET",
      path: "/api/facts/:id",
      right: "memory.see",
      summary: "One fact.",
      answers: { 200: factSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getFact(store, viewer, params.id) }),
    }),
    route({
      method: "PATCH",
      path: "/api/facts/:id",
      right: "memory.change",
      summary:
        "Confirms, corrects, pins, shares or puts aside a fact. The answer is the fact as it is then; with another text, the one that " +
        "took its place.",
      body: factPatchSchema,
      answers: { 200: factSchema },
      async handle({ viewer, params, body: { validFrom, validTo, ...patch } }) {
        const span = {
          ...(validFrom !== undefined && { validFrom: timeOf(validFrom) ?? null }),
          ...(validTo !== undefined && { validTo: timeOf(validTo) ?? null }),
        };
        return { status: 200, body: await changeFact(store, viewer, params.id, { ...patch, ...span }) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/facts/:id",
      right: "memory.change",
      summary:
        "Forgets a fact: it is found and told no more, and what was said of it is recalled no more. The messages themselves stay in " +
        "their chats until those are deleted.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await removeFact(store, viewer, params.id);
        return { status: 204 };
      },
    }),
    route({
      method: "GET",
      path: "/api/entities/:id",
      right: "memory.see",
      summary:
        "All that you may see of a node: what is known of it, what it is joined to, and which runs were given of it.",
      answers: { 200: entitySchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await entity(store, viewer, params.id) }),
    }),
  ];
}

const timeOf = (iso: string | null | undefined): number | undefined => (iso == null ? undefined : Date.parse(iso));
