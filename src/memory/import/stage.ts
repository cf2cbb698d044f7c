import { unreachable } from "../../core/errors.ts";
import type { ImportFormat } from "../../wire/export-formats.ts";
import { MAX_IMPORT_BYTES } from "../../wire/limits.ts";
import { Findings } from "./findings.ts";
import { graphMl } from "./graphml.ts";
import {
  edgeOf,
  factOf,
  nodeOf,
  type Found,
  type ImportedEdge,
  type ImportedFact,
  type ImportedNode,
} from "./items.ts";
import { jsonDocument } from "./json-document.ts";
import { jsonLines } from "./json-lines.ts";
import { Spool } from "./spool.ts";
import { badFile, textOf } from "./text.ts";

/** A file that was read to its end and has no fault. */
export interface Staged extends AsyncDisposable {
  readonly format: ImportFormat;
  readonly nodes: Spool<ImportedNode>;
  readonly edges: Spool<ImportedEdge>;
  readonly facts: Spool<ImportedFact>;
  readonly notes: readonly string[];
}

const READERS: {
  readonly [format in ImportFormat]: (pieces: AsyncIterable<string>, findings: Findings) => AsyncGenerator<Found>;
} = { jsonl: jsonLines, json: jsonDocument, graphml: graphMl };

const MOST_NODES = 200_000;
const MOST_EDGES = 1_000_000;
const MOST_FACTS = 200_000;
/** A default, or an entity, may stand for more than the file itself is. */
const MUCH = `all of it together is larger than ${MAX_IMPORT_BYTES / 1_048_576} MB`;

/**
 * Reads all of a file, and changes nothing. Throws `invalid_input` with its faults by line; the first fault behind which nothing can
 * be understood is the last one that is told. `mask` takes known secrets out of what was read.
 */
export async function stage(
  chunks: AsyncIterable<Uint8Array>,
  given: ImportFormat | undefined,
  mask: <T>(value: T) => T,
): Promise<Staged> {
  const findings = new Findings();
  // Those that were opened are closed, whatever becomes of the others.
  await using opened = new AsyncDisposableStack();
  const nodes = opened.use(await Spool.open<ImportedNode>());
  const edges = opened.use(await Spool.open<ImportedEdge>());
  const facts = opened.use(await Spool.open<ImportedFact>());
  const { format, pieces } = await begun(textOf(chunks), given);
  const ends = new Ends(findings);
  const counts = { node: 0, edge: 0, fact: 0 };
  for await (const found of READERS[format](pieces, findings)) {
    counts[found.kind] += 1;
    if (counts.node > MOST_NODES) throw badFile(found.line, `there are more than ${MOST_NODES} nodes`);
    if (counts.edge > MOST_EDGES) throw badFile(found.line, `there are more than ${MOST_EDGES} edges`);
    if (counts.fact > MOST_FACTS) throw badFile(found.line, `there are more than ${MOST_FACTS} facts`);
    switch (found.kind) {
      case "node": {
        const node = nodeOf(found, findings);
        const isNew = ends.node(found.line, node?.id ?? idOf(found.value));
        if (node !== null && isNew) await nodes.add(mask(node));
        break;
      }
      case "edge": {
        const edge = edgeOf(found, findings);
        if (edge === null) break;
        ends.needed(found.line, "source", edge.source);
        ends.needed(found.line, "target", edge.target);
        await edges.add(mask(edge));
        break;
      }
      case "fact": {
        const fact = factOf(found, findings);
        if (fact === null) break;
        ends.needed(found.line, "subject", fact.subject);
        if (fact.object !== undefined) ends.needed(found.line, "object", fact.object);
        await facts.add(mask(fact));
        break;
      }
      default:
        unreachable(found.kind);
    }
    if (nodes.size + edges.size + facts.size > MAX_IMPORT_BYTES) throw badFile(found.line, MUCH);
  }
  ends.check();
  findings.check();
  const kept = opened.move();
  const dispose = async (): Promise<void> => kept.disposeAsync();
  return { format, nodes, edges, facts, notes: findings.notes, [Symbol.asyncDispose]: dispose };
}

/** By its first signs, where nobody says what it is: the first line of JSON Lines is whole, and names the format. */
async function begun(
  pieces: AsyncGenerator<string>,
  given: ImportFormat | undefined,
): Promise<{ readonly format: ImportFormat; readonly pieces: AsyncIterable<string> }> {
  const first = (await pieces.next()).value ?? "";
  async function* all(): AsyncGenerator<string> {
    yield first;
    yield* pieces;
  }
  return { format: given ?? formatOf(first), pieces: all() };
}

function formatOf(text: string): ImportFormat {
  const start = text.trimStart();
  if (start.startsWith("<")) return "graphml";
  if (/^\{\s*"(nodes|edges|facts)"/.test(start)) return "json";
  if (/^\{[^\n]*"format"/.test(start)) return "jsonl";
  if (start.startsWith("{")) return "json";
  throw badFile(1, "this is none of jsonl, json and graphml");
}

/** Of a node with a fault, so that its edges do not count as further ones. */
function idOf(value: unknown): string {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string" ? value.id : "";
}

/** Every edge joins two nodes of the file, and every fact is about one, wherever they stand in it. */
class Ends {
  readonly #findings: Findings;
  readonly #lines = new Map<string, number>();
  readonly #open: { readonly line: number; readonly end: string; readonly id: string }[] = [];

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** False: the file has the id twice. */
  node(line: number, id: string): boolean {
    if (id === "") return true;
    const before = this.#lines.get(id);
    if (before === undefined) this.#lines.set(id, line);
    else this.#findings.problem(line, `the id ${JSON.stringify(id)} is that of the node in line ${before}`);
    return before === undefined;
  }

  /** `end`: what the node is to whatever needs it. */
  needed(line: number, end: "source" | "target" | "subject" | "object", id: string): void {
    if (!this.#lines.has(id)) this.#open.push({ line, end, id });
  }

  check(): void {
    for (const { line, end, id } of this.#open) {
      if (!this.#lines.has(id))
        this.#findings.problem(line, `${end}: no node of the file has the id ${JSON.stringify(id)}`);
    }
  }
}
