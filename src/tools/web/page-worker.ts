import { parentPort, workerData } from "node:worker_threads";
import { piece, soundText } from "../../core/text.ts";
import { decode } from "./charset.ts";
import type { RawPage, ReadPage } from "./page.ts";

/** The thread that reads one page, and ends. Libraries that a page does not need are not loaded. */

/** More of one page nobody reads. */
const MAX_CHARS = 2_000_000;

async function read(page: RawPage): Promise<ReadPage> {
  if (page.kind === "pdf") return (await import("./pdf.ts")).readPdf(page.bytes);
  const { text, note } = decode(page.bytes, page.contentType);
  const notes = note === null ? [] : [note];
  if (page.kind === "text") return { title: null, by: null, published: null, text, notes };
  const found = (await import("./html.ts")).readHtml(text, page);
  return { ...found, notes: [...notes, ...found.notes] };
}

// What starts this thread gives it a page.
const found = await read(workerData as RawPage);
const text = soundText(found.text);
const tooLong = text.length > MAX_CHARS ? [`only its first ${MAX_CHARS} characters are kept`] : [];
parentPort?.postMessage({ ...found, text: piece(text, 0, MAX_CHARS), notes: [...found.notes, ...tooLong] });
