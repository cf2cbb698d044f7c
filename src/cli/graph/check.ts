import type { EdgeLabel, GraphCheck, NodeLabel } from "../../wire/graph.ts";
import type { Context } from "../command/context.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { oneLine, shortId } from "../console/text.ts";

/** Exits 1 when edges are broken: that is damage. The rest is advice. */
export async function graphCheck(context: Context): Promise<ExitCode> {
  const { out } = context;
  const check = await (await context.client("any")).request<GraphCheck>("GET", "/api/graph/check");
  const exit = check.dangling.count + check.selfLoops.count > 0 ? EXIT.error : EXIT.ok;
  if (out.json) {
    out.document(check);
    return exit;
  }
  const id = (whole: string): string => (out.terminal ? shortId(whole) : whole);
  const node = (label: NodeLabel): string => `${label.type} "${label.name}" ${id(label.id)}`;
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
  return exit;
}
