import { useQuery } from "@tanstack/react-query";
import { toolSchema, type ToolInfo } from "../../src/wire/mcp.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Fact } from "../ui/fact.tsx";
import { Problem } from "../ui/notice.tsx";
import { Mark, VERDICT_LOOKS, verdictLooks } from "./mark.tsx";
import { useChange } from "./queries.ts";
import { WORDS } from "../words/tools.tsx";

type Origin = keyof typeof WORDS.origins;
type Verdict = keyof typeof VERDICT_LOOKS;
/** What nobody has said otherwise of: the tool's own word, which may depend on what a call asks for. */
const BY_DEFAULT = "default";

/** Who may let a tool's calls happen, for each origin of a run; the owner changes it here. Lines of a `dl`. */
export function ToolPolicy({ tool }: { tool: ToolInfo }) {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const change = useChange();
  const looks = (origin: Origin) => verdictLooks(tool, origin);
  const path = `/api/tools/${encodeURIComponent(tool.name)}`;
  // The keys of these tables are all that there is.
  const origins = Object.entries(WORDS.origins) as [Origin, string][];
  const verdicts = Object.entries(VERDICT_LOOKS) as [Verdict, { readonly word: string }][];
  return (
    <>
      {origins.map(([origin, where]) => (
        <Fact key={origin} name={where}>
          <span className="flex flex-wrap items-center gap-x-3">
            {looks(origin).map((look) => (
              <Mark key={look.word} look={look} />
            ))}
            {me?.role === "owner" && (
              <select
                aria-label={WORDS.originOf(where, tool.name)}
                className="tap rounded-md border border-line-strong bg-page px-1 py-0.5 text-xs"
                disabled={change.isPending}
                value={looks(origin).length > 1 ? BY_DEFAULT : tool.policy[origin]}
                onChange={({ target }) =>
                  change.mutate({
                    method: "PATCH",
                    path,
                    body: { policy: { [origin]: target.value === BY_DEFAULT ? null : target.value } },
                    schema: toolSchema,
                  })
                }
              >
                {verdicts.map(([verdict, { word }]) => (
                  <option key={verdict} value={verdict}>
                    {word}
                  </option>
                ))}
                <option value={BY_DEFAULT}>{WORDS.byDefault}</option>
              </select>
            )}
          </span>
        </Fact>
      ))}
      {change.error !== null && (
        <Fact name={WORDS.notChanged}>
          <Problem error={change.error} />
        </Fact>
      )}
    </>
  );
}
