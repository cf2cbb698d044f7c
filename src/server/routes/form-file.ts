import { Readable } from "node:stream";
import { checkFileName, MAX_FILE_BYTES } from "../../core/files.ts";
import { SparkyError } from "../../core/errors.ts";

/** The one file of a form, as it comes in: no more of it is held than is being read. */

interface FormFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Resolves when the form has come to its end behind the file, once that is read; rejects where it breaks off there. */
  readonly whole: Promise<void>;
}

const WHAT = { hint: 'send it as a form with one file, as by: curl -F "file=@report.pdf"' };

/** Reads the form to its end. Throws `invalid_input` for what is no whole form with one file, `too_large` for a file that is too big. */
export async function readFormFile<T>(request: Request, take: (file: FormFile) => Promise<T>): Promise<T> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;.*boundary=/i.test(type) || request.body === null) {
    throw new SparkyError("invalid_input", "the body is no form (multipart/form-data)", WHAT);
  }
  const { Busboy } = await import("@fastify/busboy");
  const form = new Busboy({
    headers: { "content-type": type },
    // Its path is refused, not cut off.
    preservePath: true,
    limits: { files: 1, fileSize: MAX_FILE_BYTES, fields: 8, fieldSize: 4096, headerPairs: 32 },
  });
  let taken: Promise<T> | null = null;
  let file: Readable | null = null;
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => {});
  const finished = new Promise<void>((resolve) => form.on("finish", () => resolve()));
  const refuse = (cause: unknown): void => {
    if (cause instanceof SparkyError) return reject(cause);
    reject(new SparkyError("invalid_input", "the upload broke off, or is no whole form", { ...WHAT, cause }));
  };
  form.on("filesLimit", () =>
    refuse(new SparkyError("invalid_input", "there is more than one file in the form", WHAT)),
  );
  form.on("error", refuse);
  form.on("file", (_field, stream, name) => {
    file = stream;
    stream.on("error", refuse);
    stream.on("limit", () => refuse(tooLarge()));
    try {
      checkFileName(name ?? "");
    } catch (error) {
      stream.resume();
      return refuse(error);
    }
    const whole = Promise.race([finished, broken]);
    whole.catch(() => {});
    taken = take({ name, bytes: stream as AsyncIterable<Uint8Array>, whole });
    taken.catch(refuse);
  });
  const source = Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]);
  source.on("error", refuse);
  source.pipe(form);
  try {
    await Promise.race([finished, broken]);
    if (taken === null) throw new SparkyError("invalid_input", "there is no file in the form", WHAT);
    return await Promise.race([taken as Promise<T>, broken]);
  } catch (error) {
    source.unpipe(form);
    source.destroy();
    form.destroy();
    (file as Readable | null)?.destroy(error as Error);
    // What has been begun to be written is taken away by who wrote it, before anybody is told.
    await (taken as Promise<T> | null)?.catch(() => {});
    throw error;
  }
}

export function tooLarge(): SparkyError {
  return new SparkyError("too_large", `the file is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`, {
    hint: "send a part of it, or put it into the agent’s workspace and name it",
  });
}
