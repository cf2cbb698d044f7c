import type { EdgeLabel, GraphCheck, NodeLabel } from "../../wire/graph.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { oneLine, shortId } from "../console/text.ts";

export type CheckOptions = { fix?: boolean; dryRun?: boolean };

/** Exits 1 when edges are broken: that is damage. The rest is advice. */
export async function graphCheck(
  context: Context,
  _args: readonly string[],
  { fix, dryRun }: CheckOptions,
): Promise<ExitCode> {
  const { out } = context;
  if (fix === true) {
    await (await import("./mend.ts")).graphFix(context, dryRun === true);
    return EXIT.ok;
  }
  if (dryRun === true) throw usage("--dry-run goes with --fix", "sparky graph check --fix --dry-run");
  const check = await (await context.client("any")).request<GraphCheck>("GET", "/api/graph/check");
  const exit = check.dangling.count + check.selfLoops.count > 0 ? EXIT.error : EXIT.ok;
  if (out.json) {
    out.document(check);
    return exit;
  }
  const id = (whole: string): string => (out.terminal ? shortId(whole) : whole);
  const node = (label: NodeLabel): string => `${label.type} "${label.name}" ${id(label.id)}`;
  const fact = (known: { readonly id: string; readonly text: string }): string => `"${known.text}" ${id(known.id)}`;
  const end = ({ id: whole, name }: EdgeLabel["source"]): string => (name === null ? `? ${id(whole)}` : `"${name}"`);
  const edge = (label: EdgeLabel): string => `${end(label.source)} ${label.type} ${end(label.target)}  ${id(label.id)}`;
  const findings: readonly (readonly [name: string, words: string, count: number, examples: readonly string[]])[] = [
    ["dangling", "edges with an end that is missing", check.dangling.count, check.dangling.examples.map(edge)],
    ["selfLoops", "edges from a node to itself", check.selfLoops.count, check.selfLoops.examples.map(edge)],
    ["isolated", "nodes without an edge", check.isolated.count, check.isolated.examples.map(node)],
    [
      "duplicates",
      "names that several nodes bear",
      check.duplicates.count,
      check.duplicates.examples.map(({ name, nodes }) => `"${name}": ${nodes.map(node).join(", ")}`),
    ],
    ["emptyContent", "nodes without content", check.emptyContent.count, check.emptyContent.examples.map(node)],
    [
      "sameEdges",
      "edges that say the same",
      check.sameEdges.count,
      check.sameEdges.examples.map(({ edges }) => edges.map(edge).join(", ")),
    ],
    [
      "contradictions",
      "nodes with several of what there is one of",
      check.contradictions.count,
      check.contradictions.examples.map(
        ({ node: from, type, targets }) => `${node(from)} ${type}: ${targets.map(node).join(", ")}`,
      ),
    ],
    [
      "contraryFacts",
      "facts that contradict each other",
      check.contraryFacts.count,
      check.contraryFacts.examples.map(({ subject, facts }) => `${node(subject)}: ${facts.map(fact).join(", ")}`),
    ],
    [
      "unsourced",
      "facts whose messages are gone",
      check.unsourced.count,
      check.unsourced.examples.map(({ subject, ...known }) => `${node(subject)}: ${fact(known)}`),
    ],
  ];
  for (const [name, words, count, examples] of findings) {
    if (!out.terminal) {
      out.print(`${name}\t${count}`);
      for (const example of examples) out.print(`${name}.example\t${oneLine(example)}`);
    } else if (count > 0) {
      out.print(`${count}  ${words}`);
      for (const example of examples) out.print(`   ${oneLine(example)}`);
      if (count > examples.length) out.print(out.paint.dim(`   … and ${count - examples.length} more`));
    }
  }
  if (check.ok && out.terminal) out.print(`In order: ${check.nodes} nodes, ${check.edges} edges.`);
  if (check.leftOut !== undefined) out.note(check.leftOut);
  return exit;
}
