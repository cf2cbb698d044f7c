import { FoldVertical } from "lucide-react";
import type { ChatView } from "../../src/core/chat-view.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Fact } from "../ui/fact.tsx";
import { dollars } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { useCompact } from "./compact.ts";
import { usedBy, type ModelCall } from "./context-ring.tsx";
import { Given } from "./given.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  readonly chatId: string;
  readonly call: ModelCall;
  readonly view: ChatView;
  /** What came before this `seq` was summarised; null: nothing was. */
  readonly summary: number | null;
  readonly canWrite: boolean;
  readonly onClose: () => void;
}

const PARTS = ["system", "tools", "messages"] as const;

/** What the last model call was made of, and what the chat has used so far. */
export function ContextDetails({ chatId, call, view, summary, canWrite, onClose }: Props) {
  const compact = useCompact(onClose);
  const { context } = call;
  const parts = context === undefined ? 0 : context.system + context.tools + context.messages;
  return (
    <Dialog title={WORDS.context.title} onClose={onClose}>
      <p className="mt-1 text-sm text-muted">{WORDS.context.means}</p>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <Fact name={WORDS.context.model}>
          {call.effortRefused === undefined
            ? WORDS.given.by(call.model, call.effort ?? null)
            : WORDS.context.withoutEffort(call.model, call.effortRefused)}
        </Fact>
        <Fact name={WORDS.context.used}>
          {WORDS.context.tokens(whole(usedBy(call)), whole(call.inputTokens), whole(call.outputTokens))}
          {call.estimated && WORDS.context.estimated}
        </Fact>
        {call.cachedTokens !== undefined && (
          <Fact name={WORDS.context.cached}>{WORDS.context.ofThoseGiven(whole(call.cachedTokens))}</Fact>
        )}
        <Fact name={WORDS.context.window}>{windowWords(context)}</Fact>
      </dl>
      {context !== undefined && parts > 0 && (
        <table className="mt-4 w-full text-sm">
          <caption className="text-left text-xs text-muted">{WORDS.context.madeOf}</caption>
          <tbody>
            {PARTS.map((part) => (
              <tr key={part}>
                <th scope="row" className="py-0.5 pr-3 text-left font-normal whitespace-nowrap">
                  {WORDS.context.parts[part]}
                </th>
                <td className="w-full">
                  <span aria-hidden="true" className="block h-2 rounded-full bg-sunken">
                    <span
                      className="block h-2 rounded-full bg-accent"
                      style={{ width: `${(context[part] / parts) * 100}%` }}
                    />
                  </span>
                </td>
                <td className="pl-3 text-right tabular-nums">{whole(context[part])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="mt-3 text-sm">{leftOutWords(context)}</p>
      {summary !== null && <p className="mt-1 text-sm">{WORDS.context.summarised(summary)}</p>}
      {canWrite && (
        <div className="mt-3">
          <Button disabled={compact.isPending} onClick={() => compact.mutate(chatId)}>
            <FoldVertical aria-hidden="true" className="size-4" />
            {WORDS.context.sumUp}
          </Button>
          <Problem error={compact.error} />
        </div>
      )}
      <Given chatId={chatId} at={null} />
      <p className="mt-3 border-t border-line pt-3 text-sm">
        {WORDS.context.whole(whole(view.inputTokens + view.outputTokens), costWords(view))}
      </p>
    </Dialog>
  );
}

const whole = (tokens: number): string => tokens.toLocaleString();

function windowWords(context: ModelCall["context"]): string {
  if (context === undefined) return WORDS.context.windowNotKnown;
  if (context.windowGuessed) return WORDS.context.windowGuessed(whole(context.window));
  return WORDS.context.windowOf(whole(context.window));
}

function leftOutWords(context: ModelCall["context"]): string {
  if (context === undefined) return WORDS.context.partsNotKnown;
  const { leftOut } = context;
  if (leftOut === 0) return WORDS.context.nothingLeftOut;
  return leftOut === 1 ? WORDS.context.oneLeftOut : WORDS.context.someLeftOut(whole(leftOut));
}

function costWords({ costUsd }: ChatView): string {
  return costUsd === null ? WORDS.context.costNotKnown : WORDS.context.cost(dollars(costUsd));
}
