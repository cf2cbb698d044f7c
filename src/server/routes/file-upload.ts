import { createHash } from "node:crypto";
import { SparkyError } from "../../core/errors.ts";
import type { Attachment } from "../../core/events.ts";
import { PDF, TEXT } from "../../core/files.ts";
import { PART_BYTES } from "../../store/log/file-parts.ts";
import { fileDraft } from "../../store/log/files.ts";
import type { Store } from "../../store/database/store.ts";
import type { PageReader } from "../../tools/web/page-reader.ts";
import type { User } from "../../wire/api.ts";
import { checkName, kindOf, OTHER, TextCheck, type FileKind } from "./file-kind.ts";
import { readFormFile } from "./form-file.ts";
import { NO_PDF, readPdf } from "./read-pdf.ts";

/** Takes in the file of a form, part by part, and reads a PDF. What breaks off or is refused leaves nothing. */
export async function takeFile(
  { store, pages }: { readonly store: Store; readonly pages: PageReader },
  viewer: User,
  request: Request,
): Promise<Attachment> {
  return readFormFile(request, async ({ name, bytes, whole }) => {
    const draft = await fileDraft(store, viewer);
    try {
      const hash = createHash("sha256");
      let kind: FileKind | null = null;
      let size = 0;
      const text = new TextCheck();
      for await (const part of inParts(bytes)) {
        kind ??= await kindOf(name, part);
        if (kind.mime === TEXT && !text.goesOn(part)) {
          kind = { mime: OTHER, size: null };
          checkName(name, kind.mime);
        }
        hash.update(part);
        size += part.byteLength;
        await draft.write(part);
      }
      if (kind === null) {
        throw new SparkyError("invalid_input", `${JSON.stringify(name)} is empty`, {
          hint: "send a file with something in it",
        });
      }
      const { width, height } = kind.size ?? { width: null, height: null };
      const file = { name, mime: kind.mime, size, sha256: hash.digest("hex"), width, height };
      const found = kind.mime === PDF ? await readPdf(pages, () => draft.read(size), request.signal) : NO_PDF;
      if (found.text !== null) await draft.writeText(found.text);
      const { pages: count, read, unread } = found;
      await whole;
      return await draft.keep({ ...file, pages: count, read_pages: read, unread });
    } catch (error) {
      await draft.drop();
      throw error;
    }
  });
}

/** What it is must be seen in the first of these. */
async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.byteLength;) {
      const piece = chunk.subarray(at, at + PART_BYTES - size);
      held.push(piece);
      size += piece.byteLength;
      at += piece.byteLength;
      if (size < PART_BYTES) continue;
      yield Buffer.concat(held);
      [held, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(held);
}
