import { clean } from "../console/text.ts";
import { span, wrap, type Line, type Look, type Span } from "./text.ts";

/** Markdown as a terminal can show it: emphasis, code, headings and lists. What is not understood stays as it was written. */

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^#{1,6}\s+(.*)$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^\s*>\s?(.*)$/;
const INLINE =
  /`([^`\n]+)`|\*\*([^*\n]+)\*\*|__([^_\n]+)__|(?<![\w*])\*([^*\s][^*\n]*)\*|(?<!\w)_([^_\s](?:[^_\n]|(?<=\w)_(?=\w))*)_(?!\w)/g;

/** `margin` stands before every line. The text is made safe here. */
export function markdown(text: string, width: number, margin: string, look: Look = "plain"): Line[] {
  const lines: Line[] = [];
  let fenced = false;
  for (const raw of clean(text).trimEnd().split("\n")) {
    const line = raw.replaceAll("\t", "    ");
    if (FENCE.test(line)) {
      fenced = !fenced;
      continue;
    }
    if (fenced) lines.push(...wrap([span(line, look === "dim" ? look : "code")], width, [span(`${margin}  `, look)]));
    else lines.push(...block(line, width, margin, look));
  }
  return lines;
}

function block(line: string, width: number, margin: string, look: Look): Line[] {
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) return wrap([span(heading, look === "dim" ? look : "bold")], width, [span(margin, look)]);
  const item = ITEM.exec(line);
  if (item !== null) {
    const [, indent = "", bullet = "", rest = ""] = item;
    const mark = /^[-*+]$/.test(bullet) ? "•" : bullet;
    return wrap(inline(rest, look), width, [span(`${margin}${indent.slice(0, 12)}${mark} `, look)]);
  }
  const quote = QUOTE.exec(line)?.[1];
  if (quote !== undefined) return wrap(inline(quote, "dim"), width, [span(`${margin}│ `, "dim")]);
  return wrap(inline(line, look), width, [span(margin, look)]);
}

function inline(text: string, look: Look): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, stars, bars, star, bar] = match;
    const strong = stars ?? bars;
    spans.push(span(text.slice(from, match.index), look));
    if (code !== undefined) spans.push(span(code, look === "dim" ? look : "code"));
    else if (strong !== undefined) spans.push(span(strong, look === "dim" ? look : "bold"));
    else spans.push(span(star ?? bar ?? "", look === "dim" ? look : "italic"));
    from = match.index + whole.length;
  }
  return [...spans, span(text.slice(from), look)].filter((each) => each.text !== "");
}
