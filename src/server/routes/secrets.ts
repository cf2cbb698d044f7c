import { listSecrets, removeSecret, setSecret } from "../../store/secrets/secrets.ts";
import { homeOwner } from "../../store/people/users.ts";
import { mcpServers } from "../../store/mcp/servers.ts";
import { listSchema } from "../../wire/api.ts";
import { newSecretSchema, secretSchema, setSecretSchema } from "../../wire/secrets.ts";
import type { User } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

/** The secrets that a server's definition refers to, with or without what counts otherwise. */
const namesIn = (definition: string): ReadonlySet<string> =>
  new Set([...definition.matchAll(/\$\{secret:(\w+)(?::-[^}]*)?\}/g)].map(([, name]) => name ?? ""));

const SECRETS_PATH = "/api/secrets";

export function secretRoutes({ store, mcp }: ServerDeps): readonly Route[] {
  /** They are the home's, whichever of its owners sets them. */
  const owner = (): Promise<User> => homeOwner(store.db);
  return [
    route({
      method: "GET",
      path: SECRETS_PATH,
      right: "secrets.manage",
      summary: "The secrets of this home, by name: no value is ever told. For owners.",
      answers: { 200: listSchema(secretSchema) },
      async handle({ viewer }) {
        const [secrets, servers, tools] = await Promise.all([
          listSecrets(store, (await owner()).id),
          mcpServers(store),
          mcp.toolsWithSecrets({ userId: viewer.id }),
        ]);
        const items = secrets.map((secret) => ({
          ...secret,
          usedBy: {
            servers: servers.flatMap(({ name, definition }) => (namesIn(definition).has(secret.name) ? [name] : [])),
            tools: tools.flatMap(({ name, secrets: given }) => (given.includes(secret.name) ? [name] : [])),
          },
        }));
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "POST",
      path: SECRETS_PATH,
      right: "secrets.manage",
      scope: "admin",
      summary: "Sets a secret, or another value of it. For the owner.",
      keepsSecrets: true,
      body: newSecretSchema,
      answers: { 200: setSecretSchema },
      async handle({ viewer, body }) {
        return { status: 200, body: await setSecret(store, await owner(), body.name, body.value, viewer) };
      },
    }),
    route({
      method: "DELETE",
      path: `${SECRETS_PATH}/:name`,
      right: "secrets.manage",
      scope: "admin",
      summary: "Removes a secret. For the owner.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await removeSecret(store, await owner(), params.name, viewer);
        return { status: 204 };
      },
    }),
  ];
}
