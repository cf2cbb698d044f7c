import type { Health } from "../../wire/api.ts";
import type { Models } from "../../wire/models.ts";
import type { Context } from "../command/context.ts";
import type { Diagnosis } from "../deps.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";

type Part = Pick<Diagnosis, "state" | "what" | "remedy">;

/** The server that this command line would talk to, if one runs. */
export async function* checkServer(context: Context): AsyncGenerator<Diagnosis, void, undefined> {
  for await (const part of parts(context)) yield { check: "server", fixed: false, ...part };
}

async function* parts(context: Context): AsyncGenerator<Part, void, undefined> {
  const { deps } = context;
  let named: string | null;
  try {
    named = (await context.config()).url;
  } catch {
    yield { state: "warn", what: "not looked for: the settings are wrong", remedy: "put them right first" };
    return;
  }
  try {
    const client = await context.client("server");
    const health = await client.request<Health>("GET", "/health");
    const url = client.endpoint?.url ?? "";
    if (health.version !== deps.version) {
      const what = `${url} runs version ${health.version}, and this is ${deps.version}`;
      yield {
        state: "warn",
        what,
        remedy: named === null ? "sparky chat restart" : "use the same version on both sides",
      };
    } else yield { state: "ok", what: `${url} answers, agent loop ${health.agentLoop ? "on" : "off"}`, remedy: null };
    const { model, file, restartNeeded } = await client.request<Models>("GET", "/api/models");
    if (restartNeeded) {
      yield { state: "warn", what: `${file} was changed since it started`, remedy: "sparky chat restart" };
    }
    yield { state: "ok", what: `it lets you in, and asks the model ${model}`, remedy: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // That none runs on this home is no fault; that the one that is named does not answer is.
    const none = error.exit === EXIT.notRunning && named === null;
    yield none
      ? { state: "ok", what: "none runs", remedy: null }
      : { state: "fail", what: error.message, remedy: error.hint ?? "sparky chat status" };
  }
}
