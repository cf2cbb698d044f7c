import type { Unread } from "../../core/events.ts";
import { PDF } from "../../core/files.ts";
import { TooMuch, Unreadable, type PageReader } from "../../tools/web/page-reader.ts";

/** What is read in a PDF while it is taken in: once, and never again. */

interface PdfText {
  readonly text: string | null;
  readonly pages: number | null;
  /** Of so many pages is the text. */
  readonly read: number | null;
  readonly unread: Unread | null;
}

export const NO_PDF: PdfText = { text: null, pages: null, read: null, unread: null };

/** Throws only where its text might come at another time: whatever is wrong with the file itself is what is known of it. */
export async function readPdf(
  pages: PageReader,
  bytes: () => Promise<Uint8Array>,
  signal: AbortSignal,
): Promise<PdfText> {
  try {
    const found = await pages.read({ kind: "pdf", url: "", contentType: PDF, bytes, as: "plain" }, signal);
    const { count, read } = found.pages ?? { count: 0, read: 0 };
    if (found.text === "") return { ...NO_PDF, pages: count, unread: read < count ? "too_much" : "no_text" };
    return { text: found.text, pages: count, read, unread: null };
  } catch (error) {
    if (error instanceof TooMuch) return { ...NO_PDF, unread: "too_much" };
    if (error instanceof Unreadable) return { ...NO_PDF, unread: error.needsPassword ? "encrypted" : "damaged" };
    throw error;
  }
}
