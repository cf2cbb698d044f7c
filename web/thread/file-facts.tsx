import type { Attachment } from "../../src/core/events.ts";
import { sizeInWords } from "../../src/core/files.ts";
import { WORDS } from "../words/thread.ts";

/** How big a file is; of a PDF also how much of it the agent reads. */
export function FileSize({ file }: { file: Pick<Attachment, "size" | "pages" | "readPages"> }) {
  const { size, pages, readPages } = file;
  const facts = pages === undefined ? [] : [WORDS.files.pages(pages, readPages ?? pages)];
  return <span className="text-xs text-muted tabular-nums">{[...facts, sizeInWords(size)].join(", ")}</span>;
}

/** Why the agent cannot read it. */
export function Unread({ file: { unread } }: { file: Pick<Attachment, "unread"> }) {
  if (unread === undefined) return null;
  return <span className="block max-w-72 text-xs text-warn">{WORDS.files.unread[unread]}</span>;
}
