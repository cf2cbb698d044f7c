import { extractText, getDocumentProxy, getMeta } from "unpdf";
import type { ReadPage } from "./page.ts";

/** A PDF's text, page by page. */
export async function readPdf(bytes: Uint8Array): Promise<ReadPage> {
  const pdf = await getDocumentProxy(bytes);
  const { info } = await getMeta(pdf);
  const { text, totalPages } = await extractText(pdf, { mergePages: false });
  const field = (name: string): string | null => {
    const value: unknown = info[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
  };
  const isEmpty = text.every((page) => page.trim() === "");
  return {
    title: field("Title"),
    by: field("Author"),
    published: null,
    text: isEmpty ? "" : text.map((page, at) => `## Page ${at + 1} of ${totalPages}\n\n${page.trim()}`).join("\n\n"),
    notes: isEmpty ? [`its ${totalPages} pages hold no text: pictures, perhaps scanned`] : [],
  };
}
