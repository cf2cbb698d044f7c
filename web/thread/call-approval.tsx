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
import { WORDS } from "../words/thread.ts";

/** What a person is asked about this call, with the buttons of the inbox; later, what was answered and by whom. */
export function CallApproval({ call, asks }: { call: CallEntry; asks: boolean }) {
  const [told, setTold] = useState("");
  const asked = call.approval?.data;
  if (asked === undefined) return null;
  const answer = asked.state === "requested" ? null : WORDS.answers[asked.state];
  return (
    <div className="ml-5 border-l-2 border-line pl-3 text-sm">
      <p role="status" className={told === "" ? "sr-only" : "py-0.5"}>
        {told}
      </p>
      {asks && <Question id={asked.approvalId} onTold={setTold} />}
      {answer !== null && (
        <p className="text-xs text-muted [overflow-wrap:anywhere]">
          {answer}
          {asked.by !== undefined && WORDS.answeredBy(byWhom(asked.by, asked.via) ?? asked.by)}
          {asked.note !== undefined && asked.note !== "" && WORDS.noted(asked.note)}
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
      <p className="py-1 text-muted">{WORDS.loadingAsked}</p>
    ) : (
      <Failure what={WORDS.askedNotLoaded} error={error} retry={() => void refetch()} />
    );
  }
  return (
    <div data-approval-id={id} className="flex flex-col gap-2 pb-2">
      <p className="text-xs text-muted">
        {WORDS.runsIfYes} <Expiry at={data.expiresAt} />
      </p>
      <Arguments args={data.args} terms={data.terms} />
      {data.state === "requested" && <Answer approval={data} onTold={onTold} />}
    </div>
  );
}
