import { useMemo, useState } from "react";
import { Download } from "lucide-react";
import { prettyJson } from "../../src/core/pretty-json.ts";
import { shorten } from "../../src/core/text.ts";
import { Exact } from "../text/exact.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { size } from "../ui/format.ts";

/** More of it is drawn on demand. */
const PREVIEW = 8192;

interface Props {
  readonly label: string;
  readonly value: unknown;
  readonly note?: string | undefined;
  /** What runs or ran, not what came of it: nothing in it hides. */
  readonly isExact?: boolean;
  /** The name of the file that it can be taken as. */
  readonly file?: string;
}

/** A value in full: set out for reading or as it is, with long lines broken or not, to be copied or kept. */
export function Value({ label, value, note, isExact = false, file }: Props) {
  const [isRaw, setRaw] = useState(false);
  const [isWrapped, setWrapped] = useState(true);
  const [isWhole, setWhole] = useState(false);
  const text = useMemo(() => {
    if (typeof value === "string") return isRaw ? JSON.stringify(value) : value;
    return isRaw ? JSON.stringify(value) : prettyJson(value);
  }, [value, isRaw]);
  const shown = text.length > PREVIEW && !isWhole ? shorten(text, PREVIEW) : text;
  const small = "px-2 py-0.5 text-xs";
  return (
    <section aria-label={label} className="mt-3">
      <div className="flex flex-wrap items-center gap-x-1 text-xs text-muted">
        <h3 className="mr-1 font-semibold text-ink">{label}</h3>
        <span className="mr-auto">
          {size(text.length)}
          {note !== undefined && ` · ${note}`}
        </span>
        <Button kind="quiet" className={small} aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
          Raw
        </Button>
        <Button kind="quiet" className={small} aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          Wrap
        </Button>
        <CopyButton text={text} />
        {file !== undefined && (
          <Button kind="quiet" className={small} onClick={() => keep(file, text)}>
            <Download aria-hidden="true" className="size-3.5" />
            Download
          </Button>
        )}
      </div>
      <pre
        tabIndex={0}
        aria-label={`${label}, its text`}
        dir="auto"
        className={`mt-1 max-h-96 overflow-auto rounded-md bg-sunken p-2 font-mono text-code ${
          isWrapped ? "[overflow-wrap:anywhere] whitespace-pre-wrap" : "whitespace-pre"
        }`}
      >
        {isExact ? <Exact text={shown} /> : shown}
      </pre>
      {text.length > PREVIEW && (
        <Button kind="quiet" className={small} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${size(text.length)}`}
        </Button>
      )}
    </section>
  );
}

/** Gives the text to the person as a file. */
function keep(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
