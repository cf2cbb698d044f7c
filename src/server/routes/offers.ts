import { fillPromptSchema, promptsSchema, promptTextSchema, resourcesSchema } from "../../wire/offers.ts";
import type { User } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { resourcesQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

const of = ({ id }: User) => ({ userId: id });
const DEFAULT_LIMIT = 100;

export function offerRoutes({ mcp }: ServerDeps): readonly Route[] {
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
