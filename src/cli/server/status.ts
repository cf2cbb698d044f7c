import type { Health } from "../../wire/api.ts";
import type { Context } from "../command/context.ts";
import { Failure } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { readServerFile } from "../client/server-file.ts";
import { duration } from "../console/text.ts";

export async function chatStatus(context: Context): Promise<ExitCode> {
  const { deps, out, io } = context;
  const { home } = await context.config();
  let health: Health;
  let url: string;
  try {
    const client = await context.client("server");
    url = client.endpoint?.url ?? "";
    health = await client.request<Health>("GET", "/health");
  } catch (error) {
    if (!(error instanceof Failure) || error.exit !== EXIT.notRunning || !out.json) throw error;
    out.document({ running: false });
    return EXIT.notRunning;
  }
  const file = readServerFile(home);
  const { elsewhere } = await deps.homeState(home);
  const pid = file !== null && file.url === url && elsewhere !== true ? file.pid : null;
  const { version, agentLoop, startedAt } = health;
  if (out.json) {
    out.document({ running: true, url, pid, version, agentLoop, startedAt });
  } else if (out.terminal) {
    const loop = `agent loop ${agentLoop ? "on" : "off"}`;
    const up = duration(io.now() - Date.parse(startedAt));
    out.print(
      [`Server up ${up} on ${url}`, ...(pid === null ? [] : [`process ${pid}`]), loop, `version ${version}`].join(
        " · ",
      ),
    );
  } else {
    const fields = { url, pid: pid ?? "", version, agentLoop, startedAt };
    for (const [name, value] of Object.entries(fields)) out.print(`${name}\t${value}`);
  }
  return EXIT.ok;
}
