import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { exported } from "../../../test/kit/graph-file.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { HOSTILE_WORDS } from "../../../test/kit/hostile-words.ts";
import { people } from "../../../test/kit/members.ts";
import type { ExportedEdge } from "../../store/graph/export.ts";
import type { NodeFacts } from "../../store/graph/node.ts";
import { exportText, graphExport } from "./export.ts";
import { edgesCsv, nodesCsv, WHOLE_FORMATS } from "./formats.ts";

/** The cells of a CSV text, by RFC 4180. */
function cells(csv: string): readonly (readonly string[])[] {
  expect(csv.endsWith("\r\n")).toBe(true);
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gs)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

const node = (name: string): NodeFacts => ({
  id: "n1",
  type: name,
  name,
  content: name,
  data: { [name]: name },
  shared: true,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
});

const edge = (name: string): ExportedEdge => ({
  id: "e1",
  type: name,
  source: "n1",
  sourceName: name,
  target: "n2",
  targetName: name,
  data: {},
  shared: true,
  createdAt: "2026-01-01T00:00:00.000Z",
});

test.each(HOSTILE_WORDS)("F53 %j is text in every format, and nothing else", (name) => {
  const { json, jsonl, graphml, dot } = WHOLE_FORMATS;
  expect(JSON.parse(json.node(node(name), true, []))).toEqual(node(name));
  expect(jsonl.node(node(name), true, [])).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(jsonl.node(node(name), true, []))).toEqual({ kind: "node", ...node(name) });

  const xml =
    /^<node id="n1"><data key="type">([^<]*)<\/data><data key="name">\1<\/data><data key="content">\1<\/data>/;
  const inXml = xml.exec(graphml.node(node(name), true, []))?.[1] ?? "";
  expect(inXml).not.toMatch(/[<>"'\r]|&(?!(amp|lt|gt|quot|apos|#13);)/);
  const names: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#13": "\r" };
  const read = inXml.replace(/&([a-z]+|#13);/g, (_, entity: string) => names[entity] ?? "");
  expect(read).toBe(name.replace(/[\u0001\u001b\uFFFE]/g, "\uFFFD"));
  expect(graphml.edge(edge(name), true).match(/<[^>]*>/g)).toHaveLength(10);

  const line = /^ {2}"n1" -> "n2" \[label="((?:[^"\\\n]|\\.)*)"\];\n$/.exec(dot.edge(edge(name), true));
  const inDot = line?.[1]?.replace(/\\(.)/g, (_, at: string) => (at === "n" ? "\n" : at)).replaceAll("&amp;", "&");
  expect(inDot).toBe(name.replace(/\r\n?/g, "\n").replace(/[\u0001\t\u001b\u007f]/g, " "));

  for (const [format, row] of [
    [nodesCsv, nodesCsv.node(node(name), true, [])],
    [edgesCsv, edgesCsv.edge(edge(name), true)],
  ] as const) {
    const [header = [], read = []] = cells(format.begin + row);
    expect(read).toHaveLength(header.length);
    expect(read[header.indexOf("type")]).toBe(/^[=@-]/.test(name) ? `'${name}` : name);
    expect(read.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  }
});

eachEngine("exporting the graph", (engine) => {
  test("F53 everything that its reader may see is in it once, and each edge joins two nodes of it", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const names = Array.from({ length: 1100 }, (_, at) => `n${at}`);
    for (let from = 0; from < names.length; from += 100) {
      const some = names.slice(from, from + 100);
      await addGraph(
        store,
        "agent",
        some.map((name) => person(name)),
        some.slice(1).map((name) => `${some[0]} knows ${name}`),
      );
    }
    await addGraph(store, ann.id, [person("Secret")], ["Secret knows n1", "n1 knows Secret", "n1 likes n2"]);
    const whole = async (userId: string) =>
      JSON.parse(await exported(store, userId, "json")) as { nodes: NodeFacts[]; edges: ExportedEdge[] };
    const mine = await whole(ann.id);
    expect(mine.nodes.map(({ name }) => name).toSorted()).toEqual([...names, "Secret"].toSorted());
    expect(new Set(mine.edges.map(({ id }) => id)).size).toBe(1089 + 3);
    expect(mine.nodes.filter(({ shared }) => !shared).map(({ name }) => name)).toEqual(["Secret"]);
    const theirs = await whole(bob.id);
    expect([theirs.nodes.length, theirs.edges.length]).toEqual([1100, 1089]);
    for (const { nodes, edges } of [mine, theirs]) {
      const ids = new Set(nodes.map(({ id }) => id));
      expect(edges.filter(({ source, target }) => !ids.has(source) || !ids.has(target))).toEqual([]);
    }
    for (const format of ["json", "jsonl", "graphml", "cypher", "dot", "csv"] as const) {
      for (const part of ["nodes", "edges"] as const) {
        expect(await exported(store, ann.id, format, part)).toContain(
          format === "dot" || part === "edges" ? "likes" : "Secret",
        );
        expect(await exported(store, bob.id, format, part)).not.toMatch(/Secret|likes/);
      }
    }
    expect(cells(await exported(store, ann.id, "csv", "nodes"))).toHaveLength(1 + 1101);
    expect(cells(await exported(store, ann.id, "csv", "edges"))).toHaveLength(1 + 1092);
  });

  test("F53 a node that comes while the nodes are written brings no edge into the text", async () => {
    const store = await engine.store();
    await people(store);
    await addGraph(store, "agent", [person("Ann"), person("Bob")], ["Ann knows Bob"]);
    const parts = exportText(store.db, "agent", graphExport("json", "nodes"));
    let written = (await parts.next()).value ?? "";
    await addGraph(store, "agent", [person("Late")], ["Ann knows Late"]);
    for await (const part of parts) written += part;
    expect(JSON.parse(written)).toMatchObject({
      nodes: expect.toSatisfy((nodes: readonly unknown[]) => nodes.length === 2),
      edges: [{ sourceName: "Ann", targetName: "Bob" }],
    });
  });

  test("an empty graph is a whole text too", async () => {
    const store = await engine.store();
    await people(store);
    expect(JSON.parse(await exported(store, "agent", "json"))).toEqual({ nodes: [], edges: [], facts: [] });
    expect(await exported(store, "agent", "dot")).toBe("digraph sparky {\n}\n");
    expect(await exported(store, "agent", "graphml")).toMatch(/^<\?xml .*<\/graphml>\n$/s);
    expect(cells(await exported(store, "agent", "csv", "edges"))).toHaveLength(1);
  });
});
