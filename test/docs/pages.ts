import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The pages of the documentation, and what stands on them. */

const ROOT = join(import.meta.dirname, "../..");

export interface Page {
  /** From the root of the repository. */
  readonly file: string;
  readonly path: string;
  readonly text: string;
}

export const pages: readonly Page[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
]
  .toSorted()
  .map((file) => ({ file, path: join(ROOT, file), text: readFileSync(join(ROOT, file), "utf8") }));

export function page(file: string): Page {
  const found = pages.find((each) => each.file === file);
  if (found === undefined) throw new Error(`there is no page ${file}`);
  return found;
}

/** The lines of its `sh` blocks that run the command, in order. */
export function commandsOf({ text }: Page): readonly string[] {
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => /^[^#]*\bsparky\b/.test(line)),
  );
}

export interface LinkTarget {
  readonly from: string;
  /** From the root of the repository; the page itself for `#anchor`. */
  readonly file: string;
  readonly anchor: string | null;
}

/** Links and images that lead to files of the repository. */
export function linksOf({ file, text }: Page): readonly LinkTarget[] {
  const prose = text.replace(/^```[^]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)].map(([, link, src]) => link ?? src ?? "");
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", anchor] = target.split("#");
      const to = path === "" ? file : relative(ROOT, join(ROOT, dirname(file), path));
      return { from: file, file: to, anchor: anchor ?? null };
    });
}

/** What its headings can be linked by. */
export function anchorsOf({ text }: Page): readonly string[] {
  const prose = text.replace(/^```[^]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The cells of a table's rows, by their first cell; only rows whose first cell is code. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The names in code spans. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/** The page with what stands between its markers replaced. */
export function withGenerated({ file, text }: Page, name: string, content: string): string {
  const [start, end] = [`<!-- generated: ${name} -->`, "<!-- end -->"];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no place for ${name}`);
  return `${text.slice(0, from + start.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}
