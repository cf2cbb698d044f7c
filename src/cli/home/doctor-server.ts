import { statSync } from "node:fs";
import type { Health } from "../../wire/api.ts";
import type { Models } from "../../wire/models.ts";
import type { Context } from "../command/context.ts";
import type { Diagnosis } from "../deps.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";

type Part = Pick<Diagnosis, "state" | "what" | "remedy">;

/** The home's settings file, when it is newer than the server that read it at its start. */
async function changedSince({ deps }: Context, startedAt: string): Promise<string | null> {
  const { file } = await deps.settings({});
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changed > Date.parse(startedAt) ? file : null;
}

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
    const changed = named === null ? await changedSince(context, health.startedAt) : null;
    if (changed !== null) {
      yield { state: "warn", what: `${changed} was changed since it started`, remedy: "sparky chat restart" };
    }
    const { model } = await client.request<Models>("GET", "/api/models");
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
