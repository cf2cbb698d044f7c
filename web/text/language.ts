import type { LANGUAGES } from "./languages.ts";

export type Language = keyof typeof LANGUAGES;

const KNOWN: { readonly [L in Language]: { readonly title: string; readonly also: readonly string[] } } = {
  bash: { title: "Shell", also: ["sh", "shell", "zsh", "shellscript"] },
  c: { title: "C", also: ["h"] },
  csharp: { title: "C#", also: ["cs", "c#"] },
  cpp: { title: "C++", also: ["c++", "cc", "hpp"] },
  css: { title: "CSS", also: [] },
  docker: { title: "Dockerfile", also: ["dockerfile"] },
  go: { title: "Go", also: ["golang"] },
  html: { title: "HTML", also: ["htm"] },
  java: { title: "Java", also: [] },
  javascript: { title: "JavaScript", also: ["js", "mjs", "cjs", "node"] },
  json: { title: "JSON", also: ["jsonc", "json5", "jsonl", "ndjson"] },
  markdown: { title: "Markdown", also: ["md"] },
  php: { title: "PHP", also: [] },
  python: { title: "Python", also: ["py", "python3"] },
  ruby: { title: "Ruby", also: ["rb"] },
  rust: { title: "Rust", also: ["rs"] },
  sql: { title: "SQL", also: ["postgresql", "sqlite", "mysql"] },
  toml: { title: "TOML", also: ["ini"] },
  tsx: { title: "TSX", also: ["jsx"] },
  typescript: { title: "TypeScript", also: ["ts", "mts"] },
  xml: { title: "XML", also: ["svg"] },
  yaml: { title: "YAML", also: ["yml"] },
};

const BY_NAME = new Map<string, Language>(
  (Object.keys(KNOWN) as Language[]).flatMap((language) =>
    [language, ...KNOWN[language].also].map((name) => [name, language] as const),
  ),
);

/** The language that a fence names, as far as it is known; and what stands above the code. */
export function languageOf(name: string): { readonly language: Language | null; readonly title: string } {
  const language = BY_NAME.get(name.toLowerCase()) ?? null;
  return { language, title: language === null ? name : KNOWN[language].title };
}
