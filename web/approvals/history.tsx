import { byWhom } from "../../src/core/answered-by.ts";
import { exactLine } from "../../src/core/exact.ts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleSlash, ClockAlert, Hand, Undo2, type LucideIcon } from "lucide-react";
import { useState } from "react";
import type { Approval } from "../../src/wire/approvals.ts";
import { approvalsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { PastQuestions } from "../questions/past-questions.tsx";
import { Arguments } from "./arguments.tsx";
import { WORDS } from "../words/approvals.tsx";
import { WORDS as COMMON } from "../words/common.ts";

const PAGE = 50;

const LOOKS: Readonly<Record<Approval["state"], { readonly icon: LucideIcon; readonly colour: string }>> = {
  requested: { icon: Hand, colour: "text-warn" },
  approved: { icon: CircleCheck, colour: "text-good" },
  denied: { icon: CircleSlash, colour: "text-bad" },
  expired: { icon: ClockAlert, colour: "text-muted" },
  withdrawn: { icon: Undo2, colour: "text-muted" },
};

/** What was asked and who answered, the newest first. */
export function History() {
  return (
    <>
      <PastApprovals />
      <PastQuestions />
    </>
  );
}

function PastApprovals() {
  const { http } = useServices();
  const [limit, setLimit] = useState(PAGE);
  const list = useQuery(approvalsQuery(http, "all", limit));
  const now = useNow(30_000);
  if (list.isPending) return <Loading what={WORDS.loadingHistory} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.historyNotLoaded} error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.data.items.length === 0) return <Empty title={WORDS.noHistory} isSmall />;
  return (
    <>
      <ul aria-label={WORDS.history} className="divide-y divide-line">
        {list.data.items.map((approval) => (
          <Past key={approval.id} approval={approval} now={now} />
        ))}
      </ul>
      {list.data.next !== null && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => setLimit(limit + PAGE)}>
          {COMMON.showMore}
        </Button>
      )}
    </>
  );
}

function Past({ approval, now }: { approval: Approval; now: number }) {
  const { icon: Icon, colour } = LOOKS[approval.state];
  const at = approval.decidedAt ?? approval.requestedAt;
  const task = approval.taskId?.slice(0, 8) ?? null;
  return (
    <li data-approval-id={approval.id} data-approval-state={approval.state} className="py-2 text-sm">
      <p className="flex flex-wrap items-center gap-x-2">
        <span className={`inline-flex items-center gap-1.5 font-medium ${colour}`}>
          <Icon aria-hidden="true" className="size-4 shrink-0" />
          {WORDS.by(WORDS.states[approval.state], approval.by === null ? null : byWhom(approval.by, approval.via))}
        </span>
        <code className="font-mono text-code font-medium">{approval.tool}</code>
        <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
          {exactLine(approval.summary, 200)}
        </span>
        <time dateTime={at} title={fullTime(at)} className="ml-auto text-xs text-muted">
          {ago(at, now)}
        </time>
      </p>
      {approval.note !== null && approval.note !== "" && (
        <p dir="auto" className="pl-6 [overflow-wrap:anywhere]">
          {WORDS.quoted(approval.note)}
        </p>
      )}
      <details className="pl-6 text-muted">
        <summary className="tap w-fit text-xs">
          {!approval.canSee
            ? WORDS.detailsOf(task, approval.chatOwner)
            : WORDS.details(task, oneLine(approval.chatTitle, 60))}
        </summary>
        <Arguments args={approval.args} terms={approval.terms} />
        {approval.canSee && (
          <Link
            to="/chats/$chatId"
            params={{ chatId: approval.chatId }}
            className="tap inline-flex items-center text-xs text-accent underline"
          >
            {WORDS.openChat}
          </Link>
        )}
      </details>
    </li>
  );
}
