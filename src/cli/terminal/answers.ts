import { callLine } from "../../core/exact.ts";
import type { Approval, Decision } from "../../wire/approvals.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import type { FollowedChat } from "./follow.ts";
import type { Request } from "./link.ts";
import type { TerminalPage } from "./page.ts";
import { scopeChoices } from "./pick.ts";
import { questions, type Question } from "./view.ts";

export interface AnswersDeps {
  readonly request: Request;
  readonly followed: FollowedChat;
  readonly page: Pick<TerminalPage, "pick">;
  readonly now: () => number;
  /** The person wants to say why not: they write the note. */
  readonly writeNote: () => void;
}

export interface Answers {
  /** Answers the open question; with several, or without a decision, the person chooses. */
  answer(decision: Decision | null): Promise<void>;
}

/** So long a question must have stood there before an answer counts for it. */
const READ_MS = 500;

/** A person's answers to the calls that wait for one. */
export function createAnswers({ request, followed, page, now, writeNote }: AnswersDeps): Answers {
  const open = (): readonly Question[] => questions(followed.view);

  /** The call that waits for an answer; of several the one that the person means. */
  const meant = async (): Promise<Question | null> => {
    const [only, ...others] = open();
    if (only === undefined) throw new Failure(EXIT.error, "conflict", "nothing waits for your answer here");
    if (others.length === 0) return only;
    const choices = open().map((call) => ({ value: call.callId, label: callWords(call) }));
    const chosen = await page.pick("Which one?", choices, () => open().length > 0);
    return open().find(({ callId }) => callId === chosen) ?? null;
  };

  return {
    async answer(given) {
      const call = await meant();
      if (call === null) return;
      const { approvalId } = call.approval.data;
      const decide = async (decision: Decision): Promise<void> => {
        await request<Approval>("POST", `/api/approvals/${approvalId}`, decision);
      };
      const shownAt = followed.shownAt.get(approvalId);
      if (shownAt === undefined || now() - shownAt < READ_MS) {
        throw new Failure(EXIT.error, "conflict", "this question has only just come: read it, then answer");
      }
      if (given !== null) return decide(given);
      const isOpen = (): boolean => open().some(({ approval }) => approval.data.approvalId === approvalId);
      const chosen = await page.pick(`Run this? ${callWords(call)}`, scopeChoices(call.name, now()), isOpen);
      if (chosen === null || chosen === "later") return;
      if (chosen === "note") return writeNote();
      await decide(chosen === "deny" ? { decision: "deny" } : { decision: "approve", scope: chosen });
    },
  };
}

const callWords = ({ name, use }: Question): string => callLine(name, use?.data.summary);
