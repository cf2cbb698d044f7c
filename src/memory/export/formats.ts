import { wellFormedJson } from "../../core/text.ts";
import { cypher } from "./cypher.ts";
import type { GraphFormat } from "./format.ts";

/** What the first line of a file of JSON Lines says. A reader refuses a version that it does not know. */
export const MEMORY_FILE = "sparky-memory";
export const MEMORY_VERSION = 2;

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** The whole, exactly: what a program reads again. */
const json: GraphFormat = {
  contentType: "application/json; charset=utf-8",
  begin: '{"nodes":[',
  node: (node, first) => `${first ? "\n" : ",\n"}${JSON.stringify(node)}`,
  middle: '\n],"edges":[',
  edge: (edge, first) => `${first ? "\n" : ",\n"}${JSON.stringify(edge)}`,
  facts: {
    stand: "last",
    begin: '\n],"facts":[',
    fact: (fact, first) => `${first ? "\n" : ",\n"}${JSON.stringify(fact)}`,
  },
  end: () => "\n]}\n",
};

/**
 * https://jsonlines.org, one thing a line, so that no reader has to hold the whole. The first line says what it is, the last one
 * how much there must be: without it the file is not whole.
 */
const jsonl: GraphFormat = {
  contentType: "application/jsonl; charset=utf-8",
  begin: line({ format: MEMORY_FILE, version: MEMORY_VERSION }),
  node: (node) => line({ kind: "node", ...node }),
  middle: "",
  edge: ({ sourceName: _, targetName: __, ...edge }) => line({ kind: "edge", ...edge }),
  facts: { stand: "last", begin: "", fact: ({ subjectName: _, ...fact }) => line({ kind: "fact", ...fact }) },
  end: (counts) => line({ kind: "end", ...counts }),
};

/** http://graphml.graphdrawing.org, as Gephi, yEd and NetworkX read it. */
const graphml: GraphFormat = {
  contentType: "application/xml; charset=utf-8",
  begin: [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...["type", "name", "content", "data", "aliases", "facts", "createdAt", "updatedAt"].map((name) =>
      xmlKey(name, "string"),
    ),
    xmlKey("shared", "boolean"),
    '<graph id="sparky" edgedefault="directed">',
    "",
  ].join("\n"),
  node: ({ id, ...node }, _, facts) => {
    const known = facts.map(({ subject: __, subjectName: ___, ...fact }) => fact);
    return `<node id="${xml(id)}">${xmlData({ ...node, ...(known.length > 0 && { facts: known }) })}</node>\n`;
  },
  middle: "",
  edge: ({ id, source, target, sourceName: _, targetName: __, ...edge }) =>
    `<edge id="${xml(id)}" source="${xml(source)}" target="${xml(target)}">${xmlData(edge)}</edge>\n`,
  facts: { stand: "with nodes" },
  end: () => "</graph>\n</graphml>\n",
};

/** https://graphviz.org/doc/info/lang.html */
const dot: GraphFormat = {
  contentType: "text/vnd.graphviz; charset=utf-8",
  begin: "digraph sparky {\n",
  node: (node) => `  ${dotText(node.id)} [label=${dotText(`${node.name}\n${node.type}`)}];\n`,
  middle: "",
  edge: (edge) => `  ${dotText(edge.source)} -> ${dotText(edge.target)} [label=${dotText(edge.type)}];\n`,
  end: () => "}\n",
};

/** RFC 4180, one table a file. Cells that a spreadsheet would run as a formula begin with an apostrophe. */
export const nodesCsv: GraphFormat = {
  contentType: "text/csv; charset=utf-8; header=present",
  begin: row(["id", "type", "name", "content", "data", "shared", "createdAt", "updatedAt"]),
  node: (node) =>
    row([
      node.id,
      node.type,
      node.name,
      node.content,
      JSON.stringify(node.data),
      String(node.shared),
      node.createdAt,
      node.updatedAt,
    ]),
  middle: "",
  edge: () => "",
  end: () => "",
};

export const edgesCsv: GraphFormat = {
  ...nodesCsv,
  begin: row(["id", "source", "sourceName", "type", "target", "targetName", "data", "shared", "createdAt"]),
  node: () => "",
  edge: (edge) =>
    row([
      edge.id,
      edge.source,
      edge.sourceName,
      edge.type,
      edge.target,
      edge.targetName,
      JSON.stringify(edge.data),
      String(edge.shared),
      edge.createdAt,
    ]),
};

/** Those that hold nodes and edges in one file. */
export const WHOLE_FORMATS = { json, jsonl, graphml, cypher, dot } as const;

/** What XML 1.0 cannot hold, not even as a reference. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const XML_NAMES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  // A reader makes it a newline otherwise.
  "\r": "&#13;",
};

function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, "\u{FFFD}")
    .replace(/[&<>"'\r]/g, (character) => XML_NAMES[character] ?? character);
}

function xmlKey(name: string, type: "string" | "boolean"): string {
  return `<key id="${name}" for="all" attr.name="${name}" attr.type="${type}"/>`;
}

function xmlData(values: { readonly [key: string]: string | boolean | object }): string {
  return Object.entries(values)
    .map(
      ([key, value]) => `<data key="${key}">${xml(typeof value === "string" ? value : JSON.stringify(value))}</data>`,
    )
    .join("");
}

function line(value: object): string {
  return `${wellFormedJson(JSON.stringify(value))}\n`;
}

/** A quoted string in which Graphviz finds neither an escape nor an entity of its own. */
function dotText(text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ")
    .replaceAll("&", "&amp;")
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("\n", "\\n");
  return `"${plain}"`;
}

function row(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(text: string): string {
  const plain = (FORMULA.test(text) ? `'${text}` : text).toWellFormed();
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
