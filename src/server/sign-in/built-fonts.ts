import { readdir } from "node:fs/promises";
import { join } from "node:path";

const FONTS = [
  { family: "Inter Variable", weights: "100 900", file: /^inter-latin-wght-normal-[\w-]+\.woff2$/ },
  { family: "JetBrains Mono Variable", weights: "100 800", file: /^jetbrains-mono-latin-wght-normal-[\w-]+\.woff2$/ },
] as const;

/** The rules by which a page that was not built has the fonts of those that were; none where nothing is built here. */
export function builtFonts(webRoot: string | null): () => Promise<string> {
  let known: string | null = null;
  return async () => {
    if (known !== null) return known;
    const names = webRoot === null ? [] : await readdir(join(webRoot, "assets")).catch(() => []);
    const rules = FONTS.flatMap(({ family, weights, file }) => {
      const name = names.find((each) => file.test(each));
      if (name === undefined) return [];
      return [
        `@font-face { font-family: "${family}"; font-weight: ${weights}; font-display: swap; src: url("/assets/${name}") format("woff2") }`,
      ];
    });
    // It may be built only later.
    if (rules.length > 0) known = rules.join("\n");
    return rules.join("\n");
  };
}
