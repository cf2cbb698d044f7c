import { Undo2 } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { useApart } from "./keep-apart.ts";
import { NodeLink } from "./node-link.tsx";

interface Label {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** What was just told apart, and may be one again. */
export function ToldApart({ left, right, onUndone }: { left: Label; right: Label; onUndone: () => void }) {
  const apart = useApart(onUndone);
  return (
    <div
      role="status"
      data-apart={`${left.id} ${right.id}`}
      className="mt-2 flex flex-wrap items-center gap-x-2 rounded-lg border border-line bg-panel px-3 py-1.5 text-sm"
    >
      <span>{WORDS.areTwo(<NodeLink node={left} />, <NodeLink node={right} />)}</span>
      <Button
        kind="quiet"
        className="px-2 py-0.5 text-xs"
        aria-label={WORDS.undoOf(WORDS.apart(left.name, right.name))}
        disabled={apart.isPending}
        onClick={() => apart.mutate({ left: left.id, right: right.id, apart: false })}
      >
        <Undo2 aria-hidden="true" className="size-3.5" />
        {apart.isPending ? WORDS.undoing : WORDS.undo}
      </Button>
      <Problem error={apart.error} />
    </div>
  );
}
