import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const WEB = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(WEB, path), "utf8");
const TOKENS = read("look/tokens.css");

/** The colours under each selector; a later one lies over the first. */
function palette(...selectors: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const selector of selectors) {
    const begin = TOKENS.indexOf(`\n${selector} {`);
    const block = TOKENS.slice(begin, TOKENS.indexOf("}", begin));
    for (const [, name = "", colour = ""] of block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)) found[name] = colour;
  }
  return found;
}

const brightness = (colour: string): number => {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** As WCAG 2.2 computes it. */
function contrast(one = "", other = ""): number {
  const [dark = 0, light = 0] = [brightness(one), brightness(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const TEXTS = ["ink", "muted", "accent", "good", "bad", "warn", "live"];
const PAPERS = ["page", "panel", "sunken"];
const PAIRS = [
  ...TEXTS.flatMap((text) => PAPERS.map((paper) => [text, paper] as const)),
  ...([
    ["accent", "accent-soft"],
    ["ink", "accent-soft"],
    ["bad", "bad-soft"],
    ["ink", "bad-soft"],
    ["warn", "warn-soft"],
  ] as const),
  ...([
    ["ink", "warn-soft"],
    ["accent-ink", "accent"],
    ["page", "warn"],
  ] as const),
];

test.each([
  { look: "light", selectors: [":root"], least: 4.5, edge: 3 },
  { look: "dark", selectors: [":root", ':root[data-theme="dark"]'], least: 4.5, edge: 3 },
  { look: "light with high contrast", selectors: [":root", ':root[data-contrast="more"]'], least: 7, edge: 4.5 },
  {
    look: "dark with high contrast",
    selectors: [":root", ':root[data-theme="dark"]', ':root[data-theme="dark"][data-contrast="more"]'],
    least: 7,
    edge: 4.5,
  },
])("in $look every text can be read on every paper, and every box has its edge", ({ selectors, least, edge }) => {
  const colours = palette(...selectors);
  expect(Object.keys(colours)).toHaveLength(16);
  const weak = PAIRS.filter(([text, paper]) => contrast(colours[text], colours[paper]) < least);
  expect(weak).toEqual([]);
  for (const paper of PAPERS) expect(contrast(colours["line-strong"], colours[paper])).toBeGreaterThan(edge);
});

const PARTS = readdirSync(WEB, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));

test("no part has a size of letters or a colour of its own", () => {
  expect(PARTS.length).toBeGreaterThan(50);
  const own = PARTS.flatMap((name) =>
    [
      ...read(name).matchAll(
        /\btext-\[[\d.]+\w+\]|\[(?:color:|#|rgb|hsl|oklch)[^\]]*\]|\b(?:text|bg|border)-(?:red|green|blue|gray|zinc|slate|amber|yellow|white)\b[\w-]*/g,
      ),
    ].map(([found]) => `${name}: ${found}`),
  );
  expect(own).toEqual([]);
});

test("docs/design/visual-language.md names every colour, every size and every part", () => {
  const page = readFileSync(join(WEB, "../docs/design/visual-language.md"), "utf8");
  const colours = Object.keys(palette(":root"));
  const sizes = [...TOKENS.matchAll(/--(text-[a-z]+):/g)].map(([, name = ""]) => name);
  const parts = PARTS.filter((name) => name.startsWith("ui/")).flatMap((name) =>
    [...read(name).matchAll(/^export (?:function|class) ([A-Z]\w+)/gm)].map(([, part = ""]) => part),
  );
  expect([colours.length, sizes.length, parts.length > 20]).toEqual([16, 3, true]);
  expect([...colours, ...sizes, ...parts].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
