import { getDocumentProxy, getMeta } from "unpdf";
import { soundText } from "../../core/text.ts";
import type { ReadPage } from "./page.ts";

/** Of one that has more, its first pages are read. */
const MAX_CHARS = 2_000_000;
/** The thread that reads it has longer: what was read until then is better than nothing. */
const ENOUGH_MS = 20_000;

/** A PDF's text, page by page, each with its number before it, as far as there is time and room. */
export async function readPdf(bytes: Uint8Array, enoughMs = ENOUGH_MS): Promise<ReadPage> {
  const started = performance.now();
  const pdf = await getDocumentProxy(bytes);
  const { info } = await getMeta(pdf);
  const field = (name: string): string | null => {
    const value: unknown = info[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
  };
  // It is what the file says, whatever that is.
  const count = Math.max(0, pdf.numPages);
  const texts: string[] = [];
  let chars = 0;
  let hasText = false;
  let read = 0;
  for (; read < count && (read === 0 || performance.now() - started < enoughMs); read++) {
    const text = await textOfPage(pdf, read + 1);
    const told = `[page ${read + 1}]\n${text}`;
    if (read > 0 && chars + told.length > MAX_CHARS) break;
    texts.push(told);
    chars += told.length + 2;
    hasText ||= text !== "";
  }
  const notes: string[] = [];
  if (read < count) notes.push(`only the first ${read} of its ${count} pages were read: it is too much`);
  if (!hasText) notes.push(`${read} pages hold no text: pictures, perhaps scanned`);
  return {
    ...{ title: field("Title"), by: field("Author"), published: null },
    text: hasText ? texts.join("\n\n") : "",
    notes,
    pages: { count, read },
  };
}

/** A page that is broken does not keep the others from being read. */
async function textOfPage(pdf: Awaited<ReturnType<typeof getDocumentProxy>>, n: number): Promise<string> {
  try {
    const page = await pdf.getPage(n);
    const { items } = await page.getTextContent();
    page.cleanup();
    return soundText(items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("")).trim();
  } catch {
    return "(this page is damaged)";
  }
}
