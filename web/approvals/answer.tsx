import { callLine } from "../../src/core/exact.ts";
import { useMutation } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useId, useState } from "react";
import { approvalSchema, type Approval, type Decision } from "../../src/wire/approvals.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { until } from "../ui/format.ts";
import { CommandRules } from "./rules.tsx";
import { useNow } from "../ui/now.tsx";
import { hintOf, isTooLate } from "./too-late.ts";
import { WORDS } from "../words/approvals.tsx";

interface Props {
  readonly approval: Approval;
  /** Told in words what came of the answer: the approval may be gone from the page by then. */
  readonly onTold: (words: string) => void;
}

/** A person's yes or no. Each button says what it covers. */
export function Answer({ approval, onTold }: Props) {
  const { http, queries } = useServices();
  const [note, setNote] = useState("");
  const noteId = useId();
  const isOver = until(approval.expiresAt, useNow(15_000)) === null;
  const { tool } = approval;
  const answer = useMutation({
    mutationFn: (decision: Decision) =>
      http.send("POST", `/api/approvals/${encodeURIComponent(approval.id)}`, decision, approvalSchema),
    onSuccess: ({ state }) => onTold(WORDS.youDid(state, callLine(tool, approval.summary))),
    onError: (error) => {
      if (isTooLate(error)) onTold(WORDS.tooLate(error.message));
    },
    onSettled: () => {
      for (const key of ["approvals", "status", "away"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  if (!approval.canDecide) return <p className="text-sm text-muted">{WORDS.mayOnlyWatch}</p>;
  const send = (decision: Omit<Decision, "note">): void =>
    answer.mutate({ ...decision, ...(note.trim() !== "" && { note: note.trim() }) });
  const isBusy = answer.isPending || isOver;
  return (
    <div className="flex flex-col gap-2">
      {approval.canSee && (
        <>
          <label htmlFor={noteId} className="sr-only">
            {WORDS.note}
          </label>
          <input
            id={noteId}
            dir="auto"
            value={note}
            maxLength={2000}
            placeholder={WORDS.noteOptional}
            onChange={(event) => setNote(event.target.value)}
            className="tap w-full rounded-md border border-line-strong bg-page px-2 py-1 text-sm placeholder:text-muted"
          />
        </>
      )}
      <div className="flex flex-wrap gap-2">
        {approval.canApprove && (
          <>
            <Button
              kind="primary"
              className="max-sm:w-full"
              disabled={isBusy}
              onClick={() => send({ decision: "approve", scope: "call" })}
            >
              <Check aria-hidden="true" className="size-4" />
              {WORDS.approveCall}
            </Button>
            <Button
              className="max-sm:w-full"
              disabled={isBusy}
              onClick={() => send({ decision: "approve", scope: "run" })}
            >
              {WORDS.approveRun(tool)}
            </Button>
            <Button
              className="max-sm:w-full"
              disabled={isBusy}
              onClick={() => send({ decision: "approve", scope: `until ${midnight()}` })}
            >
              {WORDS.approveUntilMidnight(tool)}
            </Button>
          </>
        )}
        <Button kind="danger" className="max-sm:w-full" disabled={isBusy} onClick={() => send({ decision: "deny" })}>
          <X aria-hidden="true" className="size-4" />
          {WORDS.deny}
        </Button>
      </div>
      {!approval.canApprove && <p className="text-sm text-muted">{WORDS.needsAnother}</p>}
      {approval.canApprove && approval.rules.length > 0 && (
        <CommandRules
          suggested={approval.rules}
          disabled={isBusy}
          onAllow={(rules, span) =>
            send({ decision: "approve", scope: span === "run" ? "run" : `until ${midnight()}`, rules: [...rules] })
          }
        />
      )}
      {answer.isPending && (
        <p role="status" className="text-sm text-muted">
          {WORDS.sending}
        </p>
      )}
      {isOver && <p className="text-sm text-muted">{WORDS.expiredUnanswered}</p>}
      {answer.error !== null && !isTooLate(answer.error) && (
        <p role="alert" className="text-sm text-bad">
          {WORDS.notAnswered(answer.error.message, hintOf(answer.error))}
        </p>
      )}
    </div>
  );
}

/** The end of this day where the person is. */
function midnight(): string {
  return new Date(new Date().setHours(24, 0, 0, 0)).toISOString();
}
