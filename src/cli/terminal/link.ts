import { networkClient } from "../client/client.ts";
import { currentEndpoint } from "../client/connect.ts";
import type { Context } from "../command/context.ts";
import { notRunning } from "../console/failure.ts";
import type { Method } from "../client/http.ts";

export type Request = <T>(method: Method, path: string, body?: unknown) => Promise<T>;

/**
 * Requests to the server as it is at the time: it may have been started again, and answer elsewhere. Nothing is written
 * on the terminal meanwhile, which belongs to the screen.
 */
export async function openLink(context: Context): Promise<Request> {
  const { deps } = context;
  const found = await context.config();
  return async (method, path, body) => {
    const endpoint = await currentEndpoint(deps, found);
    if (endpoint === null) throw notRunning(`no server is running on ${found.home}`);
    return networkClient(endpoint).request(method, path, body);
  };
}
