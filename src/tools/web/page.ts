/** A page as it goes between the server and the thread that reads it. */

export type Kind = "html" | "pdf" | "text";

export interface RawPage {
  readonly url: string;
  readonly kind: Kind;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** `article`: without menus and margins. `page`: all of it. `plain`: its text alone, which every page has. */
  readonly as: "article" | "page" | "plain";
}

export interface ReadPage {
  readonly title: string | null;
  readonly by: string | null;
  readonly published: string | null;
  /** Markdown, or the text as it is. */
  readonly text: string;
  /** What a reader should know: left out, cut, guessed. */
  readonly notes: readonly string[];
  /** Of a PDF: how many it has, and of how many the text is. */
  readonly pages?: { readonly count: number; readonly read: number };
}

/** What a body is, by what its server says and, where that says nothing, by how it begins; null: nothing to read. */
export function kindOf(contentType: string, bytes: Uint8Array): Kind | null {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  if (type === "application/pdf" || start.startsWith("%PDF-")) return "pdf";
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (/^text\/|[/+](json|xml|yaml|toml|javascript|ecmascript|x-ndjson|x-yaml|x-sh)$/.test(type)) return "text";
  if (type !== "" && !/^(application\/octet-stream|binary\/octet-stream|unknown\/unknown)$/.test(type)) return null;
  if (/^\s*(<!doctype html|<html[\s>])/i.test(start)) return "html";
  return start.includes("\0") ? null : "text";
}
