import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type FormEvent, type ReactNode } from "react";
import { forkedSchema, taskSchema, type NewFork } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Keys } from "../live/keys.ts";
import { ModelNames } from "../models/model-names.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { useThreadActions, type Question } from "./actions.ts";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** What is asked once more, and with which model. */

/** Makes a chat that begins as this one did, and opens it; each that is wanted is made once. */
export function useFork(chatId: string) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const [keys] = useState(() => new Keys());
  return useMutation({
    mutationFn: (wanted: NewFork) =>
      http.send(
        "POST",
        `/api/chats/${encodeURIComponent(chatId)}/fork`,
        { ...wanted, key: keys.of(wanted) },
        forkedSchema,
      ),
    async onSuccess({ chat }) {
      keys.done();
      void queries.invalidateQueries({ queryKey: ["chats"] });
      await navigate({ to: "/chats/$chatId", params: { chatId: chat.id } });
    },
  });
}

interface AnewProps {
  readonly chatId: string;
  /** Behind it: its answer, or how it failed. */
  readonly seq: number;
  /** undefined: it lies further up, and is loaded. */
  readonly question: Question | undefined;
  readonly isEdit?: boolean;
  readonly onClose: () => void;
}

/** Asks once more, in a chat that begins as this one did; this one stays as it is. */
export function Anew({ chatId, seq, question, isEdit = false, onClose }: AnewProps) {
  const actions = useThreadActions();
  const asked = useQuery({
    queryKey: ["question", chatId, seq],
    queryFn: async () => (await actions?.loadQuestion(seq)) ?? null,
    enabled: question === undefined,
  });
  const found = question ?? asked.data;
  return (
    <Dialog title={isEdit ? WORDS.editAndSend : COMMON.tryAgain} onClose={onClose}>
      {found === undefined ? (
        asked.error === null ? (
          <Loading what={WORDS.loadingQuestion} />
        ) : (
          <Failure what={WORDS.questionNotLoaded} error={asked.error} retry={() => void asked.refetch()} />
        )
      ) : found === null ? (
        <p className="mt-3 text-sm text-muted">{WORDS.noQuestion}</p>
      ) : (
        <AnewForm chatId={chatId} question={found} isEdit={isEdit} onClose={onClose} />
      )}
    </Dialog>
  );
}

function AnewForm({ chatId, question, isEdit, onClose }: Omit<AnewProps, "seq"> & { readonly question: Question }) {
  const fork = useFork(chatId);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const model = String(form.get("model") ?? "").trim();
    const text = isEdit ? String(form.get("text") ?? "") : question.text;
    const attachments = question.files?.map(({ id }) => id) ?? [];
    const more = { ...(model !== "" && { model }), ...(attachments.length > 0 && { attachments }) };
    fork.mutate({ seq: question.seq - 1, text, ...more }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
      <p className="text-sm text-muted">{WORDS.newChatMeans}</p>
      {isEdit && (
        <textarea
          data-first
          name="text"
          aria-label={WORDS.message}
          dir="auto"
          rows={5}
          required
          defaultValue={question.text}
          className="rounded-md border border-line-strong bg-page px-2 py-1.5 text-base"
        />
      )}
      <ModelField placeholder={WORDS.otherModel} />
      <Problem error={fork.error} />
      <Buttons onClose={onClose} isPending={fork.isPending}>
        {fork.isPending ? WORDS.makingChat : WORDS.sendInNew}
      </Buttons>
    </form>
  );
}

/** Has a task that failed worked on once more, by the model that is chosen. */
export function RetryWithModel({ taskId, onClose }: { readonly taskId: string; readonly onClose: () => void }) {
  const { http } = useServices();
  const retry = useMutation({
    mutationFn: (model: string) =>
      http.send("POST", `/api/tasks/${encodeURIComponent(taskId)}/retry`, { model }, taskSchema),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    retry.mutate(String(new FormData(event.currentTarget).get("model") ?? "").trim());
  };
  return (
    <Dialog title={WORDS.retryTask} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <p className="text-sm text-muted">{WORDS.retryMeans}</p>
        <ModelField placeholder={WORDS.picker.example} required />
        <Problem error={retry.error} />
        <Buttons onClose={onClose} isPending={retry.isPending}>
          {WORDS.retryTask}
        </Buttons>
      </form>
    </Dialog>
  );
}

function ModelField({ placeholder, required = false }: { placeholder: string; required?: boolean }) {
  const listId = useId();
  return (
    <label className="flex flex-col gap-1 text-sm font-medium">
      {WORDS.modelField}
      <input
        name="model"
        list={listId}
        placeholder={placeholder}
        required={required}
        className="tap rounded-md border border-line-strong bg-page px-2 py-1.5 text-base font-normal"
      />
      <ModelNames id={listId} />
    </label>
  );
}

function Buttons({ onClose, isPending, children }: { onClose: () => void; isPending: boolean; children: ReactNode }) {
  return (
    <div className="flex justify-end gap-2">
      <Button kind="quiet" onClick={onClose}>
        {COMMON.cancel}
      </Button>
      <Button kind="primary" type="submit" disabled={isPending}>
        {children}
      </Button>
    </div>
  );
}
