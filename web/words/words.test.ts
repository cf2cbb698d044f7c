import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { expect, test } from "vitest";

const WEB = join(import.meta.dirname, "..");

/** What people read or hear without seeing it as text. */
const SPOKEN = new Set([
  "alt",
  "aria-label",
  "aria-description",
  "description",
  "label",
  "placeholder",
  "title",
  "what",
  "word",
]);

interface Node {
  readonly type: string;
  readonly start: number;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

const part = (node: Node, name: string): unknown => (node as unknown as Record<string, unknown>)[name];
const parts = (node: Node): readonly Node[] => Object.values(node).flat().filter(isNode);
const valueOf = (node: Node): Node => part(node, "value") as Node;
const nameOf = (node: unknown): string => (isNode(node) ? String(part(node, "name") ?? "") : "");

/** A word, not a sign, a unit of one letter or a number. */
const hasWord = (text: unknown): boolean => typeof text === "string" && /\p{L}{2}/u.test(text);

/** Words as people write them: with a capital, or a blank before or between them; no class, key or address. */
const isSentence = (text: string): boolean =>
  /^\p{Lu}\p{Ll}+(?!\w)/u.test(text) || (/(^|\p{L}) [\p{L}$]/u.test(text) && !/[\w\]]-[\w[]|[&=#/<>:]/u.test(text));

/** The strings that an expression may become: both branches, each part of a template, not what a call is given. */
function* saidBy(node: Node): Generator<readonly [Node, string]> {
  switch (node.type) {
    case "Literal":
    case "JSXText":
      if (hasWord(part(node, "value"))) yield [node, String(part(node, "value"))];
      return;
    case "TemplateElement": {
      const { cooked } = part(node, "value") as { readonly cooked: string };
      if (hasWord(cooked)) yield [node, cooked];
      return;
    }
    case "ConditionalExpression":
      for (const name of ["consequent", "alternate"]) yield* saidBy(part(node, name) as Node);
      return;
    case "LogicalExpression":
      yield* saidBy(part(node, "right") as Node);
      return;
    case "TemplateLiteral":
      for (const each of part(node, "quasis") as readonly Node[]) yield* saidBy(each);
      return;
    case "JSXExpressionContainer":
    case "ParenthesizedExpression":
      yield* saidBy(part(node, "expression") as Node);
  }
}

/** The texts for people in a file, each with its line. */
function textsIn(path: string, source: string): readonly string[] {
  const found: string[] = [];
  const tellOne = (at: Node, text: string): void => {
    const line = source.slice(0, at.start).split("\n").length;
    found.push(`${path}:${line}: ${text.trim().replaceAll(/\s+/g, " ")}`);
  };
  const tell = (node: Node): void => {
    for (const [at, text] of saidBy(node)) tellOne(at, text);
  };
  // What a function returns may be a code, a key or a class too.
  const tellSentences = (node: Node): void => {
    for (const [at, text] of saidBy(node)) if (isSentence(text)) tellOne(at, text);
  };
  const walk = (node: Node): void => {
    if (node.type === "JSXElement" || node.type === "JSXFragment") {
      for (const child of part(node, "children") as readonly Node[]) tell(child);
    }
    if (node.type === "JSXAttribute" && SPOKEN.has(nameOf(part(node, "name"))) && isNode(part(node, "value"))) {
      // `what` is a sentence, or the name of a part.
      const isName =
        nameOf(part(node, "name")) === "what" &&
        /^"[a-z]+"$/.test(source.slice(valueOf(node).start).split(/[\s>/]/)[0] ?? "");
      if (!isName) tell(valueOf(node));
    }
    if (node.type === "NewExpression" && nameOf(part(node, "callee")).endsWith("Error")) {
      for (const given of part(node, "arguments") as readonly Node[]) tell(given);
    }
    if (node.type === "ReturnStatement" && isNode(part(node, "argument")))
      tellSentences(part(node, "argument") as Node);
    if (node.type === "ArrowFunctionExpression" && part(node, "expression") === true) {
      tellSentences(part(node, "body") as Node);
    }
    for (const each of parts(node)) walk(each);
  };
  const lang = path.endsWith("x") ? "tsx" : "ts";
  walk(parseAst(source, { lang }) as unknown as Node);
  return found;
}

const files = readdirSync(WEB, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.(test|d)\.tsx?$/.test(name))
  .sort();
const read = (name: string): string => readFileSync(join(WEB, name), "utf8");
const folderOf = (name: string): string => name.split("/")[0] ?? "";

test("no page has a text of its own: all are in web/words", () => {
  const texts = files.filter((name) => folderOf(name) !== "words").flatMap((name) => textsIn(name, read(name)));
  expect(texts).toEqual([]);
});

test("a text is found wherever it may stand, and nothing else is taken for one", () => {
  const source = `
    const name = "not shown";
    const codeOf = () => (name ? "model_auth" : "flex grow-0 px-2");
    const ageOf = (n) => \`\${n} ago\`;
    function dayOf(n) {
      if (n > 1) return \`\${n} days before\`;
      return n === 0 ? "Today" : "under $1";
    }
    if (name === "") throw new Error("Said by an error");
    export const Page = () => (
      <p className="not a text" aria-label="Heard" title={name ? "A tip" : \`Another \${name}\`} key="no">
        Seen {name} · 2 {name === "neither" ? "One branch" : "the other"} {name && "at times"} {say("to a function")}
        <i>{/* nor this */}</i>
      </p>
    );`;
  expect(textsIn("page.tsx", source).map((text) => text.split(": ")[1])).toEqual([
    "ago",
    "days before",
    "Today",
    "under $1",
    "Said by an error",
    "Seen",
    "One branch",
    "the other",
    "at times",
    "Heard",
    "A tip",
    "Another",
  ]);
});

const wordFiles = files.filter((name) => folderOf(name) === "words" && /^export const WORDS\b/m.test(read(name)));

test("every text is said somewhere", () => {
  const unsaid = wordFiles.flatMap((name) => {
    const users = files.filter((file) => imported(file).includes(name)).map(read);
    // The keys of the object itself stand two blanks in.
    const keys = [...read(name).matchAll(/^ {2}(\w+):/gm)].map(([, key = ""]) => key);
    expect(keys.length, name).toBeGreaterThan(0);
    // One may be picked by its name: then that stands there in another way.
    const isSaid = (key: string): boolean =>
      users.some((text) => new RegExp(text.includes("WORDS[") ? `\\b${key}\\b` : `\\.\\s*${key}\\b`).test(text));
    return keys.filter((key) => !isSaid(key)).map((key) => `${name}: ${key}`);
  });
  expect(unsaid).toEqual([]);
});

test("a folder's texts are its own: what several say is in common.ts", () => {
  const shared = wordFiles
    .filter((name) => name !== "words/common.ts")
    .map((name) => ({ name, by: [...new Set(files.filter((file) => imported(file).includes(name)).map(folderOf))] }));
  expect(shared.filter(({ by }) => by.length !== 1)).toEqual([]);
});

function imported(file: string): readonly string[] {
  return [...read(file).matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) =>
    relative(WEB, join(WEB, dirname(file), path)),
  );
}
