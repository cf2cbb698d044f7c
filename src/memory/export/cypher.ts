import type { Alias } from "../../store/graph/aliases.ts";
import type { GraphFormat } from "./format.ts";

/**
 * A script for Neo4j 4.4 and later, as `cypher-shell` takes it: https://neo4j.com/docs/cypher-manual. Each statement stands alone and
 * changes nothing when it is run again: a node is known by its id, an edge by its ends, its type and its id.
 */
export const cypher: GraphFormat = {
  contentType: "text/plain; charset=utf-8",
  begin:
    "CREATE CONSTRAINT sparky_id IF NOT EXISTS FOR (n:Sparky) REQUIRE n.id IS UNIQUE;\n" +
    "CREATE CONSTRAINT sparky_fact_id IF NOT EXISTS FOR (f:SparkyFact) REQUIRE f.id IS UNIQUE;\n",
  node: ({ id, data, type, aliases = [], ...rest }) =>
    `MERGE (n:Sparky {id: ${text(id)}}) SET n:${word(type)}, n += ${map({ type, ...rest, data: JSON.stringify(data), ...alsoCalled(aliases) })};\n`,
  middle: "",
  edge: ({ id, type, source, target, data, shared, createdAt }) =>
    `MATCH (a:Sparky {id: ${text(source)}}), (b:Sparky {id: ${text(target)}}) ` +
    `MERGE (a)-[e:${word(type)} {id: ${text(id)}}]->(b) ` +
    `SET e += ${map({ type, shared, createdAt, data: JSON.stringify(data) })};\n`,
  facts: {
    stand: "last",
    begin: "",
    fact: ({ id, subject, object, subjectName: _, uses, ...rest }) =>
      `MATCH (n:Sparky {id: ${text(subject)}}) MERGE (f:SparkyFact {id: ${text(id)}}) ` +
      `SET f += ${map({ ...rest, uses: String(uses) })} MERGE (f)-[:ABOUT]->(n);\n` +
      (object === undefined
        ? ""
        : `MATCH (f:SparkyFact {id: ${text(id)}}), (o:Sparky {id: ${text(object)}}) MERGE (f)-[:LEADS_TO]->(o);\n`),
  },
  end: () => "",
};

const alsoCalled = (aliases: readonly Alias[]): { readonly aliases?: string } =>
  aliases.length === 0 ? {} : { aliases: JSON.stringify(aliases) };

function map(values: { readonly [key: string]: string | boolean }): string {
  const pairs = Object.entries(values).map(
    ([key, value]) => `${key}: ${typeof value === "string" ? text(value) : String(value)}`,
  );
  return `{${pairs.join(", ")}}`;
}

const ESCAPES: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A string. Some versions read `\uXXXX` before they read anything else, in the middle of an escaped backslash too: so no `u` ever
 * follows a backslash but in an escape of ours, and `'\\' + 'u0027'` is what a text with `\u0027` becomes.
 */
function text(value: string): string {
  const plain = value
    .toWellFormed()
    .replace(/[\\']/g, "\\$&")
    .replace(/\\u/g, "\\' + 'u")
    .replace(/[\n\r\t]/g, (character) => ESCAPES[character] ?? "")
    .replace(
      /[\u0001-\u001f\u007f-\u009f\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return `'${plain}'`;
}

/** A label or a type, in backticks. It is a name for the eye: the exact word stands in `type`. */
function word(value: string): string {
  const plain = value
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ")
    .replaceAll("\\", "/")
    .replaceAll("`", "``");
  return `\`${plain}\``;
}
