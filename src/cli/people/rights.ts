import { rightLines, roleWords, STANDINGS, type RightLine } from "../../core/rights.ts";
import type { List } from "../../wire/api.ts";
import type { Context } from "../command/context.ts";

const ofWhat = ({ standing }: RightLine): string => (standing === null ? "" : STANDINGS[standing]);

/** The table by which every server of this version decides: none is asked for it. */
export async function listRights({ out }: Context): Promise<void> {
  const items = [...rightLines()];
  if (out.json) return out.document({ items, next: null } satisfies List<RightLine>);
  if (!out.terminal) {
    const columns = [{ title: "RIGHT" }, { title: "OF" }, { title: "WHO" }, { title: "MAY" }];
    return out.table(
      columns,
      items.map((line) => [line.right, ofWhat(line), roleWords(line.roles), line.what]),
    );
  }
  // A sentence is not cut where people read it.
  for (const [right, lines] of Map.groupBy(items, (line) => line.right)) {
    out.print(`${right}: one may ${lines[0]?.what ?? ""}`);
    for (const line of lines) out.print(`  ${[ofWhat(line), roleWords(line.roles)].filter(Boolean).join(": ")}`);
  }
}
