import { nearest } from "../../core/nearest.ts";
import type { List } from "../../wire/api.ts";
import type { FoundNode, GraphNode, NodeEdge } from "../../wire/graph.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { printFields } from "../console/fields.ts";
import { EXIT } from "../console/io.ts";
import type { Output } from "../console/output.ts";
import { cut } from "../console/columns.ts";
import { ago, oneLine, shortId } from "../console/text.ts";

export type ShowOptions = { type?: string; limit?: number; cursor?: string };

export async function showNode(context: Context, args: readonly string[], options: ShowOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const id = await nodeId(client, args[0] ?? "", options.type);
  const found = await client.request<GraphNode>("GET", `/api/graph/nodes/${id}`);
  const query = new URLSearchParams({ limit: String(options.limit ?? 50) });
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const paged = options.limit !== undefined || options.cursor !== undefined;
  const edges = paged
    ? await client.request<GraphNode["edges"]>("GET", `/api/graph/nodes/${id}/edges?${query}`)
    : found.edges;
  if (out.json) return out.document({ ...found, edges });
  const time = (iso: string): string => (out.terminal ? `${iso}  (${ago(iso, io.now())})` : iso);
  printFields(out, [
    ["id", found.id],
    ["type", found.type],
    ["name", found.name],
    ["content", found.content === "" ? null : found.content],
    ...Object.entries(found.data).map(([name, value]) => [`data.${name}`, inWords(value)] as const),
    ["shared", found.shared ? "yes" : "no"],
    ["created", time(found.createdAt)],
    ["changed", time(found.updatedAt)],
    ["edges", String(edges.total)],
  ]);
  for (const edge of edges.items) out.print(edgeLine(out, edge));
  if (edges.next !== null && out.terminal) {
    out.note("There are more edges: --limit, or --cursor with the `next` of --json");
  }
}

const inWords = (value: GraphNode["data"][string]): string =>
  typeof value === "string" ? value : JSON.stringify(value);

function edgeLine(out: Output, { type, direction, node }: NodeEdge): string {
  const words = [oneLine(type), oneLine(node.type), oneLine(node.name)] as const;
  if (!out.terminal) return ["edge", direction, words[0], node.id, words[1], words[2]].join("\t");
  const arrow = direction === "out" ? "→" : "←";
  return `  ${arrow} ${words[0]}  ${out.paint.dim(words[1])} ${words[2]}  ${out.paint.dim(shortId(node.id))}`;
}

const FEWEST = 4;
const CANDIDATES = 5;

/** The node that a person meant: by its name, as it is written or in another case, else by its id or the id's start. */
export async function nodeId(client: Client, given: string, type: string | undefined): Promise<string> {
  const ask = async (filter: { readonly [name: string]: string }): Promise<readonly FoundNode[]> => {
    const query = new URLSearchParams({
      ...filter,
      limit: String(CANDIDATES + 1),
      ...(type !== undefined && { type }),
    });
    return (await client.request<List<FoundNode>>("GET", `/api/graph/search?${query}`)).items;
  };
  const name = given.trim().normalize("NFC");
  const named = await ask({ name });
  const exact = named.filter((node) => node.name === name);
  const [byName] = exact.length > 0 ? exact : named;
  if (byName !== undefined && (exact.length === 1 || named.length === 1)) return byName.id;
  if (byName !== undefined) throw ambiguous(`several nodes are named "${given}"`, named, "give --type, or the id");
  const started = given.length < FEWEST ? [] : await ask({ prefix: given });
  const [byId] = started;
  if (byId === undefined) {
    const what = type === undefined ? "" : ` of type "${type}"`;
    // Without it there is still something to say.
    const hint =
      (await nearNodes(client, name, type).catch(() => null)) ?? "sparky graph search, with a part of the name";
    throw new Failure(EXIT.notFound, "not_found", `no node${what} is named "${given}", and no id starts so`, hint);
  }
  if (started.length === 1) return byId.id;
  throw ambiguous(`"${given}" is the start of several ids`, started, "give more characters of the id");
}

/** So many nodes' names are compared with one that is not there. */
const COMPARED = 100;

/** Those whose name has the word in it, else the one whose name is nearly that. */
async function nearNodes(client: Client, name: string, type: string | undefined): Promise<string | null> {
  const ask = async (filter: { readonly q: string; readonly limit: string }): Promise<readonly FoundNode[]> => {
    const query = new URLSearchParams({ ...filter, ...(type !== undefined && { type }) });
    return (await client.request<List<FoundNode>>("GET", `/api/graph/search?${query}`)).items;
  };
  const word = name.slice(0, MOST_LETTERS);
  if (word === "") return null;
  const found = await ask({ q: word, limit: String(CANDIDATES) });
  const begun = found.filter((node) => node.name.toLowerCase().includes(word.toLowerCase()));
  if (begun.length > 0) {
    const told = begun.map((node) => `${cut(oneLine(node.name), 40)} (${shortId(node.id)})`);
    return `did you mean ${told.join(", ")}?`;
  }
  const all = await ask({ q: "", limit: String(COMPARED) });
  const near = nearest(
    word,
    all.map((node) => node.name),
  );
  return near === null ? null : `did you mean ${cut(oneLine(near), 60)}?`;
}

/** A search takes no longer words. */
const MOST_LETTERS = 200;

function ambiguous(what: string, nodes: readonly FoundNode[], hint: string): Failure {
  const rows = nodes
    .slice(0, CANDIDATES)
    .map((node) => `\n  ${node.id}  ${oneLine(node.type)}  ${cut(oneLine(node.name), 60)}`);
  return usage(`${what}:${rows.join("")}${nodes.length > CANDIDATES ? "\n  …" : ""}`, hint);
}
