import { expect, test } from "vitest";
import { HOSTILE_WORDS } from "../../../test/kit/hostile-words.ts";
import type { ExportedEdge } from "../../store/graph/export.ts";
import type { NodeFacts } from "../../store/graph/node.ts";
import { cypher } from "./cypher.ts";

const at = "2026-01-01T00:00:00.000Z";
const node = (word: string): NodeFacts => ({
  ...{ id: "n1", type: word, name: word, content: word, data: { [word]: word } },
  ...{ shared: true, createdAt: at, updatedAt: at },
});
const edge = (word: string): ExportedEdge => ({
  ...{ id: "e1", type: word, source: "n1", sourceName: word, target: "n2", targetName: word, data: { [word]: word } },
  ...{ shared: true, createdAt: at },
});

const writeFact = (word: string): string => {
  const { facts } = cypher;
  if (facts?.stand !== "last") throw new Error("facts stand last");
  return facts.fact(
    {
      ...{
        id: "f1",
        subject: "n1",
        subjectName: word,
        relation: "likes",
        object: "n2",
        text: word,
        factKind: "profile",
      },
      ...{ stated: true, author: word, recordedAt: at, uses: 1, pinned: false, status: "active", shared: false },
    },
    true,
  );
};

type Token = { readonly kind: "string" | "word" | "sign"; readonly text: string };

const ESCAPED: { readonly [sign: string]: string } = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'" };

/** The tokens of a script as Cypher's grammar has them; strings that are joined by + are one. */
function tokens(script: string): readonly Token[] {
  const found: Token[] = [];
  const TOKEN =
    /\s*(?:'((?:[^'\\]|\\(?:u[0-9a-fA-F]{4}|[nrt\\']))*)'|`((?:[^`]|``)*)`|(-?[A-Za-z_][\w]*|[^\sA-Za-z_'`\\]))/y;
  for (TOKEN.lastIndex = 0; script.slice(TOKEN.lastIndex).trim() !== "";) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(script);
    if (match === null) throw new Error(`no token of Cypher: ${script.slice(from, from + 40)}`);
    const [, string, word, sign = ""] = match;
    if (string !== undefined) {
      const text = string.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex?: string, one = "") =>
        hex === undefined ? (ESCAPED[one] ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
      );
      const joins = found.at(-1)?.text === "+" && found.at(-2)?.kind === "string";
      const before = joins ? (found.splice(-2)[0]?.text ?? "") : "";
      found.push({ kind: "string", text: before + text });
    } else if (word !== undefined) found.push({ kind: "word", text: word.replaceAll("``", "`") });
    else found.push({ kind: "sign", text: sign });
  }
  return found;
}

/** As versions read that turn `\uXXXX` into its character before anything else, wherever it stands. */
const readEarly = (script: string): string =>
  script.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

test.each(HOSTILE_WORDS)("F53 %j is text in a script for Neo4j, however it reads escapes", (word) => {
  const plain = (script: string): string =>
    tokens(script)
      .map(({ kind, text }) => (kind === "sign" ? text : kind))
      .join(" ");
  for (const write of [
    (each: string) => cypher.node(node(each), true, []),
    writeFact,
    (each: string) => cypher.edge(edge(each), true),
  ]) {
    for (const read of [(script: string) => script, readEarly]) {
      // What is joined is one string: the script says the same as that of a harmless word.
      expect(plain(read(write(word)))).toBe(plain(write("Ann")));
      const strings = tokens(read(write(word))).filter(({ kind }) => kind === "string");
      expect(strings.map(({ text }) => text)).toContain(word);
      if (write !== writeFact) expect(strings.map(({ text }) => text)).toContain(JSON.stringify({ [word]: word }));
    }
  }
});
