import { useMutation } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { graphChangeSchema } from "../../src/wire/graph-changes.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { undoPath } from "./change-queries.ts";

/** Puts back what a change has changed. Where something newer stands on it, the server says what. */
export function Undo({ id, name, onDone }: { id: number; name: string; onDone?: () => void }) {
  const { http, queries } = useServices();
  const undo = useMutation({
    mutationFn: () => http.send("POST", undoPath(id), {}, graphChangeSchema),
    onSuccess: () => onDone?.(),
    onSettled: () => queries.invalidateQueries({ queryKey: ["graph"] }),
  });
  return (
    <>
      <Button
        kind="quiet"
        className="px-2 py-0.5 text-xs"
        aria-label={WORDS.undoOf(name)}
        disabled={undo.isPending}
        onClick={() => undo.mutate()}
      >
        <Undo2 aria-hidden="true" className="size-3.5" />
        {undo.isPending ? WORDS.undoing : WORDS.undo}
      </Button>
      <Problem error={undo.error} />
    </>
  );
}
