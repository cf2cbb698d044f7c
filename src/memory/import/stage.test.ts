import fc from "fast-check";
import { expect, test } from "vitest";
import { chunksOf } from "../../../test/kit/graph-file.ts";
import type { ImportFormat } from "../../wire/export-formats.ts";
import type { ImportedEdge, ImportedNode } from "./items.ts";
import { stage } from "./stage.ts";

interface Read {
  readonly format: ImportFormat;
  readonly nodes: readonly ImportedNode[];
  readonly edges: readonly ImportedEdge[];
  readonly notes: readonly string[];
}

async function read(text: string, size?: number, given?: ImportFormat): Promise<Read> {
  await using staged = await stage(chunksOf(text, size), given, (value) => value);
  const { format, notes } = staged;
  const [nodes, edges]: [ImportedNode[], ImportedEdge[]] = [[], []];
  for await (const portion of staged.nodes.portions(2)) nodes.push(...portion);
  for await (const portion of staged.edges.portions(2)) edges.push(...portion);
  return { format, notes, nodes, edges };
}

const HEAD = '{"format":"sparky-memory","version":1}';
const ann = {
  id: "a",
  type: "person",
  name: "Ann",
  content: 'x\n"\u2028',
  data: { n: [1, { "]": "}{" }] },
  aliases: [{ type: "person", name: "An" }],
};
const bob = { id: "b", type: "person", name: "Bob" };
const knows = { source: "a", target: "b", type: "knows", data: { since: 2001 } };
const jsonl = [
  HEAD,
  { kind: "edge", ...knows },
  { kind: "node", ...ann },
  { kind: "node", ...bob },
  { kind: "end", nodes: 2, edges: 1 },
]
  .map((line) => (typeof line === "string" ? line : JSON.stringify(line)))
  .join("\n");
const json = JSON.stringify({ about: "us", edges: [knows], nodes: [ann, bob] }, null, 2);
const graphml = [
  '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
  '<key id="d0" for="node" attr.name="label" attr.type="string"/>',
  '<key id="d1" for="edge" attr.name="weight" attr.type="double"><default>1.5</default></key>',
  '<key id="d2" for="node" attr.name="age" attr.type="int"/>',
  '<graph edgedefault="undirected">',
  '<edge source="a" target="b"/>',
  '<node id="a"><data key="d0">Ann</data><data key="d2">31</data></node><node id="b"><desc>of us</desc></node>',
  "</graph></graphml>",
].join("\n");

test("the three formats are known by their beginning, and edges may come before their nodes", async () => {
  const nodes = [
    { ...ann, aliases: [{ type: "person", name: "An" }], shared: false },
    { ...bob, content: "", data: {}, aliases: [], shared: false },
  ];
  const edges = [{ ...knows, shared: false }];
  for (const size of [1, 5, 100_000]) {
    expect(await read(jsonl, size)).toEqual({ format: "jsonl", nodes, edges, notes: [] });
    expect(await read(json, size)).toEqual({
      ...{ format: "json", nodes, edges },
      notes: ['the field "about" is not known and was left out: once, first in line 2'],
    });
  }
});

test("GraphML of another program: labels are names, attributes with their types are data, and what is made of the rest is told", async () => {
  for (const size of [1, 100_000]) {
    expect(await read(graphml, size)).toEqual({
      format: "graphml",
      nodes: [
        { id: "a", type: "thing", name: "Ann", content: "", data: { age: 31 }, aliases: [], shared: false },
        { id: "b", type: "thing", name: "b", content: "", data: {}, aliases: [], shared: false },
      ],
      edges: [{ source: "a", target: "b", type: "related to", data: { weight: 1.5 }, shared: false }],
      notes: [
        "the edges have no direction in the file: they lead from its source to its target",
        'edges without a type got the type "related to"',
        'nodes without a type got the type "thing"',
      ],
    });
  }
});

test.each([{ jsonl }, { json }, { graphml }])(
  "F53 no beginning of a file is taken for the whole: %#",
  async (files) => {
    const [text = ""] = Object.values(files);
    for (let length = 0; length < text.length; length += 3) {
      await expect(read(text.slice(0, length), 100_000), text.slice(0, length)).rejects.toThrow(
        /^line \d+: |^the file has/,
      );
    }
  },
);

const lines = (...rest: readonly unknown[]): string =>
  [HEAD, ...rest.map((each) => JSON.stringify(each))].map((line) => `${line}\n`).join("");
const end = (nodes: number, edges: number) => ({ kind: "end", nodes, edges });
const node = (more: object) => ({ kind: "node", id: "a", type: "t", name: "n", ...more });
const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;

test.each([
  { when: "it is none of them", text: "hello", says: "line 1: this is none of jsonl, json and graphml" },
  {
    when: "it comes from a newer version",
    text: '{"format":"sparky-memory","version":3}',
    says: "it comes from a newer one",
  },
  {
    when: "a line is no JSON",
    text: `${HEAD}\n{"kind":"node",}\n`,
    says: "line 2: this is not JSON: a name in double quotes is missing",
  },
  {
    when: "a line is of another kind",
    text: lines({ kind: "fakt" }, end(0, 0)),
    says: 'line 2: kind: must be one of "node", "edge", "fact"',
  },
  {
    when: "lines are missing",
    text: lines(node({}), end(2, 0)),
    says: "line 3: the file is not whole: it says 2 nodes, 0 edges and 0 facts, and holds 1, 0 and 0",
  },
  {
    when: "there is more behind the end",
    text: lines(end(0, 0), node({})),
    says: "line 3: there is more behind the line that ends",
  },
  { when: "a name is empty", text: lines(node({ name: " " }), end(1, 0)), says: "line 2: name: must not be empty" },
  {
    when: "a name is too long",
    text: lines(node({ name: "x".repeat(201) }), end(1, 0)),
    says: "line 2: name: must be at most 200 characters",
  },
  {
    when: "there is no type",
    text: lines({ kind: "node", id: "a", name: "n" }, end(1, 0)),
    says: "line 2: type: is required",
  },
  {
    when: "a zero character",
    text: lines(node({ content: "a\0b" }), end(1, 0)),
    says: "line 2: text must not contain the character U+0000",
  },
  { when: "data is a list", text: lines(node({ data: [1] }), end(1, 0)), says: "line 2: data: must be" },
  {
    when: "data is nested without end in a whole file",
    text: `{"nodes":[{"id":"a","type":"t","name":"n","data":{"d":${deep}}}]}`,
    says: "line 1: lists and objects must not be nested deeper",
  },
  {
    when: "a time is no time",
    text: lines(node({ createdAt: "yesterday" }), end(1, 0)),
    says: "line 2: createdAt: must be a time",
  },
  {
    when: "an id is there twice",
    text: lines(node({}), node({ name: "m" }), end(2, 0)),
    says: 'line 3: the id "a" is that of the node in line 2',
  },
  {
    when: "an end is missing",
    text: lines(node({}), { kind: "edge", source: "a", target: "z", type: "t" }, end(1, 1)),
    says: 'line 3: target: no node of the file has the id "z"',
  },
  {
    when: "several things are wrong",
    text: lines(node({ name: "" }), node({ id: "b", type: "" }), end(2, 0)),
    says: "the file has 2 faults:\n  line 2: name: must not be empty\n  line 3: type: must not be empty",
  },
  {
    when: "a line has no end",
    text: `${HEAD}\n{"kind":"node","content":"${"x".repeat(1_100_000)}`,
    says: "line 2: what begins here is longer than 1024 KB",
  },
  { when: "the list is none", text: '{"nodes":{"a":1},"edges":[]}', says: "line 1: nodes: must be a list" },
  { when: "there is no list", text: "{}", says: "line 1: expected an object" },
  {
    when: "a comma is missing",
    text: '{"nodes":[\n{"id":"a","type":"t","name":"n"}\n{}]}',
    says: "line 3: expected , or ]",
  },
  { when: "an item is no object", text: '{"nodes":[7]}', says: "line 1: expected an object, or ]" },
  { when: "an item is broken", text: '{"nodes":[\n{"id":"a" "b"}]}', says: "line 2: this is not JSON" },
  { when: "a list is there twice", text: '{"nodes":[],"nodes":[]}', says: '"nodes" is there twice' },
  { when: "there is more behind the document", text: '{"nodes":[]} {}', says: "line 1: expected nothing more" },
  { when: "it is no graph", text: "<svg></svg>", says: "the file does not begin with <graphml>" },
  { when: "there is no graph in it", text: "<graphml></graphml>", says: "there is no <graph> in it" },
  {
    when: "it has a default for each node that is longer than the nodes",
    text: `<graphml><key id="content"><default>${"x".repeat(70_000)}</default></key><graph><node id="n"/></graph></graphml>`,
    says: "the values in <default> are longer than 64 KB together",
  },
  {
    when: "it declares one key again and again",
    text: `<graphml>${'<key id="k"><default/></key>'.repeat(2)}<graph/></graphml>`,
    says: 'the key "k" is declared twice',
  },
  {
    when: "it declares a name for everything",
    text: `<graphml>${Array.from({ length: 1001 }, (_, n) => `<key id="k${n}"/>`).join("")}<graph/></graphml>`,
    says: "there are more than 1000 keys",
  },
  {
    when: "a graph lies in a node",
    text: '<graphml><graph><node id="a">\n<graph/></node></graph></graphml>',
    says: "line 2: <graph> cannot be read",
  },
  {
    when: "an edge joins several",
    text: "<graphml><graph><hyperedge/></graph></graphml>",
    says: "<hyperedge> cannot be read",
  },
  { when: "a node has no id", text: "<graphml><graph>\n<node/></graph></graphml>", says: "line 2: id: is required" },
  {
    when: "it would grow as it is read",
    text: '<!DOCTYPE l [<!ENTITY a "&a;&a;">]><graphml/>',
    says: "a DOCTYPE is not read",
  },
])("a file is refused with its line when $when", async ({ text, says }) => {
  await expect(read(text, 65_536)).rejects.toThrow(says);
});

test("unknown fields are told once each, however many there are, and never taken", async () => {
  const many = Array.from({ length: 30 }, (_, at) =>
    node({ id: `n${at}`, name: `n${at}`, colour: "red", [`f${at}`]: at, ["__proto__"]: 1 }),
  );
  const { nodes, notes } = await read(lines(...many, end(30, 0)), 65_536);
  expect(nodes).toHaveLength(30);
  expect(notes[0]).toBe('the field "colour" is not known and was left out: 30 times, first in line 2');
  expect(notes).toHaveLength(21);
  expect(notes.at(-1)).toMatch(/^further unknown fields were left out, \d+ in all$/);
});

test("whatever JSON a document is, it is read as JSON.parse reads it, in pieces of any size", async () => {
  const items = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 }), { maxLength: 4 });
  const spaces = fc.constantFrom("", " ", "\n", "\t", "  ");
  await fc.assert(
    fc.asyncProperty(
      items,
      fc.jsonValue(),
      spaces,
      fc.integer({ min: 1, max: 40 }),
      async (data, other, space, size) => {
        const nodes = data.map((each, at) => ({ id: `${at}`, type: "t", name: "n", data: each }));
        const text = JSON.stringify({ other, nodes, edges: [] }, null, space);
        const found = await read(text, size, "json");
        // Names that mean something to objects themselves are left out by the check of data, as everywhere.
        expect(found.nodes.map((each) => each.data)).toEqual(
          // Written and read again, as -0 is then 0.
          (JSON.parse(JSON.stringify(data)) as typeof data).map((each) =>
            Object.fromEntries(Object.entries(each).filter(([name]) => name !== "__proto__")),
          ),
        );
      },
    ),
    { numRuns: 60 },
  );
});
