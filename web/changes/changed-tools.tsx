import { useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { exactLine } from "../../src/core/exact.ts";
import {
  decidedToolsSchema,
  type ChangedTool,
  type DecideTools,
  type ToolChangeShown,
} from "../../src/wire/changes.ts";
import { useServices } from "../app/services.tsx";
import { DiffView } from "../text/diff.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Problem } from "../ui/notice.tsx";
import { RefusedBy } from "./refused-by.tsx";
import { toolChangesPath, toolChangesQuery, useAnswer } from "./queries.ts";
import { WORDS } from "../words/changes.tsx";

interface Props {
  readonly server: string;
  readonly tools: readonly ChangedTool[];
  readonly onTold: (words: string) => void;
}

/** Each tool of a server with what is different, and what a person may answer to exactly that; to all only below all of them. */
export function ChangedTools({ server, tools, onTold }: Props) {
  const { http } = useServices();
  const shown = useQuery(toolChangesQuery(http, server, tools));
  const answer = useAnswer(onTold);
  if (shown.isPending) return <p className="text-sm text-muted">{WORDS.loading}</p>;
  if (shown.data === undefined) {
    return <Failure what={WORDS.toolsNotLoaded} error={shown.error} retry={() => void shown.refetch()} />;
  }
  const { items } = shown.data;
  const send = (decision: DecideTools["decision"], of: readonly ToolChangeShown[]): void => {
    const [only] = of.length === 1 ? of : [];
    const isYes = decision === "approve";
    answer.mutate({
      path: toolChangesPath(server),
      body: { decision, tools: of.map(({ tool, digest }) => ({ tool, digest })) },
      schema: decidedToolsSchema,
      words:
        only === undefined
          ? (isYes ? WORDS.approvedTools : WORDS.refusedTools)(of.length, server)
          : (isYes ? WORDS.approvedTool : WORDS.refusedTool)(only.tool, server),
    });
  };
  return (
    <>
      <ul className="flex flex-col gap-4 empty:hidden">
        {items.map((tool) => (
          <li key={tool.tool} data-changed-tool={tool.tool} className="border-t border-line pt-3 text-sm">
            <h4 className="flex flex-wrap items-baseline gap-x-2">
              <code className="font-mono font-medium [overflow-wrap:anywhere]">{exactLine(tool.tool)}</code>
              <span className="text-muted">{tool.change === "new" ? WORDS.isNew : WORDS.hasChanged}</span>
            </h4>
            {tool.refusal !== null && (
              <p className="text-muted">{WORDS.wasRefused(<RefusedBy refusal={tool.refusal} />)}</p>
            )}
            {tool.parts.map(({ part, diff }) => (
              <DiffView key={part} label={WORDS.parts[part]} text={diff} form="marked" />
            ))}
            <div className="mt-2 flex flex-wrap gap-2">
              <Button
                kind={items.length === 1 ? "primary" : "plain"}
                aria-label={WORDS.approveIt(exactLine(tool.tool))}
                disabled={answer.isPending}
                onClick={() => send("approve", [tool])}
              >
                <Check aria-hidden="true" className="size-4" />
                {WORDS.approve}
              </Button>
              <Button
                kind="quiet"
                aria-label={WORDS.refuseIt(exactLine(tool.tool))}
                disabled={answer.isPending}
                onClick={() => send("refuse", [tool])}
              >
                <X aria-hidden="true" className="size-4" />
                {WORDS.refuse}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {items.length > 1 && (
        <div className="flex flex-wrap gap-2 border-t border-line pt-3">
          <Button kind="primary" disabled={answer.isPending} onClick={() => send("approve", items)}>
            <Check aria-hidden="true" className="size-4" />
            {WORDS.approveAll(items.length)}
          </Button>
          <Button kind="quiet" disabled={answer.isPending} onClick={() => send("refuse", items)}>
            <X aria-hidden="true" className="size-4" />
            {WORDS.refuseAll(items.length)}
          </Button>
        </div>
      )}
      <Problem error={answer.error} />
    </>
  );
}
