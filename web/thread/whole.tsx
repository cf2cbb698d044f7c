import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { size } from "../ui/format.ts";
import { Failure } from "../ui/notice.tsx";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** More than this on a page would make it slow. */
const MOST_SHOWN = 2_000_000;

/** A result, or arguments, too big for their event: the whole of it, here or as a file. */
export function Whole({ what, id, bytes }: { what: "result" | "arguments"; id: string; bytes: number }) {
  const { http } = useServices();
  const [isOpen, setOpen] = useState(false);
  const path = `/api/blobs/${encodeURIComponent(id)}`;
  const whole = useQuery({
    queryKey: ["blob", id],
    queryFn: ({ signal }) => http.get(path, anything, signal),
    enabled: isOpen,
    staleTime: Infinity,
  });
  return (
    <div className="mt-1">
      <div className="flex flex-wrap gap-2">
        {bytes <= MOST_SHOWN ? (
          <Button
            className="px-2 py-0.5 text-xs"
            aria-expanded={isOpen}
            disabled={whole.isFetching}
            onClick={() => setOpen(!isOpen)}
          >
            {whole.isFetching ? COMMON.loading : isOpen ? WORDS.hideWhole : WORDS.showAllOf(size(bytes))}
          </Button>
        ) : (
          <span className="self-center text-xs text-muted">{WORDS.tooMuch(size(bytes))}</span>
        )}
        <a
          href={path}
          download
          className="tap inline-flex items-center gap-1.5 rounded-md border border-line px-2 py-0.5 text-xs font-medium hover:bg-sunken"
        >
          <Download aria-hidden="true" className="size-3.5" />
          {WORDS.download}
        </a>
      </div>
      {isOpen && whole.error !== null && (
        <Failure what={WORDS.wholeNotLoaded[what]} error={whole.error} retry={() => void whole.refetch()} />
      )}
      {isOpen && whole.data !== undefined && (
        <JsonView label={WORDS.whole[what]} value={whole.data} isOpen isRaw isExact={what === "arguments"} />
      )}
    </div>
  );
}
