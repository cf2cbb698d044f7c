import type { Health } from "../../wire/api.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "./context.ts";

/** Says on stderr when nothing will take a task up. A server that cannot be asked is no reason to fail. */
export async function warnWithoutLoop({ out }: Context, client: Client): Promise<void> {
  const health =
    client.endpoint === null ? null : await client.request<Health>("GET", "/health").catch(() => undefined);
  if (health === undefined || health?.agentLoop) return;
  out.note("No agent loop is running, so nothing will work on it yet. Start one: sparky chat start --agent-loop");
}
