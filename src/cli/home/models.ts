import type { ModelPrice, Models, ModelTest } from "../../wire/models.ts";
import type { Context } from "../command/context.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { duration, oneLine, tokens } from "../console/text.ts";

/** With the servers on this machine that answered, and what they have. */
export async function listModels(context: Context): Promise<void> {
  const { out } = context;
  const models = await (await context.client("any")).request<Models>("GET", "/api/models");
  if (out.json) return out.document(models);
  out.table(
    [{ title: "PROVIDER" }, { title: "IN USE" }, { title: "KEY", max: 48 }, { title: "ADDRESS" }],
    models.providers.map(({ provider, inUse, key, keyNeeded, address }) => [
      provider,
      inUse ? models.model : "",
      key === null ? (keyNeeded ? "not set" : "") : `${key.variable} (${words(key.origin)})`,
      address ?? "",
    ]),
  );
  const { chosenBy, problem, effort, standIns, local } = models;
  if (problem !== null) out.note(`${out.paint.red("✕")} ${problem}`);
  const here = local.flatMap(({ models: its }) => its)[0];
  const how = here === undefined ? "OPENAI_API_KEY" : `SPARKY_MODEL ${here.id}`;
  const why =
    chosenBy === null
      ? `nothing is set, so the demo model answers: sparky config set ${how}`
      : `chosen by ${chosenBy.variable} (${words(chosenBy.origin)})`;
  out.note(`  ${why}`);
  if (problem === null) out.note(`  ${windowWords(models.window)} · ${priceWords(models.price)}`);
  if (effort !== null) out.note(`  effort: ${effort} (SPARKY_MODEL_EFFORT)`);
  for (const { model, problem: unusable } of standIns) {
    out.note(unusable === null ? `  then ${model}` : `${out.paint.red("✕")} then ${model}: ${unusable}`);
  }
  for (const { provider, address, models: its } of local) {
    out.note(`  found ${provider} at ${address}${its.length === 0 ? ", without a model" : ":"}`);
    for (const { id, window } of its)
      out.note(`    ${id}${window === null ? "" : ` (${window.toLocaleString("en-US")} tokens)`}`);
  }
}

const words = (origin: string): string =>
  origin === "home" ? ".env of the home" : origin === "env-file" ? "--env-file" : origin;

function windowWords(window: Models["window"]): string {
  if (window === null) return "window: not known";
  return `window: ${window.isGuess ? "perhaps " : ""}${window.tokens.toLocaleString("en-US")} tokens`;
}

function priceWords(price: ModelPrice | null): string {
  if (price === null) return "price: not known (SPARKY_MODEL_PRICES)";
  const { input, output, above, asOf } = price;
  if (input === 0 && output === 0) return "price: free";
  const more =
    above === undefined
      ? ""
      : `, above ${above.tokens.toLocaleString("en-US")} tokens $${above.input} in, $${above.output} out`;
  return `price: $${input} in, $${output} out a million${more} (${asOf === undefined ? "as set" : `as of ${asOf}`})`;
}

export async function testModel(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  out.progress("… asking the model");
  const body = args[0] === undefined ? {} : { model: args[0] };
  const test = await client.request<ModelTest>("POST", "/api/models/test", body);
  out.progress(null);
  const { model, ok, code, message, durationMs, inputTokens, outputTokens } = test;
  if (out.json) out.document(test);
  else if (!out.terminal) {
    const fields = [model, code ?? "ok", durationMs, inputTokens, outputTokens, message];
    out.print(fields.map((field) => oneLine(String(field))).join("\t"));
  } else if (ok) {
    const used = `${tokens(inputTokens)} in, ${tokens(outputTokens)} out`;
    out.print(`${out.paint.green("✓")} ${model} answered in ${duration(durationMs)} · ${used}`);
  } else {
    out.print(`${out.paint.red("✕")} ${oneLine(message)}`);
  }
  return ok ? EXIT.ok : EXIT.error;
}
