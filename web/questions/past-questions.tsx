import { byWhom } from "../../src/core/answered-by.ts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { answerWords } from "../../src/core/form.ts";
import { questionsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/questions.ts";
import { WORDS as COMMON } from "../words/common.ts";

const PAGE = 50;

/** What the agent has asked people and what they said, the newest first; nothing when it has asked nothing. */
export function PastQuestions() {
  const { http } = useServices();
  const [limit, setLimit] = useState(PAGE);
  const list = useQuery(questionsQuery(http, "all", limit));
  const now = useNow(30_000);
  if (list.data === undefined || list.data.items.length === 0) return null;
  return (
    <section aria-labelledby="past-questions" className="mt-4">
      <h2 id="past-questions" className="font-semibold">
        {WORDS.past}
      </h2>
      <ul className="divide-y divide-line">
        {list.data.items.map(({ id, state, text, answer, by, via, chatId, askedAt, answeredAt }) => (
          <li key={id} data-question-id={id} data-question-state={state} className="py-2 text-sm">
            <p className="flex flex-wrap items-center gap-x-2">
              <span className="font-medium">
                {WORDS.by(
                  state === "withdrawn" && by !== null ? WORDS.declined : WORDS.states[state],
                  by === null ? null : byWhom(by, via),
                )}
              </span>
              <Link
                dir="auto"
                to="/chats/$chatId"
                params={{ chatId }}
                className="min-w-0 text-accent underline [overflow-wrap:anywhere]"
              >
                {exactLine(text, 200)}
              </Link>
              <time
                dateTime={answeredAt ?? askedAt}
                title={fullTime(answeredAt ?? askedAt)}
                className="ml-auto text-xs text-muted"
              >
                {ago(answeredAt ?? askedAt, now)}
              </time>
            </p>
            {answer !== null && (
              <p dir="auto" className="pl-6 [overflow-wrap:anywhere]">
                {WORDS.quoted(exactLine(answerWords(answer), 1000))}
              </p>
            )}
          </li>
        ))}
      </ul>
      {list.data.next !== null && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => setLimit(limit + PAGE)}>
          {COMMON.showMore}
        </Button>
      )}
    </section>
  );
}
