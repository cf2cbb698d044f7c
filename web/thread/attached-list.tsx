import { FileText, X } from "lucide-react";
import { IconButton } from "../ui/button.tsx";
import type { Attached } from "./attach.ts";
import { FileSize, Unread } from "./file-facts.tsx";
import { WORDS } from "../words/thread.ts";

/** What goes along with the message that is being written: how far each is, and what is wrong with it. */
export function AttachedList({ files, onRemove }: { files: readonly Attached[]; onRemove: (file: Attached) => void }) {
  if (files.length === 0) return null;
  return (
    <ul aria-label={WORDS.files.title} className="mb-1.5 flex max-h-48 flex-wrap gap-1.5 overflow-y-auto">
      {files.map((file) => (
        <li
          key={file.key}
          data-attached={file.state.is}
          className={`relative flex max-w-full items-center gap-2 overflow-hidden rounded-lg border bg-panel py-1 pr-1 pl-1.5 text-sm ${
            file.state.is === "failed" ? "border-bad" : "border-line"
          }`}
        >
          {file.preview === null ? (
            <FileText aria-hidden="true" className="size-5 shrink-0 text-muted" />
          ) : (
            <img src={file.preview} alt="" className="size-10 shrink-0 rounded-md bg-sunken object-cover" />
          )}
          <span className="min-w-0">
            <span className="block max-w-56 truncate" title={file.name}>
              {file.name}
            </span>
            <State file={file} />
          </span>
          <IconButton label={WORDS.files.remove(file.name)} onClick={() => onRemove(file)}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
          {file.state.is === "sending" && (
            <span
              aria-hidden="true"
              className="absolute bottom-0 left-0 h-0.5 bg-accent"
              style={{ width: `${file.state.part * 100}%` }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function State({ file: { state } }: { file: Attached }) {
  if (state.is === "failed") {
    return (
      <span role="alert" className="block max-w-72 text-xs text-bad">
        {state.why}
      </span>
    );
  }
  if (state.is === "sending") {
    return (
      <span className="block text-xs text-muted tabular-nums">{WORDS.files.sending(Math.round(state.part * 100))}</span>
    );
  }
  return (
    <>
      <FileSize file={state.file} />
      <Unread file={state.file} />
    </>
  );
}
