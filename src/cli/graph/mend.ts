import { FIX_KINDS, type Apart, type Duplicates, type Fixed, type Merged } from "../../wire/graph-mending.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { oneLine, shortId } from "../console/text.ts";
import { nodeId } from "./show.ts";

export type MergeOptions = { dryRun?: boolean; yes?: boolean };

/** Shows what becomes of the two, and asks; nothing of either is lost, and it can be undone. */
export async function graphMerge(context: Context, args: readonly string[], options: MergeOptions): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  const [keep, drop] = [
    await nodeId(client, args[0] ?? "", undefined),
    await nodeId(client, args[1] ?? "", undefined),
  ] as const;
  const merge = (dryRun: boolean) => client.request<Merged>("POST", "/api/graph/merge", { keep, drop, dryRun });
  const show = (merged: Merged): void => (out.json ? out.document(merged) : printMerged(context, merged));
  if (options.yes !== true) {
    const planned = await merge(true);
    if (options.dryRun === true || !out.json) show(planned);
    if (options.dryRun === true) return EXIT.ok;
    const question = `Merge ${shortId(drop)} into ${oneLine(planned.node.name)}?`;
    const line = `sparky graph merge ${shortId(keep)} ${shortId(drop)} --yes`;
    const asked = { yes: false, question, act: "merging", line, kept: "Nothing was merged." };
    if (!(await confirmed(context, asked))) return EXIT.error;
  }
  const done = await merge(options.dryRun === true);
  if (out.json || options.yes === true) show(done);
  if (done.change !== undefined) out.note(`To take it back: sparky graph undo ${done.change}`);
  return EXIT.ok;
}

function printMerged({ out }: Context, { node, edges, facts }: Merged): void {
  const rows: readonly (readonly [string, string])[] = [
    ["node", `${oneLine(node.type)} ${oneLine(node.name)}`],
    ["id", node.id],
    ["also called", node.aliases.map(({ name }) => oneLine(name)).join(", ")],
    ["edges moved", String(edges.moved)],
    ["edges joined", String(edges.joined)],
    ["edges between the two", String(edges.dropped)],
    ["facts moved", String(facts)],
  ];
  for (const [name, value] of rows) out.print(out.terminal ? `${name.padEnd(22)}  ${value}` : `${name}\t${value}`);
}

export type DuplicatesOptions = { limit?: number; cursor?: string };

export async function graphDuplicates(
  context: Context,
  _args: readonly string[],
  { limit = 20, cursor }: DuplicatesOptions,
): Promise<void> {
  const { out } = context;
  const query = new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
  const client = await context.client("any");
  const found = await client.request<Duplicates>("GET", `/api/graph/duplicates?${query}`);
  if (out.json) return out.document(found);
  if (found.items.length === 0) return out.note("No two nodes look like the same thing.");
  const id = (whole: string): string => (out.terminal ? shortId(whole) : whole);
  out.table(
    [{ title: "KEEP" }, { title: "NAME", max: 24 }, { title: "DROP" }, { title: "NAME", max: 24 }, { title: "WHY" }],
    found.items.map(({ left, right, why }) => [id(left.id), left.name, id(right.id), right.name, why.join(", ")]),
  );
  if (found.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

/** They are not proposed any more, until that is taken back. */
export async function graphApart(context: Context, args: readonly string[], undo: boolean): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const [left, right] = [
    await nodeId(client, args[0] ?? "", undefined),
    await nodeId(client, args[1] ?? "", undefined),
  ] as const;
  const kept = await client.request<Apart>("POST", "/api/graph/apart", { left, right, apart: !undo });
  if (out.json) return out.document(kept);
  const words = kept.apart ? "They are not the same, and are not proposed any more." : "They may be the same again.";
  out.print(out.terminal ? words : [kept.left, kept.right, kept.apart ? "apart" : "maybe the same"].join("\t"));
}

/** Does what needs no judgement, or says what that would be. Every part of it can be undone. */
export async function graphFix(context: Context, dryRun: boolean): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const done: Fixed["done"] = [];
  let more = true;
  for (let turn = 0; more && turn < MOST_TURNS; turn++) {
    const fixed = await client.request<Fixed>("POST", "/api/graph/fix", { kinds: FIX_KINDS, dryRun });
    done.push(...fixed.done);
    more = fixed.more;
    // A dry run changes nothing, so it would say the same again.
    if (dryRun || fixed.done.length === 0) break;
  }
  if (out.json) return out.document({ dryRun, done, more } satisfies Fixed);
  if (done.length === 0) return out.note("There is nothing to fix by itself.");
  if (out.terminal && dryRun) out.print("What would be done, and was not:");
  for (const { kind, what, change } of done) {
    const undo = change === undefined ? "" : String(change);
    if (!out.terminal) out.print([kind, oneLine(what), undo].join("\t"));
    else out.print(`  ${oneLine(what)}${undo === "" ? "" : out.paint.dim(`  (change ${undo})`)}`);
  }
  if (!dryRun) out.note("To take one back: sparky graph undo, with its change");
  if (more) out.note("There is more of this: do it again.");
}

const MOST_TURNS = 100;
