import type { Health } from "../../wire/api.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "./context.ts";

/** Says on stderr when nothing will take a task up. A server that cannot be asked is no reason to fail. */
export async function warnWithoutLoop({ out }: Context, client: Client): Promise<void> {
  const loop = client.endpoint === null ? false : (client.endpoint.agentLoop ?? (await asked(client)));
  if (loop !== false) return;
  out.note("No agent loop is running, so nothing will work on it yet. Start one: sparky chat start --agent-loop");
}

const asked = async (client: Client): Promise<boolean | undefined> =>
  (await client.request<Health>("GET", "/health").catch(() => undefined))?.agentLoop;
