import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { promptPath } from "../../src/core/prompt-file.ts";
import type { Schedule } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { usePatchSchedule } from "./change.ts";
import { changesOf, formOf } from "./form-values.ts";
import { promptQuery } from "./queries.ts";
import { ScheduleForm } from "./schedule-form.tsx";
import { WORDS } from "../words/schedules.tsx";

/** Changes of a schedule count at once; what was due before was settled by the rule that it had. */
export function EditSchedule({ schedule }: { schedule: Schedule }) {
  const navigate = useNavigate();
  // As it was when the form was opened: what somebody else changes meanwhile is not undone.
  const [before] = useState(() => formOf(schedule));
  const [values, setValues] = useState(before);
  const { http } = useServices();
  const words = useQuery({ ...promptQuery(http, schedule.name), enabled: promptPath(before.prompt) !== undefined });
  const patch = usePatchSchedule(schedule.name);
  const close = (): void =>
    void navigate({ to: "/schedules/$name", params: { name: schedule.name }, search: {}, replace: true });
  const send = (): void => {
    const changes = changesOf(before, values);
    if (Object.keys(changes).length === 0) close();
    else patch.mutate(changes, { onSuccess: close });
  };
  return (
    <>
      <h1 className="text-base font-semibold [overflow-wrap:anywhere]">{WORDS.editIt(schedule.name)}</h1>
      <p className="text-sm text-muted">{WORDS.editMeans}</p>
      {promptPath(values.prompt) !== undefined && (
        <p className="mt-2 flex flex-wrap items-center gap-2 text-sm text-muted">
          {WORDS.promptIsInFile}
          <Button
            className="px-2 py-0.5"
            disabled={words.data?.text == null}
            onClick={() => setValues({ ...values, prompt: words.data?.text ?? values.prompt })}
          >
            {WORDS.editPromptHere}
          </Button>
          <Problem error={words.error} />
        </p>
      )}
      <ScheduleForm
        values={values}
        onChange={setValues}
        isNew={false}
        isSending={patch.isPending}
        error={patch.error}
        onSend={send}
        onCancel={close}
      />
    </>
  );
}
