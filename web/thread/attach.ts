import { useCallback, useEffect, useRef, useState } from "react";
import { MAX_ATTACHMENTS, MAX_FILE_BYTES, PICTURES } from "../../src/core/files.ts";
import type { SentFile } from "../../src/wire/files.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { upload } from "./upload.ts";
import { WORDS } from "../words/thread.ts";

/** A file that is to go along with what is being written. */
export interface Attached {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** Where this page has the picture; null: it is none. */
  readonly preview: string | null;
  readonly state:
    | { readonly is: "sending"; readonly part: number; readonly stop: () => void }
    | { readonly is: "there"; readonly file: SentFile }
    | { readonly is: "failed"; readonly why: string };
}

/** The files of a message box: each is sent at once, and taken back if it is removed before the message goes. */
export function useAttached() {
  const { http } = useServices();
  const [files, setFiles] = useState<readonly Attached[]>([]);
  const now = useRef(files);
  const change = useCallback((next: readonly Attached[]) => {
    now.current = next;
    setFiles(next);
  }, []);
  const become = useCallback(
    (key: string, state: Attached["state"]) =>
      change(now.current.map((each) => (each.key === key ? { ...each, state } : each))),
    [change],
  );
  const add = useCallback(
    (chosen: readonly File[]) => {
      for (const file of chosen) {
        const key = crypto.randomUUID();
        const preview = PICTURES.has(file.type) ? URL.createObjectURL(file) : null;
        const put = (state: Attached["state"]): void =>
          change([...now.current, { key, name: file.name, size: file.size, preview, state }]);
        const why = problemOf(file, now.current.length);
        if (why !== null) {
          put({ is: "failed", why });
          continue;
        }
        const { done, stop } = upload(file, (part) => become(key, { is: "sending", part, stop }));
        put({ is: "sending", part: 0, stop });
        done.then(
          (sent) => become(key, { is: "there", file: sent }),
          (error: unknown) => become(key, { is: "failed", why: (error as Error).message }),
        );
      }
    },
    [change, become],
  );
  const remove = useCallback(
    ({ key, preview, state }: Attached) => {
      change(now.current.filter((each) => each.key !== key));
      if (preview !== null) URL.revokeObjectURL(preview);
      if (state.is === "sending") state.stop();
      // If that fails it goes by itself after a day.
      if (state.is === "there") http.send("DELETE", `/api/files/${state.file.id}`, undefined, anything).catch(() => {});
    },
    [change, http],
  );
  /** Leaves the box empty: they go with a message now. */
  const take = useCallback((): readonly Attached[] => {
    const taken = now.current;
    change([]);
    return taken;
  }, [change]);
  const putBack = useCallback((taken: readonly Attached[]) => change([...taken, ...now.current]), [change]);
  useEffect(
    () => () => {
      for (const { preview, state } of now.current) {
        if (preview !== null) URL.revokeObjectURL(preview);
        if (state.is === "sending") state.stop();
      }
    },
    [],
  );
  return { files, add, remove, take, putBack };
}

function problemOf({ size }: File, before: number): string | null {
  if (before >= MAX_ATTACHMENTS) return WORDS.files.tooMany(MAX_ATTACHMENTS);
  if (size > MAX_FILE_BYTES) return WORDS.files.tooBig(MAX_FILE_BYTES / 1024 / 1024);
  return size === 0 ? WORDS.files.empty : null;
}

export const sentOf = (files: readonly Attached[]): readonly SentFile[] =>
  files.flatMap(({ state }) => (state.is === "there" ? [state.file] : []));
