import { byWhom } from "../../src/core/answered-by.ts";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { answerWords } from "../../src/core/form.ts";
import type { CallEntry } from "../../src/core/transcript.ts";
import { questionQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Expiry } from "../approvals/expiry.tsx";
import { AnswerQuestion } from "../questions/answer-question.tsx";
import { QuestionText } from "../questions/question-card.tsx";
import { Failure } from "../ui/notice.tsx";
import { WORDS } from "../words/thread.ts";

/** What this call asks a person, with what it takes to answer; later, what was answered and by whom. */
export function CallQuestion({ call, asks }: { call: CallEntry; asks: boolean }) {
  const [told, setTold] = useState("");
  const asked = call.question?.data;
  if (asked === undefined) return null;
  return (
    <div className="ml-5 border-l-2 border-line pl-3 text-sm">
      <p role="status" className={told === "" ? "sr-only" : "py-0.5"}>
        {told}
      </p>
      {(asks || asked.state !== "asked") && <QuestionText text={asked.text} />}
      {asks && <Open id={asked.questionId} onTold={setTold} />}
      {asked.state !== "asked" && (
        <p className="text-xs text-muted [overflow-wrap:anywhere]">
          {asked.state === "withdrawn" && asked.by !== undefined ? WORDS.declined : WORDS.answers[asked.state]}
          {asked.by !== undefined && WORDS.answeredBy(byWhom(asked.by, asked.via) ?? asked.by)}
          {asked.answer !== undefined && WORDS.noted(exactLine(answerWords(asked.answer)))}
        </p>
      )}
    </div>
  );
}

function Open({ id, onTold }: { id: string; onTold: (words: string) => void }) {
  const { http } = useServices();
  const { data, error, refetch } = useQuery(questionQuery(http, id));
  if (data === undefined) {
    return error === null ? (
      <p className="py-1 text-muted">{WORDS.loadingHow}</p>
    ) : (
      <Failure what={WORDS.howNotLoaded} error={error} retry={() => void refetch()} />
    );
  }
  return (
    <div data-question-id={id} className="flex flex-col gap-2 pb-2">
      <p className="text-xs text-muted">
        {WORDS.answerHere} <Expiry at={data.expiresAt} />
      </p>
      {data.state === "asked" && <AnswerQuestion question={data} onTold={onTold} />}
    </div>
  );
}
