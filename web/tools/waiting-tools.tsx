import { Hand } from "lucide-react";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { decidedToolsSchema } from "../../src/wire/changes.ts";
import type { McpServer } from "../../src/wire/mcp.ts";
import { ChangedTools } from "../changes/changed-tools.tsx";
import { toolChangesPath } from "../changes/queries.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { useChange } from "./queries.ts";

type Waiting = McpServer["waiting"];

/** Tools that are new or changed: no run has them as they are now until a person has seen what changed. */
export function WaitingTools({ server, waiting, isOff }: { server: string; waiting: Waiting; isOff: boolean }) {
  const [told, setTold] = useState("");
  const open = waiting.filter(({ refused }) => !refused);
  const refused = waiting.filter((each) => each.refused);
  return (
    <>
      <p role="status" className={told === "" ? "sr-only" : "mt-2 text-muted"}>
        {told}
      </p>
      {open.length > 0 && !isOff && (
        <div className="mt-2 flex flex-col gap-3 rounded-lg border border-warn p-3">
          <p className="flex items-center gap-1.5 font-medium text-warn">
            <Hand aria-hidden="true" className="size-4 shrink-0" />
            {open.length === 1 ? "A tool waits" : `${open.length} tools wait`} for your yes
          </p>
          <ChangedTools server={server} tools={open} onTold={setTold} />
        </div>
      )}
      {refused.map((each) => (
        <Refused key={each.tool} server={server} tool={each} />
      ))}
    </>
  );
}

/** One that a person keeps out as it is: they may think better of it. */
function Refused({ server, tool: { tool, change, digest } }: { server: string; tool: Waiting[number] }) {
  const approve = useChange();
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-2 text-muted">
      <code className="font-mono [overflow-wrap:anywhere]">{exactLine(tool)}</code>
      {change === "new" ? "is new, and kept refused." : "has changed: as it is now it is kept refused."}
      <Button
        kind="quiet"
        className="px-2 py-0.5 text-xs"
        aria-label={`Approve after all: ${exactLine(tool)}`}
        disabled={approve.isPending}
        onClick={() =>
          approve.mutate({
            path: toolChangesPath(server),
            body: { decision: "approve", tools: [{ tool, digest }] },
            schema: decidedToolsSchema,
          })
        }
      >
        Approve after all
      </Button>
      <Problem error={approve.error} />
    </p>
  );
}
