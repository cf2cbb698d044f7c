import { Download } from "lucide-react";
import type { Attachment } from "../../src/core/events.ts";
import { PICTURES } from "../../src/core/files.ts";
import { FileSize, Unread } from "./file-facts.tsx";
import { WORDS } from "../words/thread.ts";

/** What was sent along with a message: pictures to look at, all else to save. */
export function SentFiles({ files = [] }: { files?: readonly Attachment[] | undefined }) {
  if (files.length === 0) return null;
  return (
    <ul aria-label={WORDS.files.title} className="mt-1 flex max-w-full flex-wrap justify-end gap-1.5">
      {files.map((file) => (
        <li key={file.id} className="max-w-full">
          {PICTURES.has(file.mime) ? <Picture file={file} /> : <Saved file={file} />}
        </li>
      ))}
    </ul>
  );
}

const address = ({ id }: Attachment): string => `/api/files/${encodeURIComponent(id)}`;

/** It takes its room before it is there, so that nothing moves when it comes. */
function Picture({ file }: { file: Attachment }) {
  const { name, width = 1, height = 1 } = file;
  return (
    <a
      href={address(file)}
      target="_blank"
      rel="noreferrer"
      title={WORDS.files.large(name)}
      className="block overflow-hidden rounded-lg border border-line bg-sunken"
    >
      <img
        src={address(file)}
        alt={name}
        width={width}
        height={height}
        loading="lazy"
        className="h-40 w-auto max-w-full object-contain"
        style={{ aspectRatio: `${width} / ${height}` }}
      />
    </a>
  );
}

function Saved({ file }: { file: Attachment }) {
  return (
    <a
      href={address(file)}
      download={file.name}
      title={WORDS.files.save(file.name)}
      className="tap inline-flex max-w-full items-center gap-2 rounded-lg border border-line bg-panel px-2.5 py-1.5 text-sm hover:bg-sunken"
    >
      <Download aria-hidden="true" className="size-4 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 truncate">{file.name}</span>
          <span className="shrink-0">
            <FileSize file={file} />
          </span>
        </span>
        <Unread file={file} />
      </span>
    </a>
  );
}
