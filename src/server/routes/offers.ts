import { offeredThings } from "../../agent/things.ts";
import { referenceText } from "../../core/references.ts";
import { fillPromptSchema, promptsSchema, promptTextSchema, resourcesSchema, thingsSchema } from "../../wire/offers.ts";
import type { User } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { resourcesQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

const of = ({ id }: User) => ({ userId: id });
const DEFAULT_LIMIT = 100;
const MOST_THINGS = 12;

export function offerRoutes({ mcp, store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/resources",
      right: "tools.see",
      summary:
        "What your tool servers offer for reading, by `q`: a message refers to it by its `reference`. Servers whose tools were " +
        "never looked at are not asked.",
      query: resourcesQuery,
      answers: { 200: resourcesSchema },
      async handle({ viewer, query: { q = "", limit = DEFAULT_LIMIT } }) {
        return { status: 200, body: await mcp.resources(of(viewer), q, limit) };
      },
    }),
    route({
      method: "GET",
      path: "/api/references",
      right: "chats.see",
      summary:
        "What of your own a message can refer to, by `q`: nodes of the memory graph, chats, tasks and files of chats, each with its " +
        "`reference`. `q` may begin with `node:`, `chat:`, `task:` or `file:`; without words the newest.",
      query: resourcesQuery,
      answers: { 200: thingsSchema },
      async handle({ viewer, query: { q = "", limit = MOST_THINGS } }) {
        // A message means a tool server of that name.
        const servers = new Set((await mcp.servers(of(viewer))).items.map(({ name }) => name));
        const found = await offeredThings(store, viewer, q, limit);
        const items = found
          .filter(({ kind }) => !servers.has(kind))
          .map((thing) => ({ ...thing, reference: referenceText({ server: thing.kind, uri: thing.id }) }));
        return { status: 200, body: { items, next: null } };
      },
    }),
    route({
      method: "GET",
      path: "/api/prompts",
      right: "tools.see",
      summary:
        "The prompts that come with Sparky, those of your tool servers and, for the owner, those of the home's `prompts` folder.",
      answers: { 200: promptsSchema },
      async handle({ viewer }) {
        return { status: 200, body: await mcp.prompts(of(viewer)) };
      },
    }),
    route({
      method: "POST",
      path: "/api/prompts/:server/:name",
      right: "work.begin",
      summary: "The words of a server's prompt, its arguments filled in. Nothing is sent to the agent.",
      body: fillPromptSchema,
      answers: { 200: promptTextSchema },
      async handle({ viewer, params, body }) {
        const text = await mcp.prompt(of(viewer), params.server, params.name, body.arguments);
        return { status: 200, body: { text } };
      },
    }),
    route({
      method: "POST",
      path: "/api/prompts/:name",
      right: "work.begin",
      summary:
        "The words of a prompt that comes with Sparky or, for the owner, of a file in the home's `prompts` folder, its arguments " +
        "filled in. Nothing is sent to the agent.",
      body: fillPromptSchema,
      answers: { 200: promptTextSchema },
      async handle({ viewer, params, body }) {
        return { status: 200, body: { text: await mcp.prompt(of(viewer), null, params.name, body.arguments) } };
      },
    }),
  ];
}
