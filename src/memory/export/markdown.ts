import { exportedFactsOf, type ExportedFact } from "../../store/facts/export.ts";
import { exportNodes, linksOf, type ExportedNode, type NodeLink } from "../../store/graph/export.ts";
import type { Db } from "../../store/database/sql.ts";
import { Paths } from "./paths.ts";
import type { ZipFile } from "./zip.ts";

/** Where a node's page is, and what a link to it says. */
interface Page {
  readonly path: string;
  readonly name: string;
}

/** Of so many nodes the edges are read at once. */
const TOGETHER = 10;

/**
 * A page for each node, with links to those that it is joined to. All names are read first: a page links to what comes later too.
 * A node that comes or changes its name meanwhile has no page; one that goes has none either.
 */
export async function* markdownFiles(db: Db, userId: string): AsyncGenerator<ZipFile> {
  const paths = new Paths();
  const pages = new Map<string, Page>();
  for await (const nodes of exportNodes(db, userId)) {
    for (const node of nodes) pages.set(node.id, { path: paths.of(node), name: node.name });
  }
  for await (const nodes of exportNodes(db, userId)) {
    for (let from = 0; from < nodes.length; from += TOGETHER) {
      const some = nodes.slice(from, from + TOGETHER);
      const ids = some.map(({ id }) => id);
      const facts = await exportedFactsOf(db, userId, ids);
      const links = Map.groupBy(await linksOf(db, userId, ids), ({ nodeId }) => nodeId);
      for (const node of some) {
        const page = pages.get(node.id);
        if (page === undefined) continue;
        const text = pageText(node, { links: links.get(node.id) ?? [], facts: facts.get(node.id) ?? [] }, pages);
        yield { path: page.path, text };
      }
    }
  }
}

/** Its front matter is YAML of which each value is JSON. */
function pageText(
  node: ExportedNode,
  { links, facts }: { readonly links: readonly NodeLink[]; readonly facts: readonly ExportedFact[] },
  pages: ReadonlyMap<string, Page>,
): string {
  const { content, ...front } = node;
  const about = Object.entries(front).map(([name, value]) => `${name}: ${yamlValue(value)}`);
  const lines = links
    .flatMap(({ type, direction, other }) => {
      const page = pages.get(other);
      return page === undefined ? [] : [{ direction, type, page }];
    })
    .toSorted((a, b) => order(b.direction, a.direction) || order(a.type, b.type) || order(a.page.path, b.page.path))
    .map(({ type, direction, page }) => {
      const link = `[${markdown(page.name)}](../${page.path.split("/").map(inAddress).join("/")})`;
      return direction === "out" ? `- ${markdown(type)} → ${link}` : `- ← ${markdown(type)} ${link}`;
    });
  const parts = [
    ["---", ...about, "---"].join("\n"),
    `# ${markdown(node.name)}`,
    ...(content === "" ? [] : [markdown(content)]),
    ...(facts.length === 0 ? [] : [`## Facts\n\n${facts.toSorted(newestFirst).map(factLine).join("\n")}`]),
    ...(lines.length === 0 ? [] : [`## Edges\n\n${lines.join("\n")}`]),
  ];
  return `${parts.join("\n\n")}\n`;
}

const newestFirst = (a: ExportedFact, b: ExportedFact): number =>
  Number(b.status === "active") - Number(a.status === "active") ||
  order(b.recordedAt, a.recordedAt) ||
  order(a.id, b.id);

/** The sentence, with when it holds and how it came here. */
function factLine({ text, validFrom, validTo, status, stated, author, shared }: ExportedFact): string {
  const notes = [
    ...(status === "active" ? [] : [status]),
    ...(validFrom === undefined ? [] : [`since ${validFrom.slice(0, 10)}`]),
    ...(validTo === undefined ? [] : [`until ${validTo.slice(0, 10)}`]),
    `${stated ? "said by" : "understood from"} ${markdown(author)}`,
    ...(shared ? ["shared"] : []),
  ];
  return `- ${markdown(text)} (${notes.join(", ")})`;
}

/** Without the brackets either, which would end the link. */
const inAddress = (name: string): string =>
  encodeURIComponent(name).replace(/[()]/g, (bracket) => (bracket === "(" ? "%28" : "%29"));

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** JSON on one line, without what YAML does not take as it is. */
function yamlValue(value: unknown): string {
  return JSON.stringify(value)
    .toWellFormed()
    .replace(
      /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** Text that stays text: no heading, link, picture, tag or list is made of what it says. */
function markdown(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "\u{FFFD}")
    .replace(/[\\`*_[\]<>#|~!&$]/g, "\\$&")
    .replace(/^([ \t]*)([-+=]|\d+(?=[.)]))/gm, (_, blanks: string, first: string) =>
      /\d/.test(first) ? `${blanks}${first}\\` : `${blanks}\\${first}`,
    );
}
