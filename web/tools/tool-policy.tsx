import { useQuery } from "@tanstack/react-query";
import { toolSchema, type ToolInfo } from "../../src/wire/mcp.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Fact } from "../ui/fact.tsx";
import { Problem } from "../ui/notice.tsx";
import { Mark, VERDICT_LOOKS } from "./mark.tsx";
import { useChange } from "./queries.ts";

const ORIGINS = { chat: "In chats", task: "In tasks", schedule: "In schedules" } as const;
type Origin = keyof typeof ORIGINS;
type Verdict = keyof typeof VERDICT_LOOKS;

/** Who may let a tool's calls happen, for each origin of a run; the owner changes it here. Lines of a `dl`. */
export function ToolPolicy({ tool }: { tool: ToolInfo }) {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const change = useChange();
  const path = `/api/tools/${encodeURIComponent(tool.name)}`;
  // The keys of these tables are all that there is.
  const origins = Object.entries(ORIGINS) as [Origin, string][];
  const verdicts = Object.entries(VERDICT_LOOKS) as [Verdict, { readonly word: string }][];
  return (
    <>
      {origins.map(([origin, where]) => (
        <Fact key={origin} name={where}>
          <span className="flex flex-wrap items-center gap-x-3">
            <Mark look={VERDICT_LOOKS[tool.policy[origin]]} />
            {me?.role === "owner" && (
              <select
                aria-label={`${where}: ${tool.name}`}
                className="tap rounded-md border border-line-strong bg-page px-1 py-0.5 text-xs"
                disabled={change.isPending}
                value={tool.policy[origin]}
                onChange={({ target }) =>
                  change.mutate({
                    method: "PATCH",
                    path,
                    body: { policy: { [origin]: target.value } },
                    schema: toolSchema,
                  })
                }
              >
                {verdicts.map(([verdict, { word }]) => (
                  <option key={verdict} value={verdict}>
                    {word}
                  </option>
                ))}
              </select>
            )}
          </span>
        </Fact>
      ))}
      {change.error !== null && (
        <Fact name="Not changed">
          <Problem error={change.error} />
        </Fact>
      )}
    </>
  );
}
