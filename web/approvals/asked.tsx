import { useQuery } from "@tanstack/react-query";
import type { Approval } from "../../src/wire/approvals.ts";
import type { Question } from "../../src/wire/questions.ts";
import { approvalsQuery, questionsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { QuestionCard } from "../questions/question-card.tsx";
import { ApprovalCard } from "./approval-card.tsx";
import { WORDS } from "../words/approvals.tsx";

type Asked = Approval | Question;

const MOST = 200;

/** All that waits for a person: approvals and questions together, the newest first. */
export function useOpen() {
  const { http } = useServices();
  const approvals = useQuery(approvalsQuery(http, "open", MOST));
  const questions = useQuery(questionsQuery(http, "open", MOST));
  const isWhole = approvals.data !== undefined && questions.data !== undefined;
  const items: readonly Asked[] | undefined = isWhole
    ? [...approvals.data.items, ...questions.data.items].sort((one, other) => (askedAt(one) < askedAt(other) ? 1 : -1))
    : undefined;
  return {
    items,
    hasMore: approvals.data?.next != null || questions.data?.next != null,
    isPending: approvals.isPending || questions.isPending,
    error: approvals.error ?? questions.error ?? new Error(WORDS.noAnswer),
    retry: (): void => {
      void approvals.refetch();
      void questions.refetch();
    },
  };
}

const askedAt = (asked: Asked): string => ("askedAt" in asked ? asked.askedAt : asked.requestedAt);

export function AskedCard({ asked, onTold }: { asked: Asked; onTold: (words: string) => void }) {
  return "askedAt" in asked ? (
    <QuestionCard question={asked} onTold={onTold} />
  ) : (
    <ApprovalCard approval={asked} onTold={onTold} />
  );
}
