import { byWhom } from "../../src/core/answered-by.ts";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CallEntry } from "../../src/core/transcript.ts";
import { approvalQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Answer } from "../approvals/answer.tsx";
import { Expiry } from "../approvals/expiry.tsx";
import { Arguments } from "../approvals/arguments.tsx";
import { Failure } from "../ui/notice.tsx";

const WORDS = { approved: "Approved", denied: "Denied", expired: "Expired", withdrawn: "Withdrawn" } as const;

/** What a person is asked about this call, with the buttons of the inbox; later, what was answered and by whom. */
export function CallApproval({ call, asks }: { call: CallEntry; asks: boolean }) {
  const [told, setTold] = useState("");
  const asked = call.approval?.data;
  if (asked === undefined) return null;
  const answer = asked.state === "requested" ? null : WORDS[asked.state];
  return (
    <div className="ml-5 border-l-2 border-line pl-3 text-sm">
      <p role="status" className={told === "" ? "sr-only" : "py-0.5"}>
        {told}
      </p>
      {asks && <Question id={asked.approvalId} onTold={setTold} />}
      {answer !== null && (
        <p className="text-xs text-muted [overflow-wrap:anywhere]">
          {answer}
          {asked.by !== undefined && ` by ${byWhom(asked.by, asked.via)}`}
          {asked.note !== undefined && asked.note !== "" && `: “${asked.note}”`}
        </p>
      )}
    </div>
  );
}

function Question({ id, onTold }: { id: string; onTold: (words: string) => void }) {
  const { http } = useServices();
  const { data, error, refetch } = useQuery(approvalQuery(http, id));
  if (data === undefined) {
    return error === null ? (
      <p className="py-1 text-muted">Loading what it asks…</p>
    ) : (
      <Failure what="What it asks could not be loaded" error={error} retry={() => void refetch()} />
    );
  }
  return (
    <div data-approval-id={id} className="flex flex-col gap-2 pb-2">
      <p className="text-xs text-muted">
        It runs when you say yes, exactly as it stands here · <Expiry at={data.expiresAt} />
      </p>
      <Arguments args={data.args} terms={data.terms} />
      {data.state === "requested" && <Answer approval={data} onTold={onTold} />}
    </div>
  );
}
