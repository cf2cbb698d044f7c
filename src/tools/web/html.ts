import { Readability } from "@mozilla/readability";
import { gfm } from "@joplin/turndown-plugin-gfm";
import { parseHTML } from "linkedom";
import Turndown from "turndown";
import { depthOf, plainText, prepare } from "./dom.ts";
import type { RawPage, ReadPage } from "./page.ts";

/** HTML to Markdown. Runs in a thread of its own: a page can be made to keep these libraries busy for minutes. */

/** Readability takes minutes for a thousand levels, and Turndown has no stack for three thousand. Pages have some thirty. */
const MAX_DEPTH = 256;
/** An article that holds less of a long page is none: a list of links, a front page. */
const SHORT_ARTICLE = 400;

export function readHtml(html: string, { url, as }: RawPage): ReadPage {
  // Without its root a document is empty to the parser.
  const whole = /<html[\s>]/i.test(html.slice(0, 10_000)) ? html : `<html><head></head><body>${html}</body></html>`;
  const { document } = parseHTML(whole);
  const title = document.querySelector("title")?.textContent?.replace(/\s+/g, " ").trim() || null;
  const plain = { title, by: null, published: null };
  const depth = depthOf(document.documentElement);
  if (as === "plain") return { ...plain, text: plainText(document.documentElement), notes: [] };
  if (depth > MAX_DEPTH) {
    const note = `its elements are nested ${depth} deep, so that only its text is given`;
    return { ...plain, text: plainText(document.documentElement), notes: [note] };
  }
  prepare(document, url);
  const body = (document.body ?? document.documentElement).innerHTML;
  if (as === "page") return { ...plain, text: markdown(body), notes: [] };
  const article = new Readability(document, { keepClasses: true }).parse();
  const text = markdown(article?.content ?? "");
  const about = { title: article?.title || title, by: article?.byline || null };
  if (text.length < SHORT_ARTICLE) {
    const all = markdown(body);
    if (all.length > text.length * 2) return { ...plain, text: all, notes: [] };
  }
  return { ...about, published: article?.publishedTime || null, text, notes: [] };
}

/** From the string: of another parser's nodes Turndown would make no tables. */
function markdown(html: string): string {
  const turndown = new Turndown({ headingStyle: "atx", codeBlockStyle: "fenced", bulletListMarker: "-" });
  turndown.use(gfm);
  turndown.remove(["script", "style", "noscript", "iframe", "object", "button", "select", "textarea"]);
  return turndown.turndown(html).trim();
}
