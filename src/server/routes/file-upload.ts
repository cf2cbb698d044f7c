import { createHash } from "node:crypto";
import { SparkyError } from "../../core/errors.ts";
import type { Attachment } from "../../core/events.ts";
import { checkLoose, fileDraft } from "../../store/log/files.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../wire/api.ts";
import { checkName, kindOf, OTHER, TEXT, TextCheck, type FileKind } from "./file-kind.ts";
import { readFormFile } from "./form-file.ts";

/** Of a file so much is held at a time: what it is must be seen in the first of these. */
const PART = 1024 * 1024;

/** Takes in the file of a form, part by part. What breaks off or is refused leaves nothing. */
export async function takeFile(store: Store, viewer: User, request: Request): Promise<Attachment> {
  await checkLoose(store.db, viewer);
  return readFormFile(request, async ({ name, bytes }) => {
    const draft = fileDraft(store);
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
      const file = { name, mime: kind.mime, size, sha256: hash.digest("hex"), width, height, text: null };
      return await draft.keep(viewer, file);
    } catch (error) {
      await draft.drop();
      throw error;
    }
  });
}

async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.byteLength;) {
      const piece = chunk.subarray(at, at + PART - size);
      held.push(piece);
      size += piece.byteLength;
      at += piece.byteLength;
      if (size < PART) continue;
      yield Buffer.concat(held);
      [held, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(held);
}
