import { Hand } from "lucide-react";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { decidedToolsSchema } from "../../src/wire/changes.ts";
import type { McpServer } from "../../src/wire/mcp.ts";
import { ChangedTools } from "../changes/changed-tools.tsx";
import { toolChangesPath } from "../changes/queries.ts";
import { RefusedBy } from "../changes/refused-by.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { useChange } from "./queries.ts";
import { WORDS } from "../words/tools.tsx";

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
            {WORDS.toolsWait(open.length)}
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
function Refused({ server, tool: { tool, change, digest, refusal } }: { server: string; tool: Waiting[number] }) {
  const approve = useChange();
  const by = refusal === null ? null : <RefusedBy refusal={refusal} />;
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-2 text-muted">
      <code className="font-mono [overflow-wrap:anywhere]">{exactLine(tool)}</code>
      <span>{change === "new" ? WORDS.newRefused(by) : WORDS.changedRefused(by)}</span>
      <Button
        kind="quiet"
        className="px-2 py-0.5 text-xs"
        aria-label={WORDS.approveItAfterAll(exactLine(tool))}
        disabled={approve.isPending}
        onClick={() =>
          approve.mutate({
            path: toolChangesPath(server),
            body: { decision: "approve", tools: [{ tool, digest }] },
            schema: decidedToolsSchema,
          })
        }
      >
        {WORDS.approveAfterAll}
      </Button>
      <Problem error={approve.error} />
    </p>
  );
}
