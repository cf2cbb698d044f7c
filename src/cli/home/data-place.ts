import { connect } from "../client/connect.ts";
import { isUnreachable, type Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import type { LocalData } from "../deps.ts";
import { usage } from "../console/failure.ts";
import { readServerFile } from "../client/server-file.ts";

export type Where =
  | { readonly kind: "server"; readonly client: Client }
  | { readonly kind: "home"; readonly data: LocalData };

/** Who answers for the data: the server that is named or holds the home, else the database itself, in this process. */
export async function openWhere(context: Context, home?: string): Promise<Where> {
  const { deps, io } = context;
  const config = await context.config();
  if (home === undefined) {
    if (config.url !== null) return { kind: "server", client: await context.client("server") };
    const client = (await deps.homeState(config.home)).held ? await context.client("server").catch(gone) : null;
    return client === null ? { kind: "home", data: await deps.openData() } : { kind: "server", client };
  }
  if (!(await deps.homeState(home)).held) return { kind: "home", data: await deps.openData(home) };
  return { kind: "server", client: await connect(deps, io, { ...config, home, url: null, token: null }, "server") };
}

/** What held the home was no server, or ended meanwhile. */
function gone(error: unknown): null {
  if (isUnreachable(error)) return null;
  throw error;
}

/** The database itself, for what a server cannot do for its own. Refused when SPARKY_URL names another machine's. */
export async function openHere(context: Context): Promise<LocalData> {
  const { home, url } = await context.config();
  if (url !== null) {
    const state = await context.deps.homeState(home);
    const file = state.held ? readServerFile(home) : null;
    if (file === null || new URL(file.url).origin !== new URL(url).origin) {
      throw usage(`SPARKY_URL names ${url}, but only this machine's data can be reached from here`, "unset SPARKY_URL");
    }
  }
  return context.deps.openData();
}
