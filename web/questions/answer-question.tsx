import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useId, useState, type SubmitEvent } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { answerWords, formFields } from "../../src/core/form.ts";
import { questionSchema, type NewAnswer, type Question } from "../../src/wire/questions.ts";
import { hintOf, isTooLate } from "../approvals/too-late.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { until } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { FormFields, startOf, type Filled } from "./form-fields.tsx";
import { WORDS } from "../words/questions.ts";

interface Props {
  readonly question: Question;
  /** Told in words what came of the answer: the question may be gone from the page by then. */
  readonly onTold: (words: string) => void;
}

/** A choice, words, or the fields of a form; or no answer at all. */
export function AnswerQuestion({ question, onTold }: Props) {
  const { http, queries } = useServices();
  const fields = formFields(question.form);
  const [words, setWords] = useState("");
  const [filled, setFilled] = useState<Filled>(() => startOf(fields ?? []));
  const wordsId = useId();
  const isOver = until(question.expiresAt, useNow(15_000)) === null;
  const send = useMutation({
    mutationFn: (answer: NewAnswer["answer"]) =>
      http.send("POST", `/api/questions/${encodeURIComponent(question.id)}`, { answer }, questionSchema),
    onSuccess: ({ answer }) =>
      onTold(answer === null ? WORDS.youDeclined : WORDS.youAnswered(exactLine(answerWords(answer), 200))),
    onError: (error) => {
      if (isTooLate(error)) onTold(WORDS.tooLate(error.message));
    },
    onSettled: () => {
      for (const key of ["questions", "status", "away"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  if (!question.canAnswer) return <p className="text-sm text-muted">{WORDS.mayOnlyWatch}</p>;
  const isBusy = send.isPending || isOver;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (fields !== null) send.mutate(filled);
    else if (words.trim() !== "") send.mutate(words.trim());
  };
  return (
    <form className="flex flex-col gap-2" onSubmit={submit}>
      {question.choices.length > 0 && (
        <div role="group" aria-label={WORDS.choices} className="flex flex-wrap gap-2">
          {question.choices.map((choice) => (
            <Button
              key={choice}
              dir="auto"
              className="max-w-full [overflow-wrap:anywhere] max-sm:w-full max-sm:justify-start"
              disabled={isBusy}
              onClick={() => send.mutate(choice)}
            >
              {exactLine(choice)}
            </Button>
          ))}
        </div>
      )}
      {fields === null ? (
        <>
          <label htmlFor={wordsId} className="sr-only">
            {WORDS.yourAnswer}
          </label>
          <textarea
            id={wordsId}
            dir="auto"
            value={words}
            rows={2}
            maxLength={16_000}
            placeholder={question.choices.length > 0 ? WORDS.ownWords : WORDS.yourAnswer}
            onChange={(event) => setWords(event.target.value)}
            className="tap w-full rounded-md border border-line-strong bg-page px-2 py-1 text-sm placeholder:text-muted"
          />
        </>
      ) : (
        <FormFields fields={fields} filled={filled} onChange={setFilled} />
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          kind="primary"
          className="max-sm:w-full"
          disabled={isBusy || (fields === null && words.trim() === "")}
        >
          <Send aria-hidden="true" className="size-4" />
          {WORDS.answer}
        </Button>
        <Button kind="quiet" className="max-sm:w-full" disabled={isBusy} onClick={() => send.mutate(null)}>
          {WORDS.decline}
        </Button>
      </div>
      {send.isPending && (
        <p role="status" className="text-sm text-muted">
          {WORDS.sending}
        </p>
      )}
      {isOver && <p className="text-sm text-muted">{WORDS.expired}</p>}
      {send.error !== null && !isTooLate(send.error) && (
        <p role="alert" className="text-sm text-bad">
          {WORDS.notAnswered(send.error.message, hintOf(send.error))}
        </p>
      )}
    </form>
  );
}
