import { openEmbedder } from "../models/embedder.ts";
import { selectEmbedding } from "../models/select.ts";
import { isSparkyError, messageOf } from "../core/errors.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

const PROBE_MS = 20_000;
const UNSET = "sparky config unset SPARKY_EMBEDDING_MODEL";

/** Says nothing where no embedding model is set. */
export async function* checkEmbedding({ config, offline }: Patient): AsyncGenerator<Diagnosis> {
  const asked = config?.embeddingModel ?? null;
  if (config === null || asked === null) return;
  try {
    selectEmbedding(config, asked);
  } catch (error) {
    yield fail("embedding", messageOf(error), (isSparkyError(error) ? error.hint : undefined) ?? UNSET);
    return;
  }
  const embedder = openEmbedder(() => config, asked);
  if (offline) return yield ok("embedding", `${embedder.model}, which was not asked`);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PROBE_MS);
  try {
    const started = performance.now();
    const made = await embedder.embed(["word"], "text", late.signal);
    const took = Math.round(performance.now() - started);
    const remedy = `put it right, or go by words alone: ${UNSET}`;
    if ("why" in made) return yield warn("embedding", made.why, remedy);
    const length = made.vectors[0]?.length ?? 0;
    if (length === 0) return yield warn("embedding", `${embedder.model} gave an empty vector`, remedy);
    yield ok("embedding", `${embedder.model} answered (${took} ms, ${length} numbers)`);
  } finally {
    clearTimeout(timer);
  }
}
