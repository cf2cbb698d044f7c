import type { ExportedEdge } from "../store/graph/export.ts";
import type { NodeFacts } from "../store/graph/node.ts";

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** How an exported graph is written: pure, and each value escaped by the rules of its format. */
export interface GraphFormat {
  readonly contentType: string;
  readonly begin: string;
  node(node: NodeFacts, first: boolean): string;
  /** Between the nodes and the edges. */
  readonly middle: string;
  edge(edge: ExportedEdge, first: boolean): string;
  readonly end: string;
}

/** The whole, exactly: what a program reads again. */
const json: GraphFormat = {
  contentType: "application/json; charset=utf-8",
  begin: '{"nodes":[',
  node: (node, first) => `${first ? "\n" : ",\n"}${JSON.stringify(node)}`,
  middle: '\n],"edges":[',
  edge: (edge, first) => `${first ? "\n" : ",\n"}${JSON.stringify(edge)}`,
  end: "\n]}\n",
};

/** http://graphml.graphdrawing.org, as Gephi, yEd and NetworkX read it. */
const graphml: GraphFormat = {
  contentType: "application/xml; charset=utf-8",
  begin: [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...["type", "name", "content", "data"].map(
      (name) => `<key id="${name}" for="all" attr.name="${name}" attr.type="string"/>`,
    ),
    '<graph id="sparky" edgedefault="directed">',
    "",
  ].join("\n"),
  node: (node) =>
    `<node id="${xml(node.id)}">${xmlData({ type: node.type, name: node.name, content: node.content, data: node.data })}</node>\n`,
  middle: "",
  edge: (edge) =>
    `<edge id="${xml(edge.id)}" source="${xml(edge.source)}" target="${xml(edge.target)}">` +
    `${xmlData({ type: edge.type, data: edge.data })}</edge>\n`,
  end: "</graph>\n</graphml>\n",
};

/** https://graphviz.org/doc/info/lang.html */
const dot: GraphFormat = {
  contentType: "text/vnd.graphviz; charset=utf-8",
  begin: "digraph sparky {\n",
  node: (node) => `  ${dotText(node.id)} [label=${dotText(`${node.name}\n${node.type}`)}];\n`,
  middle: "",
  edge: (edge) => `  ${dotText(edge.source)} -> ${dotText(edge.target)} [label=${dotText(edge.type)}];\n`,
  end: "}\n",
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
  end: "",
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
export const WHOLE_FORMATS = { json, graphml, dot } as const;

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

function xmlData(values: { readonly [key: string]: string | object }): string {
  return Object.entries(values)
    .map(
      ([key, value]) => `<data key="${key}">${xml(typeof value === "string" ? value : JSON.stringify(value))}</data>`,
    )
    .join("");
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
