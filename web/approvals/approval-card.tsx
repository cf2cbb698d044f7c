import { exactLine } from "../../src/core/exact.ts";
import { Link } from "@tanstack/react-router";
import { Hand } from "lucide-react";
import type { Approval } from "../../src/wire/approvals.ts";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { Answer } from "./answer.tsx";
import { Expiry } from "./expiry.tsx";
import { Arguments } from "./arguments.tsx";
import { ReasonText, useReason } from "./reason.tsx";
import { WORDS } from "../words/approvals.tsx";

/** One question of the agent: what exactly, for what, why, and until when it can be answered. */
export function ApprovalCard({ approval, onTold }: { approval: Approval; onTold: (words: string) => void }) {
  const { canSee, chatTitle, chatOwner } = approval;
  const task = approval.taskId?.slice(0, 8) ?? null;
  const reason = useReason(approval.chatId, approval.callId, canSee);
  const now = useNow(15_000);
  return (
    <article
      data-approval-id={approval.id}
      aria-label={WORDS.heard(exactLine(approval.tool), exactLine(approval.summary, 80))}
      className="flex flex-col gap-3 rounded-xl border border-warn bg-page p-4"
    >
      <div>
        <h3 className="flex flex-wrap items-center gap-x-2 font-semibold">
          <Hand aria-hidden="true" className="size-4 shrink-0 text-warn" />
          <span>{WORDS.mayItRun(<code className="font-mono">{exactLine(approval.tool)}</code>)}</span>
        </h3>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
          {!canSee ? (
            <span className="[overflow-wrap:anywhere]">{WORDS.fromOf(task, chatOwner)}</span>
          ) : (
            <Link
              to="/chats/$chatId"
              params={{ chatId: approval.chatId }}
              search={reason?.seq == null ? {} : { at: reason.seq }}
              className="text-accent underline [overflow-wrap:anywhere]"
            >
              {WORDS.from(task, oneLine(chatTitle, 80))}
            </Link>
          )}
          <time dateTime={approval.requestedAt} title={fullTime(approval.requestedAt)}>
            {WORDS.asked(ago(approval.requestedAt, now))}
          </time>
          <Expiry at={approval.expiresAt} />
        </p>
      </div>
      <Arguments args={approval.args} terms={approval.terms} />
      {!canSee && <p className="text-sm text-muted">{WORDS.yoursToAnswer(chatOwner)}</p>}
      <ReasonText reason={reason} />
      <Answer approval={approval} onTold={onTold} />
    </article>
  );
}
