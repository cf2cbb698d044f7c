import { errorBodySchema } from "../../src/wire/api.ts";
import { fileSchema, type SentFile } from "../../src/wire/files.ts";
import { WORDS } from "../words/thread.ts";

/** A file on its way to the server. Not `fetch`, which does not tell how much has gone out. */
export interface Upload {
  readonly done: Promise<SentFile>;
  readonly stop: () => void;
}

/** A file of which nothing goes out for so long, and no answer comes, is given up. */
const SILENT_MS = 60_000;

/** `onProgress`: which part of it has gone out, from 0 to 1. What it rejects with is for people. */
export function upload(file: File, onProgress: (part: number) => void): Upload {
  const request = new XMLHttpRequest();
  const started = performance.now();
  // Counted from its beginning, however long it takes.
  const waitOn = (): void => void (request.timeout = performance.now() - started + SILENT_MS);
  const done = new Promise<SentFile>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(why));
    request.upload.onprogress = ({ loaded, total }) => {
      waitOn();
      onProgress(total > 0 ? loaded / total : 0);
    };
    request.ontimeout = () => fail(WORDS.files.cutOff);
    request.onerror = () => fail(WORDS.files.cutOff);
    request.onabort = () => fail(WORDS.files.stopped);
    request.onload = () => {
      const answer = parsed(request.responseText);
      const sent = fileSchema.safeParse(answer);
      if (request.status === 201 && sent.success) return resolve(sent.data);
      const refused = errorBodySchema.safeParse(answer);
      if (!refused.success) return fail(WORDS.files.answered(request.status));
      const { message, hint } = refused.data.error;
      fail(hint === undefined ? message : `${message}; ${hint}`);
    };
  });
  const form = new FormData();
  form.set("file", file);
  request.open("POST", "/api/files");
  waitOn();
  request.send(form);
  return { done, stop: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
