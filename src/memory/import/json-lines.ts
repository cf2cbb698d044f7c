import { z } from "zod";
import { badJson } from "../../core/bad-json.ts";
import { MEMORY_FILE, MEMORY_VERSION } from "../export/formats.ts";
import type { Findings } from "./findings.ts";
import type { Found } from "./items.ts";
import { badFile, linesOf } from "./text.ts";

const headSchema = z.object({ format: z.literal(MEMORY_FILE), version: z.number() });
const endSchema = z.object({ nodes: z.number(), edges: z.number(), facts: z.number().default(0) });
const kindSchema = z.object({ kind: z.string() });

/** Our own format: it says at its beginning what it is, and at its end that it is whole. */
export async function* jsonLines(pieces: AsyncIterable<string>, findings: Findings): AsyncGenerator<Found> {
  const counts = { node: 0, edge: 0, fact: 0 };
  let begun = false;
  let ended = false;
  let last = 0;
  for await (const { number, text } of linesOf(pieces)) {
    if (text.trim() === "") continue;
    if (ended) throw badFile(number, "there is more behind the line that ends the file");
    last = number;
    const value = parse(number, text);
    if (!begun) {
      checkHead(number, value);
      begun = true;
      continue;
    }
    const kind = kindSchema.safeParse(value).data?.kind;
    if (kind === "node" || kind === "edge" || kind === "fact") {
      counts[kind] += 1;
      yield { line: number, kind, value };
    } else if (kind === "end") {
      checkEnd(number, value, counts);
      ended = true;
    } else findings.problem(number, 'kind: must be one of "node", "edge", "fact", "end"');
  }
  if (!begun) throw badFile(1, "the file is empty");
  if (!ended) throw badFile(last, 'the file is not whole: its last line must be {"kind":"end", …}');
}

function parse(line: number, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badFile(line, `this is not JSON: ${badJson(text)}`);
  }
}

function checkHead(line: number, value: unknown): void {
  const head = headSchema.safeParse(value);
  if (!head.success) {
    throw badFile(line, `the first line must be {"format":"${MEMORY_FILE}","version":${MEMORY_VERSION}}`);
  }
  // Version 1 holds no facts, and is otherwise the same.
  if (head.data.version >= 1 && head.data.version <= MEMORY_VERSION) return;
  throw badFile(
    line,
    `the file is of version ${head.data.version}, and this Sparky reads version ${MEMORY_VERSION}: it comes from a newer one`,
  );
}

function checkEnd(
  line: number,
  value: unknown,
  found: { readonly node: number; readonly edge: number; readonly fact: number },
): void {
  const end = endSchema.safeParse(value);
  if (!end.success)
    throw badFile(line, 'the last line must be {"kind":"end","nodes":NUMBER,"edges":NUMBER,"facts":NUMBER}');
  const { nodes, edges, facts } = end.data;
  if (nodes === found.node && edges === found.edge && facts === found.fact) return;
  throw badFile(
    line,
    `the file is not whole: it says ${nodes} nodes, ${edges} edges and ${facts} facts, and holds ${found.node}, ${found.edge} and ${found.fact}`,
  );
}
