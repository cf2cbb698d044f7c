import { isSparkyError, messageOf } from "../core/errors.ts";
import { idOf, LocalServers } from "../models/local/servers.ts";
import { openModel } from "../models/open.ts";
import { probeModel } from "../models/probe.ts";
import { selectChain, type ModelChoice } from "../models/select.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

const PROBE_MS = 20_000;

export async function* checkModel({ config, offline }: Patient): AsyncGenerator<Diagnosis> {
  if (config === null) return;
  let choice: ModelChoice;
  try {
    choice = selectChain(config);
  } catch (error) {
    yield fail("model", messageOf(error), (isSparkyError(error) ? error.hint : undefined) ?? "sparky help environment");
    return;
  }
  if (choice.kind === "demo") {
    const here = offline ? undefined : (await new LocalServers().find(config)).find(({ models }) => models.length > 0);
    const [model] = here?.models ?? [];
    const other =
      here === undefined || model === undefined
        ? ""
        : `. ${idOf(here.provider, model)} is here too: sparky config set SPARKY_MODEL ${idOf(here.provider, model)}`;
    return yield ok("model", `the demo model answers; it needs no key and no network${other}`);
  }
  if (offline) return yield ok("model", `${choice.id}, which was not asked`);
  const deadlines = { firstChunkMs: PROBE_MS, chunkMs: PROBE_MS };
  const { code, message, durationMs, inputTokens, outputTokens } = await probeModel(
    openModel(choice, { deadlines }),
    PROBE_MS,
  );
  const spent = `${durationMs} ms, ${inputTokens + outputTokens} tokens`;
  switch (code) {
    case null:
      return yield ok("model", `${choice.id} answered (${spent})`);
    case "model_unset":
    case "model_auth":
      return yield fail("model", message, `sparky config set ${choice.keyVariable}`);
    case "model_not_found":
      return yield fail("model", message, "sparky config set SPARKY_MODEL PROVIDER/MODEL");
    case "model_unreachable":
      return yield fail("model", message, "check the network, a proxy, and the address in: sparky models list");
    case "model_rate_limited":
    case "model_overloaded":
    case "model_timeout":
      // The server tries again by itself.
      return yield warn("model", message, "try again in a while: sparky models test");
    case "model_context_full":
      return yield fail("model", message, "sparky config set SPARKY_MODEL PROVIDER/MODEL, one with a larger window");
    case "model_bad_request":
    case "model_bad_response":
      return yield fail("model", message, "check the address in: sparky models list");
    default:
      return code satisfies never;
  }
}
