import { Link } from "@tanstack/react-router";
import { MessageCircleQuestion } from "lucide-react";
import { exactLine } from "../../src/core/exact.ts";
import type { Question } from "../../src/wire/questions.ts";
import { Expiry } from "../approvals/expiry.tsx";
import { Exact } from "../text/exact.tsx";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { AnswerQuestion } from "./answer-question.tsx";
import { WORDS } from "../words/questions.ts";

/** What the agent asks a person, with what it takes to answer. */
export function QuestionCard({ question, onTold }: { question: Question; onTold: (words: string) => void }) {
  const now = useNow(15_000);
  const asked = ago(question.askedAt, now);
  return (
    <article
      data-question-id={question.id}
      aria-label={exactLine(question.text, 80)}
      className="flex flex-col gap-3 rounded-xl border border-warn bg-page p-4"
    >
      <div>
        <h3 className="flex items-center gap-x-2 font-semibold">
          <MessageCircleQuestion aria-hidden="true" className="size-4 shrink-0 text-warn" />
          {WORDS.asksYou}
        </h3>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
          <Link
            to="/chats/$chatId"
            params={{ chatId: question.chatId }}
            className="text-accent underline [overflow-wrap:anywhere]"
          >
            {WORDS.from(question.taskId?.slice(0, 8) ?? null, oneLine(question.chatTitle, 80))}
          </Link>
          {question.tool !== "ask_user" && <span className="font-mono">{exactLine(question.tool)}</span>}
          <time dateTime={question.askedAt} title={fullTime(question.askedAt)}>
            {WORDS.asked(asked)}
          </time>
          <Expiry at={question.expiresAt} />
        </p>
      </div>
      <QuestionText text={question.text} />
      <AnswerQuestion question={question} onTold={onTold} />
    </article>
  );
}

/** All of it, as it is: who asks may be a stranger's server. */
export function QuestionText({ text }: { text: string }) {
  return (
    <p dir="auto" className="max-h-72 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
      <Exact text={text} />
    </p>
  );
}
