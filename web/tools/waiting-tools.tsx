import { Hand } from "lucide-react";
import { exactLine } from "../../src/core/exact.ts";
import { mcpServerSchema, type McpServer } from "../../src/wire/mcp.ts";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { serverPath, useChange } from "./queries.ts";

/** Tools that are new or changed: no run has them as they are now until a person has seen what changed. */
export function WaitingTools({ server, waiting }: { server: string; waiting: McpServer["waiting"] }) {
  const approve = useChange();
  if (waiting.length === 0) return null;
  return (
    <div className="mt-2 rounded-lg border border-warn bg-warn-soft p-3">
      <p className="flex items-center gap-1.5 font-medium text-warn">
        <Hand aria-hidden="true" className="size-4 shrink-0" />
        {waiting.length === 1 ? "A tool waits" : `${waiting.length} tools wait`} for your yes
      </p>
      <ul>
        {waiting.map(({ tool, change, diff, digest }) => (
          <li key={tool} data-waiting-tool={tool} className="mt-2">
            <div className="flex flex-wrap items-center gap-2">
              <code className="font-mono [overflow-wrap:anywhere]">{exactLine(tool)}</code>
              <span className="text-xs">{change === "new" ? "is new" : "has changed"}</span>
              <Button
                className="ml-auto"
                aria-label={`Approve ${tool}`}
                disabled={approve.isPending}
                onClick={() =>
                  approve.mutate({
                    path: `${serverPath(server)}/approve`,
                    body: { tool, digest },
                    schema: mcpServerSchema,
                  })
                }
              >
                Approve
              </Button>
            </div>
            <JsonView label={`What is different in ${tool}`} value={diff} isExact />
          </li>
        ))}
      </ul>
      <Problem error={approve.error} />
    </div>
  );
}
