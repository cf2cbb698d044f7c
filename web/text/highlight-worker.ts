import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import type { Painted, Request, Response } from "./highlight.ts";
import { LANGUAGES } from "./languages.ts";

/** Runs in a worker: a grammar may take long over what a model writes, and the page is not to wait for it. */

const THEME = createCssVariablesTheme({ name: "sparky", variablePrefix: "--code-" });

let highlighter: Promise<HighlighterCore> | undefined;

function open(): Promise<HighlighterCore> {
  return createHighlighterCore({
    themes: [THEME],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
}

async function paint({ code, language }: Request): Promise<readonly Painted[]> {
  const shiki = await (highlighter ??= open());
  await shiki.loadLanguage(LANGUAGES[language]);
  const { tokens } = shiki.codeToTokens(code, { lang: language, theme: "sparky" });
  return tokens.map((line) => line.map(({ content, color }) => [content, color ?? ""] as const));
}

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  const answer = (lines: Response["lines"]): void => postMessage({ id: data.id, lines } satisfies Response);
  // What cannot be painted stays as it is.
  paint(data).then(answer, () => answer(null));
});
